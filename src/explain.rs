//! A rule in words: what `explain` prints, and its page below `docs/rules/`.
//!
//! Owns: the order and wording of what is told of a rule, and the figures that come with the program. Does not own: what a rule
//! says of itself (`rules`), findings (`report`).

mod figures;

use std::fmt::Write as _;

pub use figures::{Figures, FiguresError};

use crate::finding::{Persona, RuleInfo};
use crate::report::text;

/// What a rule is about, to be read in a terminal.
pub fn prose(rule: &RuleInfo, figures: &Figures) -> String {
    let mut parts = vec![
        format!("{}: {}", rule.id, rule.summary),
        format!("What happens\n  {}", rule.why),
        format!("What to do\n  {}", rule.remedy),
    ];
    if !rule.fixes.is_empty() {
        let fixes: Vec<String> = rule.fixes.iter().map(|(with, fix)| format!("  {with}: {fix}")).collect();
        parts.push(format!("With the library in use\n{}", fixes.join("\n")));
    }
    parts.extend(rule.limits.iter().map(|limits| format!("What it does not see\n  {limits}")));
    parts.push(format!("How right it is\n  {}", figures.sentences(rule).join("\n  ")));
    if !rule.references.is_empty() {
        parts.push(format!("Read more\n  {}", rule.references.join("\n  ")));
    }
    parts.push(format!(
        "To silence it where it does not apply\n  // faultlint-ignore {}: the reason",
        rule.id
    ));
    parts.join("\n\n") + "\n"
}

const GENERATED: &str = "<!-- Written by `cargo bless` from rules/ and benchmark/; edit those. -->";

/// The page of a rule, in Markdown; its place is `docs/rules/<id>.md`.
pub fn page(rule: &RuleInfo, figures: &Figures) -> String {
    let mut parts = vec![
        GENERATED.to_owned(),
        format!("# {}", rule.id),
        format!("{}.", rule.summary),
        format!(
            "Severity **{}**, confidence at most **{}**{}. [All rules](../README.md)",
            text::severity(rule.severity),
            text::confidence(rule.confidence),
            if rule.persona == Persona::Audit { ", for an audit only (`--persona audit`)" } else { "" }
        ),
        format!("## What happens in production\n\n{}", rule.why),
        format!("## How to mend it\n\n{}", rule.remedy),
    ];
    if !rule.fixes.is_empty() {
        let fixes: Vec<String> =
            rule.fixes.iter().map(|(with, fix)| format!("- **{with}**: {fix}")).collect();
        parts.push(format!("With the library in use:\n\n{}", fixes.join("\n")));
    }
    parts.extend(rule.limits.iter().map(|limits| format!("## What it does not see\n\n{limits}")));
    parts.push(format!(
        "## How right it is\n\n- {}\n\nWhat is counted stands in [benchmark](../../../benchmark/README.md).",
        figures.sentences(rule).join("\n- ")
    ));
    parts.push(format!(
        "## Silencing it\n\n```text\n// faultlint-ignore {}: the reason\n```\n\nOn the statement or on a line above it; \
         `faultlint-ignore-file` is for a whole file.",
        rule.id
    ));
    if !rule.references.is_empty() {
        parts.push(format!("## Read more\n\n- <{}>", rule.references.join(">\n- <")));
    }
    parts.join("\n\n") + "\n"
}

/// The page that lists the rules, by family; its place is `docs/rules/README.md`.
pub fn index<'a>(rules: impl IntoIterator<Item = &'a RuleInfo>, figures: &Figures) -> String {
    let mut text = format!(
        "{GENERATED}\n\n# The rules\n\nA page for each rule: what happens in production, how to mend it, what it does not see, \
         and how right it is on the [benchmark](../../benchmark/README.md) ({} repositories). `faultlint explain ID` tells the \
         same. How to write one is in [writing-rules.md](../writing-rules.md).\n",
        figures.repositories()
    );
    let mut family = "";
    for rule in rules {
        if rule.family() != family {
            family = rule.family();
            // Writing to a string cannot fail.
            let _ = write!(text, "\n## {family}\n\n");
            if let Some(measured) = figures.family(family) {
                let _ = write!(
                    text,
                    "Recall {}; look-alikes reported {}; precision, where every place is labelled, {}.\n\n",
                    measured.recall(),
                    measured.alarms(),
                    measured.precision()
                );
            }
            text += "| rule | severity | finds |\n|---|---|---|\n";
        }
        let audit = if rule.persona == Persona::Audit { " (audit)" } else { "" };
        let _ = writeln!(
            text,
            "| [{id}]({id}.md) | {} | {}{audit} |",
            text::severity(rule.severity),
            rule.summary,
            id = rule.id
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn prose_and_page_tell_all_that_a_rule_says() {
        let rule = &samples::report().rules[1];
        let figures = Figures::default();
        for told in [prose(rule, &figures), page(rule, &figures)] {
            let (library, fix) = &rule.fixes[0];
            let ignore = format!("// faultlint-ignore {}: the reason", rule.id);
            let limits = rule.limits.as_ref().unwrap();
            for part in [&rule.why, &rule.remedy, limits, &rule.references[0], library, fix, &ignore] {
                assert!(told.contains(part), "{part} is not in\n{told}");
            }
            assert!(told.contains("no finding on the benchmark"), "{told}");
        }
    }

    #[test]
    fn the_index_names_audits_and_each_family_once() {
        let rule = samples::report().rules[0].clone();
        let audit = RuleInfo { persona: Persona::Audit, ..(*rule).clone() };
        let told = index([&*rule, &audit], &Figures::default());
        assert_eq!(told.matches(&format!("## {}\n", rule.family())).count(), 1, "{told}");
        assert_eq!(told.matches("(audit)").count(), 1, "{told}");
        assert!(page(&audit, &Figures::default()).contains("--persona audit"));
    }
}
