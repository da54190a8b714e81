//! What a place that says a name means: a certain function, or surely something else.
//!
//! Owns: telling that by what names are bound to and what objects are. Does not own: who says a name (`uncalled`).

use crate::facts::{
    ExprId, ExprKind, FuncId, Imported, Name, Place, Source, TypeDefId, TypeDefKind, TypeRefId, TypeRefKind,
    VarKind,
};
use crate::finding::Confidence;
use crate::program::View;
use crate::program::index::owner_of;
use crate::program::modules::Target;
use crate::program::reach::uncalled::{Held, Item};
use crate::program::values::entity::{Entity, Resolved, Told};
use crate::source::Ecosystem;

impl View<'_> {
    /// Whether an expression that says the name of a function may mean it.
    pub(super) fn may_mean(&self, place: ExprId, item: &Item) -> bool {
        match self.facts.expr(place).kind {
            ExprKind::Name { var: Some(var), .. } => match self.facts.var(var).kind {
                _ if Held::Var(var) == item.held => !self.is_export_of_same_name_here(place, item),
                // What is imported from a file of the tree is the variable itself, if it was found.
                VarKind::Import(import) => {
                    let import = &self.facts.imports[import as usize];
                    let target = self.bindings.target(self.file_of_expr(place), import.module);
                    target != Target::Library
                        && matches!(import.imported, Imported::Named(_) | Imported::Dot | Imported::Default)
                }
                _ => false,
            },
            ExprKind::Name { var: None, .. } => !matches!(item.held, Held::Type(_)),
            ExprKind::Member { object, name } => {
                !self.is_put_there(place, item) && self.may_mean_member(place, object, name, item)
            }
            ExprKind::Str(text) => match self.ecosystem() {
                // By reflection.
                Ecosystem::Go => matches!(item.held, Held::Type(_)) && text == item.name,
                Ecosystem::Ecmascript => matches!(item.held, Held::Type(_)) || text == item.name,
            },
            _ => true,
        }
    }

    /// Whether a name only says what a file exports, where no other than the tree's own files look.
    fn is_export_of_same_name_here(&self, place: ExprId, item: &Item) -> bool {
        self.file_of_expr(place) == self.file_of(item.function) && self.is_export_of_same_name(place)
    }

    /// `exports.list = async () => { … }`, and `exports.list = list`
    fn is_put_there(&self, place: ExprId, item: &Item) -> bool {
        let Some(around) = self.parent(place) else { return false };
        let ExprKind::Assign { binds, .. } = self.facts.expr(around).kind else { return false };
        self.facts.binds(binds).iter().any(|bind| {
            matches!(bind.place, Place::Expr(put) if put == place)
                && match bind.source {
                    Source::Expr(value) => match self.facts.expr(value).kind {
                        ExprKind::Function(function) => function == item.function,
                        ExprKind::Name { var: Some(var), .. } => {
                            Held::Var(var) == item.held && self.is_export_of_same_name(place)
                        }
                        _ => false,
                    },
                    _ => false,
                }
        })
    }

    fn may_mean_member(&self, place: ExprId, object: ExprId, name: Name, item: &Item) -> bool {
        // `this` within an object literal may be said of another than where it is written.
        if let ExprKind::This = self.facts.expr(object).kind {
            let owner = owner_of(self.facts, self.home(place));
            return owner.is_none_or(|owner| self.may_be_method_of(owner, name, item));
        }
        let is_sure = |found: &Resolved| found.sure == Confidence::High && found.told != Told::Name;
        // A container of a library may give any object of the tree.
        let tells = self.ecosystem() == Ecosystem::Go || !matches!(item.held, Held::Type(_));
        let found = self.entity(place);
        match found.entity {
            Entity::Function(function) if is_sure(&found) => return self.may_stand_for(function, item),
            Entity::Method { .. } | Entity::Export { .. } | Entity::Package(_)
                if tells && is_sure(&found) =>
            {
                return false;
            }
            _ => {}
        }
        let on = self.entity(object);
        match on.entity {
            _ if !is_sure(&on) => true,
            Entity::Object { .. } | Entity::Package(_) | Entity::Export { .. } => !tells,
            Entity::Instance(ty) | Entity::Type(ty) => self.may_be_method_of(ty, name, item),
            Entity::Literal(literal) => self.facts.prop(literal, name).is_none(),
            _ => true,
        }
    }

    /// Whether a call of one function may run another: it is the same, or may be taken for it.
    fn may_stand_for(&self, function: FuncId, item: &Item) -> bool {
        if function == item.function {
            return true;
        }
        let (Some(owner), Held::Type(own)) = (self.facts.function(function).owner, item.held) else {
            return false;
        };
        self.may_be_for(owner, own, item.name)
    }

    /// Whether a method of a type may be asked of what is known as another.
    fn may_be_method_of(&self, ty: TypeDefId, name: Name, item: &Item) -> bool {
        let Held::Type(own) = item.held else { return false };
        let def = self.facts.type_def(ty);
        let declares = self.index.method(ty, name).is_some();
        match def.kind {
            _ if ty == own => true,
            TypeDefKind::Class | TypeDefKind::Struct if declares => self.may_be_for(ty, own, name),
            // It is a field, unless something embedded has it.
            TypeDefKind::Struct => !self.facts.type_list(def.extends).is_empty(),
            TypeDefKind::Interface => {
                self.ecosystem() == Ecosystem::Ecmascript
                    || !declares
                    || self.classes.implementers(ty).contains(&own)
            }
            _ => true,
        }
    }

    /// Whether an object of one type may be found where another is spoken of: it implements or extends it, or something that both do
    /// has the method.
    fn may_be_for(&self, spoken_of: TypeDefId, own: TypeDefId, name: Name) -> bool {
        let bases = self.classes.implemented_by(own);
        let others = self.classes.implemented_by(spoken_of);
        spoken_of == own
            || bases.contains(&spoken_of)
            || bases.iter().any(|base| others.contains(base) && self.index.method(*base, name).is_some())
            || self.ecosystem() == Ecosystem::Ecmascript
                && self.facts.type_def(spoken_of).kind != TypeDefKind::Class
    }

    /// The functions that name a type, each place once; none for what stands at the top of a file or in another type.
    pub(super) fn places_of_type(&self, ty: TypeDefId) -> Vec<Option<FuncId>> {
        let is_it = |named: TypeRefId| self.names_type(named, ty);
        let of_function = |function: FuncId| (!self.is_module(function)).then_some(function);
        let mut places = Vec::new();
        for (at, expr) in self.facts.exprs.iter().enumerate() {
            let names = match expr.kind {
                ExprKind::Name { var: Some(var), .. } => self.facts.var(var).kind == VarKind::Type(ty),
                ExprKind::Object { ty: Some(named), .. }
                | ExprKind::Array { ty: Some(named), .. }
                | ExprKind::Cast { ty: Some(named), .. } => is_it(named),
                _ => false,
            };
            if names && !self.is_asserted(ExprId::from_index(at)) {
                places.push(of_function(self.home(ExprId::from_index(at))));
            }
        }
        for var in &self.facts.vars {
            if var.kind != VarKind::Receiver && var.ty.is_some_and(is_it) {
                places.push(of_function(var.function));
            }
        }
        for (call, _) in &self.facts.typed_calls {
            if self.facts.call_types(*call).iter().any(|named| is_it(*named)) {
                places.push(of_function(self.home(*call)));
            }
        }
        let fields = self.facts.fields.iter().filter_map(|field| field.ty);
        let targets = self.facts.types.iter().filter_map(|def| def.target);
        if fields.chain(targets).any(is_it) {
            places.push(None);
        }
        places
    }

    /// Whether an expression is a part of what only says that a type is fit for an interface.
    fn is_asserted(&self, expr: ExprId) -> bool {
        let span = self.facts.expr(expr).span;
        let is_around = |(start, end): (u32, u32)| start <= span.start && span.end <= end;
        self.is_module(self.home(expr)) && self.assertions(self.file_of_expr(expr)).into_iter().any(is_around)
    }

    /// Whether an annotation names a type, itself or within it.
    fn names_type(&self, named: TypeRefId, ty: TypeDefId) -> bool {
        let any = |list: &[TypeRefId]| list.iter().any(|inner| self.names_type(*inner, ty));
        match self.facts.type_ref(named).kind {
            TypeRefKind::Named { var, args, .. } => {
                var.is_some_and(|var| self.facts.var(var).kind == VarKind::Type(ty))
                    || any(self.facts.type_list(args))
            }
            TypeRefKind::Array(inner) => self.names_type(inner, ty),
            TypeRefKind::Union(all) | TypeRefKind::Tuple(all) => any(self.facts.type_list(all)),
            TypeRefKind::Function { params, returns } => {
                any(self.facts.type_list(params))
                    || returns.is_some_and(|returns| self.names_type(returns, ty))
            }
            TypeRefKind::Object(of) => of.is_some_and(|of| {
                let mut held = self.facts.fields(of).iter().filter_map(|field| field.ty);
                held.any(|held| self.names_type(held, ty))
            }),
            TypeRefKind::TypeOf(_) | TypeRefKind::Other => false,
        }
    }
}
