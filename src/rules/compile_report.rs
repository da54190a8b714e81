//! Compiles what a rule shows: its places, and texts with places for arguments.
//!
//! Owns: `report` of a match. Does not own: its steps and ways (`compile`).

use super::compile::Compiler;
use super::schema::ReportEntry;
use super::{Report, Shown, Template};
use crate::data::{DataError, Spanned};

/// The places of a step beside its call.
const PLACES: [&str; 13] = [
    "error",
    "declaration",
    "test",
    "subscription",
    "fork",
    "exhausted",
    "pause",
    "growth",
    "inner",
    "again",
    "made",
    "hands",
    "parting",
];

impl Compiler<'_> {
    pub(super) fn report(&self, entry: &ReportEntry) -> Result<Report, DataError> {
        let mut labels = Vec::new();
        for (place, label) in &entry.labels.0 {
            labels.push((self.shown(place)?, self.template(label)?));
        }
        Ok(Report {
            at: self.shown(&entry.at)?,
            label: entry.label.as_ref().map(|text| self.template(text)).transpose()?,
            message: entry.message.as_ref().map(|text| self.template(text)).transpose()?,
            labels,
            as_written: entry.as_written,
        })
    }

    /// Text with `{step.argument}` in it.
    fn template(&self, text: &Spanned<String>) -> Result<Template, DataError> {
        let mut pieces = Vec::new();
        let mut rest = text.value.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let Some((inner, tail)) = after.split_once('}') else {
                return Err(self.file.error(text, "a `{` has no `}`", "in this text"));
            };
            pieces.push((before.to_owned(), Some(self.argument_of(text, inner)?)));
            rest = tail;
        }
        pieces.push((rest.to_owned(), None));
        Ok(Template { pieces })
    }

    fn shown(&self, text: &Spanned<String>) -> Result<Shown, DataError> {
        if let Some((step, what)) = text.value.split_once('.') {
            let step = self.step_named(text, step)?;
            return match what {
                "error" => Ok(Shown::ErrorOf(step)),
                "declaration" => Ok(Shown::DeclarationOf(step)),
                "test" => Ok(Shown::TestOf(step)),
                "subscription" => Ok(Shown::SubscriptionOf(step)),
                "fork" => Ok(Shown::ForkOf(step)),
                "exhausted" => Ok(Shown::ExhaustionOf(step)),
                "pause" => Ok(Shown::PauseOf(step)),
                "growth" => Ok(Shown::GrowthOf(step)),
                "inner" => Ok(Shown::InnerOf(step)),
                "again" => Ok(Shown::AgainOf(step)),
                "made" => Ok(Shown::MakingOf(step)),
                "hands" => Ok(Shown::HandedBy(step)),
                "parting" => Ok(Shown::PartingOf(step)),
                _ if self.is_argument(step, what) => {
                    self.argument_of(text, &text.value).map(|(step, arg)| Shown::ArgumentOf(step, arg))
                }
                _ => {
                    let word = Spanned { value: what.to_owned(), ..text.clone() };
                    Err(self.file.unknown(&word, "place", &PLACES))
                }
            };
        }
        if let Some(way) = self.entry.paths.0.iter().position(|(name, _)| name.value == text.value) {
            return Ok(Shown::Way(way));
        }
        if text.value == "lead" && self.entry.led_to_by.is_some() {
            return Ok(Shown::Lead);
        }
        let paths: Vec<&str> = self.entry.paths.0.iter().map(|(name, _)| name.value.as_str()).collect();
        self.step_or(text, &text.value, &paths).map(Shown::Step)
    }
}
