//! What must hold of any input, whatever is in it. Each function takes bytes and panics where it does not.
//!
//! Owns: the properties, which the fuzz targets (`fuzz/`) and the ordinary tests share. Does not own: where inputs come from.

mod data;
mod diff;
mod kept;
mod lowering;

use faultlint::source::Language;
use miette::{GraphicalReportHandler, GraphicalTheme};

/// A property of any bytes.
pub(crate) type Property = fn(&[u8]);

/// Every property by the name of its fuzz target.
pub(crate) const ALL: &[(&str, Property)] = &[
    ("go", |bytes| lowering::holds(&[Language::Go], bytes)),
    ("typescript", |bytes| lowering::holds(&[Language::TypeScript, Language::Tsx], bytes)),
    ("javascript", |bytes| lowering::holds(&[Language::JavaScript], bytes)),
    ("rules", data::rules),
    ("models", data::models),
    ("config", data::config),
    ("baseline", kept::baseline),
    ("cache", kept::cache),
    ("diff", diff::diff),
];

/// The property of a fuzz target.
pub(crate) fn named(target: &str) -> Property {
    let found = ALL.iter().find(|(name, _)| *name == target);
    found.map_or_else(|| panic!("no property is called {target}"), |(_, property)| *property)
}

/// An error can be shown: its place lies in its text.
fn can_be_shown(error: &dyn miette::Diagnostic) {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor());
    let mut shown = String::new();
    handler.render_report(&mut shown, error).unwrap_or_else(|_| panic!("cannot be shown: {error}"));
    assert!(!shown.contains("Failed to read contents"), "its place lies outside its text: {shown}");
}
