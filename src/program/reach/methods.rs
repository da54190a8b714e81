//! Methods of classes of which nothing in the tree says the name (ECMAScript): nobody calls them.
//!
//! Owns: telling them by names. Does not own: whether their class is used, and who else may use it (`used`).

use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::{FuncId, FuncKind, Name, TypeRefId, TypeRefKind, VarKind};
use crate::program::Program;
use crate::source::Ecosystem;

/// How long a text may be, in bytes, in which the name of a method is looked for: longer ones are prose.
const LONGEST_SPOKEN: usize = 80;

/// The methods that are run by who calls them by their names.
#[derive(Debug, Default)]
pub(super) struct Methods<'p> {
    /// Their names.
    pub(super) names: FxHashSet<Name>,
    by_text: FxHashMap<&'p str, Name>,
}

impl Methods<'_> {
    /// Adds those of which a text has the name in it: frameworks are told of methods so (`'OrderController.list'`, `'orders#list'`).
    pub(super) fn add_within(&self, text: &str, spoken: &mut FxHashSet<Name>) {
        let is_separator = |c: char| !c.is_alphanumeric() && c != '_' && c != '$';
        if text.len() <= LONGEST_SPOKEN && text.contains(is_separator) {
            spoken.extend(text.split(is_separator).filter_map(|word| self.by_text.get(word)));
        }
    }
}

impl Program<'_> {
    /// The methods that are run by who calls them by their names, but for names that `runs` tells of: frameworks look for these.
    pub(super) fn methods_called_by_name(&self, runs: &(dyn Fn(&str) -> bool + Sync)) -> Methods<'_> {
        if self.ecosystem != Ecosystem::Ecmascript {
            return Methods::default();
        }
        let methods = self.facts.function_ids().filter(|function| {
            self.facts.function(*function).kind == FuncKind::Method && self.is_called_by_name(*function)
        });
        let names = methods.filter_map(|method| self.facts.function(method).name);
        let names: FxHashSet<Name> = names.filter(|name| !runs(self.facts.name(*name))).collect();
        let by_text = names.iter().map(|name| (self.facts.name(*name), *name)).collect();
        Methods { names, by_text }
    }

    /// A method of a class of which nothing in the tree says the name, called or not, but for others of which the same holds.
    pub(super) fn is_unspoken_method(&self, function: FuncId) -> bool {
        self.method_called_by_name(function).is_some_and(|name| self.used.unspoken.contains(&name))
    }

    /// The name of the method that a function is, or stands in, if it is run by who calls it by its name alone.
    pub(super) fn method_called_by_name(&self, function: FuncId) -> Option<Name> {
        let mut at = function;
        while self.facts.function(at).kind != FuncKind::Method {
            at = self.facts.function(at).parent?;
        }
        self.facts.function(at).name.filter(|_| self.is_called_by_name(at))
    }

    /// Whether a method is run by who calls it by its name alone: no decorator tells a framework of it, and no library's class or
    /// interface may ask for it.
    fn is_called_by_name(&self, method: FuncId) -> bool {
        let info = self.facts.function(method);
        let is_of_tree = |ty: &TypeRefId| {
            matches!(self.facts.type_ref(*ty).kind, TypeRefKind::Named { var: Some(var), rest: None, .. }
                if matches!(self.facts.var(var).kind, VarKind::Type(_)))
        };
        self.facts.list(info.decorators).is_empty()
            && info.owner.is_some_and(|owner| {
                let owner = self.facts.type_def(owner);
                self.facts.type_list(owner.extends).is_empty()
                    && self.facts.type_list(owner.implements).iter().all(is_of_tree)
            })
    }
}

/// The names of methods that are said, each file's by what is no such method, and by those of which the name is said.
pub(super) fn spoken<'f>(
    files: impl Iterator<Item = (&'f FxHashSet<Name>, &'f Vec<(Name, Name)>)>,
) -> FxHashSet<Name> {
    let mut by: FxHashMap<Name, Vec<Name>> = FxHashMap::default();
    let mut open = Vec::new();
    for (said, said_by) in files {
        open.extend(said.iter().copied());
        for (method, name) in said_by {
            by.entry(*method).or_default().push(*name);
        }
    }
    let mut spoken = FxHashSet::default();
    while let Some(name) = open.pop() {
        if spoken.insert(name) {
            open.extend(by.get(&name).into_iter().flatten());
        }
    }
    spoken
}
