//! What is injected: values registered under a token with a container, and properties that a program sets on a library's
//! objects.
//!
//! Owns: tokens, who registers what under them, and looking them up. Does not own: which calls and decorators do so (models).

use rustc_hash::FxHashMap;

use crate::facts::{ExprId, ExprKind, List, Name, Place, PropKey, Source, TypeDefId};
use crate::models::{Giving, Path, ReceiverId, TokenAt};
use crate::program::View;
use crate::program::calls::entries::FoundEntry;
use crate::program::values::entity::{Entity, Resolved, Told};
use crate::program::values::value::{At, Const};

/// What something is registered under.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::program) enum Token {
    /// Text.
    Text(String),
    /// A class.
    Type(TypeDefId),
    /// Any other value, by where it is made (`Symbol()`).
    Value(ExprId),
    /// The name of a parameter.
    Name(Name),
    /// A property of a library's objects; dotted for one of a property.
    Member(ReceiverId, String),
}

/// What is registered: a value, or what makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::program) struct Provided {
    expr: ExprId,
    giving: Giving,
}

/// Everything that is registered, by token.
pub(in crate::program) type Tokens = FxHashMap<Token, Provided>;

impl View<'_> {
    /// Whether a call may be one that is handed functions or registers something, by its name.
    pub(in crate::program) fn may_hand_over(&self, call: ExprId) -> bool {
        if let ExprKind::Assign { binds, .. } = self.facts.expr(call).kind {
            return self.assigned_property(binds).is_some_and(|(_, name)| self.listening.contains(&name));
        }
        let ExprKind::Call { callee, .. } = self.facts.expr(call).kind else { return false };
        match self.facts.expr(callee).kind {
            ExprKind::Member { name, .. } => {
                // An object that is itself called may be held by any name.
                let is_function = |arg: &ExprId| matches!(self.facts.expr(*arg).kind, ExprKind::Function(_));
                self.handing.contains(&name)
                    || (self.objects_are_handed_functions && self.args(call).iter().any(is_function))
            }
            _ => true,
        }
    }

    /// What a call registers; whether it is one that registers something.
    pub(in crate::program) fn provided_by_call(
        &self,
        call: ExprId,
        entry: &FoundEntry,
        found: &mut Vec<(Token, Provided)>,
    ) -> bool {
        let all = &self.models.calls[entry.entry.index()].provides;
        for provides in all {
            let at = |path| match self.at(call, entry.on, entry.made, path) {
                At::Expr(expr) => Some(expr),
                _ => None,
            };
            match &provides.token {
                TokenAt::Path(path) => {
                    let token = at(path).and_then(|token| self.token(token));
                    let value = provides.at.as_ref().and_then(at);
                    let value = value.map(|expr| Provided { expr, giving: provides.giving });
                    found.extend(token.zip(value));
                }
                TokenAt::Member(path) => {
                    let on = entry.on.map(|on| self.entity(on).entity);
                    let Some(Entity::Object { receiver, .. }) = on else { continue };
                    let name = at(path).and_then(|name| self.constant(name));
                    if let (Some(Const::Text(name)), Some(expr)) = (name, provides.at.as_ref().and_then(at)) {
                        found.push((
                            Token::Member(receiver, name),
                            Provided { expr, giving: provides.giving },
                        ));
                    }
                }
                TokenAt::NamesOf(path) => {
                    let Some(ExprKind::Object { props, .. }) =
                        at(path).map(|object| self.facts.expr(object).kind)
                    else {
                        continue;
                    };
                    found.extend(self.facts.props(props).iter().filter_map(|prop| match prop.key {
                        PropKey::Name(name) => {
                            Some((Token::Name(name), Provided { expr: prop.value, giving: provides.giving }))
                        }
                        _ => None,
                    }));
                }
            }
        }
        !all.is_empty()
    }

    /// The object literals of this file that register something.
    pub(in crate::program) fn registering_objects(&self) -> Vec<ExprId> {
        let shapes = self.models.provided.iter().filter(|shape| shape.ecosystem == self.ecosystem());
        let written: Vec<Name> = shapes.filter_map(|shape| self.name_of(&shape.token)).collect();
        if written.is_empty() {
            return Vec::new();
        }
        let registers = |expr: &ExprId| match self.facts.expr(*expr).kind {
            ExprKind::Object { props, .. } => self
                .facts
                .props(props)
                .iter()
                .any(|prop| matches!(prop.key, PropKey::Name(name) if written.contains(&name))),
            _ => false,
        };
        self.exprs().filter(registers).collect()
    }

    /// `{ provide: token, useFactory: make }`
    pub(in crate::program) fn provided_by_object(&self, object: ExprId, found: &mut Vec<(Token, Provided)>) {
        let ExprKind::Object { props, .. } = self.facts.expr(object).kind else { return };
        for shape in self.models.provided.iter().filter(|shape| shape.ecosystem == self.ecosystem()) {
            let value_of = |wanted: &str| {
                let is_it = |prop: &&crate::facts::Prop| matches!(prop.key, PropKey::Name(name) if self.facts.name(name) == wanted);
                self.facts.props(props).iter().find(is_it).map(|prop| prop.value)
            };
            let (Some(token), Some(expr)) = (value_of(&shape.token), value_of(&shape.value)) else {
                continue;
            };
            found.extend(self.token(token).map(|token| (token, Provided { expr, giving: shape.giving })));
        }
    }

    /// Whether an assignment sets one property of something.
    pub(in crate::program) fn sets_member(&self, assignment: ExprId) -> bool {
        self.member_set(assignment).is_some()
    }

    /// Whether it does so of something that may turn out to be a library's.
    pub(in crate::program) fn sets_member_of_open(&self, assignment: ExprId) -> bool {
        let Some((place, _)) = self.member_set(assignment) else { return false };
        matches!(self.facts.expr(place).kind, ExprKind::Member { object, .. } if self.is_open(object))
    }

    /// The member that an assignment sets, and to what.
    fn member_set(&self, assignment: ExprId) -> Option<(ExprId, ExprId)> {
        let ExprKind::Assign { binds, .. } = self.facts.expr(assignment).kind else { return None };
        let [bind] = self.facts.binds(binds) else { return None };
        let (Place::Expr(place), Source::Expr(value)) = (bind.place, bind.source) else { return None };
        matches!(self.facts.expr(place).kind, ExprKind::Member { .. }).then_some((place, value))
    }

    /// `app.redis = client`, `app.locals.redis = client`: a property that a library's objects have from then on.
    pub(in crate::program) fn provided_by_assignment(&self, assignment: ExprId) -> Option<(Token, Provided)> {
        let (place, expr) = self.member_set(assignment)?;
        let (receiver, path) = self.member_path(place)?;
        Some((Token::Member(receiver, path), Provided { expr, giving: Giving::Value }))
    }

    /// The library object that a member, or a member of one, is looked up in, and the way there.
    fn member_path(&self, member: ExprId) -> Option<(ReceiverId, String)> {
        let ExprKind::Member { object, name } = self.facts.expr(member).kind else { return None };
        let name = self.facts.name(name);
        match self.entity(object).entity {
            Entity::Object { receiver, .. } => Some((receiver, name.to_owned())),
            Entity::Method { receiver, name: outer, .. } => {
                Some((receiver, format!("{}.{name}", self.facts.name(outer))))
            }
            _ => None,
        }
    }

    /// The token that an expression is.
    fn token(&self, expr: ExprId) -> Option<Token> {
        if let Some(Const::Text(text)) = self.constant(expr) {
            return Some(Token::Text(text));
        }
        if let Entity::Type(ty) = self.entity(expr).entity {
            return Some(Token::Type(ty));
        }
        let made = self.made_by_value(expr);
        match self.facts.expr(made).kind {
            ExprKind::Call { .. } => Some(Token::Value(made)),
            // Not followed any further: the same words mean the same.
            ExprKind::Name { .. } | ExprKind::Member { .. } => {
                Some(Token::Text(self.text_of(made).to_owned()))
            }
            _ => None,
        }
    }

    /// What decorators inject.
    pub(in crate::program) fn injected(&self, decorators: List<ExprId>) -> Option<Resolved> {
        if decorators.is_empty() {
            return None;
        }
        self.lookup.set_open();
        self.facts.list(decorators).iter().find_map(|decorator| {
            let ExprKind::Call { callee, .. } = self.facts.expr(*decorator).kind else { return None };
            let exports = self.exports_of(&self.entity(callee).entity);
            let inject = self.models.injects.iter().find(|inject| {
                exports
                    .iter()
                    .any(|(library, path)| *library == inject.library && inject.decorator.contains(path))
            })?;
            match self.at(*decorator, None, None, &inject.token) {
                At::Expr(token) => self.registered(&self.token(token)?),
                _ => None,
            }
        })
    }

    /// What a container gives that is asked for a token: `container.resolve(TOKENS.Cache)`. A class is made, if nothing else is
    /// registered under it.
    pub(in crate::program) fn looked_up(&self, call: ExprId, path: &Path) -> Resolved {
        let At::Expr(asked) = self.at(call, None, None, path) else { return Resolved::unknown() };
        let registered = self.token(asked).and_then(|token| self.registered(&token));
        registered.unwrap_or_else(|| match self.entity(asked).entity {
            Entity::Type(ty) => Resolved::sure(Entity::Instance(ty)).told(Told::Token),
            _ => Resolved::unknown(),
        })
    }

    /// What is injected by the name of a parameter, or of a property that is taken out of one.
    pub(in crate::program) fn injected_by_name(&self, name: Name) -> Option<Resolved> {
        self.registered(&Token::Name(name))
    }

    /// What a program set as a property of a library's objects.
    pub(in crate::program) fn set_on(&self, receiver: ReceiverId, path: &str) -> Option<Resolved> {
        self.lookup.set_open();
        if self.tokens.is_empty() {
            return None;
        }
        self.registered(&Token::Member(receiver, path.to_owned()))
    }

    /// What is registered under a token.
    fn registered(&self, token: &Token) -> Option<Resolved> {
        self.lookup.set_open();
        let Provided { expr, giving } = *self.tokens.get(token)?;
        let value = self.entity(expr);
        let found = match (giving, &value.entity) {
            (Giving::Value, _) => value,
            (Giving::MadeBy, Entity::Function(function)) => self.result_entity(*function),
            (Giving::InstanceOf, Entity::Type(ty)) => Resolved::sure(Entity::Instance(*ty)),
            _ => return None,
        };
        Some(found.told(Told::Token)).filter(Resolved::is_here)
    }
}
