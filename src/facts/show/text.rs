//! The text of one expression or annotation.

use crate::facts::{
    Arenas, AssignOp, BinaryOp, Bind, ExprId, ExprKind, FuncId, List, Place, Prop, PropKey, Source, Step,
    TypeRefId, TypeRefKind, UnaryOp,
};

/// How long the text of one expression may become.
const EXPR_LIMIT: usize = 200;

/// How deep it may look into one.
const EXPR_DEPTH: u32 = 16;

/// One expression in compact notation, cut with `…` where it grows long or deep.
pub fn expr_text(facts: &Arenas, id: ExprId) -> String {
    let mut text = Text::new(facts, EXPR_LIMIT, false);
    text.expr(id);
    text.out
}

/// The same, with the place of every call.
pub(super) fn placed(facts: &Arenas, id: ExprId) -> String {
    let mut text = Text::new(facts, EXPR_LIMIT, true);
    text.expr(id);
    text.out
}

/// The bindings of a destructured parameter.
pub(super) fn binds(facts: &Arenas, binds: List<Bind>) -> String {
    let mut text = Text::new(facts, EXPR_LIMIT, true);
    text.assign(AssignOp::Declare, binds);
    text.out
}

/// One annotation in the same notation.
pub fn type_text(facts: &Arenas, id: TypeRefId) -> String {
    let mut text = Text::new(facts, EXPR_LIMIT, false);
    text.ty(id);
    text.out
}

/// Text that stops growing at a limit.
struct Text<'a> {
    facts: &'a Arenas,
    out: String,
    limit: usize,
    depth: u32,
    full: bool,
    /// Whether calls tell their spans.
    spans: bool,
}

impl<'a> Text<'a> {
    fn new(facts: &'a Arenas, limit: usize, spans: bool) -> Self {
        Self { facts, out: String::new(), limit, depth: 0, full: false, spans }
    }

    fn put(&mut self, text: &str) {
        if self.full {
            return;
        }
        let room = self.limit.saturating_sub(self.out.len());
        if text.len() <= room {
            self.out.push_str(text);
            return;
        }
        let end = (0..=room).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        self.out.push_str(text.get(..end).unwrap_or_default());
        self.out.push('…');
        self.full = true;
    }

    fn quoted(&mut self, text: &str) {
        self.put(&format!("{text:?}"));
    }

    fn expr(&mut self, id: ExprId) {
        if self.full {
            return;
        }
        if self.depth >= EXPR_DEPTH {
            return self.put("…");
        }
        self.depth += 1;
        self.kind(id);
        self.depth -= 1;
    }

    fn kind(&mut self, id: ExprId) {
        let facts = self.facts;
        match facts.expr(id).kind {
            ExprKind::Name { name, .. } => self.put(facts.name(name)),
            ExprKind::This => self.put("this"),
            ExprKind::Super => self.put("super"),
            ExprKind::Str(name) => self.quoted(facts.name(name)),
            ExprKind::Num(number) => self.put(&number.to_string()),
            ExprKind::Bool(value) => self.put(if value { "true" } else { "false" }),
            ExprKind::Null => self.put("null"),
            ExprKind::Regex(name) => self.around("/", facts.name(name), "/"),
            ExprKind::Module(name) => self.around("module(", &format!("{:?}", facts.name(name)), ")"),
            ExprKind::Function(id) => self.function(id),
            ExprKind::Class(id) => {
                let name = facts.type_def(id).name.map_or("", |name| facts.name(name));
                self.around("class ", name, "");
            }
            ExprKind::Template(parts) => self.template(parts),
            ExprKind::Object { ty, props } => self.object(ty, props),
            ExprKind::Array { ty, items } => {
                self.ty_before(ty);
                self.items("[", items, "]");
            }
            ExprKind::Sequence(items) => self.items("(", items, ")"),
            ExprKind::Opaque(items) => self.items("opaque(", items, ")"),
            ExprKind::Assign { op, binds } => self.assign(op, binds),
            _ => self.operation(id),
        }
    }

    fn operation(&mut self, id: ExprId) {
        let facts = self.facts;
        match facts.expr(id).kind {
            ExprKind::Member { object, name } => {
                self.operand(object);
                self.around(".", facts.name(name), "");
            }
            ExprKind::Index { object, index } => {
                self.operand(object);
                self.put("[");
                self.expr(index);
                self.put("]");
            }
            ExprKind::Call { .. } => self.call(id),
            ExprKind::Binary { op, left, right } => {
                self.operand(left);
                self.around(" ", binary(op), " ");
                self.operand(right);
            }
            ExprKind::Unary { op, operand } => self.prefixed(unary(op), operand),
            ExprKind::Await(value) => self.prefixed("await ", value),
            ExprKind::Spread(value) => self.prefixed("...", value),
            ExprKind::Receive(value) => self.prefixed("<-", value),
            ExprKind::Yield(value) => {
                self.put("yield ");
                if let Some(value) = value {
                    self.operand(value);
                }
            }
            ExprKind::Cond { test, then, other } => {
                self.operand(test);
                self.put(" ? ");
                self.operand(then);
                self.put(" : ");
                self.operand(other);
            }
            ExprKind::Cast { value, ty } => {
                self.operand(value);
                self.put(" as ");
                match ty {
                    Some(ty) => self.ty(ty),
                    None => self.put("const"),
                }
            }
            _ => {}
        }
    }

    /// An expression in parentheses where it would not be read as one thing.
    fn operand(&mut self, id: ExprId) {
        let loose = matches!(
            self.facts.expr(id).kind,
            ExprKind::Binary { .. }
                | ExprKind::Assign { .. }
                | ExprKind::Cond { .. }
                | ExprKind::Cast { .. }
                | ExprKind::Await(_)
                | ExprKind::Yield(_)
        );
        if loose {
            self.put("(");
            self.expr(id);
            self.put(")");
        } else {
            self.expr(id);
        }
    }

    fn around(&mut self, before: &str, text: &str, after: &str) {
        self.put(before);
        self.put(text);
        self.put(after);
    }

    fn prefixed(&mut self, prefix: &str, operand: ExprId) {
        self.put(prefix);
        self.operand(operand);
    }

    fn items(&mut self, open: &str, items: List<ExprId>, close: &str) {
        self.put(open);
        for (index, item) in self.facts.list(items).iter().enumerate() {
            if self.full {
                return;
            }
            self.put(if index == 0 { "" } else { ", " });
            self.expr(*item);
        }
        self.put(close);
    }

    fn call(&mut self, id: ExprId) {
        let facts = self.facts;
        let expr = facts.expr(id);
        let ExprKind::Call { callee, args, new } = expr.kind else { return };
        self.put(if new { "new " } else { "" });
        self.operand(callee);
        self.type_args(facts.call_types(id));
        self.items("(", args, ")");
        if self.spans {
            self.put(&format!("@{}..{}", expr.span.start, expr.span.end));
        }
    }

    fn function(&mut self, id: FuncId) {
        let name = self.facts.function(id).name.map_or("", |name| self.facts.name(name));
        self.put(&format!("fn#{}", id.index()));
        if !name.is_empty() {
            self.around(" ", name, "");
        }
    }

    fn template(&mut self, parts: List<ExprId>) {
        self.put("`");
        for part in self.facts.list(parts) {
            if let ExprKind::Str(name) = self.facts.expr(*part).kind {
                self.put(&self.facts.name(name).replace('\n', "\\n"));
            } else {
                self.put("${");
                self.expr(*part);
                self.put("}");
            }
        }
        self.put("`");
    }

    fn object(&mut self, ty: Option<TypeRefId>, props: List<Prop>) {
        let facts = self.facts;
        self.ty_before(ty);
        self.put("{");
        for (index, prop) in facts.props(props).iter().enumerate() {
            if self.full {
                return;
            }
            self.put(if index == 0 { "" } else { ", " });
            match prop.key {
                PropKey::Name(name) => self.around("", facts.name(name), ": "),
                PropKey::Computed(key) => {
                    self.put("[");
                    self.expr(key);
                    self.put("]: ");
                }
                PropKey::Spread => self.put("..."),
                PropKey::Position(position) => self.around("#", &position.to_string(), ": "),
            }
            self.expr(prop.value);
        }
        self.put("}");
    }

    fn assign(&mut self, op: AssignOp, binds: List<Bind>) {
        self.put(if op == AssignOp::Declare { "let " } else { "" });
        for (index, bind) in self.facts.binds(binds).iter().enumerate() {
            if self.full {
                return;
            }
            self.put(if index == 0 { "" } else { ", " });
            self.bind(op, bind);
        }
    }

    fn bind(&mut self, op: AssignOp, bind: &Bind) {
        let facts = self.facts;
        match bind.place {
            Place::Var(var) => self.put(facts.name(facts.var(var).name)),
            Place::Expr(target) => self.operand(target),
            Place::Nothing => self.put("_"),
        }
        self.put(match op {
            AssignOp::Declare | AssignOp::Set => " = ",
            AssignOp::SetLogical => " ?= ",
            AssignOp::Update => " op= ",
        });
        match bind.source {
            Source::Expr(source) => self.operand(source),
            Source::Item(source) => self.prefixed("each ", source),
            Source::Param(position) => self.around("param ", &position.to_string(), ""),
            Source::Caught => self.put("caught"),
            Source::Zero => self.put("zero"),
        }
        for step in facts.steps(bind.path) {
            match step {
                Step::Field(name) => self.around("#", facts.name(*name), ""),
                Step::Index(index) => self.around("#", &index.to_string(), ""),
                Step::Rest => self.put("#rest"),
            }
        }
    }

    fn ty_before(&mut self, ty: Option<TypeRefId>) {
        if let Some(ty) = ty {
            self.ty(ty);
        }
    }

    fn ty(&mut self, id: TypeRefId) {
        if self.full {
            return;
        }
        if self.depth >= EXPR_DEPTH {
            return self.put("…");
        }
        self.depth += 1;
        self.ty_kind(id);
        self.depth -= 1;
    }

    fn ty_kind(&mut self, id: TypeRefId) {
        let facts = self.facts;
        match facts.type_ref(id).kind {
            TypeRefKind::Named { first, rest, args, .. } => {
                self.put(facts.name(first));
                if let Some(rest) = rest {
                    self.around(".", facts.name(rest), "");
                }
                self.type_args(facts.type_list(args));
            }
            TypeRefKind::Array(item) => {
                self.ty(item);
                self.put("[]");
            }
            TypeRefKind::Union(items) => self.types("", items, " | ", ""),
            TypeRefKind::Tuple(items) => self.types("(", items, ", ", ")"),
            TypeRefKind::Function { .. } => self.put("function"),
            TypeRefKind::TypeOf(value) => self.prefixed("typeof ", value),
            TypeRefKind::Object(_) => self.put("{…}"),
            TypeRefKind::Other => self.put("?"),
        }
    }

    fn type_args(&mut self, args: &[TypeRefId]) {
        if !args.is_empty() {
            self.type_run("<", args, ", ", ">");
        }
    }

    fn types(&mut self, open: &str, items: List<TypeRefId>, between: &str, close: &str) {
        self.type_run(open, self.facts.type_list(items), between, close);
    }

    fn type_run(&mut self, open: &str, items: &[TypeRefId], between: &str, close: &str) {
        self.put(open);
        for (index, item) in items.iter().enumerate() {
            if self.full {
                return;
            }
            self.put(if index == 0 { "" } else { between });
            self.ty(*item);
        }
        self.put(close);
    }
}

fn binary(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::Rem => "%",
        BinaryOp::Pow => "**",
        BinaryOp::Eq => "==",
        BinaryOp::NotEq => "!=",
        BinaryOp::Less => "<",
        BinaryOp::LessEq => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::GreaterEq => ">=",
        BinaryOp::And => "&&",
        BinaryOp::Or => "||",
        BinaryOp::Coalesce => "??",
        BinaryOp::In => "in",
        BinaryOp::InstanceOf => "instanceof",
        BinaryOp::Shl => "<<",
        BinaryOp::Other => "op",
    }
}

fn unary(op: UnaryOp) -> &'static str {
    match op {
        UnaryOp::Not => "!",
        UnaryOp::Neg => "-",
        UnaryOp::Plus => "+",
        UnaryOp::Void => "void ",
        UnaryOp::TypeOf => "typeof ",
        UnaryOp::Delete => "delete ",
        UnaryOp::Address => "&",
        UnaryOp::Deref => "*",
        UnaryOp::Other => "op ",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::build::Builder;
    use crate::source::{Language, Span};

    #[test]
    fn an_expression_is_compact_and_bounded() {
        let span = Span::new(0, 1);
        let mut b = Builder::new(Language::Go, span);
        let object = b.ident(span, "redis");
        let name = b.name("get");
        let callee = b.expr(span, ExprKind::Member { object, name });
        let text = b.name("k\"");
        let key = b.expr(span, ExprKind::Str(text));
        let args = b.list(&[key]);
        let call = b.expr(span, ExprKind::Call { callee, args, new: false });
        let two = b.expr(span, ExprKind::Num(2.0));
        let sum = b.expr(span, ExprKind::Binary { op: BinaryOp::Add, left: call, right: two });
        let scaled = b.expr(span, ExprKind::Binary { op: BinaryOp::Mul, left: sum, right: two });
        let wide = b.list(&[scaled; 40]);
        let wide = b.expr(span, ExprKind::Opaque(wide));
        let mut deep = two;
        for _ in 0..60_000 {
            deep = b.expr(span, ExprKind::Binary { op: BinaryOp::Add, left: deep, right: two });
        }
        let facts = b.finish();
        assert_eq!(expr_text(&facts, scaled), r#"(redis.get("k\"") + 2) * 2"#);
        let wide = expr_text(&facts, wide);
        assert!(
            wide.starts_with("opaque((redis")
                && wide.ends_with('…')
                && wide.len() <= EXPR_LIMIT + '…'.len_utf8()
        );
        assert!(expr_text(&facts, deep).contains('…'));
    }
}
