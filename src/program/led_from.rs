//! What leads to a function, as far as all who call it are known: jobs alone, browsers alone, what a platform ends in time.
//!
//! Owns: following callers up to where something else sets them going. Does not own: who calls whom (`sites`, `crowd`), or what
//! tells a browser (`models::code`).

use rustc_hash::FxHashMap;

use crate::facts::{Export, ExportKind, ExprId, ExprKind, FuncId, Name, PropKey};
use crate::models::RunKind;
use crate::models::code::Side;
use crate::source::Ecosystem;

use super::value::Const;
use super::workers::Workers;
use super::{Program, View};

/// How many callers up it is asked.
const MAX_DEPTH: u32 = 5;

/// How many calls of a function are looked at; who has more may have any.
const MAX_CALLS: usize = 16;

impl Program<'_> {
    /// Notes the names under which files of a front end export what a server runs.
    pub fn find_server_exports<'n>(&mut self, names: impl Iterator<Item = &'n str>) {
        self.server_exports = names.filter_map(|name| self.names.get(name).copied()).collect();
    }

    /// Notes in which files a platform is told to end what runs: by an export or an option of one of these names, of up to so many
    /// seconds.
    pub fn find_time_boxes<'n>(
        &mut self,
        names: impl Iterator<Item = (&'n str, f64)>,
        workers: &dyn Workers,
    ) {
        let known = names.filter_map(|(name, most)| Some((*self.names.get(name)?, most)));
        let known: FxHashMap<Name, f64> = known.collect();
        if !known.is_empty() {
            self.time_boxed = self.each_file(workers, |view| view.is_told_an_end(&known));
        }
    }
}

impl View<'_> {
    /// Whether only jobs run a function: what is taken off a queue or comes by the clock, with nobody who waits for an answer.
    pub fn is_only_of_jobs(&self, function: FuncId) -> bool {
        self.is_led_from(function, &|at| {
            let is_job = |kind| matches!(kind, RunKind::Message | RunKind::Schedule);
            self.handler(at)
                .filter(|handler| !matches!(handler.kind, RunKind::Inline | RunKind::Later))
                .map(|handler| is_job(handler.kind))
        })
    }

    /// Whether only code that runs in browsers calls a function.
    pub fn is_for_browsers(&self, function: FuncId) -> bool {
        let is_of_server = |at: FuncId| {
            let name = self.facts.function(self.root_of(at)).name;
            name.is_some_and(|name| self.server_exports.contains(&name))
        };
        let in_browser =
            |at: FuncId| (self.sides[self.file_of(at)] == Side::Browser).then(|| !is_of_server(at));
        self.ecosystem == Ecosystem::Ecmascript && self.is_led_from(function, &in_browser)
    }

    /// Whether a platform is told, in the files that lead to a function, when to end what runs there.
    pub fn is_time_boxed(&self, function: FuncId) -> bool {
        let is_boxed = |at: FuncId| self.time_boxed[self.file_of(at)].then_some(true);
        !self.time_boxed.is_empty() && self.is_led_from(function, &is_boxed)
    }

    /// Whether all that leads to a function passes something of which this holds, before it comes to something of which it does not.
    fn is_led_from(&self, function: FuncId, holds: &dyn Fn(FuncId) -> Option<bool>) -> bool {
        self.led_within(function, holds, MAX_DEPTH, &mut Vec::new()) == Some(true)
    }

    /// The same from some depth on; nothing where it only goes round.

    fn led_within(
        &self,
        function: FuncId,
        holds: &dyn Fn(FuncId) -> Option<bool>,
        depth: u32,
        seen: &mut Vec<FuncId>,
    ) -> Option<bool> {
        if let Some(holds) = holds(function) {
            return Some(holds);
        }
        if seen.contains(&function) {
            return None;
        }
        seen.push(function);
        let calls = self.runs_of(function);
        if self.is_module(function) || depth == 0 || calls.is_empty() || calls.len() >= MAX_CALLS {
            return Some(false);
        }
        let mut callers = calls.iter().map(|call| self.led_within(self.home(*call), holds, depth - 1, seen));
        callers
            .try_fold(None, |known, led| match led {
                Some(false) => Err(()),
                led => Ok(known.or(led)),
            })
            .unwrap_or(Some(false))
    }

    fn is_told_an_end(&self, known: &FxHashMap<Name, f64>) -> bool {
        let holds = |name: Name, value: ExprId| {
            known.get(&name).is_some_and(|most| match self.constant(value) {
                Some(Const::Num(seconds)) => seconds <= *most,
                _ => false,
            })
        };
        let is_option = |expr: ExprId| match self.facts.expr(expr).kind {
            ExprKind::Object { props, .. } => self.facts.props(props).iter().any(|prop| match prop.key {
                PropKey::Name(name) => holds(name, prop.value),
                _ => false,
            }),
            _ => false,
        };
        let exported = |export: &Export| match (export.name, export.kind) {
            (Some(name), ExportKind::Var(var)) => {
                self.values_of_var(var).into_iter().any(|value| holds(name, value))
            }
            _ => false,
        };
        self.facts.exports[self.part().exports.clone()].iter().any(exported) || self.exprs().any(is_option)
    }
}

#[cfg(test)]
mod tests {
    use super::super::View;
    use super::super::samples::{function, linked};
    use super::super::workers::InOrder;

    fn is_only_of_jobs(text: &str, name: &str) -> bool {
        linked(&[("a.ts", text)], |program| View::of(program, 0).is_only_of_jobs(function(program, name)))
    }

    #[test]
    fn jobs_are_followed_to_what_they_call() {
        let job = "import cron from 'node-cron'\ncron.schedule('* * * * *', async () => { await sweep() })\n\
                   async function sweep() { await one() }\nasync function one() {}\n";
        assert!(is_only_of_jobs(job, "one"));
        assert!(!is_only_of_jobs(&format!("{job}one()\n"), "one"), "the process begins with it as well");
        assert!(!is_only_of_jobs(
            "async function one() { await two() }\nasync function two() { await one() }\n",
            "one"
        ));
        let route = "import express from 'express'\nconst app = express()\napp.get('/', async (req, res) => { await one() })\n";
        assert!(!is_only_of_jobs(&format!("{job}{route}"), "one"), "a request waits for it");
    }

    #[test]
    fn a_platform_ends_what_it_is_told_to() {
        let boxed = |text: &str| {
            let caller = format!("import {{ ask }} from './b'\n{text}\n");
            linked(
                &[("a.ts", &caller), ("b.ts", "export async function ask() { await fetch(url) }\n")],
                |program| {
                    program.find_time_boxes([("maxDuration", 240.0)].into_iter(), &InOrder);
                    View::of(program, 1).is_time_boxed(function(program, "ask"))
                },
            )
        };
        assert!(boxed("export const maxDuration = 60\nexport async function GET() { await ask() }"));
        assert!(boxed(
            "export const config = { maxDuration: 60 }\nexport default async function run() { await ask() }"
        ));
        assert!(
            !boxed("export const maxDuration = 300\nexport async function GET() { await ask() }"),
            "too late"
        );
        assert!(!boxed("export async function GET() { await ask() }"));
    }
}
