//! How right the built-in rules are: figures of the benchmark, and findings elsewhere that somebody judged.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::finding::{Persona, RuleInfo};

const BENCHMARK: &str = include_str!("../../benchmark/figures.json");
const JUDGED: &str = include_str!("../../benchmark/judged.jsonl");

/// Figures that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FiguresError {
    /// Those of the benchmark.
    #[error("benchmark/figures.json: {0}; benchmark/run.sh writes it")]
    Benchmark(serde_json::Error),
    /// A line of the findings that somebody judged.
    #[error("benchmark/judged.jsonl, line {0}: {1}")]
    Judged(usize, serde_json::Error),
}

/// All figures, by rule and family.
#[derive(Debug, Default)]
pub struct Figures {
    benchmark: Benchmark,
    judged: BTreeMap<String, Judged>,
}

/// `benchmark/figures.json`; `benchmark/score.py` says what each number counts.
#[derive(Debug, Default, Deserialize)]
struct Benchmark {
    repositories: usize,
    families: BTreeMap<String, FamilyFigures>,
    rules: BTreeMap<String, RuleFigures>,
}

/// What became of a family's labels.
#[derive(Debug, Default, Deserialize)]
pub struct FamilyFigures {
    positives: usize,
    met: usize,
    negatives: usize,
    alarms: usize,
    judged: usize,
    right: usize,
}

/// What became of a rule's findings.
#[derive(Debug, Default, Deserialize)]
struct RuleFigures {
    findings: usize,
    right: usize,
    alarms: usize,
    wrong: usize,
    unsure: usize,
    unlabelled: usize,
    met: usize,
}

/// A line of `benchmark/judged.jsonl`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct JudgedLine {
    rule: String,
    verdict: Verdict,
    #[serde(rename = "repo")]
    _repo: String,
    #[serde(rename = "commit")]
    _commit: String,
    #[serde(rename = "path")]
    _path: String,
    #[serde(rename = "line")]
    _line: u32,
    #[serde(rename = "sentence")]
    _sentence: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    True,
    False,
    Debatable,
}

#[derive(Debug, Default)]
struct Judged {
    right: usize,
    debatable: usize,
    all: usize,
}

impl Figures {
    /// Those that come with the program.
    ///
    /// # Errors
    /// Which of the files is not what it should be.
    pub fn built_in() -> Result<Self, FiguresError> {
        Self::read(BENCHMARK, JUDGED)
    }

    fn read(benchmark: &str, lines: &str) -> Result<Self, FiguresError> {
        let benchmark = serde_json::from_str(benchmark).map_err(FiguresError::Benchmark)?;
        let mut judged: BTreeMap<String, Judged> = BTreeMap::new();
        for (at, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let line: JudgedLine =
                serde_json::from_str(line).map_err(|error| FiguresError::Judged(at + 1, error))?;
            let of = judged.entry(line.rule).or_default();
            of.all += 1;
            of.right += usize::from(line.verdict == Verdict::True);
            of.debatable += usize::from(line.verdict == Verdict::Debatable);
        }
        Ok(Self { benchmark, judged })
    }

    /// The rules that are spoken of.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        self.benchmark.rules.keys().chain(self.judged.keys()).map(String::as_str)
    }

    /// Those of a family, if any place is labelled with it.
    pub fn family(&self, name: &str) -> Option<&FamilyFigures> {
        self.benchmark.families.get(name)
    }

    /// How many repositories the benchmark has.
    pub fn repositories(&self) -> usize {
        self.benchmark.repositories
    }

    /// How right a rule is, a sentence each.
    pub fn sentences(&self, rule: &RuleInfo) -> Vec<String> {
        let mut sentences = Vec::new();
        if let Some(family) = self.family(rule.family()) {
            sentences.push(format!(
                "The family `{}` on the benchmark ({} repositories): recall {}; look-alikes reported {}; precision, where \
                 every place is labelled, {}. Recall is known by family only.",
                rule.family(),
                self.benchmark.repositories,
                family.recall(),
                family.alarms(),
                family.precision()
            ));
        }
        sentences.push(match self.benchmark.rules.get(&rule.id) {
            Some(own) => own.sentence(),
            None if rule.persona == Persona::Audit => {
                "This rule is not measured: the benchmark is run with default settings, without the rules for an audit."
                    .to_owned()
            }
            None => "This rule has no finding on the benchmark, right or wrong.".to_owned(),
        });
        sentences.extend(self.judged.get(&rule.id).map(Judged::sentence));
        sentences
    }
}

impl FamilyFigures {
    /// Labelled faults that are found.
    pub fn recall(&self) -> String {
        share(self.met, self.positives)
    }

    /// Labelled look-alikes that are reported.
    pub fn alarms(&self) -> String {
        share(self.alarms, self.negatives)
    }

    /// Findings that are right, where every place is labelled.
    pub fn precision(&self) -> String {
        share(self.right, self.judged)
    }
}

impl RuleFigures {
    fn sentence(&self) -> String {
        let mut fates = vec![format!("{} on a labelled fault", self.right)];
        for (count, fate) in [
            (self.alarms, "on a labelled look-alike"),
            (self.wrong, "wrong, where every place is labelled"),
            (self.unsure, "on a place whose label is not sure"),
            (self.unlabelled, "where nobody has judged"),
        ] {
            if count > 0 {
                fates.push(format!("{count} {fate}"));
            }
        }
        let findings = if self.findings == 1 { "finding" } else { "findings" };
        let met = match self.met {
            0 => "it finds none of the family's labelled faults".to_owned(),
            1 => "it finds 1 of the family's labelled faults".to_owned(),
            met => format!("it finds {met} of the family's labelled faults"),
        };
        format!("This rule on the benchmark: {} {findings}, {}; {met}.", self.findings, fates.join(", "))
    }
}

impl Judged {
    fn sentence(&self) -> String {
        let debatable = match self.debatable {
            0 => String::new(),
            count => format!(", {count} debatable"),
        };
        format!("Judged on code outside the benchmark: {} right of {}{debatable}.", self.right, self.all)
    }
}

/// `3 of 4 (75%)`.
fn share(part: usize, whole: usize) -> String {
    if whole == 0 {
        return "unknown (none labelled)".to_owned();
    }
    format!("{part} of {whole} ({}%)", (part * 100 + whole / 2) / whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    const FIGURES: &str = r#"{"repositories": 2, "absent": [], "total": {}, "families": {"unsafe-lock":
        {"positives": 3, "met": 2, "negatives": 4, "alarms": 0, "judged": 0, "right": 0, "unlabelled": 1}},
        "rules": {"unsafe-lock/no-ttl":
        {"findings": 9, "right": 2, "alarms": 0, "wrong": 1, "unsure": 2, "unlabelled": 4, "met": 1}}}"#;

    fn line(verdict: &str) -> String {
        format!(
            r#"{{"repo":"a/b","commit":"c","path":"p","line":1,"rule":"unsafe-lock/no-ttl","verdict":"{verdict}","sentence":"s"}}"#
        )
    }

    fn told(id: &str, persona: Persona) -> String {
        let judged = [line("true"), line("false"), String::new(), line("debatable")].join("\n");
        let figures = Figures::read(FIGURES, &judged).unwrap();
        let rule = RuleInfo { id: id.to_owned(), persona, ..(*samples::report().rules[0]).clone() };
        figures.sentences(&rule).join("\n")
    }

    #[test]
    fn a_measured_rule_is_told_with_its_family_and_what_was_judged() {
        assert_eq!(
            told("unsafe-lock/no-ttl", Persona::Gate),
            "The family `unsafe-lock` on the benchmark (2 repositories): recall 2 of 3 (67%); look-alikes reported 0 of 4 \
             (0%); precision, where every place is labelled, unknown (none labelled). Recall is known by family only.\n\
             This rule on the benchmark: 9 findings, 2 on a labelled fault, 1 wrong, where every place is labelled, 2 on a \
             place whose label is not sure, 4 where nobody has judged; it finds 1 of the family's labelled faults.\n\
             Judged on code outside the benchmark: 1 right of 3, 1 debatable."
        );
    }

    #[test]
    fn what_is_not_measured_is_said() {
        assert!(told("unsafe-lock/other", Persona::Gate).contains("no finding on the benchmark"));
        assert!(told("own/other", Persona::Audit).starts_with("This rule is not measured"));
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        let wrong = Figures::read(FIGURES, &format!("{}\n{}", line("true"), line("maybe"))).unwrap_err();
        assert!(wrong.to_string().contains("judged.jsonl, line 2: unknown variant `maybe`"), "{wrong}");
        assert!(Figures::read("{}", "").unwrap_err().to_string().contains("missing field"));
    }
}
