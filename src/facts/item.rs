//! Functions, variables, types, imports and exports of one file.

use serde::{Deserialize, Serialize};

use super::ids::{ExprId, FuncId, List, Name, TypeDefId, TypeRefId, VarId};
use super::stmt::Block;
use crate::source::Span;

/// A function, method, closure or module body.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Function {
    /// Where all of it stands.
    pub span: Span,
    /// Where its name stands; the keyword, arrow or first byte where it has none.
    pub head: Span,
    /// Its name; for a closure, that of the variable, property or field it is put in.
    pub name: Option<Name>,
    /// What it is.
    pub kind: FuncKind,
    /// The function it is written in; none for the module body.
    pub parent: Option<FuncId>,
    /// The type it is a method of, when that type is in this file.
    pub owner: Option<TypeDefId>,
    /// The name of the type it is a method of (Go methods may stand in another file than their type); in Go only of types that the
    /// package declares.
    pub owner_name: Option<Name>,
    /// Go's method receiver.
    pub receiver: Option<VarId>,
    /// Its parameters.
    pub params: List<Param>,
    /// Its result type; Go's several results are the arguments of a [`TypeRefKind::Tuple`].
    pub returns: Option<TypeRefId>,
    /// Its body; empty for declarations without one.
    pub body: Block,
    /// `async`.
    pub is_async: bool,
    /// `function*`.
    pub is_generator: bool,
    /// `static`.
    pub is_static: bool,
    /// Its decorators.
    pub decorators: List<ExprId>,
    /// Touches a syntax error, or nesting that was not followed.
    pub damaged: bool,
}

/// What a function is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FuncKind {
    /// The statements of the file itself; in Go, the package's variable initialisers.
    Module,
    /// A declared function.
    Function,
    /// A method of a class, struct or object literal.
    Method,
    /// A class's constructor.
    Constructor,
    /// The field initialisers of one class, as assignments to `this.field`.
    Fields,
    /// `get name()`.
    Getter,
    /// `set name(value)`.
    Setter,
    /// A function expression, arrow, or Go function literal.
    Closure,
}

/// A parameter.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Param {
    /// Where it stands.
    pub span: Span,
    /// Its name; none when destructured (the parts are bindings of source [`super::Source::Param`]).
    pub name: Option<Name>,
    /// Its variable.
    pub var: Option<VarId>,
    /// Its annotation.
    pub ty: Option<TypeRefId>,
    /// Its default value.
    pub default: Option<ExprId>,
    /// `...rest`, Go's `args ...T`.
    pub rest: bool,
    /// Its decorators.
    pub decorators: List<ExprId>,
    /// The bindings of its parts when destructured.
    pub parts: List<super::Bind>,
}

/// A variable.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Var {
    /// Where it is declared.
    pub span: Span,
    /// Its name.
    pub name: Name,
    /// The function whose body declares it; the first function is the module.
    pub function: FuncId,
    /// What it is.
    pub kind: VarKind,
    /// Its annotation.
    pub ty: Option<TypeRefId>,
}

/// What a variable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum VarKind {
    /// `const`, Go's `const`.
    Const,
    /// `let`, `var`, Go's `var` and `:=`.
    Let,
    /// A parameter, by position.
    Param(u32),
    /// Go's method receiver.
    Receiver,
    /// An import, by position in [`super::Arenas::imports`].
    Import(u32),
    /// A function declaration.
    Function(FuncId),
    /// A class, or any declared type.
    Type(TypeDefId),
    /// What a `catch` binds.
    Caught,
}

/// One imported name.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Import {
    /// Where it stands.
    pub span: Span,
    /// The module, as written.
    pub module: Name,
    /// What is taken of it.
    pub imported: Imported,
    /// The variable it is bound to; none for side-effect imports and re-exports. Where Go code writes no name, this is the
    /// likeliest guess, or none ([`super::Facts::is_guessed`]).
    pub var: Option<VarId>,
    /// `import type`.
    pub type_only: bool,
}

/// What an import takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Imported {
    /// The default export.
    Default,
    /// The whole module (`* as`, a Go package).
    Namespace,
    /// One export.
    Named(Name),
    /// Go's dot import: every exported name.
    Dot,
    /// Nothing: imported for its side effects (Go's `_`).
    Effects,
}

/// An export of a module. Go needs none: a capital letter exports.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Export {
    /// Where it stands.
    pub span: Span,
    /// Under which name (`default` for the default); none for `export *` and `module.exports = …`.
    pub name: Option<Name>,
    /// What.
    pub kind: ExportKind,
}

/// What is exported.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum ExportKind {
    /// A variable, function, class or type of this file.
    Var(VarId),
    /// A value (`export default e`, `exports.x = e`, `module.exports = e`).
    Value(ExprId),
    /// An export of another module, passed on.
    From {
        /// The module, as written.
        module: Name,
        /// Which of its exports; none for all.
        name: Option<Name>,
    },
}

/// A type this file defines.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct TypeDef {
    /// Where all of it stands.
    pub span: Span,
    /// Its name; none for anonymous classes.
    pub name: Option<Name>,
    /// What it is.
    pub kind: TypeDefKind,
    /// Its fields, constructor parameter properties and Go's embedded types included; an interface's properties.
    pub fields: List<Field>,
    /// What it extends; Go: embedded types.
    pub extends: List<TypeRefId>,
    /// What it implements.
    pub implements: List<TypeRefId>,
    /// What it stands for ([`TypeDefKind::Alias`]; Go's `type A B`).
    pub target: Option<TypeRefId>,
    /// Its decorators.
    pub decorators: List<ExprId>,
    /// The `extends` clause as a value (`class A extends mixin(B)`).
    pub base: Option<ExprId>,
}

/// What kind of type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is its name")]
pub enum TypeDefKind {
    Class,
    Struct,
    Interface,
    Alias,
    Enum,
}

/// A field of a type.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Field {
    /// Where it stands.
    pub span: Span,
    /// Its name.
    pub name: Name,
    /// Its annotation.
    pub ty: Option<TypeRefId>,
    /// Its initial value, which is also an assignment in the type's [`FuncKind::Fields`] function.
    pub init: Option<ExprId>,
    /// Its decorators; those of the parameter for a parameter property.
    pub decorators: List<ExprId>,
    /// `static`.
    pub is_static: bool,
}

/// A type annotation. Pointers are stripped; `T | null | undefined` is `T`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct TypeRef {
    /// Where it stands.
    pub span: Span,
    /// What it says.
    pub kind: TypeRefKind,
}

/// What an annotation says.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum TypeRefKind {
    /// `T`, `pkg.T`, `T<A>`; Go's `map[K]V` is `map<K, V>`, `chan T` is `chan<T>`.
    Named {
        /// The variable its first part means (import, class, type parameter).
        var: Option<VarId>,
        /// The text before the first dot; the whole name when there is none.
        first: Name,
        /// What follows the first dot, dots included.
        rest: Option<Name>,
        /// Type arguments.
        args: List<TypeRefId>,
    },
    /// `T[]`, `[]T`.
    Array(TypeRefId),
    /// `A | B`.
    Union(List<TypeRefId>),
    /// `[A, B]`, Go's several results.
    Tuple(List<TypeRefId>),
    /// A function type.
    Function {
        /// The types of its parameters, in order; [`TypeRefKind::Other`] for those without one.
        params: List<TypeRefId>,
        /// Its result type.
        returns: Option<TypeRefId>,
    },
    /// `typeof e`.
    TypeOf(ExprId),
    /// A type literal with its fields, a [`TypeDefKind::Alias`] without a name; none where it has no field with a type, where an alias
    /// has them, and for Go's anonymous struct.
    Object(Option<TypeDefId>),
    /// Anything else.
    Other,
}
