//! Fields that only what nobody calls sets: what is asked of them never happens, whatever asks.
//!
//! `func (s *Service) SetBus(bus Bus) { s.bus = bus }` that no program calls leaves `if s.bus == nil { return }` with nothing below it.
//!
//! Owns: telling that of a field, and of a call that something else is done by. Does not own: what nobody calls (`uncalled`).

use crate::facts::{ExprId, ExprKind, Name, Place, PropKey, Source, TypeDefId};
use crate::finding::Confidence;
use crate::program::View;
use crate::program::values::entity::Entity;

/// How many functions lie between a call and what is done by it.
const MAX_DEPTH: u32 = 6;

impl View<'_> {
    /// Whether a call does something only by way of fields that nothing sets.
    pub fn is_done_on_unset(&self, call: ExprId, done: ExprId) -> bool {
        self.program.used.is_asked() && self.leads_through_unset(call, done, MAX_DEPTH)
    }

    fn leads_through_unset(&self, call: ExprId, done: ExprId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        if self.is_on_unset_field(call) {
            return true;
        }
        if call == done {
            return false;
        }
        let mut ways = self.run_by(call).iter().flat_map(|function| {
            let roles = self.summary(*function).map_or(&[][..], |summary| &summary.roles);
            roles.iter().filter(|played| played.expr == done).map(|played| played.via.unwrap_or(done))
        });
        let mut any = false;
        ways.all(|way| {
            any = true;
            self.leads_through_unset(way, done, depth)
        }) && any
    }

    /// `this.bus.publish()`, where nothing sets `bus`.
    fn is_on_unset_field(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.facts.expr(call).kind else { return false };
        let ExprKind::Member { object, .. } = self.facts.expr(callee).kind else { return false };
        let ExprKind::Member { object: holder, name } = self.facts.expr(object).kind else { return false };
        match self.entity(holder) {
            found if found.sure < Confidence::High => false,
            found => matches!(found.entity, Entity::Instance(ty) if self.is_unset(ty, name)),
        }
    }

    fn is_unset(&self, owner: TypeDefId, field: Name) -> bool {
        let own = self.index.field(owner, field).iter();
        let own: Vec<_> = own.filter(|binding| !self.is_nothing(binding.source)).collect();
        let is_dead = |place: ExprId| self.is_uncalled(self.home(place));
        !own.is_empty()
            && own.iter().all(|binding| self.is_uncalled(binding.function))
            && self.is_plain_field(owner, field)
            && self
                .setting(field)
                .into_iter()
                .all(|place| !self.may_be_set_on(place, owner) || is_dead(place))
    }

    /// Whether nothing but assignments sets a field: no decorator, no tag, no value that it begins with.
    fn is_plain_field(&self, owner: TypeDefId, name: Name) -> bool {
        let file = self.file_of_type(owner);
        let is_plain = |field: &crate::facts::Field| {
            let text = &self.texts[file][field.span.start as usize..field.span.end as usize];
            field.init.is_none_or(|init| self.is_nothing(Source::Expr(init)))
                && self.facts.list(field.decorators).is_empty()
                && !text.contains('`')
        };
        let found = self.facts.fields(owner).iter().find(|field| field.name == name);
        found.is_some_and(is_plain) && !self.texts[file].contains("Object.assign(")
    }

    fn is_nothing(&self, source: Source) -> bool {
        matches!(source, Source::Expr(value) if matches!(self.facts.expr(value).kind, ExprKind::Null))
    }

    /// What sets something of a name: the objects that it is set on, and literals that have it.
    fn setting(&self, field: Name) -> Vec<ExprId> {
        let mut found = Vec::new();
        for (at, expr) in self.facts.exprs.iter().enumerate() {
            match expr.kind {
                ExprKind::Assign { binds, .. } => {
                    for bind in self.facts.binds(binds) {
                        if let Place::Expr(place) = bind.place
                            && let ExprKind::Member { object, name } = self.facts.expr(place).kind
                            && name == field
                            && !self.is_nothing(bind.source)
                        {
                            found.push(object);
                        }
                    }
                }
                ExprKind::Object { props, .. } => {
                    let sets = |key| match key {
                        PropKey::Name(name) => name == field,
                        PropKey::Position(_) => true,
                        PropKey::Computed(_) | PropKey::Spread => false,
                    };
                    if self.facts.props(props).iter().any(|prop| sets(prop.key)) {
                        found.push(ExprId::from_index(at));
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// Whether what sets a field may set that of a type.
    fn may_be_set_on(&self, on: ExprId, owner: TypeDefId) -> bool {
        let found = self.entity(on);
        match found.entity {
            Entity::Instance(ty) | Entity::Type(ty) => ty == owner,
            // An object without a type of its own is none of a class.
            Entity::Literal(_) => false,
            Entity::Object { .. } => found.sure < Confidence::High,
            _ => !matches!(self.facts.expr(on).kind, ExprKind::Object { .. }),
        }
    }
}
