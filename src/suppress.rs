//! Inline ignores: comments that silence a finding, with a reason.
//!
//! ```text
//! // faultlint-ignore family/kind[, family/kind]: reason      the statement it stands on or above
//! // faultlint-ignore family: reason                          every kind of the family
//! // faultlint-ignore-file family/kind: reason                anywhere in the file, for all of it
//! ```
//!
//! `/* … */` comments do as well; in a longer comment the words must begin a line. What follows the colon is the reason, and it
//! must be there.
//!
//! **How one binds.** To code, not to a line number, so that it survives a formatter:
//! - with code before it on its line, to that line, and to the statement that ends there when it stands behind the end of one;
//! - otherwise to the next line that holds code, other comments and blank lines passed over.
//!
//! It silences a finding whose primary place begins on that line, or belongs to a statement that begins there (the innermost
//! statement around it: an ignore on an `if` is not one for its body). Where no statement begins on that line, as in the middle
//! of a chain of calls, it silences a finding whose primary place reaches over it.
//!
//! Owns: reading these comments, silencing, and what is wrong with them. Does not own: which findings are shown for other reasons;
//! a finding below the asked-for confidence still counts as use of a comment.

use std::collections::BTreeSet;

use crate::data;
use crate::facts::Facts;
use crate::finding::{Finding, Place, SuppressionNote, SuppressionProblem};
use crate::source::{SourceFile, Span};

const WORD: &str = "faultlint-ignore";
const FILE_WORD: &str = "faultlint-ignore-file";

/// The ignores of one file.
#[derive(Clone, Debug, Default)]
pub struct Ignores {
    all: Vec<Ignore>,
    malformed: Vec<(Span, SuppressionProblem)>,
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
}

#[derive(Clone, Debug)]
struct Ignore {
    /// Where the comment stands.
    at: Span,
    scope: Scope,
    /// Rule or family, and whether it silenced something.
    rules: Vec<(String, bool)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    File,
    Code {
        /// The line it binds to, terminator left out.
        line: Span,
        /// Whether a statement begins there.
        begins: bool,
        /// The statement that ends before a trailing comment.
        ended: Option<usize>,
    },
}

impl Ignores {
    /// Reads the ignores among a file's comments.
    pub fn collect(facts: &Facts, source: &SourceFile) -> Self {
        let written: Vec<(usize, Written)> = facts
            .comments
            .iter()
            .enumerate()
            .flat_map(|(index, comment)| {
                directives(comment.of(&source.text)).map(move |written| (index, written))
            })
            .collect();
        if written.is_empty() {
            return Self::default();
        }
        let mut found = Self { statements: Statements::of(facts), ..Self::default() };
        let code_after = code_after(&facts.comments, &source.text);
        for (index, written) in written {
            let at = facts.comments[index];
            match written {
                Written::Malformed(problem) => found.malformed.push((at, problem)),
                Written::File(rules) => found.push(at, Scope::File, rules),
                Written::Code(rules) => {
                    let scope = found.bind(at, code_after[index], source);
                    found.push(at, scope, rules);
                }
            }
        }
        found
    }

    fn push(&mut self, at: Span, scope: Scope, rules: Vec<String>) {
        self.all.push(Ignore { at, scope, rules: rules.into_iter().map(|rule| (rule, false)).collect() });
    }

    fn bind(&self, comment: Span, code_after: u32, source: &SourceFile) -> Scope {
        let own_line = source.line_span(source.line_of(comment.start));
        let before = Span::new(own_line.start, comment.start).of(&source.text);
        let trails = !before.trim().is_empty() && !stands_before_code(comment, code_after, source);
        let line = if trails { own_line } else { source.line_span(source.line_of(code_after)) };
        let code_end = own_line.start + length(before.trim_end());
        let ended = if trails { self.statements.ending_at(code_end) } else { None };
        Scope::Code { line, begins: self.statements.begins_within(line), ended }
    }

    /// Silences what they cover of the findings of this file, and says what is wrong with them.
    pub fn apply(mut self, findings: Vec<Finding>, file: usize, rules: &RuleNames) -> Suppressed {
        let mut result = Suppressed::default();
        for finding in findings {
            let statement = self.statements.around(finding.primary.span.start);
            let mut silenced = false;
            for ignore in &mut self.all {
                silenced |= ignore.silences(&finding, statement, &self.statements);
            }
            if silenced { result.silenced.push(finding) } else { result.kept.push(finding) }
        }
        let note = |span, problem| SuppressionNote { place: Place { file, span }, problem };
        result.notes.extend(self.malformed.into_iter().map(|(span, problem)| note(span, problem)));
        for ignore in self.all {
            let problems = ignore.rules.into_iter().filter_map(|(rule, used)| problem_of(rule, used, rules));
            result.notes.extend(problems.map(|problem| note(ignore.at, problem)));
        }
        result.notes.sort_by_key(|note| note.place.span);
        result
    }
}

impl Ignore {
    /// Whether it silences a finding; remembers that it was of use.
    fn silences(&mut self, finding: &Finding, statement: Option<usize>, statements: &Statements) -> bool {
        if !self.scope.covers(finding.primary.span, statement, statements) {
            return false;
        }
        let (id, family) = (finding.rule.id.as_str(), finding.rule.family());
        let mut silenced = false;
        for (rule, used) in &mut self.rules {
            if rule == id || rule == family {
                *used = true;
                silenced = true;
            }
        }
        silenced
    }
}

impl Scope {
    fn covers(self, place: Span, statement: Option<usize>, statements: &Statements) -> bool {
        let Self::Code { line, begins, ended } = self else { return true };
        let begins_on_line = |offset: u32| line.start <= offset && offset <= line.end;
        if begins_on_line(place.start) || (ended.is_some() && ended == statement) {
            return true;
        }
        match statement {
            Some(statement) if begins => begins_on_line(statements.all[statement].span.start),
            _ => !begins && place.start < line.start && line.start < place.end,
        }
    }
}

/// Whether code goes on behind a block comment on the line where it ends: then it belongs to that code.
fn stands_before_code(comment: Span, code_after: u32, source: &SourceFile) -> bool {
    (code_after as usize) < source.text.len()
        && source.line_of(comment.end.saturating_sub(1)) == source.line_of(code_after)
}

fn problem_of(rule: String, used: bool, rules: &RuleNames) -> Option<SuppressionProblem> {
    let named = |id: &String| *id == rule || id.split_once('/').is_some_and(|(family, _)| family == rule);
    if used {
        None
    } else if !rules.all.iter().any(named) {
        let nearest = nearest(&rule, &rules.all);
        Some(SuppressionProblem::UnknownRule(rule, nearest))
    } else if rules.ran.iter().any(named) {
        Some(SuppressionProblem::Unused(rule))
    } else {
        None
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
    data::nearest(word, &known).map(str::to_owned)
}

/// A directive as written.
#[derive(Debug, PartialEq, Eq)]
enum Written {
    Code(Vec<String>),
    File(Vec<String>),
    Malformed(SuppressionProblem),
}

/// The directives of one comment: what begins one of its lines with our word.
fn directives(comment: &str) -> impl Iterator<Item = Written> {
    let body = comment
        .strip_prefix("//")
        .or_else(|| Some(comment.strip_prefix("/*")?.trim_end_matches("*/")))
        .unwrap_or("");
    body.lines().filter_map(|line| read(line.trim_start().trim_start_matches('*').trim()))
}

fn read(line: &str) -> Option<Written> {
    if !line.starts_with(WORD) {
        return None;
    }
    let end = line.find(|c: char| c.is_whitespace() || c == ':').unwrap_or(line.len());
    let (word, rest) = line.split_at(end);
    if word != WORD && word != FILE_WORD {
        return Some(Written::Malformed(SuppressionProblem::UnknownWord(word.to_owned())));
    }
    let (names, reason) = rest.split_once(':').unwrap_or((rest, ""));
    let rules: Vec<String> =
        names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    Some(if rules.is_empty() {
        Written::Malformed(SuppressionProblem::NoRule)
    } else if reason.trim().is_empty() {
        Written::Malformed(SuppressionProblem::NoReason)
    } else if word == FILE_WORD {
        Written::File(rules)
    } else {
        Written::Code(rules)
    })
}

/// For each comment, where the first code behind it begins: blanks and further comments are passed over.
fn code_after(comments: &[Span], text: &str) -> Vec<u32> {
    let mut after = vec![0; comments.len()];
    for (index, comment) in comments.iter().enumerate().rev() {
        let rest = text.get(comment.end as usize..).unwrap_or("");
        let next = comment.end + length(rest) - length(rest.trim_start());
        after[index] = match comments.get(index + 1) {
            Some(following) if following.start <= next => after[index + 1],
            _ => next,
        };
    }
    after
}

#[expect(clippy::cast_possible_truncation, reason = "file size is bounded")]
const fn length(text: &str) -> u32 {
    text.len() as u32
}

/// The statements of a file, to be asked which is around a place.
#[derive(Clone, Debug, Default)]
struct Statements {
    /// By start, outer before inner.
    all: Vec<Statement>,
}

#[derive(Clone, Debug)]
struct Statement {
    span: Span,
    parent: Option<usize>,
}

impl Statements {
    fn of(facts: &Facts) -> Self {
        let mut spans: Vec<Span> = facts.stmts.iter().map(|statement| statement.span).collect();
        spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
        spans.dedup();
        let mut all: Vec<Statement> = Vec::with_capacity(spans.len());
        let mut open: Vec<usize> = Vec::new();
        for span in spans {
            while open.last().is_some_and(|&outer| !all[outer].span.contains(span)) {
                open.pop();
            }
            let parent = open.last().copied();
            open.push(all.len());
            all.push(Statement { span, parent });
        }
        Self { all }
    }

    /// The innermost statement around an offset.
    fn around(&self, offset: u32) -> Option<usize> {
        let last = self.all.partition_point(|statement| statement.span.start <= offset);
        let mut candidate = last.checked_sub(1);
        while let Some(index) = candidate {
            if offset < self.all[index].span.end {
                return Some(index);
            }
            candidate = self.all[index].parent;
        }
        None
    }

    fn begins_within(&self, line: Span) -> bool {
        let first = self.all.partition_point(|statement| statement.span.start < line.start);
        self.all.get(first).is_some_and(|statement| statement.span.start <= line.end)
    }

    /// The innermost statement that ends at `end`, or one character (`;`) before.
    fn ending_at(&self, end: u32) -> Option<usize> {
        let around = |back: u32| self.around(end.checked_sub(back)?);
        let index = around(1).or_else(|| around(2))?;
        let ends = self.all[index].span.end;
        (ends == end || ends + 1 == end).then_some(index)
    }
}

#[cfg(test)]
mod tests;
