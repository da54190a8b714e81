//! Reads the file of a baseline, and says where it is wrong.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::VERSION;
use crate::data::{DataError, DataFile};
use crate::finding::BaselineEntry;
use crate::source::SourceFile;

const MAKE_ANEW: &str = "`faultlint baseline create --force` writes it anew";

/// What is the same in every version.
#[derive(Deserialize)]
struct Any {
    version: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct Whole {
    #[serde(rename = "version")]
    #[cfg_attr(test, schemars(extend("const" = VERSION)))]
    _version: u64,
    findings: Vec<BaselineEntry>,
}

/// The entries of a baseline's file.
pub(super) fn entries(source: &SourceFile) -> Result<Vec<BaselineEntry>, DataError> {
    let file = DataFile::new(&source.path, source.text.as_str());
    if let Some(conflict) =
        (1..=source.line_count()).find(|line| source.line_text(*line).starts_with("<<<<<<<"))
    {
        let error =
            file.error_at(source.line_span(conflict).start as usize, "two branches are not merged", "here");
        return Err(error.with_help("keep the entries of both sides; `faultlint baseline prune` sorts them"));
    }
    let any: Any = parsed(&file, source)?;
    match any.version {
        Some(version) if version == VERSION => {}
        Some(version) => {
            let at = source.text.find("\"version\"").unwrap_or(0);
            let message = format!("this is a baseline of version {version}; this faultlint reads {VERSION}");
            return Err(file.error_at(at, message, "another version").with_help(MAKE_ANEW));
        }
        None => {
            let error = file.error_at(0, "this is no baseline: it does not say its `version`", "here");
            return Err(error.with_help(MAKE_ANEW));
        }
    }
    Ok(parsed::<Whole>(&file, source)?.findings)
}

fn parsed<T: DeserializeOwned>(file: &DataFile, source: &SourceFile) -> Result<T, DataError> {
    serde_json::from_str(&source.text).map_err(|error| {
        let line = source.line_span(u32::try_from(error.line()).unwrap_or(u32::MAX));
        let at = (line.start as usize + error.column().saturating_sub(1)).min(line.end as usize);
        let words = error.to_string();
        let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
        let error = file.error_at(at, format!("this is no baseline: {words}"), "here");
        error.with_help(format!("take back what was changed, or {MAKE_ANEW}"))
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_schema_is_what_the_types_say() {
        let description = "The findings that were there when a team began: docs/adopting.md. Written by `faultlint baseline create`.";
        crate::data::hold_schema::<super::Whole>("baseline", "faultlint baseline", description);
    }
}
