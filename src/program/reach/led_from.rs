//! What leads to a function, as far as all who call it are known: nobody who waits, browsers alone, what a platform ends in time.
//!
//! Owns: following callers up to where something else sets them going. Does not own: who calls whom (`sites`, `crowd`), or what
//! tells a browser (`models::code`).

use rustc_hash::FxHashMap;

use crate::facts::{Export, ExportKind, ExprId, ExprKind, FuncId, Name, PropKey};
use crate::models::RunKind;
use crate::models::code::{Side, TimeBox};
use crate::program::flow::taken::Taken;
use crate::program::values::value::Const;
use crate::program::workers::Workers;
use crate::program::{Program, RoleUse, View};
use crate::source::Ecosystem;

/// How many callers up it is asked.
const MAX_DEPTH: u32 = 5;

/// How many calls of a function are looked at; who has more may have any.
const MAX_CALLS: usize = 16;

/// What is asked of all that leads to a function.
struct Led<'l> {
    /// Whether it holds of a function; nothing where its callers know.
    holds: &'l dyn Fn(FuncId) -> Option<bool>,
    /// Whether it holds of a call, whoever makes it; nothing where those who make it know.
    at_call: &'l dyn Fn(ExprId) -> Option<bool>,
}

impl<'l> Led<'l> {
    fn by(holds: &'l dyn Fn(FuncId) -> Option<bool>) -> Self {
        Self { holds, at_call: &|_| None }
    }
}

impl Program<'_> {
    /// Notes the names under which files of a front end export what a server runs.
    pub fn find_server_exports<'n>(&mut self, names: impl Iterator<Item = &'n str>) {
        self.server_exports = names.filter_map(|name| self.name_of(name)).collect();
    }

    /// Notes in which files a platform is told to end what runs: by an export or an option of one of these names that says so.
    pub fn find_time_boxes<'n>(
        &mut self,
        names: impl Iterator<Item = (&'n str, &'n TimeBox)>,
        workers: &dyn Workers,
    ) {
        let known = names.filter_map(|(name, says)| Some((self.name_of(name)?, says)));
        let known: FxHashMap<Name, &TimeBox> = known.collect();
        if !known.is_empty() {
            self.time_boxed = self.each_file(workers, |view| view.is_told_an_end(&known));
        }
    }
}

impl View<'_> {
    /// Whether nobody waits for an answer of what a function does: only events and the clock run it, or calls of which nobody
    /// takes what they give. A message waits in its queue.
    pub fn is_unattended(&self, function: FuncId) -> bool {
        let is_run = |kind| matches!(kind, RunKind::Schedule | RunKind::Event);
        let holds = |at: FuncId| {
            let handler = self.handler(at).map(|handler| handler.kind);
            handler.filter(|kind| !matches!(kind, RunKind::Inline | RunKind::Later)).map(is_run)
        };
        let left_alone = |call: ExprId| self.is_left_alone(call).then_some(true);
        self.is_led_from(function, &Led { holds: &holds, at_call: &left_alone })
    }

    /// Whether a call is made and left to itself: a statement of a promise, `void f()`, or what a platform finishes after the answer.
    pub fn is_left_alone(&self, call: ExprId) -> bool {
        let is_background = |used: &RoleUse| self.roles.name(used.role) == "task.background";
        let mut at = call;
        while let Some(parent) = self.parent(at) {
            match self.facts.expr(parent).kind {
                ExprKind::Member { name, .. } if self.facts.name(name) == "then" => return false,
                ExprKind::Member { .. } | ExprKind::Cast { .. } | ExprKind::Array { .. } => at = parent,
                ExprKind::Call { callee, .. } if callee == at => at = parent,
                ExprKind::Call { .. } => return self.role_use(parent).is_some_and(is_background),
                _ => break,
            }
        }
        self.ecosystem == Ecosystem::Ecmascript && self.taken(call) == Taken::Dropped
    }

    /// Whether only code that runs in browsers calls a function.
    pub fn is_for_browsers(&self, function: FuncId) -> bool {
        let is_of_server = |at: FuncId| {
            let name = self.facts.function(self.root_of(at)).name;
            name.is_some_and(|name| self.server_exports.contains(&name))
        };
        let in_browser =
            |at: FuncId| (self.sides[self.file_of(at)] == Side::Browser).then(|| !is_of_server(at));
        self.ecosystem == Ecosystem::Ecmascript && self.is_led_from(function, &Led::by(&in_browser))
    }

    /// Whether a platform is told, in the files that lead to a function, when to end what runs there.
    pub fn is_time_boxed(&self, function: FuncId) -> bool {
        let is_boxed = |at: FuncId| self.time_boxed[self.file_of(at)].then_some(true);
        !self.time_boxed.is_empty() && self.is_led_from(function, &Led::by(&is_boxed))
    }

    /// Whether no request, message or item is seen to lead to a function, though all that leads to it can be followed: it runs as the
    /// process begins, or by the hand of somebody. Who calls what is known in Go; elsewhere what nothing is seen to call may be run by
    /// anything.
    pub fn is_apart(&self, function: FuncId) -> bool {
        let ends = |at: FuncId| {
            let is_open = || self.ecosystem == Ecosystem::Ecmascript || self.is_for_others(at);
            if self.is_module(at) || self.is_start(at) {
                // What a file makes as it is loaded may be used by anything.
                return Some(at != function);
            }
            let handler = self.handler(at).map(|handler| handler.kind);
            match handler.filter(|kind| !matches!(kind, RunKind::Inline | RunKind::Later)) {
                Some(_) => Some(false),
                None => (self.runs_of(at).is_empty() && !is_open()).then_some(true),
            }
        };
        let for_items = |call: ExprId| self.is_for_items(call).then_some(false);
        !self.runs_in_crowd(function)
            && self.is_led_from(function, &Led { holds: &ends, at_call: &for_items })
    }

    /// Whether all that leads to a function passes something of which this holds, before it comes to something of which it does not.
    fn is_led_from(&self, function: FuncId, asked: &Led<'_>) -> bool {
        self.led_within(function, asked, MAX_DEPTH, &mut Vec::new()) == Some(true)
    }

    /// The same from some depth on; nothing where it only goes round.
    fn led_within(
        &self,
        function: FuncId,
        asked: &Led<'_>,
        depth: u32,
        seen: &mut Vec<FuncId>,
    ) -> Option<bool> {
        if let Some(holds) = (asked.holds)(function) {
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
        let mut callers = calls.iter().map(|call| {
            let held = (asked.at_call)(*call);
            held.or_else(|| self.led_within(self.home(*call), asked, depth - 1, seen))
        });
        callers
            .try_fold(None, |known, led| match led {
                Some(false) => Err(()),
                led => Ok(known.or(led)),
            })
            .unwrap_or(Some(false))
    }

    fn is_told_an_end(&self, known: &FxHashMap<Name, &TimeBox>) -> bool {
        let holds = |name: Name, value: ExprId| {
            known.get(&name).is_some_and(|says| match (says, self.constant(value)) {
                (TimeBox::UpTo(most), Some(Const::Num(seconds))) => seconds <= *most,
                (TimeBox::Word(word), Some(Const::Text(text))) => text == *word,
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
    use super::TimeBox;
    use crate::program::View;
    use crate::program::samples::{function, linked};
    use crate::program::workers::InOrder;

    fn is_unattended(text: &str, name: &str) -> bool {
        linked(&[("a.ts", text)], |program| View::of(program, 0).is_unattended(function(program, name)))
    }

    #[test]
    fn nobody_waits_for_jobs_and_what_is_left_alone() {
        let job = "import cron from 'node-cron'\ncron.schedule('* * * * *', async () => { await sweep() })\n\
                   async function sweep() { await one() }\nasync function one() {}\n";
        assert!(is_unattended(job, "one"));
        assert!(!is_unattended(&format!("{job}await one()\n"), "one"), "the process begins with it as well");
        assert!(!is_unattended(
            "async function one() { await two() }\nasync function two() { await one() }\n",
            "one"
        ));
        let route = "import express from 'express'\nconst app = express()\napp.get('/', async (req, res) => { await one() })\n";
        assert!(!is_unattended(&format!("{job}{route}"), "one"), "a request waits for it");
        let left = |call: &str| {
            let text = format!(
                "import express from 'express'\nimport {{ after }} from 'next/server'\nconst app = express()\n\
                async function one() {{}}\napp.get('/', async (req, res) => {{ {call} }})\n"
            );
            is_unattended(&text, "one")
        };
        assert!(left("one().catch(log)") && left("void one()") && left("after(() => one())"));
        assert!(!left("await one()") && !left("one().then(() => res.end())") && !left("const done = one()"));
    }

    #[test]
    fn a_platform_ends_what_it_is_told_to() {
        let boxed = |text: &str| {
            let caller = format!("import {{ ask }} from './b'\n{text}\n");
            linked(
                &[("a.ts", &caller), ("b.ts", "export async function ask() { await fetch(url) }\n")],
                |program| {
                    let edge = TimeBox::Word("edge".to_owned());
                    let known = [("maxDuration", &TimeBox::UpTo(240.0)), ("runtime", &edge)];
                    program.find_time_boxes(known.into_iter(), &InOrder);
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
        assert!(boxed("export const runtime = 'edge'\nexport async function GET() { await ask() }"));
        assert!(!boxed("export const runtime = 'nodejs'\nexport async function GET() { await ask() }"));
        assert!(!boxed("export async function GET() { await ask() }"));
    }
}
