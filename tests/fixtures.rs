//! Every fixture finds exactly what its comments say.

use std::path::Path;

use faultlint::fixture;
use faultlint::run::Settings;

#[test]
fn fixtures_find_what_they_say() {
    let outcome = fixture::run(Path::new("fixtures"), &Settings::default()).unwrap();
    let mut told = Vec::new();
    outcome.write(&mut told).unwrap();
    assert!(outcome.mismatches.is_empty(), "{}", String::from_utf8_lossy(&told));
}
