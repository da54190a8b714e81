//! The facts of one file: what its source says, in words that no language owns.
//!
//! Facts are plain and serialisable, hold no parser types, and depend on no other file. Expressions, statements, lists and
//! types live in arenas and name each other by small ids; text is interned once per file ([`Name`]) and everything carries
//! its [`Span`]. A front end in `lower` fills them through [`build::Builder`]; `program` gives them meaning.
//!
//! Owns: the shapes below. Does not own: what a call does (roles), or anything that needs a second file.

pub mod build;
pub mod expr;
pub mod ids;
pub mod item;
pub mod join;
pub mod outline;
pub mod show;
pub mod stmt;
pub mod texts;
pub mod words;

use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Serialize};

pub use expr::{AssignOp, BinaryOp, Bind, Expr, ExprKind, Place, Prop, PropKey, Source, Step, UnaryOp};
pub use ids::{BindId, ExprId, FuncId, List, Name, ScopeId, StmtId, TypeDefId, TypeRefId, VarId};
pub use item::{
    Export, ExportKind, Field, FuncKind, Function, Import, Imported, Param, TypeDef, TypeDefKind, TypeRef,
    TypeRefKind, Var, VarKind,
};
pub use stmt::{Block, Case, LoopKind, Stmt, StmtKind, SwitchKind};
pub use texts::Texts;

use crate::source::{Language, Span};

/// Everything one file says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Facts {
    /// What is in it.
    pub arenas: Arenas,
    /// The language it is written in.
    pub language: Language,
    /// The Go package it belongs to.
    pub package: Option<Name>,
    /// Comments, in order.
    pub comments: Vec<Span>,
    /// What the parser could not understand.
    pub health: Health,
}

impl Deref for Facts {
    type Target = Arenas;

    fn deref(&self) -> &Arenas {
        &self.arenas
    }
}

impl DerefMut for Facts {
    fn deref_mut(&mut self) -> &mut Arenas {
        &mut self.arenas
    }
}

impl Facts {
    /// Whether the name of a Go import is not written: it is that in the `package` clause of what is imported, and its variables
    /// are guesses from the path. A guess may also hide a name of the package that stands in another file.
    pub fn is_guessed(&self, import: &Import) -> bool {
        let named = import.var.is_some_and(|var| self.var(var).span != import.span);
        self.language == Language::Go && import.imported == Imported::Namespace && !named
    }
}

/// The facts themselves: of one file, or of many once they are joined ([`join`]).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Arenas {
    /// Interned text; a [`Name`] is an index into it.
    pub names: Texts,
    /// Every expression; parents come after their children.
    pub exprs: Vec<Expr>,
    /// Every statement.
    pub stmts: Vec<Stmt>,
    /// Backing store of every `List<ExprId>`.
    pub expr_lists: Vec<ExprId>,
    /// Backing store of every `List<StmtId>`.
    pub stmt_lists: Vec<StmtId>,
    /// Object and composite-literal properties.
    pub props: Vec<Prop>,
    /// `switch` and `select` cases.
    pub cases: Vec<Case>,
    /// Every binding of a value to a place: declarations, assignments, parameters, loop items.
    pub binds: Vec<Bind>,
    /// Steps of the paths by which bindings take a part of their source.
    pub steps: Vec<Step>,
    /// Every variable.
    pub vars: Vec<Var>,
    /// Every function; a file's first is its module body.
    pub functions: Vec<Function>,
    /// Every parameter of every function.
    pub params: Vec<Param>,
    /// Classes, structs, interfaces, aliases and enums.
    pub types: Vec<TypeDef>,
    /// Fields of all of them.
    pub fields: Vec<Field>,
    /// Type annotations.
    pub type_refs: Vec<TypeRef>,
    /// Backing store of every `List<TypeRefId>`.
    pub type_lists: Vec<TypeRefId>,
    /// The calls that have explicit type arguments, in order, with them.
    pub typed_calls: Vec<(ExprId, List<TypeRefId>)>,
    /// What is imported.
    pub imports: Vec<Import>,
    /// What is exported.
    pub exports: Vec<Export>,
}

/// What of a file could not be parsed or was left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Where the grammar failed; sorted, not overlapping.
    pub errors: Vec<Span>,
    /// Where nesting was deeper than is followed ([`build::MAX_DEPTH`]).
    pub too_deep: Vec<Span>,
    /// How many functions touch one of these.
    pub functions_touched: u32,
    /// Constructs that the grammar does not know and that were read all the same, by name, and at how many places.
    pub mended: Vec<(String, usize)>,
}

impl Health {
    /// Whether the whole file was understood.
    pub fn is_whole(&self) -> bool {
        self.errors.is_empty() && self.too_deep.is_empty()
    }
}

impl Arenas {
    /// The explicit type arguments of a call.
    pub fn call_types(&self, call: ExprId) -> &[TypeRefId] {
        let found = self.typed_calls.binary_search_by_key(&call, |(typed, _)| *typed);
        found.map_or(&[], |position| self.type_list(self.typed_calls[position].1))
    }

    /// The text of an interned name.
    pub fn name(&self, name: Name) -> &str {
        self.names.get(name)
    }

    /// An expression.
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.index()]
    }

    /// A statement.
    pub fn stmt(&self, id: StmtId) -> &Stmt {
        &self.stmts[id.index()]
    }

    /// The expressions of a list.
    pub fn list(&self, list: List<ExprId>) -> &[ExprId] {
        &self.expr_lists[list.range()]
    }

    /// The statements of a block.
    pub fn block(&self, block: Block) -> &[StmtId] {
        &self.stmt_lists[block.range()]
    }

    /// The properties of an object.
    pub fn props(&self, list: List<Prop>) -> &[Prop] {
        &self.props[list.range()]
    }

    /// The value that an object literal has under a name as it is written; none for what is no object literal.
    pub fn prop(&self, object: ExprId, name: Name) -> Option<ExprId> {
        let ExprKind::Object { props, .. } = self.expr(object).kind else { return None };
        let is_it = |prop: &&Prop| matches!(prop.key, PropKey::Name(key) if key == name);
        self.props(props).iter().find(is_it).map(|prop| prop.value)
    }

    /// The bindings of an assignment.
    pub fn binds(&self, list: List<Bind>) -> &[Bind] {
        &self.binds[list.range()]
    }

    /// The path of a binding.
    pub fn steps(&self, list: List<Step>) -> &[Step] {
        &self.steps[list.range()]
    }

    /// A function.
    pub fn function(&self, id: FuncId) -> &Function {
        &self.functions[id.index()]
    }

    /// The parameters of a function, in order; a Go method's receiver is not one of them.
    pub fn params(&self, id: FuncId) -> &[Param] {
        &self.params[self.function(id).params.range()]
    }

    /// A variable.
    pub fn var(&self, id: VarId) -> &Var {
        &self.vars[id.index()]
    }

    /// A type definition.
    pub fn type_def(&self, id: TypeDefId) -> &TypeDef {
        &self.types[id.index()]
    }

    /// The fields of a type.
    pub fn fields(&self, id: TypeDefId) -> &[Field] {
        &self.fields[self.type_def(id).fields.range()]
    }

    /// A type annotation.
    pub fn type_ref(&self, id: TypeRefId) -> &TypeRef {
        &self.type_refs[id.index()]
    }

    /// The annotations of a list.
    pub fn type_list(&self, list: List<TypeRefId>) -> &[TypeRefId] {
        &self.type_lists[list.range()]
    }

    /// The name of a function as people say it: `Class.method`, or the nearest one around that has a name.
    pub fn symbol(&self, function: FuncId) -> String {
        let mut at = Some(function);
        while let Some(id) = at {
            let info = self.function(id);
            let owner = info.owner.and_then(|owner| self.type_def(owner).name).or(info.owner_name);
            match (owner, info.name) {
                (Some(owner), Some(name)) => return format!("{}.{}", self.name(owner), self.name(name)),
                (Some(owner), None) => return self.name(owner).to_owned(),
                (None, Some(name)) => return self.name(name).to_owned(),
                (None, None) => at = info.parent,
            }
        }
        String::new()
    }

    /// The name of the innermost function around a place of a single file.
    pub fn symbol_at(&self, span: Span) -> String {
        let around = |id: &FuncId| {
            let function = self.function(*id).span;
            function.start <= span.start && span.end <= function.end
        };
        let innermost = self.function_ids().filter(around).min_by_key(|id| self.function(*id).span.len());
        innermost.map_or_else(String::new, |function| self.symbol(function))
    }

    /// All functions with their ids.
    pub fn function_ids(&self) -> impl Iterator<Item = FuncId> + use<> {
        (0..self.functions.len()).map(FuncId::from_index)
    }
}
