//! Checks rule files and compiles them.
//!
//! Owns: rules, their matches and steps, and which step, argument or role a name means. Does not own: tests of arguments (`args`),
//! ways (`ways`), what is shown (`compile_report`), queries (`compile_query`).

mod args;
mod ways;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::compile_query;
use super::repeated::Repeated;
use super::schema::{MatchEntry, MountedEntry, RuleFile, StepEntry};
use super::{Does, Match, Mounted, Relation, Rule, Scope, Step};
use crate::data::{DataError, DataFile, Scalar, Several, Spanned};
use crate::finding::{Confidence, RuleInfo};
use crate::models::{ArgName, Role, Roles};

/// The argument that every call has: how often it is made where retries stand within retries.
const PRODUCT: &str = "product";

/// Compiles all rule files; a file may hold several rules as YAML documents.
///
/// # Errors
/// The first mistake, with its place.
pub fn compile(files: &[DataFile], roles: &Roles) -> Result<Vec<Rule>, DataError> {
    let mut rules: Vec<Rule> = Vec::new();
    let mut hidden: Vec<(&DataFile, Spanned<String>)> = Vec::new();
    for (file, written) in files.iter().zip(DataFile::parse_all_of_each::<RuleFile>(files)?) {
        let mut here = BTreeSet::new();
        for parsed in written {
            if !here.insert(parsed.id.value.clone()) {
                let message = format!("the rule `{}` is in this file twice", parsed.id.value);
                return Err(file.error(&parsed.id, message, "again here"));
            }
            hidden.extend(parsed.hides.iter().map(|id| (file, id.clone())));
            let rule = compile_rule(file, roles, parsed)?;
            if let Some(twin) = rules.iter_mut().find(|known| known.info.id == rule.info.id) {
                // A team's own file replaces the built-in rule of that name.
                *twin = rule;
            } else {
                rules.push(rule);
            }
        }
    }
    rules.sort_by(|a, b| a.info.id.cmp(&b.info.id));
    let is_known = |id: &str| rules.iter().any(|rule| rule.info.id == id);
    match hidden.iter().find(|(_, id)| !is_known(&id.value)) {
        None => Ok(rules),
        Some((file, id)) => Err(file.error(
            id,
            format!("there is no rule `{}`", id.value),
            "`hides` names a rule: `family/kind`",
        )),
    }
}

fn compile_rule(file: &DataFile, roles: &Roles, parsed: RuleFile) -> Result<Rule, DataError> {
    if !is_rule_id(&parsed.id.value) {
        let message = format!("`{}` is no rule id", parsed.id.value);
        return Err(file.error(&parsed.id, message, "write it as `family/kind`, lower case with hyphens"));
    }
    for (text, what) in [(&parsed.summary, "summary"), (&parsed.why, "why"), (&parsed.remedy, "remedy")] {
        if text.value.trim().is_empty() {
            return Err(file.error(text, format!("the {what} is empty"), "say it"));
        }
    }
    let mut fixes = Vec::new();
    for (library, fix) in &parsed.fixes.0 {
        if library.value.trim().is_empty() || fix.value.trim().is_empty() {
            let message = format!("the fix for `{}` is empty", library.value);
            return Err(file.error(fix, message, "say which library it is for, and what to do with it"));
        }
        fixes.push((library.value.trim().to_owned(), fix.value.trim().to_owned()));
    }
    let queries = compile_query::queries(file, &parsed)?;
    let info = RuleInfo {
        id: parsed.id.value.clone(),
        summary: parsed.summary.value.trim().to_owned(),
        why: parsed.why.value.trim().to_owned(),
        remedy: parsed.remedy.value.trim().to_owned(),
        fixes,
        limits: parsed.limits.map(|limits| limits.trim().to_owned()),
        severity: parsed.severity,
        confidence: parsed.confidence,
        persona: parsed.persona,
        references: parsed.references,
    };
    let entries = parsed.matching.iter().map(|entry| &entry.value).chain(&parsed.or);
    let matches = entries
        .map(|entry| {
            Compiler { file, roles, entry, names: Vec::new(), spoken_of: RefCell::default() }
                .compile(info.confidence, parsed.unsure)
        })
        .collect::<Result<_, _>>()?;
    let RuleFile { front_end, needs, languages, hides, .. } = parsed;
    let hides = hides.into_iter().map(|id| id.value).collect();
    Ok(Rule { info: Arc::new(info), front_end, needs, languages, hides, matches, queries })
}

fn is_rule_id(id: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    id.split_once('/').is_some_and(|(family, kind)| is_word(family) && is_word(kind))
}

pub(super) struct Compiler<'a> {
    pub(super) file: &'a DataFile,
    roles: &'a Roles,
    pub(super) entry: &'a MatchEntry,
    /// Steps known so far, with their roles.
    names: Vec<(String, Vec<Role>)>,
    /// The steps that others, ways or the report speak of.
    spoken_of: RefCell<Vec<usize>>,
}

impl Compiler<'_> {
    fn compile(mut self, confidence: Confidence, unsure: Confidence) -> Result<Match, DataError> {
        let entry = self.entry;
        self.check_names()?;
        let mut steps = Vec::new();
        for (name, step) in &entry.steps.value.0 {
            let compiled = self.step(name.value.clone(), step, name)?;
            let roles = match &compiled.does {
                Does::Roles(roles) => roles.clone(),
                Does::Work | Does::Remote | Does::Call => Vec::new(),
            };
            self.names.push((name.value.clone(), roles));
            steps.push(compiled);
        }
        let mut paths = Vec::new();
        for (name, path) in &entry.paths.0 {
            paths.push(self.way(name.value.clone(), path)?);
        }
        let unless = entry
            .unless
            .iter()
            .map(|step| self.step(String::new(), &step.value, step))
            .collect::<Result<_, _>>()?;
        let unless_paths =
            entry.unless_paths.iter().map(|path| self.way(String::new(), path)).collect::<Result<_, _>>()?;
        let led_to_by = match &entry.led_to_by {
            Some(step) => Some(self.step(String::new(), &step.value, step)?),
            None => None,
        };
        let report = self.report(&entry.report)?;
        for (number, step) in steps.iter_mut().enumerate() {
            step.witness = step.scope == Scope::Program && !self.spoken_of.borrow().contains(&number);
        }
        let confidence = entry.confidence.unwrap_or(confidence).min(confidence);
        Ok(Match {
            steps,
            paths,
            unless,
            unless_paths,
            unless_tests: texts(&entry.unless_tests),
            unless_mentions: texts(&entry.unless_mentions),
            unless_comments: texts(&entry.unless_comments),
            unless_program_mentions: texts(&entry.unless_program_mentions),
            unless_mounted: self.mounted(entry.unless_mounted.as_ref())?,
            led_to_by,
            confidence,
            unsure,
            report,
        })
    }

    /// A match has steps, and no name stands for two things.
    fn check_names(&self) -> Result<(), DataError> {
        let entry = self.entry;
        if entry.steps.value.0.is_empty() {
            return Err(self.file.error(&entry.steps, "a match needs a step", "none here"));
        }
        let is_step = |name: &str| entry.steps.value.0.iter().any(|(step, _)| step.value == name);
        match entry.paths.0.iter().find(|(path, _)| is_step(&path.value)) {
            None => Ok(()),
            Some((path, _)) => {
                let message = format!("`{}` names a step and a path", path.value);
                Err(self.file.error(path, message, "give the path a name of its own"))
            }
        }
    }

    fn step<T>(&self, name: String, entry: &StepEntry, at: &Spanned<T>) -> Result<Step, DataError> {
        let does = self.does(&entry.does, at)?;
        let roles = match &does {
            Does::Roles(roles) => roles.clone(),
            Does::Work | Does::Remote | Does::Call => Vec::new(),
        };
        let mut args = Vec::new();
        for (arg, test) in &entry.args.0 {
            let resolved = self.roles.resolve_arg(self.file, &roles, arg)?;
            for test in self.arg_tests(arg, test)? {
                args.push((resolved, test));
            }
        }
        let relations = self.relations(entry)?;
        Ok(Step {
            name,
            does,
            scope: entry.scope,
            args,
            relations,
            within: entry.within.clone(),
            outside: entry.outside.clone(),
            mentions: texts(&entry.mentions),
            not_mentions: texts(&entry.not_mentions),
            on_mentions: texts(&entry.on_mentions),
            on_not_mentions: texts(&entry.on_not_mentions),
            hands: self.roles_of(&entry.hands)?,
            hands_limited: entry.hands_limited,
            besides: self.roles_of(&entry.besides)?,
            called: texts(&entry.called),
            not_called: texts(&entry.not_called),
            ack: entry.ack.clone(),
            witness: false,
            direct: entry.direct,
            anew: entry.anew,
            thunk: entry.thunk,
            unused_signal: entry.unused_signal,
            rejects: entry.rejects,
            handed_in: entry.handed_in,
            asking: entry.asking,
            scoped: entry.scoped,
            one_record: entry.one_record,
            lone: entry.lone,
            bookkeeping: entry.bookkeeping,
            serves: entry.serves,
            in_callee: entry.in_callee,
            awaited: entry.awaited,
            taken: entry.taken.clone(),
            long_lived: entry.long_lived,
            of_module: entry.of_module,
            no_shared_alternative: entry.no_shared_alternative,
            reaches: entry.reaches.clone(),
            comes_to: self.roles_of(&entry.comes_to)?,
            tries_again: entry.tries_again,
            repeated: entry.repeated.as_ref().map(|repeated| Repeated {
                pause: repeated.pause.clone(),
                attempts: repeated.attempts.clone(),
                errors: repeated.errors.clone(),
                unused_growth: repeated.unused_growth,
                nested: repeated.nested,
                single: repeated.single,
                head: repeated.head,
                in_loop: repeated.in_loop,
                said: repeated.said,
                statuses: repeated.statuses,
                beyond: repeated.beyond,
            }),
        })
    }

    /// How a step lies to others.
    fn relations(&self, entry: &StepEntry) -> Result<Vec<(Relation, usize)>, DataError> {
        let relations = [
            (Relation::After, &entry.after),
            (Relation::Before, &entry.before),
            (Relation::OnErrorOf, &entry.on_error_of),
            (Relation::OnMissOf, &entry.on_miss_of),
            (Relation::ForWantOf, &entry.for_want_of),
            (Relation::DependsOn, &entry.depends_on),
            (Relation::Screens, &entry.screens),
            (Relation::Takes, &entry.takes),
            (Relation::CountsOn, &entry.counts_on),
            (Relation::DecidesOn, &entry.decides_on),
            (Relation::InsteadOf, &entry.instead_of),
            (Relation::Along, &entry.along_with),
            (Relation::Shares, &entry.shares_with),
            (Relation::Together, &entry.together_with),
            (Relation::OnSame, &entry.on_same),
            (Relation::Beside, &entry.beside),
            (Relation::InLine, &entry.in_line_with),
            (Relation::StartedBefore, &entry.started_before),
            (Relation::Inside, &entry.inside),
            (Relation::ForgottenBy, &entry.forgotten_by),
            (Relation::RunBy, &entry.run_by),
        ];
        relations
            .into_iter()
            .filter_map(|(relation, of)| of.as_ref().map(|of| (relation, of)))
            .map(|(relation, of)| Ok((relation, self.step_named(of, &of.value)?)))
            .collect()
    }

    fn does<T>(&self, several: &Several, at: &Spanned<T>) -> Result<Does, DataError> {
        if several.0.iter().all(|word| word.value == Scalar::Null) {
            let help = "a role, a list of roles, `work` or `call`";
            return Err(self.file.error(at, "a step needs `does`", "this one").with_help(help));
        }
        let words: Vec<_> = several.texts().collect();
        match words.as_slice() {
            [word] if word.value == "work" => Ok(Does::Work),
            [word] if word.value == "remote" => Ok(Does::Remote),
            [word] if word.value == "call" => Ok(Does::Call),
            words => {
                if let Some(word) =
                    words.iter().find(|word| ["work", "remote", "call"].contains(&word.value.as_str()))
                {
                    let message = format!("`{}` stands alone", word.value);
                    return Err(self.file.error(word, message, "beside roles"));
                }
                let roles =
                    words.iter().map(|word| self.roles.resolve(self.file, word)).collect::<Result<_, _>>()?;
                Ok(Does::Roles(roles))
            }
        }
    }

    fn mounted(&self, entry: Option<&MountedEntry>) -> Result<Option<Mounted>, DataError> {
        entry
            .map(|entry| Ok(Mounted { mentions: texts(&entry.mentions), does: self.roles_of(&entry.does)? }))
            .transpose()
    }

    fn roles_of(&self, words: &Several) -> Result<Vec<Role>, DataError> {
        words.texts().map(|role| self.roles.resolve(self.file, &role)).collect()
    }

    /// An argument of an earlier step, written `step.argument`.
    pub(super) fn argument_of(
        &self,
        at: &Spanned<String>,
        text: &str,
    ) -> Result<(usize, ArgName), DataError> {
        let Some((step, arg)) = text.split_once('.') else {
            return Err(self.file.error(at, "this names a step and its argument", "as `step.argument`"));
        };
        let step = self.step_named(at, step)?;
        let arg = Spanned { value: arg.to_owned(), referenced: at.referenced, defined: at.defined };
        // What repeats a call is told of any call, whatever its role.
        if let Some(product) = self.roles.arg(PRODUCT).filter(|_| arg.value == PRODUCT) {
            return Ok((step, product));
        }
        let arg = self.roles.resolve_arg(self.file, &self.names[step].1, &arg)?;
        Ok((step, arg))
    }

    /// Whether a step has an argument of this name.
    pub(super) fn is_argument(&self, step: usize, name: &str) -> bool {
        let arg = self.roles.arg(name);
        self.names[step]
            .1
            .iter()
            .any(|role| arg.is_some_and(|arg| self.roles.info(*role).args.contains(&arg)))
    }

    pub(super) fn step_named(&self, at: &Spanned<String>, name: &str) -> Result<usize, DataError> {
        self.step_or(at, name, &[])
    }

    /// A step, where these words may stand as well.
    pub(super) fn step_or(
        &self,
        at: &Spanned<String>,
        name: &str,
        words: &[&str],
    ) -> Result<usize, DataError> {
        let found = self.names.iter().position(|(known, _)| known == name);
        self.spoken_of.borrow_mut().extend(found);
        found.ok_or_else(|| {
            if self.entry.steps.value.0.iter().any(|(step, _)| step.value == name) {
                let message = format!("the step `{name}` is not before this one");
                return self.file.error(at, message, "a step names only steps before it");
            }
            let steps = self.names.iter().map(|(name, _)| name.as_str());
            let known: Vec<&str> = steps.chain(words.iter().copied()).collect();
            let word = Spanned { value: name.to_owned(), referenced: at.referenced, defined: at.defined };
            self.file.unknown(&word, "step", &known)
        })
    }
}

fn texts(several: &Several) -> Vec<String> {
    several.texts().map(|text| text.value).collect()
}
