//! Facts in short, for tests.

use std::fmt::Write;

use crate::facts::{
    AssignOp, Block, Expr, ExprId, ExprKind, Facts, Place, PropKey, Source, Step, StmtId, StmtKind,
    TypeRefId, TypeRefKind,
};

pub(super) fn show(facts: &Facts, block: Block) -> String {
    let mut show = Show(facts, String::new());
    show.block(block);
    show.1
}

struct Show<'a>(&'a Facts, String);

impl Show<'_> {
    fn put(&mut self, text: impl std::fmt::Display) {
        write!(self.1, "{text}").unwrap();
    }

    fn block(&mut self, block: Block) {
        for (index, stmt) in self.0.block(block).to_vec().into_iter().enumerate() {
            self.put(if index == 0 { "" } else { "; " });
            self.stmt(stmt);
        }
    }

    fn braced(&mut self, block: Block) {
        self.put("{");
        self.block(block);
        self.put("}");
    }

    fn stmt(&mut self, id: StmtId) {
        match self.0.stmt(id).kind {
            StmtKind::Expr(id) => self.expr(id),
            StmtKind::If { test, then, other } => {
                self.tagged("if ", test);
                self.braced(then);
                self.braced(other);
            }
            StmtKind::Loop { kind, test, over, item, update, body, label } => {
                self.put(format!("{kind:?}"));
                if let Some(label) = label {
                    self.put(format!(" {}:", self.0.name(label)));
                }
                for part in [test, over, item, update].into_iter().flatten() {
                    self.tagged(" ", part);
                }
                self.braced(body);
            }
            StmtKind::Switch { kind, subject, cases } => {
                self.put(format!("{kind:?} "));
                if let Some(subject) = subject {
                    self.expr(subject);
                }
                for case in &self.0.cases[cases.range()] {
                    self.put("[");
                    self.list(self.0.list(case.tests));
                    self.put(": ");
                    self.block(case.body);
                    self.put(if case.falls_through { " ↓]" } else { "]" });
                }
            }
            StmtKind::Defer(id) => self.tagged("defer ", id),
            StmtKind::Go(id) => self.tagged("go ", id),
            StmtKind::Return(values) => {
                self.put("return ");
                self.list(self.0.list(values));
            }
            StmtKind::Break(label) => {
                self.put(format!("break {}", label.map_or("", |label| self.0.name(label))));
            }
            StmtKind::Continue(label) => {
                self.put(format!("continue {}", label.map_or("", |label| self.0.name(label))));
            }
            StmtKind::Send { channel, value } => {
                self.expr(channel);
                self.tagged(" <- ", value);
            }
            StmtKind::Block(block) => self.braced(block),
            StmtKind::Try { .. } | StmtKind::Throw(_) => unreachable!("not in Go"),
        }
    }

    fn tagged(&mut self, tag: &str, id: ExprId) {
        self.put(tag);
        self.expr(id);
    }

    fn list(&mut self, items: &[ExprId]) {
        for (index, item) in items.iter().enumerate() {
            self.tagged(if index == 0 { "" } else { ", " }, *item);
        }
    }

    fn expr(&mut self, id: ExprId) {
        let Expr { kind, .. } = *self.0.expr(id);
        match kind {
            ExprKind::Name { name, var } => {
                self.put(self.0.name(name));
                if let Some(var) = var {
                    self.put(format!("'{}", var.index()));
                }
            }
            ExprKind::Str(name) => self.put(format!("{:?}", self.0.name(name))),
            ExprKind::Num(number) => self.put(number),
            ExprKind::Bool(value) => self.put(value),
            ExprKind::Null => self.put("nil"),
            ExprKind::Member { object, name } => {
                self.expr(object);
                self.put(format!(".{}", self.0.name(name)));
            }
            ExprKind::Index { object, index } => {
                self.expr(object);
                self.tagged("[", index);
                self.put("]");
            }
            ExprKind::Call { callee, args, .. } => {
                self.expr(callee);
                self.put(
                    self.0
                        .call_types(id)
                        .iter()
                        .fold(String::new(), |all, ty| all + "<" + &ty_text(self.0, *ty) + ">"),
                );
                self.put("(");
                self.list(self.0.list(args));
                self.put(")");
            }
            ExprKind::Function(id) => {
                let function = self.0.function(id);
                self.put(format!("func {}", function.name.map_or("", |name| self.0.name(name))));
                self.braced(function.body);
            }
            ExprKind::Object { ty, props } => {
                self.put(ty.map_or(String::new(), |ty| ty_text(self.0, ty)));
                self.put("{");
                for prop in self.0.props(props) {
                    match prop.key {
                        PropKey::Name(name) => self.put(self.0.name(name)),
                        PropKey::Computed(key) => self.tagged("=", key),
                        PropKey::Spread => unreachable!("not in Go"),
                        PropKey::Position(position) => self.put(format!("#{position}")),
                    }
                    self.tagged(":", prop.value);
                    self.put(",");
                }
                self.put("}");
            }
            ExprKind::Array { ty, items } => {
                self.put(format!("[]{}[", ty.map_or(String::new(), |ty| ty_text(self.0, ty))));
                self.list(self.0.list(items));
                self.put("]");
            }
            ExprKind::Binary { op, left, right } => {
                self.tagged("(", left);
                self.put(format!(" {op:?}"));
                self.tagged(" ", right);
                self.put(")");
            }
            ExprKind::Unary { op, operand } => self.tagged(&format!("{op:?} "), operand),
            ExprKind::Assign { op, binds } => self.assign(op, binds),
            ExprKind::Spread(value) => self.tagged("...", value),
            ExprKind::Cast { value, ty } => {
                self.expr(value);
                self.put(format!(" as {}", ty_text(self.0, ty.unwrap())));
            }
            ExprKind::Receive(value) => self.tagged("<-", value),
            ExprKind::Opaque(items) => {
                self.put("?(");
                self.list(self.0.list(items));
                self.put(")");
            }
            other => unreachable!("not in Go: {other:?}"),
        }
    }

    fn assign(&mut self, op: AssignOp, binds: crate::facts::List<crate::facts::Bind>) {
        self.put(format!("{op:?}"));
        for bind in self.0.binds(binds) {
            self.put(" ");
            match bind.place {
                Place::Var(var) => self.put(format!("{}'{}", self.0.name(self.0.var(var).name), var.index())),
                Place::Expr(id) => self.expr(id),
                Place::Nothing => self.put("_"),
            }
            match bind.source {
                Source::Expr(id) => self.tagged("=", id),
                Source::Item(id) => self.tagged("=each ", id),
                Source::Zero => self.put("=zero"),
                other => unreachable!("not in Go: {other:?}"),
            }
            for step in self.0.steps(bind.path) {
                let Step::Index(index) = step else { unreachable!() };
                self.put(format!("#{index}"));
            }
        }
    }
}

pub(super) fn ty_text(facts: &Facts, id: TypeRefId) -> String {
    let all =
        |list| facts.type_list(list).iter().map(|ty| ty_text(facts, *ty)).collect::<Vec<_>>().join(", ");
    match facts.type_ref(id).kind {
        TypeRefKind::Named { first, rest, args, .. } => {
            let rest = rest.map_or(String::new(), |rest| format!(".{}", facts.name(rest)));
            let args = if args.is_empty() { String::new() } else { format!("<{}>", all(args)) };
            format!("{}{rest}{args}", facts.name(first))
        }
        TypeRefKind::Array(item) => format!("[]{}", ty_text(facts, item)),
        TypeRefKind::Tuple(items) => format!("({})", all(items)),
        TypeRefKind::Function { .. } => "Function".to_owned(),
        other => format!("{other:?}"),
    }
}
