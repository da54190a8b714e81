//! What must hold of any input, tried on a bounded number of inputs: valid ones, mutations of them, and those that once broke it.
//! The fuzzers try the same properties for as long as they are let (`fuzz/README.md`).

#![expect(clippy::unwrap_used, reason = "this is how a test fails")]

mod hold;
mod mutate;
mod seeds;
mod whole;

use std::fs;
use std::path::{Path, PathBuf};

use mutate::{Chance, mutated};

/// Runs on a stack as large as that of a worker.
fn on_a_worker(work: impl FnOnce() + Send + 'static) {
    let worker = std::thread::Builder::new().stack_size(16 << 20).spawn(work).unwrap();
    if let Err(panic) = worker.join() {
        std::panic::resume_unwind(panic);
    }
}

/// Tries one input; one that breaks the property is kept.
fn hold(target: &str, input: &[u8]) {
    if std::panic::catch_unwind(|| hold::named(target)(input)).is_err() {
        let path = std::env::temp_dir().join(format!("faultlint-broken-{target}"));
        let _ = fs::write(&path, input);
        panic!("the input is in {}; it belongs into tests/regressions/{target}", path.display());
    }
}

/// Tries some seeds of a target, and so many mutations.
fn holds_of_mutations(target: &'static str, seeds: usize, mutations: usize) {
    on_a_worker(move || {
        let all = seeds::of(target);
        assert!(!all.is_empty(), "{target} has seeds");
        for seed in all.iter().step_by(all.len().div_ceil(seeds)) {
            hold(target, seed);
        }
        let mut chance = Chance::new(mutations as u64);
        for _ in 0..mutations {
            let (seed, other) = (&all[chance.below(all.len())], &all[chance.below(all.len())]);
            hold(target, &mutated(seed, other, &mut chance));
        }
    });
}

/// Tries a text cut at every byte, and without its beginning at every third.
fn holds_of_cuts(target: &'static str, text: &'static str) {
    on_a_worker(move || {
        for end in 0..text.len() {
            hold(target, &text.as_bytes()[..end]);
        }
        for start in (0..text.len()).step_by(3) {
            hold(target, &text.as_bytes()[start..]);
        }
    });
}

#[test]
fn go_holds() {
    holds_of_mutations("go", 60, 3_000);
}

#[test]
fn typescript_holds() {
    holds_of_mutations("typescript", 60, 2_000);
}

#[test]
fn javascript_holds() {
    holds_of_mutations("javascript", 60, 3_000);
}

#[test]
fn rules_hold() {
    holds_of_mutations("rules", 20, 6_000);
}

#[test]
fn models_hold() {
    holds_of_mutations("models", 20, 5_000);
}

#[test]
fn configurations_hold() {
    holds_of_mutations("config", 100, 3_000);
}

#[test]
fn baselines_hold() {
    holds_of_mutations("baseline", 100, 3_000);
}

#[test]
fn entries_of_the_cache_hold() {
    holds_of_mutations("cache", 100, 2_000);
}

#[test]
fn diffs_hold() {
    holds_of_mutations("diff", 100, 30_000);
}

#[test]
fn go_cut_anywhere_holds() {
    holds_of_cuts("go", include_str!("../../src/lower/go/sample.go.txt"));
}

#[test]
fn typescript_cut_anywhere_holds() {
    holds_of_cuts(
        "typescript",
        include_str!("../../fixtures/message-ack/dropped-after-retries/bad_sqs_receive_count.ts"),
    );
}

#[test]
fn javascript_cut_anywhere_holds() {
    holds_of_cuts(
        "javascript",
        include_str!("../../fixtures/websocket-reconnect/fixed-reconnect-delay/bad_plain.js"),
    );
}

/// Every input that once broke a property, in a folder called as the target.
#[test]
fn what_once_broke_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/regressions");
    for (target, _) in hold::ALL {
        let Ok(entries) = fs::read_dir(folder.join(target)) else { continue };
        let mut inputs: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        inputs.sort();
        on_a_worker(move || inputs.iter().for_each(|input| hold(target, &fs::read(input).unwrap())));
    }
}

/// Writes the seeds of the fuzzers to `fuzz/seeds`; `fuzz/run` asks for it.
#[test]
#[ignore = "writes the seeds of the fuzzers"]
fn seeds_are_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    for (target, _) in hold::ALL {
        let own = folder.join(target);
        fs::create_dir_all(&own).unwrap();
        for (number, seed) in seeds::of(target).iter().enumerate() {
            fs::write(own.join(number.to_string()), seed).unwrap();
        }
        fs::write(folder.join(format!("{target}.dict")), seeds::dictionary(target)).unwrap();
    }
}
