//! Changes the facts so that a name of another file names the variable itself.
//!
//! Owns: the rebinding of expressions, annotations, assignments and methods. Does not own: what a name means (`names`).

use rustc_hash::FxHashMap;

use crate::facts::join::Part;
use crate::facts::{Arenas, Expr, ExprId, ExprKind, Imported, Name, Place, TypeRefKind, VarId, VarKind};
use crate::program::Names;

use super::{Bindings, Meaning, Packages};

impl Bindings {
    /// Makes the names of a file name the variables they mean.
    pub(super) fn rebind(&self, facts: &mut Arenas, part: &Part, own: &OwnNames) {
        for index in part.exprs.clone() {
            if let Some(kind) = self.rebound(facts, &facts.exprs[index], own) {
                facts.exprs[index].kind = kind;
            }
        }
        for index in part.type_refs.clone() {
            if let Some(kind) = self.rebound_type(facts, facts.type_refs[index].kind, own) {
                facts.type_refs[index].kind = kind;
            }
        }
        for index in part.binds.clone() {
            if let Place::Expr(target) = facts.binds[index].place
                && let ExprKind::Name { var: Some(var), .. } = facts.expr(target).kind
            {
                facts.binds[index].place = Place::Var(var);
            }
        }
        for index in part.functions.clone() {
            let function = &facts.functions[index];
            if let (None, Some(owner)) = (function.owner, function.owner_name)
                && let Some(var) = own.package.and_then(|package| self.declared(package, owner))
                && let VarKind::Type(owner) = facts.var(var).kind
            {
                facts.functions[index].owner = Some(owner);
            }
        }
    }

    fn rebound(&self, facts: &Arenas, expr: &Expr, own: &OwnNames) -> Option<ExprKind> {
        match expr.kind {
            ExprKind::Name { name, var: Some(var) } => {
                let meaning = self.import_of(facts, var)?;
                let Meaning::Var(var) = meaning else { return None };
                Some(ExprKind::Name { name, var: Some(var) })
            }
            ExprKind::Name { name, var: None } => {
                let var = own.declared(self, name)?;
                Some(ExprKind::Name { name, var: Some(var) })
            }
            ExprKind::Member { object, name } => {
                let var = self.member_of(facts, object, name, own)?;
                Some(ExprKind::Name { name, var: Some(var) })
            }
            _ => None,
        }
    }

    /// The variable that `module.name` means.
    fn member_of(&self, facts: &Arenas, object: ExprId, name: Name, own: &OwnNames) -> Option<VarId> {
        let ExprKind::Name { name: called, var } = facts.expr(object).kind else { return None };
        let meaning = match var {
            Some(var) => self.import_of(facts, var)?,
            None => Meaning::Package(*own.called.get(&called)?),
        };
        self.member(facts, meaning, name)
    }

    fn member(&self, facts: &Arenas, meaning: Meaning, name: Name) -> Option<VarId> {
        match meaning {
            Meaning::Package(package) => self.declared(package, name),
            Meaning::Module(file) => match self.exported(facts, file, name)? {
                Meaning::Var(var) => Some(var),
                _ => None,
            },
            _ => None,
        }
    }

    /// What the variable of an import or a `require` means.
    fn import_of(&self, facts: &Arenas, var: VarId) -> Option<Meaning> {
        match facts.var(var).kind {
            VarKind::Import(import) => self.imports.get(import as usize).copied(),
            _ => self.required.get(&var).copied(),
        }
    }

    fn rebound_type(&self, facts: &Arenas, kind: TypeRefKind, own: &OwnNames) -> Option<TypeRefKind> {
        let TypeRefKind::Named { var, first, rest, args } = kind else { return None };
        let (var, first, rest) = match (var, rest) {
            (Some(var), None) => match self.import_of(facts, var)? {
                Meaning::Var(var) => (var, first, None),
                _ => return None,
            },
            (None, None) => (own.declared(self, first)?, first, None),
            (var, Some(member)) => {
                let meaning = match var {
                    Some(var) => self.import_of(facts, var)?,
                    None => Meaning::Package(*own.called.get(&first)?),
                };
                (self.member(facts, meaning, member)?, member, None)
            }
        };
        Some(TypeRefKind::Named { var: Some(var), first, rest, args })
    }
}

/// What the names of a Go file that it does not declare itself may mean.
#[derive(Default)]
pub(super) struct OwnNames {
    package: Option<usize>,
    /// Packages of which everything is imported.
    dots: Vec<usize>,
    /// Imported packages of the tree by the names they have themselves, which need not be the last part of their path.
    called: FxHashMap<Name, usize>,
}

impl OwnNames {
    pub(super) fn of(
        bindings: &Bindings,
        facts: &Arenas,
        file: usize,
        part: &Part,
        packages: &Packages,
        names: &Names,
    ) -> Self {
        let Some(package) = packages.of_file.get(file).copied().flatten() else { return Self::default() };
        let mut own = Self { package: Some(package), ..Self::default() };
        for index in part.imports.clone() {
            let Meaning::Package(package) = bindings.imports[index] else { continue };
            match facts.imports[index].imported {
                Imported::Dot => own.dots.push(package),
                Imported::Effects => {}
                _ => {
                    if let Some(name) = names.get(&facts.names, &packages.names[package]) {
                        own.called.insert(name, package);
                    }
                }
            }
        }
        own
    }

    fn declared(&self, bindings: &Bindings, name: Name) -> Option<VarId> {
        let package = self.package.into_iter();
        package.chain(self.dots.iter().copied()).find_map(|package| bindings.declared(package, name))
    }
}
