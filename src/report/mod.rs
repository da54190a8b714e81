//! Reports: a run's outcome as people and tools want it.
//!
//! Owns: the formats. Each is a function from a [`RunReport`] to a writer, and says the same on every machine: no times, no
//! absolute paths beyond those a user named. Does not own: where the output goes, or the exit status, which no format changes.

pub mod compact;
mod excerpt;
pub mod fingerprint;
mod gaps;
pub mod human;
pub mod json;
pub mod sarif;
mod sarif_schema;
pub mod summary;
pub mod text;

use std::io::{self, Write};

use crate::finding::RunReport;

/// The schema of the JSON report.
pub const SCHEMA: &str = include_str!("../../schema/output.schema.json");

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For a person at a terminal: each finding with its source.
    #[default]
    Human,
    /// One line for each finding, as compilers write.
    Compact,
    /// Everything, as described by `schema/output.schema.json`.
    Json,
    /// SARIF 2.1.0, for code-review tools.
    Sarif,
}

/// How the human report looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// With colours.
    pub color: bool,
    /// With line-drawing characters beyond ASCII.
    pub unicode: bool,
    /// How wide prose may run.
    pub width: usize,
}

impl Default for Look {
    fn default() -> Self {
        Self { color: false, unicode: true, width: 100 }
    }
}

/// Writes a report.
///
/// # Errors
/// Whatever the writer fails with.
pub fn write(report: &RunReport, format: Format, look: Look, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Human => human::write(report, look, out),
        Format::Compact => compact::write(report, out),
        Format::Json => json::write(report, out),
        Format::Sarif => sarif::write(report, out),
    }
}

#[cfg(test)]
pub(crate) mod samples;
