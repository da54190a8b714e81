//! The times of a run, as a table on standard error.
//!
//! Owns: its words. Does not own: measuring (`timing`).

use std::fmt::Write as _;
use std::time::Duration;

use crate::timing::Told;

/// Rules that took less of all rules' time are told together.
const LEAST_SHARE: f64 = 0.01;

/// The table.
pub(super) fn table(told: &Told) -> String {
    let mut text = String::new();
    section(&mut text, "stage", "time passed", &told.stages);
    section(&mut text, "work on files", "time of threads", &told.work);
    let all: Duration = told.rules.iter().map(|(_, spent)| *spent).sum();
    let is_dear = |spent: &Duration| spent.as_secs_f64() >= all.as_secs_f64() * LEAST_SHARE;
    let (dear, cheap): (Vec<_>, Vec<_>) = told.rules.iter().partition(|(_, spent)| is_dear(spent));
    let mut rules: Vec<(&str, Duration)> = dear.iter().map(|(id, spent)| (id.as_str(), *spent)).collect();
    let others = format!("{} others", cheap.len());
    if !cheap.is_empty() {
        rules.push((&others, cheap.iter().map(|(_, spent)| *spent).sum()));
    }
    section(&mut text, "rule", "time of threads", &rules);
    text
}

fn section(text: &mut String, what: &str, unit: &str, rows: &[(&str, Duration)]) {
    let all: Duration = rows.iter().map(|(_, spent)| *spent).sum();
    let _ = writeln!(text, "{what:<40}{unit:>18}");
    for (name, spent) in rows.iter().copied().chain([("all", all)]) {
        let _ = writeln!(text, "  {name:<38}{:>15.1} ms", spent.as_secs_f64() * 1000.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cheap_rules_are_told_together() {
        let millis = Duration::from_millis;
        let told = Told {
            stages: vec![("matching", millis(3))],
            work: Vec::new(),
            rules: vec![
                ("a/dear".to_owned(), millis(1000)),
                ("b/cheap".to_owned(), millis(2)),
                ("c/free".to_owned(), millis(1)),
            ],
        };
        let text = table(&told);
        assert!(text.contains("matching") && text.contains("a/dear"), "{text}");
        assert!(text.contains("2 others") && !text.contains("b/cheap"), "{text}");
        assert!(text.contains("1003.0 ms"), "{text}");
    }
}
