//! Little programs for the tests beside this.

use std::path::Path;

use super::modules::Target;
use super::names::Packages;
use super::workers::InOrder;
use super::{Knowledge, Program, Tree, Unit};
use crate::facts::{FuncId, TypeDefId};
use crate::models::code::Side;
use crate::rules::builtin;
use crate::source::{Ecosystem, Language};
use crate::syntax::Parsers;

/// Links files of one language family and looks at them. `./a` is the file `a.ts` or `a.js`; a Go package is a folder, imported by
/// its name.
pub(super) fn linked<T>(files: &[(&str, &str)], look: impl FnOnce(&mut Program<'_>) -> T) -> T {
    let known = builtin::Knowledge::load(&[], &[]).unwrap();
    let language = |path: &str| Language::of(Path::new(path)).unwrap();
    let folder = |path: &str| path.split_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
    let ecosystem = language(files[0].0).ecosystem();
    let units = files.iter().enumerate().map(|(position, (path, text))| {
        let tree = Parsers::default().parse(language(path), text).unwrap();
        let facts = crate::lower::lower(language(path), text, &tree);
        assert!(facts.health.is_whole(), "{path} does not parse");
        Unit { facts: facts.into(), text, position, side: Side::Unknown, looked_at: true }
    });
    let mut names: Vec<String> = files.iter().map(|(path, _)| folder(path)).collect();
    names.sort();
    names.dedup();
    let package = |name: &str| names.iter().position(|package| package == name);
    let packages = match ecosystem {
        Ecosystem::Ecmascript => Packages::default(),
        Ecosystem::Go => Packages {
            of_file: files.iter().map(|(path, _)| package(&folder(path))).collect(),
            built: files.iter().map(|(path, _)| !path.ends_with("_windows.go")).collect(),
            names: names.clone(),
        },
    };
    let resolve = |_: usize, written: &str| match (ecosystem, written.strip_prefix("./")) {
        (Ecosystem::Go, _) => package(written).map_or(Target::Library, Target::Package),
        (_, Some("hidden")) => Target::NotRead,
        (_, Some("style.css")) => Target::Asset,
        (_, Some(name)) => {
            let is_it =
                |(path, _): &(&str, &str)| path.rsplit_once('.').is_some_and(|(stem, _)| stem == name);
            files.iter().position(is_it).map_or(Target::Missing, Target::File)
        }
        (_, None) => Target::Library,
    };
    let tree = Tree { resolve: &resolve, packages };
    let knowledge = Knowledge { models: &known.models, roles: &known.roles, words: &known.words };
    look(&mut Program::link(ecosystem, units.collect(), &tree, knowledge, &InOrder))
}

/// The function or method of a name.
pub(super) fn function(program: &Program<'_>, name: &str) -> FuncId {
    let is_it =
        |id: &FuncId| program.facts.function(*id).name.is_some_and(|own| program.facts.name(own) == name);
    program.facts.function_ids().find(is_it).unwrap()
}

/// The type of a name.
pub(super) fn type_called(program: &Program<'_>, name: &str) -> TypeDefId {
    let is_it = |def: &crate::facts::TypeDef| def.name.is_some_and(|own| program.facts.name(own) == name);
    TypeDefId::from_index(program.facts.types.iter().position(is_it).unwrap())
}

/// The name of a type.
pub(super) fn type_name<'p>(program: &'p Program<'_>, id: TypeDefId) -> &'p str {
    program.facts.type_def(id).name.map_or("", |name| program.facts.name(name))
}
