//! What types of the tree have to do with each other: constructors, and who implements an interface or an abstract class.
//!
//! Go's interfaces are implemented by whatever has their methods, TypeScript's by the classes that say so.
//!
//! Owns: these look-ups. Does not own: which of several implementations a call reaches (`callgraph`).

use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::{
    Arenas, FuncId, FuncKind, List, Name, TypeDefId, TypeDefKind, TypeRefId, TypeRefKind, VarKind,
};
use crate::models::vocabulary::List as WordList;
use crate::source::Ecosystem;

/// How deeply types may be embedded in one another.
const MAX_EMBEDDED: u32 = 8;

/// The look-ups.
#[derive(Debug, Default)]
pub(super) struct Classes {
    constructors: FxHashMap<TypeDefId, FuncId>,
    /// The types that implement an interface or extend a class; those that stand in for one in tests only where there is no
    /// other.
    implementers: FxHashMap<TypeDefId, Vec<TypeDefId>>,
    /// The interfaces that a type implements and the classes that it extends, in order.
    bases: FxHashMap<TypeDefId, Vec<TypeDefId>>,
}

impl Classes {
    /// Builds the look-ups; `may_meet` says whether values of one type (Go) can come to where another is asked for,
    /// `doubles` what stands in for others in tests.
    pub(super) fn of(
        facts: &Arenas,
        ecosystem: Ecosystem,
        doubles: &WordList,
        may_meet: &dyn Fn(TypeDefId, TypeDefId) -> bool,
    ) -> Self {
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
            Ecosystem::Go => classes.by_method_set(facts, &methods, may_meet),
            Ecosystem::Ecmascript => classes.by_declaration(facts),
        }
        classes.turn_round(facts);
        classes.leave_out_doubles(facts, doubles);
        classes
    }

    /// Finds the bases of each type.
    fn turn_round(&mut self, facts: &Arenas) {
        for base in type_ids(facts) {
            for ty in self.implementers(base).to_vec() {
                let bases = self.bases.entry(ty).or_default();
                if bases.last() != Some(&base) {
                    bases.push(base);
                }
            }
        }
    }

    fn leave_out_doubles(&mut self, facts: &Arenas, doubles: &WordList) {
        for base in type_ids(facts) {
            let Some(types) = self.implementers.get_mut(&base) else { continue };
            if types.iter().any(|ty| !is_double(facts, doubles, *ty)) {
                types.retain(|ty| !is_double(facts, doubles, *ty));
            }
        }
    }

    fn by_declaration(&mut self, facts: &Arenas) {
        for id in type_ids(facts).filter(|id| facts.type_def(*id).kind == TypeDefKind::Class) {
            let def = facts.type_def(id);
            for base in [def.implements, def.extends].into_iter().flat_map(|list| named_types(facts, list)) {
                self.implementers.entry(base).or_default().push(id);
            }
        }
    }

    fn by_method_set(
        &mut self,
        facts: &Arenas,
        methods: &FxHashMap<TypeDefId, FxHashSet<Name>>,
        may_meet: &dyn Fn(TypeDefId, TypeDefId) -> bool,
    ) {
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
            let fits = |ty: TypeDefId| wanted.is_subset(&sets[&ty]) && may_meet(id, ty);
            let found: Vec<TypeDefId> = candidates.copied().filter(|candidate| fits(*candidate)).collect();
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
    pub(super) fn implementers(&self, base: TypeDefId) -> &[TypeDefId] {
        self.implementers.get(&base).map_or(&[], Vec::as_slice)
    }

    /// The interfaces that a type implements and the classes that it extends, in order.
    pub(super) fn implemented_by(&self, ty: TypeDefId) -> &[TypeDefId] {
        self.bases.get(&ty).map_or(&[], Vec::as_slice)
    }
}

fn is_double(facts: &Arenas, doubles: &WordList, id: TypeDefId) -> bool {
    let name = facts.type_def(id).name.map_or("", |name| facts.name(name)).to_ascii_lowercase();
    doubles.is_in(&name)
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

#[cfg(test)]
mod tests {
    use crate::program::samples::{linked, type_called, type_name};

    /// Who implements a type, by name and in order.
    fn implementers(files: &[(&str, &str)], base: &str) -> String {
        linked(files, |program| {
            let all = program.classes.implementers(type_called(program, base));
            all.iter().map(|id| type_name(program, *id)).collect::<Vec<_>>().join(" ")
        })
    }

    #[test]
    fn an_interface_of_go_is_implemented_by_what_has_its_methods() {
        let files = [
            (
                "a/a.go",
                "package a\n\ntype Store interface {\n\tGet()\n\tPut()\n}\n\ntype Wide interface {\n\tStore\n\tGone()\n}\n\ntype Empty interface{}\n",
            ),
            (
                "b/b.go",
                "package b\n\ntype Whole struct{}\n\nfunc (w *Whole) Get() {}\n\nfunc (w Whole) Put() {}\n\ntype Half struct{}\n\nfunc (Half) Get() {}\n",
            ),
            (
                "c/c.go",
                "package c\n\nimport \"b\"\n\ntype Outer struct {\n\t*b.Whole\n}\n\ntype Joined struct {\n\tb.Half\n\tother\n}\n\n\
                 type other struct{}\n\nfunc (o other) Put() {}\n\ntype Round struct {\n\t*Round\n\t*Round2\n}\n\n\
                 type Round2 struct {\n\t*Round\n}\n\nfunc (r Round2) Get() {}\n",
            ),
            (
                "d/d.go",
                "package d\n\ntype MockStore struct{}\n\nfunc (MockStore) Get() {}\n\nfunc (MockStore) Put() {}\n\nfunc (MockStore) Gone() {}\n",
            ),
        ];
        assert_eq!(
            implementers(&files, "Store"),
            "Whole Outer Joined",
            "a double counts only where there is no other"
        );
        assert_eq!(implementers(&files, "Wide"), "MockStore");
        assert_eq!(implementers(&files, "Empty"), "", "anything would do");
    }

    #[test]
    fn what_no_program_brings_together_implements_nothing() {
        let store = "type Store interface {\n\tGet()\n}\n";
        let kept = "type Kept struct{}\n\nfunc (Kept) Get() {}\n";
        let files = [
            (
                "shop/main.go".to_owned(),
                "package main\n\nimport \"core\"\n\nfunc main() { core.Run() }\n".to_owned(),
            ),
            ("core/a.go".to_owned(), format!("package core\n\n{store}\nfunc Run() {{}}\n")),
            (
                "mail/main.go".to_owned(),
                "package main\n\nimport \"box\"\n\nfunc main() { box.Run() }\n".to_owned(),
            ),
            ("box/a.go".to_owned(), format!("package box\n\n{kept}\nfunc Run() {{}}\n")),
        ];
        let mut files: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        assert_eq!(implementers(&files, "Store"), "");
        let both = "package main\n\nimport (\n\t\"box\"\n\t\"core\"\n)\n\nfunc main() {\n\tbox.Run()\n\tcore.Run()\n}\n";
        files.push(("all/main.go", both));
        assert_eq!(implementers(&files, "Store"), "Kept", "one program imports both");
        files.pop();
        files.push(("lib/lib.go", "package lib\n\nimport \"box\"\n\nfunc Open() { box.Run() }\n"));
        assert_eq!(implementers(&files, "Store"), "Kept", "nobody knows who imports `lib`");
    }

    #[test]
    fn an_interface_of_typescript_is_implemented_by_what_says_so() {
        let files = [
            (
                "a.ts",
                "export interface Store { get(): void }\nexport abstract class Base { abstract run(): void }\n",
            ),
            (
                "b.ts",
                "import { Store, Base } from './a';\nexport class Real implements Store { get() {} }\n\
                 class Same { get() {} }\nclass FakeStore implements Store { get() {} }\nclass Job extends Base { run() {} }\n\
                 class StubJob extends Base { run() {} }\n",
            ),
        ];
        assert_eq!(implementers(&files, "Store"), "Real");
        assert_eq!(implementers(&files, "Base"), "Job");
        assert_eq!(implementers(&files, "Same"), "");
        let doubles = [
            files[0],
            ("b.ts", "import { Store } from './a';\nclass FakeStore implements Store { get() {} }\n"),
        ];
        assert_eq!(implementers(&doubles, "Store"), "FakeStore", "there is no other");
    }

    #[test]
    fn constructors_are_inherited_and_the_one_with_a_body_counts() {
        let files = [
            (
                "a.ts",
                "export class Base { constructor(a: string);\n  constructor(a: unknown) { keep(a); } }\n",
            ),
            (
                "b.ts",
                "import { Base } from './a';\nclass Middle extends Base {}\nclass Leaf extends Middle { run() {} }\n\
                 class Own extends Leaf { constructor() { super('b'); } }\nclass Lone {}\n\
                 class Round extends Round2 {}\nclass Round2 extends Round {}\n",
            ),
        ];
        linked(&files, |program| {
            let owner = |class: &str| {
                let found = program.classes.constructor(&program.facts, type_called(program, class))?;
                let function = program.facts.function(found);
                assert!(!function.body.is_empty(), "{class}");
                function.owner.map(|owner| type_name(program, owner))
            };
            let classes = ["Base", "Middle", "Leaf", "Own", "Lone", "Round"];
            let expected = [Some("Base"), Some("Base"), Some("Base"), Some("Own"), None, None];
            assert_eq!(classes.map(owner), expected);
        });
    }
}
