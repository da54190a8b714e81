//! Inline ignores: comments that silence a finding, with a reason.
//!
//! ```text
//! // faultlint-ignore family/kind[, family/kind]: reason      the statement it stands on or above
//! // faultlint-ignore family: reason                          every kind of the family
//! // faultlint-ignore family until=2026-12-31: reason         up to that day, which counts; then it silences nothing
//! // faultlint-ignore-file family/kind: reason                anywhere in the file, for all of it
//! ```
//!
//! `/* … */` comments do as well; in a longer comment the words must begin a line. What follows the colon is the reason, and it
//! must be there.
//!
//! **How one binds.** To code, not to a line number, so that it survives a formatter:
//! - with code before it on its line, to that line, and to the statement that ends there when it stands behind the end of one;
//! - otherwise to the next line that holds code, other comments and blank lines passed over;
//! - where it silences nothing so and stands behind the `{` of a block, on the same line or below, to the other of these two: a
//!   formatter moves it from the one to the other.
//!
//! It silences a finding whose primary place begins on that line, or belongs to a statement that begins there (the innermost
//! statement around it: an ignore on an `if` is not one for its body, and one on a function is for what stands before its body).
//! Where no statement begins on that line, as in the middle of a chain of calls or of arguments, it silences a finding whose
//! primary place reaches over it, or is in what begins there.
//!
//! Owns: binding these comments to code, silencing, and how each fares. Does not own: their words (`written`), which findings are
//! shown for other reasons; a finding below the asked-for confidence still counts as use of a comment.

mod statements;
mod written;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::data;
use crate::facts::Facts;
use crate::finding::suppression::{
    Suppression, SuppressionNote, SuppressionProblem, SuppressionState as State,
};
use crate::finding::{Finding, Place};
use crate::source::{Date, SourceFile, Span};

use statements::Statements;
use written::Written;

/// The ignores of one file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Ignores {
    all: Vec<Ignore>,
    statements: Statements,
}

/// Rules as ignores know them.
#[derive(Debug, Default)]
pub struct RuleNames {
    /// Every rule there is.
    pub all: BTreeSet<String>,
    /// The rules that ran: only of these can an ignore be unused.
    pub ran: BTreeSet<String>,
}

/// What ignores made of the findings of a file.
#[derive(Debug, Default)]
pub struct Suppressed {
    /// Findings that nothing silences.
    pub kept: Vec<Finding>,
    /// Findings that were silenced.
    pub silenced: Vec<Finding>,
    /// Ignores that need attention, in order.
    pub notes: Vec<SuppressionNote>,
    /// Every ignore, in order.
    pub all: Vec<Suppression>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Ignore {
    /// Where the comment stands.
    at: Span,
    written: Written,
    /// What it binds to; none for one that is for its whole file.
    scope: Option<Scope>,
    /// What it binds to where it silences nothing there.
    other: Option<Scope>,
    /// Which of its rules silenced something.
    used: Vec<bool>,
}

/// The code that an ignore binds to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Scope {
    /// The line, terminator left out.
    line: Span,
    /// Whether a statement begins it.
    begins: bool,
    /// How far what begins on the line reaches, and the statement that the line is of.
    reach: (u32, Option<usize>),
    /// The statement that ends before a trailing comment.
    ended: Option<usize>,
}

impl Ignores {
    /// Reads the ignores among a file's comments.
    pub fn collect(facts: &Facts, source: &SourceFile) -> Self {
        let of_comment = |(index, comment): (usize, &Span)| {
            written::all(comment.of(&source.text)).map(move |written| (index, written))
        };
        let found: Vec<(usize, Written)> = facts.comments.iter().enumerate().flat_map(of_comment).collect();
        if found.is_empty() {
            return Self::default();
        }
        let statements = Statements::of(facts, &source.text);
        let binder =
            Binder { statements: &statements, source, around: code_around(&facts.comments, &source.text) };
        let bound = found.into_iter().map(|(index, written)| {
            let at = facts.comments[index];
            let (scope, other) = if written.whole_file { (None, None) } else { binder.bind(at, index) };
            Ignore { at, used: vec![false; written.rules.len()], written, scope, other }
        });
        let all = bound.collect();
        Self { all, statements }
    }

    /// Silences what they cover of the findings of this file, and says how each fares.
    pub fn apply(
        mut self,
        findings: Vec<Finding>,
        file: usize,
        rules: &RuleNames,
        today: Date,
    ) -> Suppressed {
        let mut silenced = vec![false; findings.len()];
        let expired = |ignore: &Ignore| ignore.written.until.is_some_and(|day| day < today);
        for at_other in [false, true] {
            let live =
                self.all.iter_mut().filter(|ignore| ignore.written.problem.is_none() && !expired(ignore));
            for ignore in live.filter(|ignore| !at_other || (ignore.other.is_some() && !ignore.is_used())) {
                for (finding, silenced) in findings.iter().zip(&mut silenced) {
                    let open = !at_other || !*silenced;
                    *silenced |= open && ignore.silences(finding, at_other, &self.statements);
                }
            }
        }
        let mut result = Suppressed::default();
        for (finding, silenced) in findings.into_iter().zip(silenced) {
            if silenced { result.silenced.push(finding) } else { result.kept.push(finding) }
        }
        for ignore in self.all {
            let place = Place { file, span: ignore.at };
            let (fares, problems) = ignore.fares(rules, today, place);
            result.all.push(fares);
            result.notes.extend(problems.into_iter().map(|problem| SuppressionNote { place, problem }));
        }
        result.notes.sort_by_key(|note| note.place.span);
        result
    }
}

impl Ignore {
    fn is_used(&self) -> bool {
        self.used.contains(&true)
    }

    /// Whether it silences a finding; remembers that it was of use.
    fn silences(&mut self, finding: &Finding, at_other: bool, statements: &Statements) -> bool {
        let scope = if at_other { self.other } else { self.scope };
        if scope.is_some_and(|scope| !scope.covers(finding.primary.span, statements)) {
            return false;
        }
        let (id, family) = (finding.rule.id.as_str(), finding.rule.family());
        let mut silenced = false;
        for (rule, used) in self.written.rules.iter().zip(&mut self.used) {
            if rule == id || rule == family {
                *used = true;
                silenced = true;
            }
        }
        silenced
    }

    /// How it fares, and what needs to be told of it.
    fn fares(self, rules: &RuleNames, today: Date, place: Place) -> (Suppression, Vec<SuppressionProblem>) {
        let Written { whole_file, rules: named, reason, until, problem } = self.written;
        let expired = until.filter(|day| *day < today);
        let mut problems: Vec<SuppressionProblem> = problem.iter().cloned().collect();
        let mut states = Vec::with_capacity(named.len());
        for (rule, used) in named.into_iter().zip(self.used) {
            let state = match (&problem, expired) {
                (Some(_), _) => State::Malformed,
                (None, Some(_)) => State::Expired,
                (None, None) => state_of(&rule, used, rules),
            };
            problems.extend(match state {
                State::Unknown => {
                    Some(SuppressionProblem::UnknownRule(rule.clone(), nearest(&rule, &rules.all)))
                }
                State::Unused => Some(SuppressionProblem::Unused(rule.clone())),
                _ => None,
            });
            states.push((rule, state));
        }
        if let (None, Some(day)) = (&problem, expired) {
            problems.push(SuppressionProblem::Expired(day));
        }
        let worst = states.iter().map(|(_, state)| *state).max();
        let state = worst.filter(|_| problem.is_none()).unwrap_or(State::Malformed);
        (Suppression { place, whole_file, rules: states, reason, until, state, problem }, problems)
    }
}

impl Scope {
    fn covers(self, place: Span, statements: &Statements) -> bool {
        let begins_on_line = |offset: u32| self.line.start <= offset && offset <= self.line.end;
        let statement = statements.around(place.start);
        let (reach, home) = self.reach;
        let reaches_over = place.start < self.line.start && self.line.start < place.end;
        let is_reached = (self.line.start..reach).contains(&place.start);
        begins_on_line(place.start)
            || (self.ended.is_some() && self.ended == statement)
            || statement.is_some_and(|statement| begins_on_line(statements.span(statement).start))
            || (!self.begins && (reaches_over || (is_reached && statement == home)))
    }
}

/// Binds comments to code.
struct Binder<'f> {
    statements: &'f Statements,
    source: &'f SourceFile,
    /// For each comment where the last code before it ends, and where the first behind it begins.
    around: Vec<(u32, u32)>,
}

impl Binder<'_> {
    /// What a comment binds to, and what else it may have been meant for.
    fn bind(&self, comment: Span, index: usize) -> (Option<Scope>, Option<Scope>) {
        let (code_before, mut code_after) = self.around[index];
        let own_line = self.source.line_span(self.source.line_of(comment.start));
        let before = Span::new(own_line.start, comment.start).of(&self.source.text).trim();
        let mut trails = !before.is_empty() && !self.stands_before_code(comment, code_after);
        if before == "{" && self.rest(code_after).starts_with('}') {
            // `{/* … */}` among the elements of JSX.
            let rest = self.rest(code_after + 1);
            code_after += 1 + length(rest) - length(rest.trim_start());
            trails = false;
        }
        let next = self.scope(self.source.line_span(self.source.line_of(code_after)), None);
        let behind_brace = self.rest(code_before.saturating_sub(1)).starts_with('{');
        if trails {
            let own = self.scope(own_line, self.statements.ending_at(code_before));
            return (Some(own), behind_brace.then_some(next));
        }
        let line = self.source.line_span(self.source.line_of(code_before.saturating_sub(1)));
        (Some(next), behind_brace.then(|| self.scope(line, None)))
    }

    fn scope(&self, line: Span, ended: Option<usize>) -> Scope {
        let text = line.of(&self.source.text);
        let code = line.start + length(text) - length(text.trim_start());
        // What begins behind a bracket, as in a function that is handed over, does not begin the line.
        let first = text.find('(').map_or(line.end, |bracket| line.start + length(&text[..bracket]));
        let begins = self.statements.begins_within(Span::new(line.start, first));
        Scope { line, begins, reach: (self.statements.reach(line), self.statements.around(code)), ended }
    }

    /// Whether code goes on behind a block comment on the line where it ends: then it belongs to that code.
    fn stands_before_code(&self, comment: Span, code_after: u32) -> bool {
        (code_after as usize) < self.source.text.len()
            && self.source.line_of(comment.end.saturating_sub(1)) == self.source.line_of(code_after)
    }

    fn rest(&self, from: u32) -> &str {
        self.source.text.get(from as usize..).unwrap_or("")
    }
}

fn state_of(rule: &str, used: bool, rules: &RuleNames) -> State {
    let named = |id: &String| *id == rule || id.split_once('/').is_some_and(|(family, _)| family == rule);
    if used {
        State::Active
    } else if !rules.all.iter().any(named) {
        State::Unknown
    } else if rules.ran.iter().any(named) {
        State::Unused
    } else {
        State::NotRun
    }
}

/// The known rule or family that is spelt most like `word`, if one is near.
pub fn nearest(word: &str, rules: &BTreeSet<String>) -> Option<String> {
    let families = rules.iter().filter_map(|id| id.split_once('/').map(|(family, _)| family));
    let is_of_kind = |id: &&String| id.split_once('/').is_some_and(|(_, kind)| kind == word);
    if let Some(id) = rules.iter().find(is_of_kind) {
        return Some(id.clone());
    }
    let known: Vec<&str> = rules.iter().map(String::as_str).chain(families).collect();
    data::nearest::nearest(word, &known).map(str::to_owned)
}

/// For each comment, where the last code before it ends and where the first behind it begins: blanks and further comments are
/// passed over.
fn code_around(comments: &[Span], text: &str) -> Vec<(u32, u32)> {
    let mut around = vec![(0, 0); comments.len()];
    for (index, comment) in comments.iter().enumerate() {
        let end = length(text.get(..comment.start as usize).unwrap_or("").trim_end());
        around[index].0 = match index.checked_sub(1) {
            Some(before) if comments[before].end >= end && end > 0 => around[before].0,
            _ => end,
        };
    }
    for (index, comment) in comments.iter().enumerate().rev() {
        let rest = text.get(comment.end as usize..).unwrap_or("");
        let next = comment.end + length(rest) - length(rest.trim_start());
        around[index].1 = match comments.get(index + 1) {
            Some(following) if following.start <= next => around[index + 1].1,
            _ => next,
        };
    }
    around
}

#[expect(clippy::cast_possible_truncation, reason = "file size is bounded")]
const fn length(text: &str) -> u32 {
    text.len() as u32
}

#[cfg(test)]
mod tests;
