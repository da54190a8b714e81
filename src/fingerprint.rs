//! What a finding is recognised by when it is found again, after lines have moved and a formatter has been at work.
//!
//! A fingerprint is a hash of the rule, the symbol around the finding, the statement around it, and its number among findings of
//! its file that are alike in all of these. The statement is taken as words, without the statements and blocks in it: layout,
//! quotes, comments, optional commas and semicolons do not count. Nor does the path: a file may be moved.
//!
//! Owns: what of the code counts, numbering and hashing. Does not own: keeping or comparing fingerprints (`baseline`), the hashes
//! that other tools compute (`report`).

mod words;

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::facts::outline::Outline;
use crate::finding::{Finding, Identity};
use crate::source::{Language, SourceFile};

/// Gives the findings of one file, in order of place, what they are recognised by.
pub fn identify(findings: &mut [Finding], outline: &Outline, source: &SourceFile, language: Language) {
    let mut seen: BTreeMap<(String, String, u128), u32> = BTreeMap::new();
    for finding in findings {
        // A primary place is cut to what is shown well, which depends on where lines end; a statement does not.
        let code = match outline.around(finding.primary.span.start) {
            Some(statement) => words::of(&outline.own_text(statement, &source.text), language),
            None => words::of(finding.primary.span.of(&source.text), language),
        };
        let code = hash(&code);
        let number = seen.entry((finding.rule.id.clone(), finding.symbol.clone(), code)).or_default();
        *number += 1;
        finding.identity = Identity { code, number: *number };
    }
}

/// The fingerprint of a finding.
pub fn of(finding: &Finding) -> String {
    with_symbol(finding, &finding.symbol)
}

/// What the fingerprint of a finding would be if what is around it were called otherwise.
pub fn with_symbol(finding: &Finding, symbol: &str) -> String {
    let Identity { code, number } = finding.identity;
    hex(&format!("{}\0{symbol}\0{code:032x}\0{number}", finding.rule.id))
}

/// A hash of a text, as 32 digits.
pub fn hex(text: &str) -> String {
    let mut hex = String::with_capacity(32);
    // Writing to a string cannot fail.
    let _ = write!(hex, "{:032x}", hash(text));
    hex
}

/// FNV-1a of 128 bits: nobody gains by a collision here, and it needs no dependency.
fn hash(text: &str) -> u128 {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    text.bytes().fold(BASIS, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests;
