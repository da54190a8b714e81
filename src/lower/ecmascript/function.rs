//! Functions of every sort: declarations, closures, methods, their parameters and bodies.

use tree_sitter::Node;

use super::Lower;
use super::assign::Target;
use super::fields::At;
use crate::facts::build::FunctionHead;
use crate::facts::{
    Bind, ExprId, ExprKind, FuncId, FuncKind, List, Name, Param, Source, StmtId, StmtKind, TypeDefId, VarKind,
};
use crate::source::Span;
use crate::syntax::span_of;

/// A class whose methods are being lowered.
#[derive(Clone, Copy)]
pub(super) struct Owner {
    /// Its definition.
    pub(super) def: TypeDefId,
    /// Its name.
    pub(super) name: Option<Name>,
}

impl<'t> Lower<'_, 't> {
    /// `function f() {}`, also without a body: declares `f` in the scope around.
    pub(super) fn function_declaration(&mut self, node: Node<'t>) {
        let name = self.field(node, At::Name);
        let head = name.map_or_else(|| self.keyword(node), span_of);
        let name_text = name.map(|name| self.name(name));
        let head = FunctionHead { span: span_of(node), head, name: name_text, kind: FuncKind::Function };
        let id = self.function(node, &head, |_, _| Vec::new());
        if let Some(name) = name.filter(|name| !name.byte_range().is_empty()) {
            self.declare(name, VarKind::Function(id), None);
        }
    }

    /// An arrow or function expression, named by itself or by what it is put in.
    pub(super) fn closure(&mut self, node: Node<'t>) -> ExprId {
        let hint = self.hint.take();
        let span = span_of(node);
        let own = self.field(node, At::Name);
        let (name, at) = match (own, hint) {
            (Some(own), _) => (Some(self.name(own)), span_of(own)),
            (None, Some((name, at))) => (Some(name), at),
            (None, None) => (None, self.keyword(node)),
        };
        // The name of a function expression is known only inside it.
        self.b.push_scope();
        let head = FunctionHead { span, head: at, name, kind: FuncKind::Closure };
        let id = self.function(node, &head, |_, _| Vec::new());
        if let Some(own) = own.filter(|own| own.kind() == "identifier") {
            self.declare(own, VarKind::Function(id), None);
        }
        self.b.pop_scope();
        self.b.expr(span, ExprKind::Function(id))
    }

    /// A method of a class or object.
    pub(super) fn method(
        &mut self,
        node: Node<'t>,
        kind: FuncKind,
        name: Option<Name>,
        owner: Option<Owner>,
    ) -> FuncId {
        let head = self.field(node, At::Name).map_or(span_of(node), span_of);
        let head = FunctionHead { span: span_of(node), head, name, kind };
        let id = self.function(node, &head, |lower, params| match kind {
            FuncKind::Constructor => lower.parameter_properties(node, params),
            _ => Vec::new(),
        });
        let function = self.b.function_mut(id);
        function.owner = owner.map(|owner| owner.def);
        function.owner_name = owner.and_then(|owner| owner.name);
        id
    }

    /// What a method is by its modifiers, and whether it is static. `plain` is what it is without `get` and `set`.
    pub(super) fn method_kind(&mut self, node: Node<'t>, plain: FuncKind) -> (FuncKind, bool) {
        let (mut kind, mut is_static) = (plain, false);
        for token in self.tokens(node) {
            match token.kind() {
                "static" => is_static = true,
                // One token where a line ends after it.
                "static get" => (kind, is_static) = (FuncKind::Getter, true),
                "get" => kind = FuncKind::Getter,
                "set" => kind = FuncKind::Setter,
                "formal_parameters" => break,
                _ => {}
            }
        }
        (kind, is_static)
    }

    /// Lowers parameters and body; `prologue` makes the statements that come before the body.
    fn function(
        &mut self,
        node: Node<'t>,
        head: &FunctionHead,
        prologue: impl FnOnce(&mut Self, &[Param]) -> Vec<StmtId>,
    ) -> FuncId {
        let label = self.label.take();
        let (id, enclosing) = self.b.begin_function(head);
        let (is_async, is_generator) = self.async_and_generator(node);
        let mut body = Vec::new();
        let params = self.params(node);
        let returns = self.field(node, At::ReturnType).map(|ty| self.type_ref(ty));
        body.extend(prologue(self, &params));
        self.strays(node, &mut body);
        self.function_body(node, &mut body);
        let function = self.b.function_mut(id);
        function.is_async = is_async;
        function.is_generator = is_generator;
        function.returns = returns;
        self.b.end_function(id, &enclosing, &params, &body);
        self.label = label;
        id
    }

    fn async_and_generator(&mut self, node: Node<'t>) -> (bool, bool) {
        let tokens = self.tokens(node);
        let mut kinds = tokens.iter().map(Node::kind).take_while(|kind| *kind != "formal_parameters");
        let (mut is_async, mut is_generator) = (false, false);
        kinds.by_ref().for_each(|kind| {
            is_async |= kind == "async";
            is_generator |= kind == "*";
        });
        (is_async, is_generator)
    }

    fn function_body(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        match self.field(node, At::Body) {
            Some(body) if body.kind() == "statement_block" => out.extend(self.stmts(body)),
            Some(value) => {
                let result = self.expr(value);
                let values = self.b.list(&[result]);
                out.push(self.b.stmt(span_of(value), StmtKind::Return(values)));
            }
            None => {}
        }
    }

    /// Where `function` or `=>` stands; the first byte where there is neither.
    fn keyword(&mut self, node: Node<'t>) -> Span {
        let word = if node.kind() == "arrow_function" { "=>" } else { "function" };
        let at = self.modifier(node, word).map(span_of);
        let start = span_of(node).start;
        at.unwrap_or(Span::new(start, start))
    }

    fn params(&mut self, node: Node<'t>) -> Vec<Param> {
        if let Some(list) = self.field(node, At::Parameters) {
            let children = self.children(list);
            let mut params = Vec::with_capacity(children.len());
            for child in children {
                // TypeScript's `this` parameter is only a type.
                if self.field(child, At::Pattern).is_none_or(|pattern| pattern.kind() != "this") {
                    params.push(self.param(child, params.len()));
                }
            }
            return params;
        }
        self.field(node, At::Parameter).map(|only| self.param(only, 0)).into_iter().collect()
    }

    #[expect(clippy::cast_possible_truncation, reason = "file size is bounded below 4 GiB")]
    fn param(&mut self, node: Node<'t>, index: usize) -> Param {
        let index = index as u32;
        let decorators = self.decorators_in(node);
        let ty = self.field(node, At::Type).map(|ty| self.type_ref(ty));
        let (mut pattern, mut value) = (node, None);
        if matches!(node.kind(), "required_parameter" | "optional_parameter") {
            pattern = self.field(node, At::Pattern).or_else(|| self.field(node, At::Name)).unwrap_or(node);
            value = self.field(node, At::Value);
        }
        if pattern.kind() == "assignment_pattern" {
            value = self.field(pattern, At::Right);
            pattern = self.field(pattern, At::Left).unwrap_or(pattern);
        }
        let rest = pattern.kind() == "rest_pattern";
        if rest {
            pattern = self.inner(pattern).unwrap_or(pattern);
        }
        let mut param = Param {
            span: span_of(node),
            name: None,
            var: None,
            ty,
            default: None,
            rest,
            decorators,
            parts: List::empty(),
        };
        self.name_param(pattern, index, &mut param);
        let default = value.map(|value| match param.name {
            Some(name) => self.expr_named(value, name, span_of(pattern)),
            None => self.expr(value),
        });
        param.default = default.map(|default| self.with_strays(node, default));
        param
    }

    fn name_param(&mut self, pattern: Node<'t>, index: u32, param: &mut Param) {
        if pattern.kind() == "identifier" {
            param.name = Some(self.name(pattern));
            param.var = Some(self.declare(pattern, VarKind::Param(index), param.ty));
            return;
        }
        let mut parts: Vec<Bind> = Vec::new();
        // A part is not the parameter: its binding says which part it is.
        let target = Target::Declare(VarKind::Let);
        self.unpack(pattern, None, target, Source::Param(index), &mut parts);
        param.parts = self.b.binds(&parts);
    }

    /// The decorators in the field of that name.
    pub(super) fn decorators_in(&mut self, node: Node<'t>) -> List<ExprId> {
        if self.inner(node).is_none_or(|first| first.kind() != "decorator") {
            return List::empty();
        }
        let found: Vec<Node<'t>> =
            self.children(node).into_iter().take_while(|child| child.kind() == "decorator").collect();
        self.decorators(&found)
    }

    /// Decorators, each as what it applies.
    pub(super) fn decorators(&mut self, nodes: &[Node<'t>]) -> List<ExprId> {
        if nodes.is_empty() {
            return List::empty();
        }
        let found: Vec<ExprId> = nodes
            .iter()
            .map(|node| {
                let value = self.expr_child(*node);
                self.with_strays(*node, value)
            })
            .collect();
        self.b.list(&found)
    }
}
