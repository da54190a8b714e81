//! A terse notation for facts, so that a test can say what it expects in one line.

use crate::facts::{
    AssignOp, Bind, Block, ExprId, ExprKind, Facts, List, Place, PropKey, Source, Step, StmtId, StmtKind,
    TypeRefId, TypeRefKind,
};

pub(super) fn block(f: &Facts, block: Block) -> String {
    f.block(block).iter().map(|id| stmt(f, *id)).collect::<Vec<_>>().join("; ")
}

fn list(f: &Facts, items: List<ExprId>) -> String {
    f.list(items).iter().map(|id| expr(f, *id)).collect::<Vec<_>>().join(", ")
}

fn stmt(f: &Facts, id: StmtId) -> String {
    let opt = |e: Option<ExprId>| e.map_or("_".to_owned(), |e| expr(f, e));
    match f.stmt(id).kind {
        StmtKind::Expr(e) => expr(f, e),
        StmtKind::If { test, then, other } => {
            format!("if({}){{{}}}{{{}}}", expr(f, test), block(f, then), block(f, other))
        }
        StmtKind::Loop { kind, test, over, item, update, body, label } => {
            let label = label.map_or(String::new(), |label| format!("{}:", f.name(label)));
            let head = format!("{},{},{},{}", opt(test), opt(over), opt(item), opt(update));
            format!("{label}{kind:?}({head}){{{}}}", block(f, body))
        }
        StmtKind::Switch { subject, cases, .. } => {
            let cases = f.cases[cases.range()].iter();
            let cases: Vec<String> = cases
                .map(|c| {
                    format!(
                        "{}{}{{{}}}",
                        list(f, c.tests),
                        if c.falls_through { "↓" } else { "" },
                        block(f, c.body)
                    )
                })
                .collect();
            format!("switch({}){{{}}}", opt(subject), cases.join(" "))
        }
        StmtKind::Try { body, catch, finally } => {
            let catch = catch.map_or(String::new(), |(_, catch)| block(f, catch));
            format!("try{{{}}}{{{catch}}}{{{}}}", block(f, body), block(f, finally))
        }
        StmtKind::Return(values) => format!("return {}", list(f, values)),
        StmtKind::Throw(e) => format!("throw {}", expr(f, e)),
        StmtKind::Break(label) => {
            format!("break {}", label.map_or("", |label| f.name(label))).trim_end().to_owned()
        }
        StmtKind::Continue(label) => {
            format!("continue {}", label.map_or("", |label| f.name(label))).trim_end().to_owned()
        }
        StmtKind::Block(b) => format!("{{{}}}", block(f, b)),
        other => format!("{other:?}"),
    }
}

pub(super) fn expr(f: &Facts, id: ExprId) -> String {
    let e = |id| expr(f, id);
    match f.expr(id).kind {
        ExprKind::Name { name, var } => format!("{}{}", f.name(name), if var.is_some() { "" } else { "?" }),
        ExprKind::This => "this".into(),
        ExprKind::Super => "super".into(),
        ExprKind::Str(name) => format!("{:?}", f.name(name)),
        ExprKind::Num(n) => format!("{n}"),
        ExprKind::Bool(b) => format!("{b}"),
        ExprKind::Null => "null".into(),
        ExprKind::Regex(name) => f.name(name).into(),
        ExprKind::Template(parts) => format!("`{}`", list(f, parts)),
        ExprKind::Member { object, name } => format!("{}.{}", e(object), f.name(name)),
        ExprKind::Index { object, index } => format!("{}[{}]", e(object), e(index)),
        ExprKind::Call { callee, args, new, .. } => {
            format!("{}{}({})", if new { "new " } else { "" }, e(callee), list(f, args))
        }
        ExprKind::Function(id) => {
            let function = f.function(id);
            format!("fn {}{{{}}}", function.name.map_or("", |n| f.name(n)), block(f, function.body))
        }
        ExprKind::Class(id) => format!("class {}", f.type_def(id).name.map_or("", |n| f.name(n))),
        ExprKind::Object { props, .. } => {
            let props = f.props(props).iter().map(|prop| match prop.key {
                PropKey::Name(name) => format!("{}: {}", f.name(name), e(prop.value)),
                PropKey::Computed(key) => format!("[{}]: {}", e(key), e(prop.value)),
                PropKey::Spread => format!("...{}", e(prop.value)),
                PropKey::Position(_) => "position".into(),
            });
            format!("{{{}}}", props.collect::<Vec<_>>().join(", "))
        }
        ExprKind::Array { items, .. } => format!("[{}]", list(f, items)),
        ExprKind::Binary { op, left, right } => format!("({} {op:?} {})", e(left), e(right)),
        ExprKind::Unary { op, operand } => format!("{op:?} {}", e(operand)),
        ExprKind::Assign { op, binds } => {
            let word = match op {
                AssignOp::Declare => "let ",
                AssignOp::Set => "",
                AssignOp::SetLogical => "logical ",
                AssignOp::Update => "update ",
            };
            let binds: Vec<String> = f.binds(binds).iter().map(|b| bind(f, b)).collect();
            format!("{word}{}", binds.join(" & "))
        }
        ExprKind::Cond { test, then, other } => format!("({} ? {} : {})", e(test), e(then), e(other)),
        ExprKind::Await(value) => format!("await {}", e(value)),
        ExprKind::Yield(value) => format!("yield {}", value.map(e).unwrap_or_default()),
        ExprKind::Spread(value) => format!("...{}", e(value)),
        ExprKind::Cast { value, ty } => {
            format!("<{}>{}", ty.map(|ty| type_ref(f, ty)).unwrap_or_default(), e(value))
        }
        ExprKind::Receive(value) => format!("<-{}", e(value)),
        ExprKind::Module(name) => format!("module {}", f.name(name)),
        ExprKind::Sequence(items) => format!("seq({})", list(f, items)),
        ExprKind::Opaque(items) => format!("opaque({})", list(f, items)),
    }
}

pub(super) fn bind(f: &Facts, bind: &Bind) -> String {
    let place = match bind.place {
        Place::Var(var) => f.name(f.var(var).name).to_owned(),
        Place::Expr(place) => expr(f, place),
        Place::Nothing => "_".into(),
    };
    let source = match bind.source {
        Source::Expr(source) => expr(f, source),
        Source::Item(over) => format!("item of {}", expr(f, over)),
        other => format!("{other:?}"),
    };
    let path = f.steps(bind.path).iter().map(|step| match step {
        Step::Field(name) => format!("/{}", f.name(*name)),
        Step::Index(i) => format!("/{i}"),
        Step::Rest => "/..".into(),
    });
    format!("{place} = {source}{}", path.collect::<String>())
}

pub(super) fn type_ref(f: &Facts, id: TypeRefId) -> String {
    let list = |types| f.type_list(types).iter().map(|id| type_ref(f, *id)).collect::<Vec<_>>();
    match f.type_ref(id).kind {
        TypeRefKind::Named { first, rest, args, .. } => {
            let rest = rest.map_or(String::new(), |rest| format!(".{}", f.name(rest)));
            let args = if args.is_empty() { String::new() } else { format!("<{}>", list(args).join(", ")) };
            format!("{}{rest}{args}", f.name(first))
        }
        TypeRefKind::Array(item) => format!("{}[]", type_ref(f, item)),
        TypeRefKind::Union(types) => list(types).join(" | "),
        TypeRefKind::Tuple(types) => format!("[{}]", list(types).join(", ")),
        TypeRefKind::Function { .. } => "fn".into(),
        TypeRefKind::TypeOf(value) => format!("typeof {}", expr(f, value)),
        TypeRefKind::Object(_) => "{}".into(),
        TypeRefKind::Other => "other".into(),
    }
}
