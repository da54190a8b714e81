//! Lowering: one language's syntax tree to facts, in one walk.
//!
//! Owns: knowledge of the grammars' node kinds. With `syntax` the only user of tree-sitter. Does not own: knowledge of any
//! library or rule.

mod ecmascript;
mod go;
#[cfg(test)]
mod tests;

use tree_sitter::Tree;

use crate::facts::Facts;
use crate::facts::build::Builder;
use crate::source::{Ecosystem, Language};
use crate::syntax;

/// The facts of a parsed file.
pub fn lower(language: Language, text: &str, tree: &Tree) -> Facts {
    let mut builder = Builder::new(language, syntax::span_of(tree.root_node()));
    builder.facts.health.errors = syntax::error_spans(tree);
    match language.ecosystem() {
        Ecosystem::Ecmascript => ecmascript::lower(&mut builder, text, tree),
        Ecosystem::Go => go::lower(&mut builder, text, tree),
    }
    builder.finish()
}
