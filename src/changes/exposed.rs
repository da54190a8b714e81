//! Findings that a change exposes: their own lines are as they were, and before the change they were not there.
//!
//! Owns: how they are told, one for each rule and place that changed. Does not own: which they are, or what exposed them (`run`).

use std::collections::BTreeMap;

use crate::finding::{Evidence, Finding, Place};

/// How many places a finding shows that it exposes.
const MAX_PLACES: usize = 20;

/// What exposed a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// A line that changed.
    pub place: Place,
    /// The function it is in; empty at the top of a file.
    pub symbol: String,
    /// Whether the finding is in that function itself.
    pub is_own: bool,
}

/// Tells findings by what exposed them. One in the function that changed stays where it is, and so does one of which nobody can
/// tell what exposed it; the others become one finding at the place that changed, with their places.
pub fn tell(exposed: Vec<(Finding, Option<Cause>)>) -> Vec<Finding> {
    let mut told = Vec::new();
    let mut groups: BTreeMap<(Place, String), (String, Vec<Finding>)> = BTreeMap::new();
    for (mut finding, cause) in exposed {
        match cause {
            None => {
                finding.notes.push("new since the change, which touches none of its lines".to_owned());
                told.push(finding);
            }
            Some(cause) if cause.is_own => {
                let label = "this change exposes it".to_owned();
                finding.evidence.push(Evidence { place: cause.place, label });
                told.push(finding);
            }
            Some(cause) => {
                let key = (cause.place, finding.rule.id.clone());
                groups.entry(key).or_insert_with(|| (cause.symbol, Vec::new())).1.push(finding);
            }
        }
    }
    told.extend(
        groups.into_iter().filter_map(|((place, _), (symbol, findings))| together(place, symbol, findings)),
    );
    told
}

/// One finding for all that one place exposes.
fn together(place: Place, symbol: String, findings: Vec<Finding>) -> Option<Finding> {
    let first = findings.first()?.clone();
    let count = findings.len();
    let places = if count == 1 { "a place".to_owned() } else { format!("{count} places") };
    let mut notes: Vec<String> = Vec::new();
    let mut evidence = Vec::new();
    let mut confidence = first.confidence;
    for finding in findings {
        confidence = confidence.max(finding.confidence);
        let within =
            if finding.symbol.is_empty() { "here".to_owned() } else { format!("in `{}`", finding.symbol) };
        evidence.push(Evidence { place: finding.primary, label: format!("exposed {within}") });
        notes.extend(finding.notes);
    }
    evidence.sort_by_key(|evidence| evidence.place);
    if count > MAX_PLACES {
        evidence.truncate(MAX_PLACES);
        notes.push(format!("{} more places like these", count - MAX_PLACES));
    }
    notes.sort();
    notes.dedup();
    Some(Finding {
        message: format!("{}: this change exposes {places} that it does not touch", first.message),
        primary: place,
        label: Some("the change".to_owned()),
        confidence,
        evidence,
        notes,
        symbol,
        gathers: false,
        cause: None,
        ..first
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::finding::{Confidence, Identity, Persona, RuleInfo, Severity};
    use crate::source::Span;

    fn at(file: usize, start: u32) -> Place {
        Place { file, span: Span::new(start, start + 1) }
    }

    fn finding(id: &str, primary: Place, confidence: Confidence) -> Finding {
        let rule = RuleInfo {
            id: id.to_owned(),
            summary: String::new(),
            why: String::new(),
            remedy: String::new(),
            fixes: Vec::new(),
            limits: None,
            severity: Severity::High,
            confidence: Confidence::High,
            persona: Persona::Gate,
            references: Vec::new(),
        };
        Finding {
            rule: Arc::new(rule),
            confidence,
            message: "It is so".to_owned(),
            primary,
            label: None,
            evidence: Vec::new(),
            gathers: false,
            cause: None,
            notes: Vec::new(),
            symbol: "caller".to_owned(),
            identity: Identity::default(),
        }
    }

    fn cause(place: Place, is_own: bool) -> Cause {
        Cause { place, symbol: "guard".to_owned(), is_own }
    }

    #[test]
    fn what_one_place_exposes_is_one_finding_for_each_rule() {
        let place = at(0, 5);
        let told = tell(vec![
            (finding("a/x", at(2, 1), Confidence::Medium), Some(cause(place, false))),
            (finding("a/x", at(1, 1), Confidence::High), Some(cause(place, false))),
            (finding("a/y", at(1, 1), Confidence::High), Some(cause(place, false))),
        ]);
        assert_eq!(told.len(), 2);
        assert_eq!(
            (told[0].primary, told[0].symbol.as_str(), told[0].confidence),
            (place, "guard", Confidence::High)
        );
        assert_eq!(told[0].message, "It is so: this change exposes 2 places that it does not touch");
        let places: Vec<Place> = told[0].evidence.iter().map(|evidence| evidence.place).collect();
        assert_eq!(places, [at(1, 1), at(2, 1)]);
        assert_eq!(told[1].message, "It is so: this change exposes a place that it does not touch");
    }

    #[test]
    fn one_in_the_changed_function_stays_where_it_is() {
        let told = tell(vec![
            (finding("a/x", at(0, 9), Confidence::High), Some(cause(at(0, 5), true))),
            (finding("a/x", at(3, 9), Confidence::High), None),
        ]);
        assert_eq!((told[0].primary, told[0].evidence[0].place), (at(0, 9), at(0, 5)));
        assert_eq!(told[1].notes, ["new since the change, which touches none of its lines"]);
    }

    #[test]
    fn no_more_places_are_shown_than_people_read() {
        let many =
            (0..25).map(|n| (finding("a/x", at(1, n), Confidence::High), Some(cause(at(0, 0), false))));
        let told = tell(many.collect());
        assert_eq!(
            (told[0].evidence.len(), told[0].notes.as_slice()),
            (20, &["5 more places like these".to_owned()][..])
        );
    }
}
