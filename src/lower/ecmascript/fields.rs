//! The grammars' field names, looked up once per file: by name, each look-up would search the grammar's list.

use std::num::NonZeroU16;

use tree_sitter::{Language, Node};

macro_rules! fields {
    ($($field:ident $name:literal,)*) => {
        /// A field of a node.
        #[derive(Clone, Copy)]
        pub(super) enum At {
            $(#[doc = concat!("`", $name, "`")] $field,)*
        }

        const NAMES: &[&str] = &[$($name),*];
    };
}

fields! {
    Alias "alias",
    Alternative "alternative",
    Argument "argument",
    Arguments "arguments",
    Body "body",
    Condition "condition",
    Consequence "consequence",
    Constructor "constructor",
    Declaration "declaration",
    Finalizer "finalizer",
    Function "function",
    Handler "handler",
    Increment "increment",
    Index "index",
    Initializer "initializer",
    Key "key",
    Kind "kind",
    Label "label",
    Left "left",
    Name "name",
    Object "object",
    Operator "operator",
    Parameter "parameter",
    Parameters "parameters",
    Pattern "pattern",
    Property "property",
    ReturnType "return_type",
    Right "right",
    Source "source",
    Type "type",
    TypeArguments "type_arguments",
    Value "value",
}

/// The ids of the fields in one grammar; none where it has no such field.
pub(super) struct Fields([Option<NonZeroU16>; NAMES.len()]);

impl Fields {
    /// The fields of a grammar.
    pub(super) fn of(language: &Language) -> Self {
        let mut ids = [None; NAMES.len()];
        for (id, name) in ids.iter_mut().zip(NAMES) {
            *id = language.field_id_for_name(name);
        }
        Self(ids)
    }

    /// The child of `node` in a field.
    pub(super) fn child<'t>(&self, node: Node<'t>, at: At) -> Option<Node<'t>> {
        let id = self.0.get(at as usize).copied().flatten()?;
        node.child_by_field_id(id.get())
    }

    /// The id of a field.
    pub(super) fn id(&self, at: At) -> Option<NonZeroU16> {
        self.0.get(at as usize).copied().flatten()
    }
}
