//! What `--strict` lets pass.
//!
//! Owns: the limits of gaps, their defaults, and which of them a run breaks. Does not own: what counts as a gap (`finding`), or the
//! exit status.

use super::At;
use super::schema::StrictEntry;
use crate::data::{DataError, DataFile, Scalar, Spanned};
use crate::finding::RunReport;

/// What stands for no limit.
pub(super) const ANY: &str = "any";

/// Of fewer imports or calls than this a share says nothing.
const LEAST: usize = 20;

/// How much may be missing, where the configuration says it.
#[derive(Clone, Debug, Default)]
pub struct Strict {
    limits: [Option<At<Limit>>; KEYS.len()],
}

/// How much of something may be missing; none for as much as there is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Limit(Option<f64>);

/// One key of `strict`.
struct Key {
    name: &'static str,
    default: Limit,
    /// Whether it counts in percent.
    is_share: bool,
    /// How much is missing, of how much where it counts in percent, and in words.
    missing: fn(&RunReport) -> (usize, usize, &'static str),
}

/// Every key, in the order in which they are shown.
const KEYS: [Key; 6] = [
    Key {
        name: "partly-parsed",
        default: Limit(Some(0.0)),
        is_share: false,
        missing: |report| (report.partly_parsed(), 0, "files partly parsed"),
    },
    Key {
        name: "skipped",
        default: Limit(Some(0.0)),
        is_share: false,
        missing: |report| (report.left_out(), 0, "files left out that should have been looked at"),
    },
    Key {
        name: "unresolved-imports",
        default: Limit(Some(25.0)),
        is_share: true,
        missing: |report| {
            let imports = report.coverage.imports;
            (imports.lost(), imports.of_tree, "imports of the tree not followed")
        },
    },
    Key {
        name: "unresolved-calls",
        default: Limit(Some(60.0)),
        is_share: true,
        missing: |report| {
            let calls = report.coverage.calls;
            (calls.lost(), calls.seen, "calls of something that could not be told")
        },
    },
    Key {
        name: "unread-manifests",
        default: Limit(Some(0.0)),
        is_share: false,
        missing: |report| (report.manifest_problems.len(), 0, "manifests that could not be read"),
    },
    Key {
        name: "unmodelled-libraries",
        default: Limit(None),
        is_share: false,
        missing: |report| (report.unmodelled.len(), 0, "libraries that look like clients and have no model"),
    },
];

impl Strict {
    /// Takes what a file says; what is nearer takes the place of what is there.
    pub(super) fn absorb(
        &mut self,
        says: &StrictEntry,
        at: impl Fn(Spanned<Limit>) -> At<Limit>,
        file: &DataFile,
    ) -> Result<(), DataError> {
        let said = [
            &says.partly_parsed,
            &says.skipped,
            &says.unresolved_imports,
            &says.unresolved_calls,
            &says.unread_manifests,
            &says.unmodelled_libraries,
        ];
        for ((place, key), said) in self.limits.iter_mut().zip(&KEYS).zip(said) {
            if let Some(said) = said {
                let value = key.read(said, file)?;
                let (referenced, defined) = (said.referenced, said.defined);
                *place = Some(at(Spanned { value, referenced, defined }));
            }
        }
        Ok(())
    }

    /// The limits that a run breaks, in words.
    pub fn broken(&self, report: &RunReport) -> Vec<String> {
        let keys = KEYS.iter().zip(&self.limits);
        keys.filter_map(|(key, said)| key.broken(key.limit(said.as_ref()), report)).collect()
    }

    /// Every key with what holds, and where it is said if it is.
    pub(super) fn shown(&self) -> impl Iterator<Item = (&'static str, String, Option<String>)> {
        KEYS.iter().zip(&self.limits).map(|(key, said)| {
            (key.name, key.limit(said.as_ref()).to_string(), said.as_ref().map(At::origin))
        })
    }
}

impl Key {
    /// What holds.
    fn limit(&self, said: Option<&At<Limit>>) -> Limit {
        said.map_or(self.default, |said| said.value.value)
    }

    fn read(&self, said: &Spanned<Scalar>, file: &DataFile) -> Result<Limit, DataError> {
        let fits = |number: f64| {
            number >= 0.0 && if self.is_share { number <= 100.0 } else { number.fract() == 0.0 }
        };
        match &said.value {
            Scalar::Num(number) if fits(*number) => Ok(Limit(Some(*number))),
            Scalar::Text(word) if word == ANY => Ok(Limit(None)),
            other => {
                let wanted =
                    if self.is_share { "a share in percent, from 0 to 100" } else { "a whole number" };
                let message = format!("`{}` cannot be `{other}`", self.name);
                Err(file.error(said, message, format!("{wanted}, or `{ANY}`")))
            }
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "there are not so many files and calls")]
    fn broken(&self, limit: Limit, report: &RunReport) -> Option<String> {
        let most = limit.0?;
        let (missing, of, words) = (self.missing)(report);
        let name = self.name;
        if !self.is_share {
            return (missing as f64 > most)
                .then(|| format!("{missing} {words}, at most {most} (`strict: {name}`)"));
        }
        let share = 100.0 * missing as f64 / of.max(1) as f64;
        (of >= LEAST && share > most)
            .then(|| format!("{share:.1} % of {of}: {words}, at most {most} % (`strict: {name}`)"))
    }
}

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(most) => write!(f, "{most}"),
            None => f.write_str(ANY),
        }
    }
}
