//! What types of the tree have to do with each other: constructors, and who implements an interface or an abstract class.
//!
//! Go's interfaces are implemented by whatever has their methods, TypeScript's by the classes that say so.
//!
//! Owns: these look-ups. Does not own: which of several implementations a call reaches (`callgraph`).

use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::{
    Arenas, FuncId, FuncKind, List, Name, TypeDefId, TypeDefKind, TypeRefId, TypeRefKind, VarKind,
};
use crate::source::Ecosystem;

/// How deeply types may be embedded in one another.
const MAX_EMBEDDED: u32 = 8;

/// Words in the name of a type that stands in for another one in tests.
const DOUBLES: [&str; 5] = ["mock", "fake", "stub", "dummy", "noop"];

/// The look-ups.
#[derive(Debug, Default)]
pub(super) struct Classes {
    constructors: FxHashMap<TypeDefId, FuncId>,
    implementers: FxHashMap<TypeDefId, Vec<TypeDefId>>,
}

impl Classes {
    /// Builds the look-ups.
    pub(super) fn of(facts: &Arenas, ecosystem: Ecosystem) -> Self {
        let mut classes = Self::default();
        let mut methods: FxHashMap<TypeDefId, FxHashSet<Name>> = FxHashMap::default();
        for id in (0..facts.functions.len()).map(FuncId::from_index) {
            let function = facts.function(id);
            let Some(owner) = function.owner else { continue };
            match (function.kind, function.name) {
                (FuncKind::Constructor, _) => {
                    // Of several signatures the one with a body counts.
                    let known = classes.constructors.entry(owner).or_insert(id);
                    if facts.function(*known).body.is_empty() {
                        *known = id;
                    }
                }
                (FuncKind::Method, Some(name)) => {
                    methods.entry(owner).or_default().insert(name);
                }
                _ => {}
            }
        }
        match ecosystem {
            Ecosystem::Go => classes.by_method_set(facts, &methods),
            Ecosystem::Ecmascript => classes.by_declaration(facts),
        }
        classes
    }

    fn by_declaration(&mut self, facts: &Arenas) {
        for id in type_ids(facts).filter(|id| facts.type_def(*id).kind == TypeDefKind::Class) {
            let def = facts.type_def(id);
            for base in [def.implements, def.extends].into_iter().flat_map(|list| named_types(facts, list)) {
                self.implementers.entry(base).or_default().push(id);
            }
        }
    }

    fn by_method_set(&mut self, facts: &Arenas, methods: &FxHashMap<TypeDefId, FxHashSet<Name>>) {
        let mut having: FxHashMap<Name, Vec<TypeDefId>> = FxHashMap::default();
        let mut sets: FxHashMap<TypeDefId, FxHashSet<Name>> = FxHashMap::default();
        for id in type_ids(facts) {
            let mut set = FxHashSet::default();
            method_set(facts, methods, id, MAX_EMBEDDED, &mut set);
            if facts.type_def(id).kind != TypeDefKind::Interface {
                let mut names: Vec<Name> = set.iter().copied().collect();
                names.sort_unstable();
                for name in names {
                    having.entry(name).or_default().push(id);
                }
            }
            sets.insert(id, set);
        }
        for id in type_ids(facts).filter(|id| facts.type_def(*id).kind == TypeDefKind::Interface) {
            let wanted = &sets[&id];
            let few = |name: &&Name| (having.get(name).map_or(0, Vec::len), **name);
            let Some(rarest) = wanted.iter().min_by_key(few) else { continue };
            let candidates = having.get(rarest).into_iter().flatten();
            let found: Vec<TypeDefId> =
                candidates.filter(|candidate| wanted.is_subset(&sets[candidate])).copied().collect();
            self.implementers.insert(id, found);
        }
    }

    /// The constructor of a class, an inherited one included.
    pub(super) fn constructor(&self, facts: &Arenas, class: TypeDefId) -> Option<FuncId> {
        let mut at = class;
        for _ in 0..MAX_EMBEDDED {
            if let Some(found) = self.constructors.get(&at) {
                return Some(*found);
            }
            at = named_types(facts, facts.type_def(at).extends).next()?;
        }
        None
    }

    /// The types that implement an interface or extend a class; those that stand in for one in tests only where there is no
    /// other.
    pub(super) fn implementers(&self, facts: &Arenas, base: TypeDefId) -> Vec<TypeDefId> {
        let all = self.implementers.get(&base).map_or(&[][..], Vec::as_slice);
        let real: Vec<TypeDefId> = all.iter().copied().filter(|id| !is_double(facts, *id)).collect();
        if real.is_empty() { all.to_vec() } else { real }
    }
}

fn is_double(facts: &Arenas, id: TypeDefId) -> bool {
    let name = facts.type_def(id).name.map_or("", |name| facts.name(name)).to_ascii_lowercase();
    DOUBLES.iter().any(|word| name.contains(word))
}

fn type_ids(facts: &Arenas) -> impl Iterator<Item = TypeDefId> + use<> {
    (0..facts.types.len()).map(TypeDefId::from_index)
}

/// The types of the tree that annotations name.
fn named_types(facts: &Arenas, list: List<TypeRefId>) -> impl Iterator<Item = TypeDefId> + '_ {
    facts.type_list(list).iter().filter_map(|ty| match facts.type_ref(*ty).kind {
        TypeRefKind::Named { var: Some(var), rest: None, .. } => match facts.var(var).kind {
            VarKind::Type(def) => Some(def),
            _ => None,
        },
        _ => None,
    })
}

/// The methods of a type and of those embedded in it.
fn method_set(
    facts: &Arenas,
    methods: &FxHashMap<TypeDefId, FxHashSet<Name>>,
    id: TypeDefId,
    depth: u32,
    set: &mut FxHashSet<Name>,
) {
    set.extend(methods.get(&id).into_iter().flatten());
    let Some(depth) = depth.checked_sub(1) else { return };
    for embedded in named_types(facts, facts.type_def(id).extends) {
        method_set(facts, methods, embedded, depth, set);
    }
}
