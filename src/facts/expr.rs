//! Expressions and bindings. Children of every expression are reachable ([`super::Arenas::children`]), so that no call is ever
//! lost inside a form the front end has no word for ([`ExprKind::Opaque`]).

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::Arenas;
use super::ids::{ExprId, FuncId, List, Name, TypeDefId, TypeRefId, VarId};
use crate::source::Span;

/// An expression with its place.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Expr {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

// There are millions of them: a joined program is mostly these.
const _: () = assert!(size_of::<Expr>() == 24);

/// What an expression is. Parentheses, and TypeScript's `!`, leave no trace.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum ExprKind {
    /// An identifier, bound to a variable of this file where there is one.
    Name {
        /// Its text.
        name: Name,
        /// The variable it means; none for globals and names of other files.
        var: Option<VarId>,
    },
    /// `this`.
    This,
    /// `super`.
    Super,
    /// A string without holes; the name is its content, unescaped where the escapes are simple.
    Str(Name),
    /// A number, separators and bases resolved.
    Num(f64),
    /// `true` or `false`.
    Bool(bool),
    /// `null`, `undefined`, `nil`.
    Null,
    /// A regular expression literal.
    Regex(Name),
    /// A template: strings and holes in order.
    Template(List<ExprId>),
    /// `object.name`, also through `?.`.
    Member {
        /// What is looked into.
        object: ExprId,
        /// The member's name.
        name: Name,
    },
    /// `object[index]`.
    Index {
        /// What is looked into.
        object: ExprId,
        /// Where.
        index: ExprId,
    },
    /// A call, `new`, or tagged template (whose one argument is the template). Go conversions such as `string(x)` are calls.
    Call {
        /// What is called.
        callee: ExprId,
        /// Its arguments; spreads are [`ExprKind::Spread`].
        args: List<ExprId>,
        /// Written with `new`. Explicit type arguments are rare and stand aside ([`super::Arenas::call_types`]).
        new: bool,
    },
    /// A function, arrow or closure.
    Function(FuncId),
    /// A class expression.
    Class(TypeDefId),
    /// An object literal, or a Go composite literal of a struct or map.
    Object {
        /// The type of a composite literal.
        ty: Option<TypeRefId>,
        /// Its properties.
        props: List<Prop>,
    },
    /// An array or slice literal.
    Array {
        /// The element's type in a composite literal.
        ty: Option<TypeRefId>,
        /// Its items.
        items: List<ExprId>,
    },
    /// `left op right`, the short-circuit operators included.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Left operand.
        left: ExprId,
        /// Right operand.
        right: ExprId,
    },
    /// `op operand`.
    Unary {
        /// The operator.
        op: UnaryOp,
        /// Its operand.
        operand: ExprId,
    },
    /// A declaration or assignment, also where it stands as a statement. One binding per target.
    Assign {
        /// How.
        op: AssignOp,
        /// What is bound to what.
        binds: List<Bind>,
    },
    /// `test ? then : other`.
    Cond {
        /// The test.
        test: ExprId,
        /// If it holds.
        then: ExprId,
        /// If not.
        other: ExprId,
    },
    /// `await e`.
    Await(ExprId),
    /// `yield e`.
    Yield(Option<ExprId>),
    /// `...e` in an argument list, array or object.
    Spread(ExprId),
    /// `e as T`, `<T>e`, `e satisfies T`, Go's `e.(T)`.
    Cast {
        /// What.
        value: ExprId,
        /// Into which type; none where the type has no name (`as const`).
        ty: Option<TypeRefId>,
    },
    /// Go's `<-channel`.
    Receive(ExprId),
    /// `require('module')` and `import('module')` with a literal: the module itself.
    Module(Name),
    /// `a, b`.
    Sequence(List<ExprId>),
    /// Any other form (JSX, slices, type expressions); its operands in order.
    Opaque(List<ExprId>),
}

/// A property of an object literal.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Prop {
    /// Where the whole property stands.
    pub span: Span,
    /// Its key.
    pub key: PropKey,
    /// Its value; for a spread, what is spread; for shorthand, the name. Methods are functions.
    pub value: ExprId,
}

/// The key of a property.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum PropKey {
    /// An identifier, string or number.
    Name(Name),
    /// `[e]: value`, or a Go map's key that is not a string or identifier.
    Computed(ExprId),
    /// `...value`.
    Spread,
    /// A positional element of a Go struct literal.
    Position(u32),
}

/// A value bound to a place.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Bind {
    /// Where the target stands.
    pub span: Span,
    /// What receives it.
    pub place: Place,
    /// Where the value comes from.
    pub source: Source,
    /// Which part of the source: empty means all of it.
    pub path: List<Step>,
}

/// What receives a value.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Place {
    /// A variable.
    Var(VarId),
    /// A member, index or other expression.
    Expr(ExprId),
    /// Go's `_`, an elision.
    Nothing,
}

/// Where a bound value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// An expression; in `a, b := f()` each target has its own step of the same call.
    Expr(ExprId),
    /// A parameter of the function the binding stands in, by position.
    Param(u32),
    /// An item of what is iterated over; step 0 is Go's key, step 1 its value where two are named.
    Item(ExprId),
    /// What was thrown.
    Caught,
    /// Nothing: declared without a value (Go: the zero value).
    Zero,
}

/// One step into a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// `.name`.
    Field(Name),
    /// `[i]`, or the i-th of several results.
    Index(u32),
    /// What is left (`...rest`).
    Rest,
}

/// How a binding is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AssignOp {
    /// `const`, `let`, `var`, `:=`.
    Declare,
    /// `=`.
    Set,
    /// `||=`, `??=`, `&&=`.
    SetLogical,
    /// `+=`, `++` and their like: the place is read, changed and written.
    Update,
}

/// Binary operators that something asks about; the rest are [`BinaryOp::Other`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is its name")]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Pow,
    Eq,
    NotEq,
    Less,
    LessEq,
    Greater,
    GreaterEq,
    And,
    Or,
    Coalesce,
    In,
    InstanceOf,
    Shl,
    Other,
}

/// Unary operators that something asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is its name")]
pub enum UnaryOp {
    Not,
    Neg,
    Plus,
    /// `void e`: evaluated and dropped on purpose.
    Void,
    TypeOf,
    Delete,
    /// Go's `&e`.
    Address,
    /// Go's `*e`.
    Deref,
    Other,
}

impl Arenas {
    /// Visits the direct parts of an expression in evaluation order. An assignment's parts are its sources, each once, then
    /// the members and indexes it writes to; what a loop iterates over ([`Source::Item`]) is the loop's own part. Functions
    /// and classes have none: their bodies are reached through [`Arenas::functions`].
    pub fn children(&self, id: ExprId, visit: &mut dyn FnMut(ExprId)) {
        match self.expr(id).kind {
            ExprKind::Template(items)
            | ExprKind::Array { items, .. }
            | ExprKind::Sequence(items)
            | ExprKind::Opaque(items) => self.list(items).iter().copied().for_each(visit),
            ExprKind::Member { object, .. } => visit(object),
            ExprKind::Index { object: first, index: second }
            | ExprKind::Binary { left: first, right: second, .. } => {
                visit(first);
                visit(second);
            }
            ExprKind::Call { callee, args, .. } => {
                visit(callee);
                self.list(args).iter().copied().for_each(visit);
            }
            ExprKind::Object { props, .. } => self.prop_parts(props, visit),
            ExprKind::Assign { binds, .. } => self.bind_parts(binds, visit),
            ExprKind::Cond { test, then, other } => [test, then, other].into_iter().for_each(visit),
            ExprKind::Unary { operand: value, .. }
            | ExprKind::Await(value)
            | ExprKind::Spread(value)
            | ExprKind::Cast { value, .. }
            | ExprKind::Receive(value) => visit(value),
            ExprKind::Yield(value) => value.into_iter().for_each(visit),
            ExprKind::Name { .. }
            | ExprKind::This
            | ExprKind::Super
            | ExprKind::Str(_)
            | ExprKind::Num(_)
            | ExprKind::Bool(_)
            | ExprKind::Null
            | ExprKind::Regex(_)
            | ExprKind::Function(_)
            | ExprKind::Class(_)
            | ExprKind::Module(_) => {}
        }
    }

    fn prop_parts(&self, props: List<Prop>, visit: &mut dyn FnMut(ExprId)) {
        for prop in self.props(props) {
            if let PropKey::Computed(key) = prop.key {
                visit(key);
            }
            visit(prop.value);
        }
    }

    fn bind_parts(&self, binds: List<Bind>, visit: &mut dyn FnMut(ExprId)) {
        let binds = self.binds(binds);
        // A destructuring with defaults takes from one source, from a default, and from the first again.
        let mut seen = FxHashSet::default();
        for bind in binds {
            if let Source::Expr(source) = bind.source
                && (binds.len() == 1 || seen.insert(source))
            {
                visit(source);
            }
        }
        for bind in binds {
            if let Place::Expr(target) = bind.place {
                visit(target);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::build::Builder;
    use crate::source::Language;

    #[test]
    fn children_come_in_evaluation_order_and_once() {
        let span = Span::new(0, 1);
        let mut b = Builder::new(Language::Go, span);
        let f = b.ident(span, "f");
        let call = b.expr(span, ExprKind::Call { callee: f, args: List::empty(), new: false });
        let target = b.ident(span, "x");
        let first = b.bind(span, Place::Expr(target), Source::Expr(call), &[Step::Index(0)]);
        let second = b.bind(span, Place::Nothing, Source::Expr(call), &[Step::Index(1)]);
        let binds = b.binds(&[first, second]);
        let assign = b.expr(span, ExprKind::Assign { op: AssignOp::Set, binds });
        let key = b.ident(span, "k");
        let prop = Prop { span, key: PropKey::Computed(key), value: assign };
        let props = b.props(&[prop]);
        let object = b.expr(span, ExprKind::Object { ty: None, props });
        let facts = b.finish();
        let children = |id| {
            let mut found = Vec::new();
            facts.children(id, &mut |child| found.push(child));
            found
        };
        assert_eq!(children(assign), [call, target]);
        assert_eq!(children(call), [f]);
        assert_eq!(children(object), [key, assign]);
        assert!(children(f).is_empty());
    }
}
