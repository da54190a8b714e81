//! TypeScript and JavaScript.
use crate::facts::build::Builder;
use tree_sitter::Tree;
pub(super) fn lower(_b: &mut Builder, _text: &str, _tree: &Tree) {}
