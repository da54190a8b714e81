//! Which entry of a model describes a call, or an assignment to a property.
//!
//! Owns: gathering the entries that may, by what is called or by names alone, and choosing the first whose conditions hold. Does not
//! own: what a call is made on (`entity`, `made`), or what the entry says of arguments (`args`).

use crate::facts::{ExprId, ExprKind, Name, Place};
use crate::finding::Confidence;
use crate::models::{CallId, LibraryId, ReceiverId, Test, When};
use crate::program::View;
use crate::program::values::entity::{Entity, Told};
use crate::program::values::value::{At, Const, Truth};

/// Why something told by its name is no more than a guess.
const BY_NAME: &str = "told by the receiver's name alone";

/// The model entry of a call.
#[derive(Clone, Copy)]
pub(in crate::program) struct FoundEntry {
    pub(in crate::program) entry: CallId,
    pub(in crate::program) on: Option<ExprId>,
    pub(in crate::program) made: Option<ExprId>,
    /// An earlier entry might fit as well.
    pub(in crate::program) doubtful: bool,
}

/// What describes an assignment to a property.
pub(super) struct AssignmentEntry {
    pub(super) entry: CallId,
    pub(super) object: ExprId,
    pub(super) sure: Confidence,
    pub(super) how: &'static str,
    pub(super) told: Told,
}

/// The entries that may describe a call.
pub(super) struct Candidates {
    entries: Vec<CallId>,
    pub(super) on: Option<ExprId>,
    pub(super) made: Option<ExprId>,
    pub(super) sure: Confidence,
    pub(super) how: &'static str,
    pub(super) told: Told,
}

impl View<'_> {
    /// The entry of an assignment.
    pub(super) fn assignment_entry(
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
    pub(in crate::program) fn assigned_property(
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
    pub(in crate::program) fn call_entry(&self, call: ExprId) -> Option<FoundEntry> {
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

    pub(super) fn entry_of(&self, call: ExprId) -> Option<(CallId, Candidates, bool)> {
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
    pub(in crate::program) fn exported_method(&self, callee: ExprId) -> Option<Vec<CallId>> {
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
    pub(in crate::program) fn exported_object(&self, entity: &Entity) -> Option<ReceiverId> {
        self.exports_of(entity).into_iter().find_map(|(library, path)| self.models.exported(library, &path))
    }

    /// The entry of a call on something told by its name alone, and what that would be.
    pub(in crate::program) fn named_entry(&self, call: ExprId) -> Option<(CallId, ReceiverId, &'static str)> {
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
        let of_part = || {
            let part = self.part_of_named(object).map(|part| self.models.method(part, method));
            part.filter(|entries| !entries.is_empty())
        };
        let (entries, (sure, how)) = if let (Some(entries), Some(receiver)) = (entries, known) {
            (entries, self.sure_of_name(object, *receiver))
        } else if let Some(entries) = of_part() {
            (entries, (Confidence::Medium, "told by the receiver's name and what is called on it"))
        } else if any.is_empty() {
            return None;
        } else {
            (any, (Confidence::Low, "told by the method's name alone"))
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

    /// The part of a library's object that something is, going by a name that is the library's own and the names of its parts:
    /// `stripe.paymentIntents`, `prisma.order`.
    fn part_of_named(&self, expr: ExprId) -> Option<ReceiverId> {
        let ExprKind::Member { object, name } = self.facts.expr(expr).kind else { return None };
        let member = self.facts.name(name);
        let called = self.last_name(object).unwrap_or_default();
        let is_its_own = |receiver: &&ReceiverId| {
            let library = self.models.receivers[receiver.index()].library;
            called.to_ascii_lowercase().starts_with(&*self.models.libraries[library.index()].name)
        };
        let whole = self.models.named(self.ecosystem(), called).iter().find(is_its_own).copied();
        let whole = whole.or_else(|| self.part_of_named(object))?;
        if self.models.has_method(whole, member) {
            return None;
        }
        let members = &self.models.receivers[whole.index()].members;
        let held = members.iter().find(|(held, _)| held == member);
        held.or_else(|| members.iter().find(|(held, _)| held == "*")).map(|(_, part)| *part)
    }

    /// The entries of a called export.
    pub(in crate::program) fn function_entries(&self, entity: &Entity) -> Vec<CallId> {
        let exports = self.exports_of(entity);
        let found = exports
            .iter()
            .map(|(library, path)| self.models.function(*library, path))
            .find(|found| !found.is_empty());
        found.unwrap_or_default().to_vec()
    }

    /// The first entry whose conditions hold, and whether an earlier one might have.
    pub(in crate::program) fn choose(
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
