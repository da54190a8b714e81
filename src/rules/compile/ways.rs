//! Compiles ways.
//!
//! Owns: `paths` and `unless-paths` of a match: where they start and end, and what they must not pass. Does not own: which step a name
//! means (`compile`).

use super::Compiler;
use crate::data::{DataError, Spanned};
use crate::rules::schema::PathEntry;
use crate::rules::ways::{Avoid, From, To, WayThrough};

impl Compiler<'_> {
    pub(super) fn way(&self, name: String, entry: &PathEntry) -> Result<WayThrough, DataError> {
        let from = match entry.from.value.split_once('.') {
            None if entry.from.value == "entry" => From::Entry,
            None => From::After(self.step_or(&entry.from, &entry.from.value, &["entry"])?),
            Some((step, what)) => {
                let step = self.step_named(&entry.from, step)?;
                match what {
                    "ok" => From::Ok(step),
                    "error" => From::Error(step),
                    "miss" => From::Miss(step),
                    "exhausted" => From::Exhausted(step),
                    "fork" => From::Fork(step),
                    _ => {
                        let word = Spanned { value: what.to_owned(), ..entry.from.clone() };
                        return Err(self.file.unknown(
                            &word,
                            "outcome",
                            &["ok", "error", "miss", "exhausted", "fork"],
                        ));
                    }
                }
            }
        };
        if entry.to.0.is_empty() {
            return Err(self.file.error(&entry.from, "a path needs an end: `to`", "it starts here"));
        }
        let to = entry.to.texts().map(|to| self.to(&to)).collect::<Result<_, _>>()?;
        let avoiding = entry.avoiding.texts().map(|avoid| self.avoid(&avoid)).collect::<Result<_, _>>()?;
        Ok(WayThrough { name, from, to, avoiding })
    }

    fn to(&self, text: &Spanned<String>) -> Result<To, DataError> {
        match text.value.as_str() {
            "return" => Ok(To::Return),
            "fail" => Ok(To::Fail),
            "rethrow" => Ok(To::Rethrow),
            "again" => Ok(To::Again),
            name if name.contains('.') => self.roles.resolve(self.file, text).map(To::Role),
            name => self.step_or(text, name, &["return", "fail", "again"]).map(To::Step),
        }
    }

    fn avoid(&self, text: &Spanned<String>) -> Result<Avoid, DataError> {
        if let Some(step) = text.value.strip_prefix("hands-on ") {
            return self.step_named(text, step.trim()).map(Avoid::HandsOn);
        }
        match text.value.as_str() {
            "rescue" => return Ok(Avoid::Rescue),
            "exhausted" => return Ok(Avoid::Exhausted),
            "answer" => return Ok(Avoid::Answer),
            "next-item" => return Ok(Avoid::NextItem),
            "refused" => return Ok(Avoid::Refused),
            _ => {}
        }
        if text.value.contains('.') {
            return self.roles.resolve(self.file, text).map(Avoid::Role);
        }
        self.step_or(
            text,
            &text.value,
            &["hands-on STEP", "rescue", "exhausted", "answer", "next-item", "refused"],
        )
        .map(Avoid::Step)
    }
}
