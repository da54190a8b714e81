//! Prints facts for people: one expression in a compact notation, and all facts of a file for `faultlint inspect`.
//!
//! Owns: the notation, which no language owns; where it has no word it says `opaque(…)`. Does not own: source lines, colour,
//! or anything a program should read back.

mod text;

use std::fmt::Display;

use super::{
    Block, Case, Export, ExportKind, ExprId, Facts, Field, FuncId, FuncKind, Function, Imported, List,
    LoopKind, Name, Param, StmtId, StmtKind, SwitchKind, TypeDefId, TypeDefKind, TypeRefId,
};
pub use text::{expr_text, type_text};

/// Everything one file says, indented; the same facts give the same text. Byte ranges stand after functions and calls.
pub fn show(facts: &Facts) -> String {
    let mut show = Show { facts, out: String::new(), indent: 0 };
    show.head();
    show.imports();
    show.exports();
    show.types();
    for id in facts.function_ids() {
        show.function(id);
    }
    show.out
}

struct Show<'a> {
    facts: &'a Facts,
    out: String,
    indent: usize,
}

impl Show<'_> {
    fn line(&mut self, text: impl Display) {
        self.out.push_str(&"  ".repeat(self.indent));
        self.out.push_str(&text.to_string());
        self.out.push('\n');
    }

    fn inside(&mut self, show: impl FnOnce(&mut Self)) {
        self.indent += 1;
        show(self);
        self.indent -= 1;
    }

    fn opt(&self, name: Option<Name>) -> &str {
        name.map_or("", |name| self.facts.name(name))
    }

    /// `: T` where there is an annotation.
    fn annotation(&self, ty: Option<TypeRefId>) -> String {
        ty.map_or(String::new(), |ty| format!(": {}", type_text(self.facts, ty)))
    }

    fn expr(&self, id: ExprId) -> String {
        text::placed(self.facts, id)
    }

    fn exprs(&self, list: List<ExprId>) -> String {
        let all: Vec<_> = self.facts.list(list).iter().map(|id| self.expr(*id)).collect();
        all.join(", ")
    }

    fn head(&mut self) {
        let health = &self.facts.health;
        let package =
            self.facts.package.map_or(String::new(), |name| format!(" package {}", self.facts.name(name)));
        let (errors, deep) = (health.errors.len(), health.too_deep.len());
        let damage = match (health.is_whole(), health.functions_touched) {
            (true, _) => String::new(),
            (false, touched) => format!(", {errors} errors, {deep} too deep, {touched} functions touched"),
        };
        self.line(format!("{:?}{package}{damage}", self.facts.language));
    }

    fn imports(&mut self) {
        for import in &self.facts.imports {
            let what = match import.imported {
                Imported::Default => "default".to_owned(),
                Imported::Namespace => "*".to_owned(),
                Imported::Named(name) => self.facts.name(name).to_owned(),
                Imported::Dot => "every name".to_owned(),
                Imported::Effects => "nothing".to_owned(),
            };
            let alias = import.var.map(|var| self.facts.var(var).name);
            let alias = alias.map_or(String::new(), |name| format!(" as {}", self.facts.name(name)));
            let only = if import.type_only { " type" } else { "" };
            self.line(format!("import{only} {what}{alias} from {:?}", self.facts.name(import.module)));
        }
    }

    fn exports(&mut self) {
        for Export { name, kind, .. } in &self.facts.exports {
            let what = match *kind {
                ExportKind::Var(var) => self.facts.name(self.facts.var(var).name).to_owned(),
                ExportKind::Value(value) => self.expr(value),
                ExportKind::From { module, name } => {
                    format!(
                        "{} from {:?}",
                        name.map_or("*", |name| self.facts.name(name)),
                        self.facts.name(module)
                    )
                }
            };
            self.line(format!("export {} = {what}", name.map_or("*", |name| self.facts.name(name))));
        }
    }

    fn types(&mut self) {
        for id in (0..self.facts.types.len()).map(TypeDefId::from_index) {
            let def = self.facts.type_def(id);
            if def.name.is_none() && def.kind == TypeDefKind::Alias {
                continue;
            }
            let kind = match def.kind {
                TypeDefKind::Class => "class",
                TypeDefKind::Struct => "struct",
                TypeDefKind::Interface => "interface",
                TypeDefKind::Alias => "alias",
                TypeDefKind::Enum => "enum",
            };
            let listed = |word: &str, list: List<TypeRefId>| {
                let all: Vec<_> =
                    self.facts.type_list(list).iter().map(|ty| type_text(self.facts, *ty)).collect();
                if all.is_empty() { String::new() } else { format!(" {word} {}", all.join(", ")) }
            };
            let target = def.target.map_or(String::new(), |ty| format!(" = {}", type_text(self.facts, ty)));
            let base = def.base.map_or(String::new(), |base| format!(" base {}", self.expr(base)));
            let (extends, implements) =
                (listed("extends", def.extends), listed("implements", def.implements));
            let text = format!("{kind} {}{extends}{implements}{base}{target}", self.opt(def.name));
            self.line(text);
            self.inside(|show| {
                show.decorators(def.decorators);
                for field in show.facts.fields(id) {
                    show.field(field);
                }
            });
        }
    }

    fn field(&mut self, field: &Field) {
        let word = if field.is_static { "static " } else { "" };
        let init = field.init.map_or(String::new(), |init| format!(" = {}", self.expr(init)));
        self.line(format!("{word}{}{}{init}", self.facts.name(field.name), self.annotation(field.ty)));
        self.inside(|show| show.decorators(field.decorators));
    }

    fn decorators(&mut self, list: List<ExprId>) {
        for decorator in self.facts.list(list) {
            self.line(format!("decorated {}", self.expr(*decorator)));
        }
    }

    fn function(&mut self, id: FuncId) {
        let function = self.facts.function(id);
        let params: Vec<_> = self.facts.params(id).iter().map(|param| self.param(param)).collect();
        let parent = function.parent.filter(|parent| parent.index() > 0);
        let parent = parent.map_or(String::new(), |parent| format!(" in fn#{}", parent.index()));
        let text = format!(
            "fn#{} {}{}{}({}){}{parent} @{}..{}",
            id.index(),
            flags(function),
            kind_word(function.kind),
            self.called(function),
            params.join(", "),
            self.annotation(function.returns),
            function.span.start,
            function.span.end
        );
        self.line(text);
        self.inside(|show| {
            show.decorators(function.decorators);
            for param in show.facts.params(id) {
                show.param_parts(param);
            }
            show.block(function.body);
        });
    }

    /// ` (receiver) Owner.name`, as far as there are such.
    fn called(&self, function: &Function) -> String {
        let owner_type = function.owner.and_then(|owner| self.facts.type_def(owner).name);
        let receiver = function.receiver.map(|var| self.facts.var(var).name);
        let receiver = receiver.map_or(String::new(), |name| format!(" ({})", self.facts.name(name)));
        match (self.opt(function.owner_name.or(owner_type)), self.opt(function.name)) {
            ("", "") => receiver,
            ("", name) => format!("{receiver} {name}"),
            (owner, name) => format!("{receiver} {owner}.{name}"),
        }
    }

    fn param(&self, param: &Param) -> String {
        let rest = if param.rest { "..." } else { "" };
        let default = param.default.map_or(String::new(), |default| format!(" = {}", self.expr(default)));
        format!(
            "{rest}{}{}{default}",
            param.name.map_or("_", |name| self.facts.name(name)),
            self.annotation(param.ty)
        )
    }

    fn param_parts(&mut self, param: &Param) {
        self.decorators(param.decorators);
        if !param.parts.is_empty() {
            self.line(text::binds(self.facts, param.parts));
        }
    }

    fn block(&mut self, block: Block) {
        for stmt in self.facts.block(block) {
            self.stmt(*stmt);
        }
    }

    fn nested(&mut self, block: Block) {
        self.inside(|show| show.block(block));
    }

    fn stmt(&mut self, id: StmtId) {
        match self.facts.stmt(id).kind {
            StmtKind::Expr(id) => self.line(self.expr(id)),
            StmtKind::Defer(id) => self.line(format!("defer {}", self.expr(id))),
            StmtKind::Go(id) => self.line(format!("go {}", self.expr(id))),
            StmtKind::Throw(id) => self.line(format!("throw {}", self.expr(id))),
            StmtKind::Return(values) => self.line(format!("return {}", self.exprs(values)).trim_end()),
            StmtKind::Break(label) => self.line(format!("break {}", self.opt(label)).trim_end()),
            StmtKind::Continue(label) => self.line(format!("continue {}", self.opt(label)).trim_end()),
            StmtKind::Send { channel, value } => {
                self.line(format!("{} <- {}", self.expr(channel), self.expr(value)));
            }
            StmtKind::If { test, then, other } => {
                self.line(format!("if {}", self.expr(test)));
                self.nested(then);
                if !other.is_empty() {
                    self.line("else");
                    self.nested(other);
                }
            }
            StmtKind::Loop { .. } => self.looped(id),
            StmtKind::Switch { kind, subject, cases } => self.switch(kind, subject, cases),
            StmtKind::Try { body, catch, finally } => {
                self.line("try");
                self.nested(body);
                if let Some((_, catch)) = catch {
                    self.line("catch");
                    self.nested(catch);
                }
                if !finally.is_empty() {
                    self.line("finally");
                    self.nested(finally);
                }
            }
            StmtKind::Block(block) => {
                self.line("block");
                self.nested(block);
            }
        }
    }

    fn looped(&mut self, id: StmtId) {
        let StmtKind::Loop { kind, test, over, item, update, body, label } = self.facts.stmt(id).kind else {
            return;
        };
        let mut text = match kind {
            LoopKind::While => "while",
            LoopKind::DoWhile => "do while",
            LoopKind::For => "for",
            LoopKind::Each => "each",
            LoopKind::EachAwait => "each await",
            LoopKind::Keys => "keys",
            LoopKind::Forever => "forever",
        }
        .to_owned();
        if let Some(label) = label {
            text = format!("{}: {text}", self.facts.name(label));
        }
        for (word, part) in [("", test), ("over ", over), ("item ", item), ("update ", update)] {
            if let Some(part) = part {
                text = format!("{text} {word}{}", self.expr(part));
            }
        }
        self.line(text);
        self.nested(body);
    }

    fn switch(&mut self, kind: SwitchKind, subject: Option<ExprId>, cases: List<Case>) {
        let word = match kind {
            SwitchKind::Value => "switch",
            SwitchKind::Type => "type switch",
            SwitchKind::Select => "select",
        };
        let subject = subject.map_or(String::new(), |subject| format!(" {}", self.expr(subject)));
        self.line(format!("{word}{subject}"));
        for case in &self.facts.cases[cases.range()] {
            let tests = self.exprs(case.tests);
            let through = if case.falls_through { ", falls through" } else { "" };
            self.inside(|show| {
                show.line(if tests.is_empty() {
                    format!("default{through}")
                } else {
                    format!("case {tests}{through}")
                });
                show.nested(case.body);
            });
        }
    }
}

fn kind_word(kind: FuncKind) -> &'static str {
    match kind {
        FuncKind::Module => "module",
        FuncKind::Function => "function",
        FuncKind::Method => "method",
        FuncKind::Constructor => "constructor",
        FuncKind::Fields => "fields",
        FuncKind::Getter => "getter",
        FuncKind::Setter => "setter",
        FuncKind::Closure => "closure",
    }
}

fn flags(function: &Function) -> String {
    let all = [
        (function.damaged, "damaged "),
        (function.is_static, "static "),
        (function.is_async, "async "),
        (function.is_generator, "generator "),
    ];
    all.iter().filter(|(set, _)| *set).map(|(_, word)| *word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::build::{Builder, FunctionHead};
    use crate::facts::{AssignOp, ExprKind, Place, Source, Step, VarKind};
    use crate::source::{Language, Span};

    /// `fn f(a ...int) error { for { go g()#1 … } }` by hand: this module knows no front end.
    #[test]
    fn a_file_is_shown_with_its_functions_and_statements() {
        let span = Span::new(3, 9);
        let mut b = Builder::new(Language::Go, Span::new(0, 20));
        b.facts.package = Some(b.name("p"));
        let name = Some(b.name("f"));
        let (id, around) =
            b.begin_function(&FunctionHead { span, head: span, name, kind: FuncKind::Function });
        let ty = b.named_type(span, "error", &[]);
        b.function_mut(id).returns = Some(ty);
        let callee = b.ident(span, "g");
        let call = b.expr(span, ExprKind::Call { callee, args: List::empty(), new: false });
        let var = b.declare("x", span, VarKind::Let, None);
        let bind = b.bind(span, Place::Var(var), Source::Expr(call), &[Step::Index(1)]);
        let binds = b.binds(&[bind]);
        let assign = b.expr(span, ExprKind::Assign { op: AssignOp::Declare, binds });
        let assign = b.expr_stmt(assign);
        let test = b.ident(span, "x");
        let leave = b.stmt(span, StmtKind::Break(None));
        let then = b.block(&[leave]);
        let check = b.stmt(span, StmtKind::If { test, then, other: List::empty() });
        let body = b.block(&[assign, check]);
        let (kind, label) = (LoopKind::Forever, Some(b.name("l")));
        let round = b.stmt(
            span,
            StmtKind::Loop { kind, test: None, over: None, item: None, update: None, body, label },
        );
        b.end_function(id, &around, &[], &[round]);
        let expected = "Go package p\nfn#0 module() @0..20\nfn#1 function f(): error @3..9\n  l: forever\n    \
                        let x = g()@3..9#1\n    if x\n      break\n";
        assert_eq!(show(&b.finish()), expected);
    }
}
