//! Every model proves itself: the code of its `test:` gets exactly the roles that its comments say.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::fmt::Write as _;

use faultlint::facts::ExprId;
use faultlint::models::{Library, Unit as TimeUnit};
use faultlint::program::modules::Target;
use faultlint::program::names::Packages;
use faultlint::program::workers::InOrder;
use faultlint::program::{Arg, Knowledge as Linked, Program, Tree, Unit, View, value::Const};
use faultlint::rules::builtin::Knowledge;
use faultlint::source::{Ecosystem, Language};

#[test]
fn every_model_proves_itself() {
    let knowledge =
        Knowledge::load(&[], &[]).unwrap_or_else(|error| panic!("{:?}", miette::Report::new(error)));
    let mut wrong = String::new();
    for library in &knowledge.models.libraries {
        check(&knowledge, library, &mut wrong);
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn check(knowledge: &Knowledge, library: &Library, wrong: &mut String) {
    let (file, text) = &library.test;
    let language = match library.ecosystem {
        Ecosystem::Ecmascript => Language::TypeScript,
        Ecosystem::Go => Language::Go,
    };
    let expected: Vec<(usize, &str)> = text
        .lines()
        .enumerate()
        .filter_map(|(line, text)| text.split_once("//=>").map(|(_, roles)| (line + 1, roles.trim())))
        .collect();
    if expected.is_empty() {
        let _ = writeln!(wrong, "{}: its test expects nothing", file.name);
    }
    let tree = faultlint::syntax::Parsers::default().parse(language, text).unwrap();
    let facts = faultlint::lower::lower(language, text, &tree);
    if !facts.health.is_whole() {
        let _ = writeln!(wrong, "{}: its test does not parse", file.name);
    }
    let tree = Tree { resolve: &|_, _| Target::Library, packages: Packages::default() };
    let known = Linked { models: &knowledge.models, roles: &knowledge.roles };
    let unit = Unit { facts, text, position: 0, front_end: false, looked_at: true };
    let program = Program::link(library.ecosystem, vec![unit], &tree, known, &InOrder);
    let found = roles_by_line(&View::of(&program, 0), text);
    for (line, roles) in expected {
        let here: Vec<&str> =
            found.iter().filter(|(at, _)| *at == line).map(|(_, role)| role.as_str()).collect();
        for role in roles.split(';').map(str::trim) {
            if !here.iter().any(|found| fits(found, role)) {
                let _ = writeln!(wrong, "{}: test line {line}: expected `{role}`, found {here:?}", file.name);
            }
        }
    }
}

/// Whether what was found has the expected role and at least the expected arguments.
fn fits(found: &str, expected: &str) -> bool {
    let (role, args) = expected.split_once(' ').unwrap_or((expected, ""));
    let (found_role, found_args) = found.split_once(' ').unwrap_or((found, ""));
    role == found_role
        && args
            .split(' ')
            .all(|arg| arg.is_empty() || format!(" {found_args} ").contains(&format!(" {arg} ")))
}

fn roles_by_line(program: &View<'_>, text: &str) -> Vec<(usize, String)> {
    let line_of = |offset: u32| text[..offset as usize].matches('\n').count() + 1;
    let mut found = Vec::new();
    for index in 0..program.facts.exprs.len() {
        let Some(used) = program.role_use(ExprId::from_index(index)) else { continue };
        let info = program.roles.info(used.role);
        let mut shown = info.name.clone();
        for arg in &info.args {
            let value = match program.arg(used, *arg) {
                Arg::Given(expr, unit) => given(program, expr, unit),
                Arg::Always(value) => value.to_string(),
                Arg::Missing => continue,
                Arg::Unknown => "?".to_owned(),
            };
            let _ = write!(shown, " {}={value}", program.roles.arg_name(*arg));
        }
        let span = program.facts.expr(used.expr).span;
        let call = program.call_span(used.expr);
        for offset in [span.start, call.start, call.end] {
            found.push((line_of(offset), shown.clone()));
        }
    }
    for function in program.facts.function_ids() {
        let Some(handler) = program.handler(function) else { continue };
        if handler.run.is_none() {
            continue;
        }
        if handler.kind == faultlint::models::RunKind::Message {
            let at = program.facts.function(function).head.start;
            found.push((line_of(at), "message.receive".to_owned()));
            if let Some(call) = handler.call {
                found.push((line_of(program.call_span(call).end), "message.receive".to_owned()));
            }
        }
        if handler.kind == faultlint::models::RunKind::Close {
            let at = program.facts.function(function).head.start;
            found.push((line_of(at), "socket.lost".to_owned()));
        }
        if let Some(flow) = program.flow(function) {
            items(program, flow, &line_of, &mut found);
        }
    }
    for function in program.facts.function_ids() {
        if let Some(flow) = program.flow(function) {
            items(program, flow, &line_of, &mut found);
        }
    }
    found
}

fn items(
    program: &View<'_>,
    flow: &faultlint::program::flow::Flow,
    line_of: &dyn Fn(u32) -> usize,
    found: &mut Vec<(usize, String)>,
) {
    for node in &flow.nodes {
        let faultlint::program::flow::NodeKind::Item(over) = node.kind else { continue };
        if let faultlint::program::Entity::Object { receiver, .. } = program.entity(over).entity
            && program.models.receivers[receiver.index()].items.is_some()
        {
            found.push((line_of(program.facts.expr(over).span.start), "message.receive".to_owned()));
        }
    }
}

fn given(program: &View<'_>, expr: ExprId, unit: Option<TimeUnit>) -> String {
    match program.constant(expr) {
        Some(constant) if unit.is_some() || matches!(constant, Const::Duration(_)) => {
            match constant.nanoseconds(unit) {
                Some(time) => duration(time),
                None => program.text_of(expr).to_owned(),
            }
        }
        Some(Const::Text(text)) => text,
        Some(Const::Num(number)) => number.to_string(),
        Some(Const::Bool(value)) => value.to_string(),
        _ => match program.facts.expr(expr).kind {
            // A list of one key is that key.
            faultlint::facts::ExprKind::Array { items, .. } if items.len() == 1 => {
                given(program, program.facts.list(items)[0], unit)
            }
            _ => program.text_of(expr).split_whitespace().collect::<String>(),
        },
    }
}

fn duration(nanoseconds: f64) -> String {
    if nanoseconds >= 1e9 || nanoseconds == 0.0 {
        format!("{}s", nanoseconds / 1e9)
    } else {
        format!("{}ms", nanoseconds / 1e6)
    }
}
