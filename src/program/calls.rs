//! Which role a call plays, and where its arguments are.
//!
//! Owns: choosing the model entry of a call, and reading a role's arguments through it. Does not own: the order of calls.

use std::collections::BTreeSet;

use crate::data::Scalar;
use crate::facts::{AssignOp, ExprId, ExprKind, Name, Place, TypeRefKind};
use crate::finding::Confidence;
use crate::models::path::Unit;
use crate::models::{ArgName, CallId, LibraryId, ReceiverId, Role, Test, When};

use super::values::entity::{Entity, Told};
use super::values::value::{At, Const, Truth};
use super::workers::Workers;
use super::{Program, View};

/// A call with its role.
#[derive(Clone, Debug)]
pub struct RoleUse {
    /// The call; the assignment or look-up for collections of the language itself.
    pub expr: ExprId,
    /// The role.
    pub role: Role,
    /// The model's entry; none for collections of the language itself.
    pub entry: Option<CallId>,
    /// What the method is called on.
    pub on: Option<ExprId>,
    /// The call that made that object, if it is here.
    pub made: Option<ExprId>,
    /// How sure it is that this is that library's call.
    pub sure: Confidence,
    /// How it was told; empty where nothing needs saying.
    pub how: &'static str,
    /// By what its library was told.
    pub told: Told,
}

/// An argument of a role.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// Given: this expression, and the unit a plain number counts in.
    Given(ExprId, Option<Unit>),
    /// Always this, or the library's default.
    Always(Scalar),
    /// Not given, for certain.
    Missing,
    /// It cannot be told.
    Unknown,
}

/// Why something told by its name is no more than a guess.
const BY_NAME: &str = "told by the receiver's name alone";

/// The model entry of a call.
#[derive(Clone, Copy)]
pub(super) struct FoundEntry {
    pub(super) entry: CallId,
    pub(super) on: Option<ExprId>,
    pub(super) made: Option<ExprId>,
    /// An earlier entry might fit as well.
    pub(super) doubtful: bool,
}

/// What describes an assignment to a property.
struct AssignmentEntry {
    entry: CallId,
    object: ExprId,
    sure: Confidence,
    how: &'static str,
    told: Told,
}

/// The entries that may describe a call.
struct Candidates {
    entries: Vec<CallId>,
    on: Option<ExprId>,
    made: Option<ExprId>,
    sure: Confidence,
    how: &'static str,
    told: Told,
}

/// Finds the role of every call.
pub(super) fn find(program: &mut Program<'_>, workers: &dyn Workers) {
    let of_file = |view: &View<'_>| view.exprs().filter_map(|expr| view.find_role(expr)).collect::<Vec<_>>();
    let found = program.each_file(workers, of_file).into_iter().flatten();
    program.uses = found.map(|used| (used.expr, used)).collect();
}

/// Finds the roles of the calls of some files anew, when more has become known of parameters there.
pub(super) fn find_again(program: &mut Program<'_>, files: &BTreeSet<usize>, workers: &dyn Workers) {
    for file in files {
        program.forget_in(*file);
    }
    let of_file = |view: &View<'_>| {
        let exprs = view.exprs().filter(|_| files.contains(&view.file()));
        exprs.map(|expr| (expr, view.find_role(expr))).collect::<Vec<_>>()
    };
    for (expr, found) in program.each_file(workers, of_file).into_iter().flatten() {
        match found {
            Some(used) => program.uses.insert(expr, used),
            None => program.uses.remove(&expr),
        };
    }
}

impl View<'_> {
    fn find_role(&self, expr: ExprId) -> Option<RoleUse> {
        match self.facts.expr(expr).kind {
            ExprKind::Call { .. } => {
                let (entry, candidates, doubtful) = self.entry_of(expr)?;
                let role = self.models.calls[entry.index()].role?;
                let sure = if doubtful { candidates.sure.min(Confidence::Medium) } else { candidates.sure };
                let how = if doubtful { "some options could not be read" } else { candidates.how };
                let (on, made) = (candidates.on, candidates.made);
                Some(RoleUse { expr, role, entry: Some(entry), on, made, sure, how, told: candidates.told })
            }
            ExprKind::Assign { binds, .. } => {
                self.assignment_role(expr, binds).or_else(|| self.collection_role(expr))
            }
            ExprKind::Index { .. } => self.collection_role(expr),
            _ => None,
        }
    }

    /// `response.status = 429`: a property whose assignment a model knows, as the method `status=`.
    fn assignment_role(
        &self,
        expr: ExprId,
        binds: crate::facts::List<crate::facts::Bind>,
    ) -> Option<RoleUse> {
        let AssignmentEntry { entry, object, sure, how, told } = self.assignment_entry(expr, binds)?;
        let role = self.models.calls[entry.index()].role?;
        Some(RoleUse { expr, role, entry: Some(entry), on: Some(object), made: None, sure, how, told })
    }

    /// The entry of an assignment.
    fn assignment_entry(
        &self,
        expr: ExprId,
        binds: crate::facts::List<crate::facts::Bind>,
    ) -> Option<AssignmentEntry> {
        let (object, name) = self.assigned_property(binds)?;
        let method = format!("{}=", self.facts.name(name));
        let found = self.inherited_object(self.entity(object));
        let receiver = match &found.entity {
            Entity::Object { receiver, .. } => Some(*receiver),
            other => self.exported_object(other),
        };
        let (entries, sure, how) = if let Some(receiver) = receiver {
            (self.models.method(receiver, &method).to_vec(), found.sure, found.how)
        } else {
            let receivers = self.models.named(self.ecosystem(), self.last_name(object)?);
            match receivers.iter().find(|receiver| self.models.has_method(**receiver, &method)) {
                Some(known) => {
                    let (sure, how) = self.sure_of_name(object, *known);
                    (self.models.method(*known, &method).to_vec(), sure, how)
                }
                // A property whose name no other library uses.
                None => (
                    self.models.method_of_any(self.ecosystem(), &method).to_vec(),
                    Confidence::Medium,
                    "told by the property's name",
                ),
            }
        };
        let (entry, _) = self.choose(expr, &entries, Some(object), None);
        let told = if matches!(found.entity, Entity::Object { .. }) { found.told } else { Told::Name };
        Some(AssignmentEntry { entry: entry?, object, sure, how, told })
    }

    /// The object and the property that an assignment sets.
    pub(super) fn assigned_property(
        &self,
        binds: crate::facts::List<crate::facts::Bind>,
    ) -> Option<(ExprId, Name)> {
        let [bind] = self.facts.binds(binds) else { return None };
        let Place::Expr(place) = bind.place else { return None };
        match self.facts.expr(place).kind {
            ExprKind::Member { object, name } => Some((object, name)),
            _ => None,
        }
    }

    /// How sure a name makes it: a parameter beside those that usually stand with it is more than a name.
    fn sure_of_name(&self, object: ExprId, receiver: ReceiverId) -> (Confidence, &'static str) {
        let beside = &self.models.receivers[receiver.index()].beside;
        let ExprKind::Name { var: Some(var), .. } = self.facts.expr(object).kind else {
            return (Confidence::Low, BY_NAME);
        };
        let info = self.facts.var(var);
        if !matches!(info.kind, crate::facts::VarKind::Param(_)) {
            return (Confidence::Low, BY_NAME);
        }
        let names = self
            .facts
            .params(info.function)
            .iter()
            .filter_map(|param| param.name)
            .map(|name| self.facts.name(name));
        if names.into_iter().any(|name| beside.iter().any(|known| known == name)) {
            return (Confidence::Medium, "told by the parameters' names");
        }
        (Confidence::Low, BY_NAME)
    }

    /// The model entry of a call, and what it was found through.
    pub(super) fn call_entry(&self, call: ExprId) -> Option<FoundEntry> {
        self.remembered_entry(call, || self.find_call_entry(call))
    }

    fn find_call_entry(&self, call: ExprId) -> Option<FoundEntry> {
        if let ExprKind::Assign { binds, .. } = self.facts.expr(call).kind {
            let found = self.assignment_entry(call, binds)?;
            return Some(FoundEntry {
                entry: found.entry,
                on: Some(found.object),
                made: None,
                doubtful: false,
            });
        }
        let (entry, candidates, doubtful) = self.entry_of(call)?;
        Some(FoundEntry { entry, on: candidates.on, made: candidates.made, doubtful })
    }

    fn entry_of(&self, call: ExprId) -> Option<(CallId, Candidates, bool)> {
        let candidates = self.candidates(call)?;
        let (entry, doubtful) = self.choose(call, &candidates.entries, candidates.on, candidates.made);
        entry.map(|entry| {
            // An argument that is an export of the library leaves no doubt whose call it is.
            let told = self.models.calls[entry.index()]
                .when
                .values
                .iter()
                .any(|(_, test)| matches!(test, Test::New(_) | Test::Export(_)));
            let candidates = if told {
                Candidates { sure: Confidence::High, how: "", told: Told::Import, ..candidates }
            } else {
                candidates
            };
            (entry, candidates, doubtful)
        })
    }

    fn candidates(&self, call: ExprId) -> Option<Candidates> {
        let ExprKind::Call { callee, new, .. } = self.facts.expr(call).kind else { return None };
        if self.bound_function(callee).is_some() {
            return None;
        }
        let called = self.entity(callee);
        let (sure, how, told) = (called.sure, called.how, called.told);
        let on = match self.facts.expr(callee).kind {
            ExprKind::Member { object, .. } => Some(object),
            _ => None,
        };
        match &called.entity {
            Entity::Method { receiver, name, made } => {
                let method = self.facts.name(*name);
                // What a call is handed says more than what it is called on: `app.register(rateLimit)`.
                let mut entries = self.models.method_of_any(self.ecosystem(), method).to_vec();
                entries.extend(self.models.method(*receiver, method));
                Some(Candidates { entries, on, made: *made, sure, how, told })
            }
            Entity::Object { receiver, .. } if new => {
                let entries = self.models.construction(*receiver).to_vec();
                Some(Candidates { entries, on: None, made: Some(call), sure, how, told })
            }
            Entity::Object { receiver, made } => {
                // An object that is itself called: `limiter(req, res)` under the method name `()`.
                let entries = self.models.method(*receiver, "()").to_vec();
                Some(Candidates { entries, on: Some(callee), made: *made, sure, how, told })
            }
            Entity::Package(_) | Entity::Export { .. } => {
                let entries = self.function_entries(&called.entity);
                match self.exported_method(callee).filter(|_| entries.is_empty()) {
                    Some(entries) => Some(Candidates { entries, on, made: None, sure, how, told }),
                    None => Some(Candidates { entries, on: None, made: None, sure, how, told }),
                }
            }
            Entity::Global(_) => {
                let entries = self.function_entries(&called.entity);
                if entries.is_empty() {
                    match self.exported_method(callee) {
                        Some(entries) => Some(Candidates { entries, on, made: None, sure, how, told }),
                        None => self.by_name(callee),
                    }
                } else {
                    Some(Candidates { entries, on: None, made: None, sure, how, told })
                }
            }
            Entity::Unknown | Entity::Outside => self.by_name(callee),
            Entity::Function(_)
            | Entity::Module(_)
            | Entity::Type(_)
            | Entity::Instance(_)
            | Entity::Literal(_)
            | Entity::Several(_) => None,
        }
    }

    /// A method of an export that is itself an object.
    pub(super) fn exported_method(&self, callee: ExprId) -> Option<Vec<CallId>> {
        let ExprKind::Member { object, name } = self.facts.expr(callee).kind else {
            let receiver = self.exported_object(&self.entity(callee).entity)?;
            return Some(self.models.method(receiver, "()").to_vec());
        };
        if let Some(receiver) = self.exported_object(&self.entity(callee).entity) {
            return Some(self.models.method(receiver, "()").to_vec());
        }
        let receiver = self.exported_object(&self.entity(object).entity)?;
        Some(self.models.method(receiver, self.facts.name(name)).to_vec())
    }

    /// The object that an export itself is.
    pub(super) fn exported_object(&self, entity: &Entity) -> Option<ReceiverId> {
        self.exports_of(entity).into_iter().find_map(|(library, path)| self.models.exported(library, &path))
    }

    /// The entry of a call on something told by its name alone, and what that would be.
    pub(super) fn named_entry(&self, call: ExprId) -> Option<(CallId, ReceiverId, &'static str)> {
        let ExprKind::Call { callee, .. } = self.facts.expr(call).kind else { return None };
        let ExprKind::Member { object, name } = self.facts.expr(callee).kind else { return None };
        let method = self.facts.name(name);
        let receivers = self.models.named(self.ecosystem(), self.last_name(object)?);
        let receiver =
            receivers.iter().find(|receiver| !self.models.method(**receiver, method).is_empty())?;
        let (entry, _) = self.choose(call, self.models.method(*receiver, method), Some(object), None);
        Some((entry?, *receiver, BY_NAME))
    }

    /// A method of something unknown: by the receiver's name, or by the method alone where a model says so.
    fn by_name(&self, callee: ExprId) -> Option<Candidates> {
        let ExprKind::Member { object, name } = self.facts.expr(callee).kind else { return None };
        let method = self.facts.name(name);
        let called = self.last_name(object).unwrap_or_default();
        let receivers = self.models.named(self.ecosystem(), called);
        let known = receivers.iter().find(|receiver| !self.models.method(**receiver, method).is_empty());
        let entries = known.map(|receiver| self.models.method(*receiver, method));
        let any = self.models.method_of_any(self.ecosystem(), method);
        let (entries, (sure, how)) = match (entries, known) {
            (Some(entries), Some(receiver)) => (entries, self.sure_of_name(object, *receiver)),
            _ if any.is_empty() => return None,
            _ => (any, (Confidence::Low, "told by the method's name alone")),
        };
        Some(Candidates {
            entries: entries.to_vec(),
            on: Some(object),
            made: None,
            sure,
            how,
            told: Told::Name,
        })
    }

    /// The entries of a called export.
    pub(super) fn function_entries(&self, entity: &Entity) -> Vec<CallId> {
        let exports = self.exports_of(entity);
        let found = exports
            .iter()
            .map(|(library, path)| self.models.function(*library, path))
            .find(|found| !found.is_empty());
        found.unwrap_or_default().to_vec()
    }

    /// The first entry whose conditions hold, and whether an earlier one might have.
    pub(super) fn choose(
        &self,
        call: ExprId,
        entries: &[CallId],
        on: Option<ExprId>,
        made: Option<ExprId>,
    ) -> (Option<CallId>, bool) {
        let mut doubtful = false;
        for entry in entries {
            let info = &self.models.calls[entry.index()];
            match self.holds(call, on, made, &info.when, info.library) {
                Truth::Yes => return (Some(*entry), doubtful),
                Truth::Unknown => doubtful = true,
                Truth::No => {}
            }
        }
        (None, doubtful)
    }

    fn holds(
        &self,
        call: ExprId,
        on: Option<ExprId>,
        made: Option<ExprId>,
        when: &When,
        library: LibraryId,
    ) -> Truth {
        let args = self.args(call);
        if let Some((least, most)) = when.arguments
            && !(least..=most).contains(&args.len())
        {
            return Truth::No;
        }
        let mut truth = Truth::Yes;
        for token in &when.tokens {
            truth = and(truth, self.has_token(args, token));
        }
        for token in &when.no_tokens {
            truth = and(truth, not(self.has_token(args, token)));
        }
        for (path, test) in &when.values {
            if truth == Truth::No {
                break;
            }
            let at = self.at(call, on, made, path);
            // What cannot be seen because the object was made elsewhere is taken to be as the library makes it.
            let elsewhere = at == At::Unknown && made.is_none() && path.is_construction();
            truth = and(truth, if elsewhere { Truth::No } else { self.test(&at, test, library) });
        }
        truth
    }

    fn has_token(&self, args: &[ExprId], token: &str) -> Truth {
        let mut truth = Truth::No;
        for arg in args {
            match self.facts.expr(*arg).kind {
                ExprKind::Spread(_) => truth = Truth::Unknown,
                // `sendCommand(['SET', k, v, 'NX'])`
                ExprKind::Array { items, .. }
                    if self.has_token(self.facts.list(items), token) == Truth::Yes =>
                {
                    return Truth::Yes;
                }
                _ => {
                    if matches!(self.constant(*arg), Some(Const::Text(text)) if text.eq_ignore_ascii_case(token))
                    {
                        return Truth::Yes;
                    }
                }
            }
        }
        truth
    }

    /// Reading and writing maps and objects that live longer than a call: `m[k]`, `m[k] = v`.
    fn collection_role(&self, expr: ExprId) -> Option<RoleUse> {
        let (object, role) = match self.facts.expr(expr).kind {
            ExprKind::Assign { op, binds } if op != AssignOp::Declare => {
                let place = self.facts.binds(binds).iter().find_map(|bind| match bind.place {
                    Place::Expr(place) => Some(place),
                    _ => None,
                })?;
                let ExprKind::Index { object, .. } = self.facts.expr(place).kind else { return None };
                (object, "memory.write")
            }
            ExprKind::Index { object, .. } => {
                // The target of an assignment is no read.
                let is_target = self.parent(expr).is_some_and(|parent| match self.facts.expr(parent).kind {
                    ExprKind::Assign { binds, .. } => self
                        .facts
                        .binds(binds)
                        .iter()
                        .any(|bind| matches!(bind.place, Place::Expr(place) if place == expr)),
                    _ => false,
                });
                if is_target {
                    return None;
                }
                (object, "memory.read")
            }
            _ => return None,
        };
        self.long_lived(object)?;
        let role = self.roles.get(role)?;
        Some(RoleUse {
            expr,
            role,
            entry: None,
            on: Some(object),
            made: None,
            sure: Confidence::High,
            how: "",
            told: Told::Import,
        })
    }

    /// The declaration of a collection that outlives the call that uses it: a module variable, or a field.
    pub fn long_lived(&self, object: ExprId) -> Option<crate::finding::Place> {
        match self.facts.expr(object).kind {
            ExprKind::Name { var: Some(var), .. } => {
                let info = self.facts.var(var);
                let is_value = matches!(info.kind, crate::facts::VarKind::Const | crate::facts::VarKind::Let);
                (is_value && self.is_module(info.function))
                    .then(|| self.place(self.file_of(info.function), info.span))
            }
            ExprKind::Member { object: holder, name } => match self.entity(holder).entity {
                Entity::Instance(ty) | Entity::Type(ty) if !self.is_carried(holder) => {
                    let field = self.facts.fields(ty).iter().find(|field| field.name == name)?;
                    Some(self.place(self.file_of_type(ty), field.span))
                }
                _ => self.long_lived(self.nameless_holder(object)?),
            },
            ExprKind::Cast { value, .. } => self.long_lived(value),
            _ => None,
        }
    }

    /// The variable `tokens` of `tokens.byKey`, where that is one struct with a type of no name, such as a map together
    /// with its lock: what is called `byKey` in it is the collection of tokens.
    pub fn nameless_holder(&self, object: ExprId) -> Option<ExprId> {
        let ExprKind::Member { object: holder, .. } = self.facts.expr(object).kind else { return None };
        let ExprKind::Name { var: Some(var), .. } = self.facts.expr(holder).kind else { return None };
        let nameless = |ty| matches!(self.facts.type_ref(ty).kind, TypeRefKind::Object);
        let written_out = |value: &ExprId| matches!(self.facts.expr(*value).kind, ExprKind::Object { ty: Some(ty), .. } if nameless(ty));
        let declared = self.facts.var(var).ty.is_some_and(nameless);
        (declared || self.values_of(holder).iter().any(written_out)).then_some(holder)
    }

    /// Whether a collection is a variable of a module or package, and no field.
    pub fn is_of_module(&self, object: ExprId) -> bool {
        match self.facts.expr(object).kind {
            ExprKind::Name { .. } => self.long_lived(object).is_some(),
            ExprKind::Member { .. } => {
                self.nameless_holder(object).is_some_and(|holder| self.is_of_module(holder))
            }
            ExprKind::Cast { value, .. } => self.is_of_module(value),
            _ => false,
        }
    }

    /// An argument of a role as this call gives it.
    pub fn arg(&self, used: &RoleUse, name: ArgName) -> Arg {
        let Some(entry) = used.entry else { return self.collection_arg(used, name) };
        let call = &self.models.calls[entry.index()];
        if let Some((_, value)) = call.fixed.iter().find(|(arg, _)| *arg == name) {
            return Arg::Always(value.clone());
        }
        let paths = call.args.iter().find(|(arg, _)| *arg == name).map_or(&[][..], |(_, paths)| paths);
        let mut unknown = false;
        let unmade = self.is_never_made(used);
        for path in paths {
            if unmade && path.is_construction() {
                continue;
            }
            match self.at(used.expr, used.on, used.made, path) {
                At::Expr(expr) => return Arg::Given(self.passed(expr), path.unit),
                At::Unknown => unknown = true,
                At::Missing => {}
            }
        }
        if unknown {
            return Arg::Unknown;
        }
        match call.defaults.iter().find(|(arg, _)| *arg == name) {
            Some((_, value)) => Arg::Always(value.clone()),
            None if self.roles.arg_name(name) == "context" => {
                self.unnamed_context(used).map_or(Arg::Missing, |context| Arg::Given(context, None))
            }
            None => Arg::Missing,
        }
    }

    /// Whether what a call is made on is none that the tree constructs: an export that is an object itself, or a Go variable
    /// declared without a value.
    fn is_never_made(&self, used: &RoleUse) -> bool {
        if used.made.is_some() {
            return false;
        }
        let Some(on) = used.on else { return true };
        self.exported_object(&self.entity(on).entity).is_some() || self.is_zero(on)
    }

    /// What a value stands for: through conversions and wrappers that pass it on (`aws.String(url)`).
    pub(super) fn passed(&self, expr: ExprId) -> ExprId {
        let Some(found) = self.call_entry(expr) else { return expr };
        match &self.models.calls[found.entry.index()].returns {
            Some(crate::models::Returns::Argument(path)) => match self.at(expr, found.on, found.made, path) {
                At::Expr(inner) if inner != expr => inner,
                _ => expr,
            },
            _ => expr,
        }
    }

    fn collection_arg(&self, used: &RoleUse, name: ArgName) -> Arg {
        let place = match self.facts.expr(used.expr).kind {
            ExprKind::Assign { binds, .. } => {
                let bind = self.facts.binds(binds).first();
                match (bind, self.roles.arg_name(name)) {
                    (Some(bind), "value") => {
                        return match bind.source {
                            crate::facts::Source::Expr(value) => Arg::Given(value, None),
                            _ => Arg::Unknown,
                        };
                    }
                    (Some(crate::facts::Bind { place: Place::Expr(place), .. }), _) => *place,
                    _ => return Arg::Unknown,
                }
            }
            _ => used.expr,
        };
        match (self.facts.expr(place).kind, self.roles.arg_name(name)) {
            (ExprKind::Index { index, .. }, "key") => Arg::Given(index, None),
            _ => Arg::Missing,
        }
    }

    /// The library object that a call is made on.
    pub fn receiver_of(&self, used: &RoleUse) -> Option<ReceiverId> {
        match self.entity(used.on?).entity {
            Entity::Object { receiver, .. } => Some(receiver),
            _ => None,
        }
    }
}

fn and(a: Truth, b: Truth) -> Truth {
    match (a, b) {
        (Truth::No, _) | (_, Truth::No) => Truth::No,
        (Truth::Unknown, _) | (_, Truth::Unknown) => Truth::Unknown,
        _ => Truth::Yes,
    }
}

fn not(a: Truth) -> Truth {
    match a {
        Truth::Yes => Truth::No,
        Truth::No => Truth::Yes,
        Truth::Unknown => Truth::Unknown,
    }
}
