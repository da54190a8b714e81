//! What the YAML crate complains of, said to a person.
//!
//! Owns: the words, the hints, and the place where the crate tells a poor one. Does not own: how an error is drawn (`data`).

use miette::SourceSpan;

use super::nearest::nearest;
use super::{DataError, DataFile, clipped, span_of};

impl DataFile {
    pub(super) fn empty(&self) -> DataError {
        self.at(SourceSpan::from(0), "the file is empty", "nothing here".to_owned())
    }

    pub(super) fn syntax_error(&self, error: &serde_yaml::Error) -> DataError {
        use serde_yaml::Error as E;
        let error = error.without_snippet();
        let known_place = error.location().filter(|place| place.line() > 0);
        let span = known_place.map_or_else(|| SourceSpan::from(0), |place| span_of(&place, &self.text));
        match error {
            E::SerdeUnknownField { field, expected, .. } => self.unlisted(span, "key", field, expected),
            E::SerdeUnknownVariant { variant, expected, .. } => {
                self.unlisted(span, "word", variant, expected)
            }
            E::Eof { .. }
                if self.text.lines().all(|line| line.trim().is_empty() || line.starts_with('#')) =>
            {
                self.empty()
            }
            E::SerdeMissingField { .. } if known_place.is_none() => self.empty(),
            E::SerdeMissingField { field, .. } => self.at(
                span,
                &format!("the key `{field}` is missing"),
                format!("`{field}` belongs beside this"),
            ),
            E::DuplicateMappingKey { key, .. } => {
                let key = key.as_deref().map(clipped).unwrap_or_default();
                self.at(span, &format!("the key `{key}` is there twice"), "again here".to_owned())
            }
            E::SerdeInvalidType { unexpected, expected, .. } if unexpected == "sequence" => {
                self.at(self.after_key(span), &format!("expected {expected}"), "this is a list".to_owned())
            }
            other => {
                let Plain { message, label, help } = plain(other);
                DataError { help: help.map(str::to_owned), ..self.at(span, &message, label.to_owned()) }
            }
        }
    }

    /// The list that a key has: the parser tells only the key's place.
    fn after_key(&self, key: SourceSpan) -> SourceSpan {
        let rest = self.text.get(key.offset() + key.len()..).unwrap_or("");
        let value = rest.strip_prefix(':').map_or("", str::trim_start);
        if value.starts_with(['[', '-']) { SourceSpan::from((self.text.len() - value.len(), 1)) } else { key }
    }

    fn unlisted(&self, span: SourceSpan, what: &str, word: &str, expected: &[&str]) -> DataError {
        let help = match nearest(word, expected) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("expected one of: {}", expected.join(", ")),
        };
        let error = self.at(span, &format!("unknown {what} `{}`", clipped(word)), format!("no such {what}"));
        DataError { help: Some(help), ..error }
    }
}

/// What a parser's complaint says to a person.
struct Plain {
    message: String,
    label: &'static str,
    help: Option<&'static str>,
}

/// Puts what the YAML crate says of values that do not fit into plain words.
fn plain(error: &serde_yaml::Error) -> Plain {
    use serde_yaml::Error as E;
    let say = |message: &str, label| Plain { message: message.to_owned(), label, help: None };
    match error {
        E::Unexpected { expected: "mapping start", .. } => say("expected a mapping", "not a mapping"),
        E::Unexpected { expected: "sequence start", .. } => say("expected a list", "not a list"),
        E::Unexpected { .. } => say("expected text", "not text"),
        E::SerdeInvalidType { unexpected, expected, .. } => {
            let label = if unexpected == "map" { "this is a mapping" } else { "not this" };
            say(&format!("expected {expected}"), label)
        }
        E::SerdeInvalidValue { expected, .. } => say(&format!("expected {expected}"), "not this"),
        E::InvalidBooleanStrict { .. } => say("expected `true` or `false`", "neither of them"),
        E::InvalidScalar { ty: "f32" | "f64", .. } => say("expected a number", "not a number"),
        E::InvalidScalar { .. } => say("expected a whole number", "not a whole number"),
        E::NonFiniteFloat { .. } => say("expected a number that is finite", "no such number"),
        E::NullIntoString { .. } => say("a value is missing", "nothing is said here"),
        E::ExternallyTaggedEnumExpectedScalarOrMapping { .. }
        | E::UnexpectedValueForUnitEnumVariant { .. }
        | E::ExpectedStringKeyForExternallyTaggedEnum { .. }
        | E::ExpectedMappingEndAfterEnumVariantValue { .. } => say("expected one word", "not one word"),
        E::TaggedEnumMismatch { .. } | E::UnsupportedTag { .. } => {
            say("tags (`!…`) mean nothing here", "without a tag")
        }
        E::UnknownAnchor { .. } => {
            let help = Some("put text that starts with `*` in quotes");
            Plain {
                help,
                ..say("this alias names nothing: no anchor (`&…`) before it has its name", "an alias")
            }
        }
        E::AliasError { error, .. } => plain(error),
        E::RecursiveReferencesRequireWeakTypes { .. } => {
            say("this alias contains itself", "an alias of what it is in")
        }
        E::Budget { .. } | E::AliasReplayLimitExceeded { .. } | E::AliasExpansionLimitExceeded { .. } => {
            say("there is more in this file than a file may hold", "up to here")
        }
        E::Eof { .. } => say("the text ends too early", "here"),
        E::MultipleDocuments { .. } => say("a file holds one model", "a second document"),
        E::ExternalMessage { msg, .. } => {
            Plain { help: hint(msg), ..say(&format!("this is not YAML: {msg}"), "here") }
        }
        other => say(other.to_string().lines().next().unwrap_or("not understood"), "here"),
    }
}

/// What usually helps against a complaint of the YAML parser.
fn hint(complaint: &str) -> Option<&'static str> {
    let hints = [
        ("tab", "indent with spaces"),
        ("multiline quoted scalar", "is a quote left open?"),
        ("trailing content", "put all of the text in quotes"),
        ("mapping values are not allowed", "put text that contains `: ` in quotes"),
        ("unexpected character", "put text that starts with a special character in quotes"),
        ("simple key", "a key ends with `: `"),
        ("flow", "is a bracket left open?"),
    ];
    hints.iter().find(|(word, _)| complaint.contains(word)).map(|(_, hint)| *hint)
}
