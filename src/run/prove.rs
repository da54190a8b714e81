//! Models that prove themselves: the code of a model's `test:` gets the roles that its comments say.
//!
//! Owns: reading those comments and comparing. Does not own: what a model may say (`models`), or what a call does (`program`).

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::facts::{ExprId, ExprKind};
use crate::lower;
use crate::models::code::Side;
use crate::models::{Library, RunKind, Unit as TimeUnit};
use crate::program::flow::{Flow, NodeKind};
use crate::program::modules::Target;
use crate::program::names::Packages;
use crate::program::values::value::Const;
use crate::program::workers::InOrder;
use crate::program::{Arg, Entity, Knowledge, Program, Tree, Unit, View};
use crate::source::{Ecosystem, Language};
use crate::syntax::Parsers;

/// Begins a comment that says which roles the calls of its line play.
const MARK: &str = "//=>";

/// What came of the test of one model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// How many lines say what is expected.
    pub expectations: usize,
    /// Lines of the file, and what is wrong there.
    pub wrong: Vec<(u32, String)>,
}

/// Compares the roles in a model's test with its comments.
pub fn prove(knowledge: Knowledge<'_>, library: &Library) -> Proof {
    let (file, text) = &library.test;
    let above = lines_above(&file.text, text);
    let language = match library.ecosystem {
        Ecosystem::Ecmascript => Language::TypeScript,
        Ecosystem::Go => Language::Go,
    };
    let expected: Vec<(usize, &str)> = (1..)
        .zip(text.lines())
        .filter_map(|(line, text)| text.split_once(MARK).map(|(_, roles)| (line, roles.trim())))
        .collect();
    let mut proof = Proof { expectations: expected.len(), wrong: Vec::new() };
    let mut say = |line: usize, words: String| {
        proof.wrong.push((u32::try_from(above + line).unwrap_or(u32::MAX), words));
    };
    if expected.is_empty() {
        say(1, format!("the test of {} expects nothing: a comment says `{MARK} role`", library.name));
    }
    let tree = match Parsers::default().parse(language, text) {
        Ok(tree) => tree,
        Err(error) => {
            say(1, format!("the test of {}: {error}", library.name));
            return proof;
        }
    };
    let facts = lower::lower(language, text, &tree);
    if !facts.health.is_whole() {
        say(1, format!("the test of {} does not parse", library.name));
    }
    let tree = Tree { resolve: &|_, _| Target::Library, packages: Packages::default() };
    let unit = Unit { facts: facts.into(), text, position: 0, side: Side::Unknown, looked_at: true };
    let program = Program::link(library.ecosystem, vec![unit], &tree, knowledge, &InOrder);
    let found = roles_by_line(&View::of(&program, 0), text);
    for (line, roles) in expected {
        let here: Vec<&str> =
            found.iter().filter(|(at, _)| *at == line).map(|(_, role)| role.as_str()).collect();
        for role in roles.split(';').map(str::trim).filter(|role| !here.iter().any(|found| fits(found, role)))
        {
            let found = if here.is_empty() { "nothing".to_owned() } else { here.join("; ") };
            say(line, format!("expected {role}, found {found}"));
        }
    }
    proof
}

/// How many lines of a file stand above a text that is in it, indented.
fn lines_above(file: &str, text: &str) -> usize {
    let lines: Vec<&str> = file.lines().map(str::trim).collect();
    let wanted: Vec<&str> = text.lines().map(str::trim).collect();
    lines.windows(wanted.len().max(1)).position(|window| window == wanted).unwrap_or(0)
}

/// Whether what was found has the expected role and at least the expected arguments.
fn fits(found: &str, expected: &str) -> bool {
    let (role, args) = expected.split_once(' ').unwrap_or((expected, ""));
    let (found_role, found_args) = found.split_once(' ').unwrap_or((found, ""));
    let found_args = format!(" {found_args} ");
    role == found_role
        && args.split(' ').all(|arg| arg.is_empty() || found_args.contains(&format!(" {arg} ")))
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
        let lines = BTreeSet::from([span.start, call.start, call.end].map(line_of));
        found.extend(lines.into_iter().map(|line| (line, shown.clone())));
    }
    handlers(program, &line_of, &mut found);
    for function in program.facts.function_ids() {
        if let Some(flow) = program.flow(function) {
            items(program, flow, &line_of, &mut found);
        }
    }
    found
}

/// What arrives where a library runs a function.
fn handlers(program: &View<'_>, line_of: &dyn Fn(u32) -> usize, found: &mut Vec<(usize, String)>) {
    for function in program.facts.function_ids() {
        let Some(handler) = program.handler(function) else { continue };
        if handler.run.is_none() {
            continue;
        }
        let at = line_of(program.facts.function(function).head.start);
        match handler.kind {
            RunKind::Message => {
                found.push((at, "message.receive".to_owned()));
                if let Some(call) = handler.call {
                    found.push((line_of(program.call_span(call).end), "message.receive".to_owned()));
                }
            }
            RunKind::Close => found.push((at, "socket.lost".to_owned())),
            RunKind::Http => found.push((at, "request.receive".to_owned())),
            _ => {}
        }
    }
}

/// What arrives with each item of a loop.
fn items(program: &View<'_>, flow: &Flow, line_of: &dyn Fn(u32) -> usize, found: &mut Vec<(usize, String)>) {
    for node in &flow.nodes {
        let NodeKind::Item(over) = node.kind else { continue };
        if let Entity::Object { receiver, .. } = program.entity(over).entity
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
            ExprKind::Array { items, .. } if items.len() == 1 => {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_arguments_than_expected_fit() {
        assert!(fits("kv.set key=k ttl=60s", "kv.set ttl=60s") && fits("kv.get key=k", "kv.get"));
        assert!(!fits("kv.set key=k", "kv.set key=kk") && !fits("kv.set key=k", "kv.get key=k"));
    }

    #[test]
    fn the_place_of_a_text_in_its_file_is_found() {
        assert_eq!(lines_above("a: 1\ntest: |\n  x\n\n  y\n", "x\n\ny\n"), 2);
        assert_eq!(lines_above("a: 1\n", "z"), 0);
    }
}
