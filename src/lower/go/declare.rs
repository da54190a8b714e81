//! Declarations: imports, functions, methods, types, variables and constants.

use tree_sitter::Node;

use super::literal::string_text;
use super::types::{bare, type_name};
use super::{Lower, child};
use crate::facts::build::FunctionHead;
use crate::facts::{
    Arenas, AssignOp, Bind, ExprId, ExprKind, Field, FuncId, FuncKind, Import, Imported, List, Name, Param,
    Place, Source, Step, StmtId, TypeDef, TypeDefId, TypeDefKind, TypeRefId, TypeRefKind, VarId, VarKind,
};
use crate::source::Span;
use crate::syntax::span_of;

/// A group of constants repeats an expression no longer than this; generated tables of longer ones do not repeat theirs.
const REPEATED_CONST: usize = 200;

impl<'t> Lower<'_, 't> {
    pub(super) fn import(&mut self, node: Node<'t>) {
        let Some(path) = child(node, "path") else { return };
        let module = string_text(self.text(path)).into_owned();
        let index = u32::try_from(self.b.facts.imports.len()).unwrap_or(u32::MAX);
        let name = child(node, "name");
        let imported = match name.map(|name| name.kind()) {
            Some("dot") => Imported::Dot,
            Some("blank_identifier") => Imported::Effects,
            _ => Imported::Namespace,
        };
        let span = span_of(node);
        let var = match name {
            _ if imported != Imported::Namespace => None,
            Some(name) => Some(self.named_import(name, index)),
            None => self.guessed_import(&module, span, index),
        };
        let module = self.b.name(&module);
        self.b.facts.imports.push(Import { span, module, imported, var, type_only: false });
    }

    /// The variable of an import whose name is written. It takes the name from one that was only guessed to be called so.
    fn named_import(&mut self, name: Node<'t>, index: u32) -> VarId {
        let var = self.b.declare(self.text(name), span_of(name), VarKind::Import(index), None);
        let Arenas { vars, imports, .. } = &mut self.b.facts.arenas;
        let declared = &mut vars[var.index()];
        if let VarKind::Import(other) = declared.kind
            && let Some(import) = imports.get_mut(other as usize)
        {
            import.var = import.var.filter(|taken| *taken != var);
            (declared.kind, declared.span) = (VarKind::Import(index), span_of(name));
        }
        var
    }

    /// The likeliest variable of an import without a name; the others are declared as well. None takes a name that is taken.
    fn guessed_import(&mut self, module: &str, span: Span, index: u32) -> Option<VarId> {
        let mut first = None;
        for name in default_names(module) {
            if self.b.declared_here(name).is_none() {
                let var = self.b.declare(name, span, VarKind::Import(index), None);
                first = first.or(Some(var));
            }
        }
        first
    }

    /// A function or method declaration.
    pub(super) fn function(&mut self, node: Node<'t>) {
        let Some(name_node) = child(node, "name") else {
            let mut found = Vec::new();
            self.loose(node, &mut found);
            self.stray.append(&mut found);
            return;
        };
        let text = self.text(name_node);
        let receiver = child(node, "receiver");
        // Neither can be named elsewhere, and a package may have many of them.
        if receiver.is_none() && !matches!(text, "" | "_" | "init") {
            let id = FuncId::from_index(self.b.facts.functions.len());
            self.b.declare(text, span_of(name_node), VarKind::Function(id), None);
        }
        let name = Some(self.b.name(text));
        let kind = if receiver.is_some() { FuncKind::Method } else { FuncKind::Function };
        let head = FunctionHead { span: span_of(node), head: span_of(name_node), name, kind };
        self.function_with(node, &head, receiver);
    }

    /// A function literal; `name` is that of the place it is put in.
    pub(super) fn closure(&mut self, node: Node<'t>, name: Option<Name>) -> ExprId {
        let span = span_of(node);
        let head = Span::new(span.start, span.start.saturating_add(4).min(span.end));
        let id = self.function_with(node, &FunctionHead { span, head, name, kind: FuncKind::Closure }, None);
        self.b.expr(span, ExprKind::Function(id))
    }

    fn function_with(&mut self, node: Node<'t>, head: &FunctionHead, receiver: Option<Node<'t>>) -> FuncId {
        let stray = std::mem::take(&mut self.stray);
        let (label, iota) = (self.label.take(), self.iota.take());
        let (id, enclosing) = self.b.begin_function(head);
        self.keep_strays(node);
        if let Some(receiver) = receiver {
            self.receiver(id, receiver);
        }
        let params = self.params(node);
        let returns = self.result(node);
        self.b.function_mut(id).returns = returns;
        let results = self.named_results(node);
        self.results.push(results);
        let mut body = Vec::new();
        if let Some(block) = child(node, "body") {
            self.loose(block, &mut body);
        }
        self.results.pop();
        body.append(&mut self.stray);
        self.b.end_function(id, &enclosing, &params, &body);
        (self.stray, self.label, self.iota) = (stray, label, iota);
        id
    }

    fn receiver(&mut self, id: FuncId, list: Node<'t>) {
        let Some(param) = self.items(list).into_iter().next() else { return };
        let Some(ty_node) = child(param, "type") else { return };
        let ty = self.ty(ty_node);
        let base = bare(ty_node);
        let base = child(base, "type").unwrap_or(base);
        if base.kind() == "type_identifier" {
            let owner = self.name(base);
            self.b.function_mut(id).owner_name = Some(owner);
            self.methods.push((id, owner));
        }
        if let Some(name) = child(param, "name").filter(|name| self.declarable(*name)) {
            let var = self.b.declare(self.text(name), span_of(name), VarKind::Receiver, Some(ty));
            self.b.function_mut(id).receiver = Some(var);
        }
    }

    /// Whether a node gives something a name: not blank, and not merely missing.
    fn declarable(&self, name: Node<'t>) -> bool {
        !matches!(self.text(name), "" | "_")
    }

    fn params(&mut self, node: Node<'t>) -> Vec<Param> {
        let Some(list) = child(node, "parameters") else { return Vec::new() };
        let mut params = Vec::new();
        for part in self.items(list) {
            let rest = part.kind() == "variadic_parameter_declaration";
            let mut ty = self.ty_field(part, "type");
            if let (true, Some(item)) = (rest, ty) {
                ty = Some(self.b.type_ref(span_of(part), TypeRefKind::Array(item)));
            }
            let names = Self::fields(part, "name");
            if names.is_empty() {
                params.push(param(span_of(part), ty, rest));
            }
            for name in names {
                let mut param = param(span_of(name), ty, rest);
                if self.declarable(name) {
                    let position = u32::try_from(params.len()).unwrap_or(u32::MAX);
                    param.name = Some(self.name(name));
                    param.var =
                        Some(self.b.declare(self.text(name), param.span, VarKind::Param(position), ty));
                }
                params.push(param);
            }
        }
        params
    }

    /// Declares the results that have names; none of them if one has none, since a bare `return` then gives something unknown.
    fn named_results(&mut self, node: Node<'t>) -> Vec<&'t str> {
        let Some(list) = child(node, "result").filter(|result| result.kind() == "parameter_list") else {
            return Vec::new();
        };
        let (mut names_of_all, mut all) = (Vec::new(), true);
        for part in self.items(list) {
            let names = Self::fields(part, "name");
            if names.is_empty() {
                continue;
            }
            let ty = self.ty_field(part, "type");
            for name in names {
                all &= self.declarable(name);
                if self.declarable(name) {
                    self.b.declare(self.text(name), span_of(name), VarKind::Let, ty);
                    names_of_all.push(self.text(name));
                }
            }
        }
        if all { names_of_all } else { Vec::new() }
    }

    /// `type_spec` or `type_alias`.
    pub(super) fn type_spec(&mut self, node: Node<'t>) {
        let name_node = child(node, "name").filter(|name| self.declarable(*name));
        let name = name_node.map(|name| self.name(name));
        let id = self.b.type_def(TypeDef {
            span: span_of(node),
            name,
            kind: TypeDefKind::Alias,
            fields: List::empty(),
            extends: List::empty(),
            implements: List::empty(),
            target: None,
            decorators: List::empty(),
            base: None,
        });
        if let (Some(node), Some(name)) = (name_node, name) {
            self.b.declare(self.text(node), span_of(node), VarKind::Type(id), None);
            if self.b.current_function().index() == 0 {
                self.types.insert(name, id);
            }
        }
        let Some(ty) = child(node, "type") else { return };
        match ty.kind() {
            "struct_type" => self.struct_type(id, ty),
            "interface_type" => self.interface(id, name, ty),
            _ => {
                let target = self.ty(ty);
                self.b.type_def_mut(id).target = Some(target);
            }
        }
    }

    fn struct_type(&mut self, id: TypeDefId, node: Node<'t>) {
        self.b.type_def_mut(id).kind = TypeDefKind::Struct;
        let Some(list) = self.items(node).into_iter().next() else { return };
        let (mut fields, mut extends) = (Vec::new(), Vec::new());
        for part in self.items(list) {
            let Some(ty) = self.ty_field(part, "type") else { continue };
            let names = Self::fields(part, "name");
            // An embedded type is a field as well, called as the type is.
            let embedded = if names.is_empty() { child(part, "type").and_then(type_name) } else { None };
            if names.is_empty() {
                extends.push(ty);
            }
            for name in names.into_iter().chain(embedded) {
                let (span, name) = (span_of(name), self.name(name));
                fields.push(Field {
                    span,
                    name,
                    ty: Some(ty),
                    init: None,
                    decorators: List::empty(),
                    is_static: false,
                });
            }
        }
        let (fields, extends) = (self.b.fields(&fields), self.b.type_list(&extends));
        let def = self.b.type_def_mut(id);
        (def.fields, def.extends) = (fields, extends);
    }

    fn interface(&mut self, id: TypeDefId, owner_name: Option<Name>, node: Node<'t>) {
        self.b.type_def_mut(id).kind = TypeDefKind::Interface;
        // By name, methods belong to types of the package: to none that a function declares for itself.
        let owner_name = owner_name.filter(|_| self.b.current_function().index() == 0);
        let mut extends = Vec::new();
        for part in self.items(node) {
            match (part.kind(), child(part, "name")) {
                ("method_elem", Some(name_node)) => {
                    let name = Some(self.name(name_node));
                    let head = FunctionHead {
                        span: span_of(part),
                        head: span_of(name_node),
                        name,
                        kind: FuncKind::Method,
                    };
                    let method = self.function_with(part, &head, None);
                    let function = self.b.function_mut(method);
                    (function.owner, function.owner_name) = (Some(id), owner_name);
                }
                // A union is a constraint on type arguments, nothing that has methods.
                _ if matches!(bare(part).kind(), "type_identifier" | "qualified_type" | "generic_type") => {
                    extends.push(self.ty(part));
                }
                _ => {}
            }
        }
        let extends = self.b.type_list(&extends);
        self.b.type_def_mut(id).extends = extends;
    }

    /// The specs of a `const` group; one without a value repeats the one before it.
    pub(super) fn consts(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        let around = self.iota;
        let mut repeated = None;
        for (index, spec) in self.items(node).into_iter().enumerate() {
            self.iota = u32::try_from(index).ok();
            if child(spec, "value").is_some() {
                let repeats = !node.has_error() && spec.byte_range().len() <= REPEATED_CONST;
                repeated = repeats.then_some(spec);
                self.value_spec(spec, spec, VarKind::Const, out);
            } else {
                self.value_spec(spec, repeated.unwrap_or(spec), VarKind::Const, out);
            }
        }
        self.iota = around;
    }

    /// `var` or `const`: the names of `spec` with the type and values of `values`.
    pub(super) fn value_spec(
        &mut self,
        spec: Node<'t>,
        values: Node<'t>,
        kind: VarKind,
        out: &mut Vec<StmtId>,
    ) {
        self.keep_strays(spec);
        let names: Vec<_> =
            Self::fields(spec, "name").into_iter().filter(|name| name.kind() == "identifier").collect();
        let ty = self.ty_field(values, "type");
        let right = child(values, "value").map(|list| self.items(list)).unwrap_or_default();
        let assign = self.assign(span_of(spec), &names, &right, &Target { op: AssignOp::Declare, kind, ty });
        out.push(self.b.expr_stmt(assign));
    }

    /// A declaration or assignment of the values of `right` to `left`.
    pub(super) fn assign(
        &mut self,
        span: Span,
        left: &[Node<'t>],
        right: &[Node<'t>],
        target: &Target,
    ) -> ExprId {
        let mut values = Vec::with_capacity(right.len());
        for (index, value) in right.iter().enumerate() {
            let name =
                left.get(index).filter(|_| left.len() == right.len()).and_then(|left| self.place_name(*left));
            values.push(self.value(*value, name));
        }
        if target.op == AssignOp::Declare {
            self.split_before(left, right);
        }
        let mut binds = Vec::with_capacity(left.len());
        for (index, node) in left.iter().enumerate() {
            let place = self.place(*node, target);
            binds.push(self.bind_value(span_of(*node), place, index, left.len(), &values));
        }
        for extra in values.iter().skip(left.len()) {
            let stmt = self.b.expr_stmt(*extra);
            self.stray.push(stmt);
        }
        let binds = self.b.binds(&binds);
        self.b.expr(span, ExprKind::Assign { op: target.op, binds })
    }

    /// Binds the value of the `index`th of `count` targets: its own, or a part of the only one.
    fn bind_value(
        &mut self,
        span: Span,
        place: Place,
        index: usize,
        count: usize,
        values: &[ExprId],
    ) -> Bind {
        let step = [Step::Index(u32::try_from(index).unwrap_or(u32::MAX))];
        match values {
            [only] if count > 1 => {
                // `v, ok := m[k]`: the first is the value itself, which is no part of it.
                let comma_ok = matches!(
                    self.b.facts.expr(*only).kind,
                    ExprKind::Index { .. } | ExprKind::Cast { .. } | ExprKind::Receive(_)
                );
                let path = if comma_ok && index == 0 { &[] } else { step.as_slice() };
                self.b.bind(span, place, Source::Expr(*only), path)
            }
            _ => {
                let source = values.get(index).map_or(Source::Zero, |value| Source::Expr(*value));
                self.b.bind(span, place, source, &[])
            }
        }
    }

    /// A name declared by a statement means something else until the statement has ended. Where that would show, the rest of
    /// the block becomes a scope of its own.
    pub(super) fn split_before(&mut self, left: &[Node<'t>], right: &[Node<'t>]) {
        if self.b.current_function().index() == 0 {
            return;
        }
        let shadows = left.iter().any(|node| {
            let text = self.text(*node);
            self.declarable(*node)
                && self.b.declared_here(text).is_none()
                && (self.b.visible(text).is_some()
                    || right.iter().any(|value| self.text(*value).contains(text)))
        });
        if shadows {
            self.b.split_scope();
        }
    }

    /// The place an expression on the left of an assignment names.
    pub(super) fn place(&mut self, node: Node<'t>, target: &Target) -> Place {
        let text = self.text(node);
        if text == "_" {
            return Place::Nothing;
        }
        if target.op != AssignOp::Declare || node.kind() != "identifier" || text.is_empty() {
            return Place::Expr(self.expr(node));
        }
        let var = self.b.declared_here(text);
        Place::Var(var.unwrap_or_else(|| self.b.declare(text, span_of(node), target.kind, target.ty)))
    }

    /// What a function put in this place is called.
    fn place_name(&mut self, node: Node<'t>) -> Option<Name> {
        let name = match node.kind() {
            "identifier" => Some(node),
            "selector_expression" => child(node, "field"),
            _ => None,
        };
        name.filter(|name| self.declarable(*name)).map(|name| self.name(name))
    }
}

/// How an assignment treats what stands on its left.
pub(super) struct Target {
    pub(super) op: AssignOp,
    /// What a new variable is.
    pub(super) kind: VarKind,
    /// The annotation of a new variable.
    pub(super) ty: Option<TypeRefId>,
}

fn param(span: Span, ty: Option<TypeRefId>, rest: bool) -> Param {
    Param {
        span,
        name: None,
        var: None,
        ty,
        default: None,
        rest,
        decorators: List::empty(),
        parts: List::empty(),
    }
}

/// What the package at this path may be called, the likeliest first. Its clause alone would tell; `program` asks the models.
fn default_names(path: &str) -> Vec<&str> {
    let mut elements = path.rsplit('/');
    let last = elements.next().unwrap_or(path);
    let base = if is_version(last) { elements.next().unwrap_or(last) } else { last };
    let base =
        base.rsplit_once('.').filter(|(_, version)| is_version(version)).map_or(base, |(base, _)| base);
    let base = base.strip_prefix("go-").unwrap_or(base);
    let base = base.strip_suffix("-go").or_else(|| base.strip_suffix(".go")).unwrap_or(base);
    let mut names = vec![base];
    if last != base {
        names.push(last);
    }
    names.retain(|name| is_identifier(name));
    names
}

fn is_version(element: &str) -> bool {
    element
        .strip_prefix('v')
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || c == '_')
}
