//! What earlier runs wrote: baselines and entries of the cache.

use std::fs;
use std::path::Path;

use faultlint::baseline::{self, Baseline, BaselineError};
use faultlint::cache::Cache;
use faultlint::finding::BaselineEntry;
use faultlint::run;
use serde::Deserialize;

use super::can_be_shown;
use super::data::folder;

/// A baseline as any reader of JSON sees it.
#[derive(Deserialize)]
struct Whole {
    findings: Vec<BaselineEntry>,
}

/// A baseline is read or refused with a place that can be shown. One that is read and written again is the same ever after.
pub(super) fn baseline(bytes: &[u8]) {
    let read = |bytes: &[u8]| {
        fs::write(folder().join(baseline::NAME), bytes).unwrap_or_else(|error| panic!("{error}"));
        Baseline::read(Path::new(baseline::NAME), &folder())
    };
    match read(bytes) {
        Ok(_) => {}
        Err(BaselineError::Data(error)) => return can_be_shown(&*error),
        Err(_) => return,
    }
    let entries = |bytes: &[u8]| {
        // A byte-order mark is none of JSON's.
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let whole: Whole = serde_json::from_slice(bytes).unwrap_or_else(|error| panic!("{error}"));
        whole.findings
    };
    let written = baseline::text(&entries(bytes));
    assert!(read(written.as_bytes()).is_ok(), "what is written can be read");
    assert_eq!(baseline::text(&entries(written.as_bytes())), written, "written twice");
}

/// Any bytes in the place of an entry count as absent, unless they are one; whole entries come back as they were written, and
/// what is in them is read or is not, whatever it is.
pub(super) fn cache(bytes: &[u8]) {
    const NAME: &str = "entry";
    let cache = Cache::at(folder());
    let path = folder().join(NAME);
    fs::write(&path, bytes).unwrap_or_else(|error| panic!("{error}"));
    if let Some(body) = cache.read(NAME) {
        // Fuzzers look on when hashes are compared.
        cache.write(NAME, &body);
        assert_eq!(fs::read(&path).ok().as_deref(), Some(bytes), "only a whole entry is read");
    }
    cache.write(NAME, bytes);
    assert_eq!(cache.read(NAME).as_deref(), Some(bytes));
    assert_eq!(cache.problem(), None);
    run::decode(bytes);
}
