//! Statements: the structured body of a function. Declarations and assignments are expressions ([`super::ExprKind::Assign`]).

use serde::{Deserialize, Serialize};

use super::ids::{ExprId, List, Name, StmtId};
use crate::source::Span;

/// Statements in order.
pub type Block = List<StmtId>;

/// A statement with its place.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Stmt {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: StmtKind,
}

/// What a statement is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum StmtKind {
    /// An expression evaluated for its effect, declarations included.
    Expr(ExprId),
    /// `if`; Go's init statement stands before it in an enclosing [`StmtKind::Block`].
    If {
        /// The test.
        test: ExprId,
        /// If it holds.
        then: Block,
        /// If not; empty when there is no `else`.
        other: Block,
    },
    /// Any loop; an init statement stands before it in an enclosing [`StmtKind::Block`].
    Loop {
        /// Which.
        kind: LoopKind,
        /// What is tested before (after, for [`LoopKind::DoWhile`]) each round.
        test: Option<ExprId>,
        /// What is iterated over.
        over: Option<ExprId>,
        /// Binds the item ([`super::Source::Item`]) at the start of each round.
        item: Option<ExprId>,
        /// What runs after each round.
        update: Option<ExprId>,
        /// The body.
        body: Block,
        /// `label:` before it.
        label: Option<Name>,
    },
    /// `switch`, type switch or `select`.
    Switch {
        /// Which.
        kind: SwitchKind,
        /// What is switched on.
        subject: Option<ExprId>,
        /// Its cases.
        cases: List<Case>,
    },
    /// `try`.
    Try {
        /// What may throw.
        body: Block,
        /// Where `catch` stands, with the binding of what was thrown at the start of its block.
        catch: Option<(Span, Block)>,
        /// What runs in any case; empty when there is none.
        finally: Block,
    },
    /// Go's `defer call`.
    Defer(ExprId),
    /// Go's `go call`.
    Go(ExprId),
    /// `return`; several values only in Go.
    Return(List<ExprId>),
    /// `throw e`; Go's `panic(e)` stays a call.
    Throw(ExprId),
    /// `break`, with its label.
    Break(Option<Name>),
    /// `continue`, with its label.
    Continue(Option<Name>),
    /// Go's `channel <- value`.
    Send {
        /// Where to.
        channel: ExprId,
        /// What.
        value: ExprId,
    },
    /// Statements in a scope of their own.
    Block(Block),
}

/// Which loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoopKind {
    /// `while (test)`, Go's `for test`.
    While,
    /// `do … while (test)`.
    DoWhile,
    /// `for (init; test; update)`.
    For,
    /// `for … of`, `for … range`.
    Each,
    /// `for await … of`: each item is awaited.
    EachAwait,
    /// `for … in`: keys.
    Keys,
    /// Go's `for { }`, and any loop whose test is the constant true.
    Forever,
}

/// Which switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SwitchKind {
    /// On a value; JavaScript cases fall through unless they break, Go's do not.
    Value,
    /// On a type.
    Type,
    /// Go's `select` over channels: each case starts with its communication.
    Select,
}

/// A case of a switch.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Case {
    /// Where it stands.
    pub span: Span,
    /// Its tests; empty for `default`.
    pub tests: List<ExprId>,
    /// What it runs.
    pub body: Block,
    /// Goes on into the next case (JavaScript without break: the break is in the body; Go's `fallthrough`).
    pub falls_through: bool,
}
