//! Hashes that other tools recognise findings by.
//!
//! Owns: the hash that code-scanning services compute of a line, and telling equal things apart. Does not own: our own fingerprints
//! (`fingerprint`).

use std::collections::BTreeMap;

use crate::fingerprint::hex;
use crate::source::SourceFile;

/// How many UTF-16 units a line's hash covers, counted from the line's first.
const WINDOW: usize = 100;

/// The multiplier of the hash.
const FACTOR: u64 = 37;

/// What stands behind the last character of a file.
const END_OF_FILE: u16 = 0xffff;

/// The hash of every line of a file, as code-scanning services compute `primaryLocationLineHash`.
///
/// A line is hashed together with what follows it, 100 UTF-16 units in all: spaces and tabs left out, CR and CRLF read as LF,
/// the end of the file marked by 65535 and filled up with zeros. The hash is the polynomial of those units in 37, wrapping at
/// 64 bits. Lines with the same hash are told apart by their number.
pub struct LineHashes {
    lines: Vec<(u64, u32)>,
}

impl LineHashes {
    /// Hashes a file's lines.
    pub fn of(source: &SourceFile) -> Self {
        let (units, line_starts) = normalised(source);
        let mut seen: BTreeMap<u64, u32> = BTreeMap::new();
        let lines = line_starts.into_iter().map(|start| {
            let window = units[start..].iter().copied().chain(std::iter::repeat(0)).take(WINDOW);
            let hash =
                window.fold(0u64, |hash, unit| hash.wrapping_mul(FACTOR).wrapping_add(u64::from(unit)));
            let count = seen.entry(hash).or_default();
            *count += 1;
            (hash, *count)
        });
        Self { lines: lines.collect() }
    }

    /// The hash of a line, counted from 1: `hex:number`.
    pub fn line(&self, line: u32) -> Option<String> {
        let (hash, count) = self.lines.get((line as usize).checked_sub(1)?)?;
        Some(format!("{hash:x}:{count}"))
    }
}

/// The units that are hashed, and where among them each line begins.
fn normalised(source: &SourceFile) -> (Vec<u16>, Vec<usize>) {
    let mut units = Vec::with_capacity(source.text.len() + 2);
    let mut line_starts = vec![0];
    if source.had_bom {
        units.push(0xfeff);
    }
    let mut after_cr = false;
    for unit in source.text.encode_utf16() {
        let is = |c: char| u32::from(unit) == u32::from(c);
        let skipped = is(' ') || is('\t') || (after_cr && is('\n'));
        after_cr = is('\r');
        if skipped {
            continue;
        }
        if is('\r') || is('\n') {
            units.push(u16::from(b'\n'));
            line_starts.push(units.len());
        } else {
            units.push(unit);
        }
    }
    units.push(END_OF_FILE);
    (units, line_starts)
}

/// Tells equal things apart by their number.
#[derive(Default)]
pub(super) struct Numbers(BTreeMap<String, u32>);

impl Numbers {
    /// A hash of a thing and of how often it has been seen.
    pub(super) fn next(&mut self, thing: &str) -> String {
        let number = self.0.entry(thing.to_owned()).or_default();
        *number += 1;
        hex(&format!("{thing}\0{number}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(text: &str) -> Vec<String> {
        let source = SourceFile::new("a.ts", text);
        let hashes = LineHashes::of(&source);
        (1..=source.line_count()).map(|line| hashes.line(line).unwrap()).collect()
    }

    #[test]
    fn an_empty_file_is_its_end_and_padding() {
        let power = (1..WINDOW).fold(1u64, |power, _| power.wrapping_mul(FACTOR));
        assert_eq!(hashes(""), [format!("{:x}:1", power.wrapping_mul(65535))]);
    }

    #[test]
    fn blanks_and_the_kind_of_line_end_do_not_matter() {
        let plain = hashes("a\nb\nc\nd");
        for same in [" a\nb\n  \t\tc\n d", "a\r\nb\r\nc\r\nd", "a\rb\rc\rd", "\ta \r\n b\nc\rd"] {
            assert_eq!(hashes(same), plain, "{same:?}");
        }
        assert_eq!(hashes("a\r\n\nb").len(), 3, "CRLF and an LF are two line ends");
        assert_ne!(hashes("a\r\nb")[0], hashes("a\n\nb")[0]);
    }

    #[test]
    fn equal_lines_are_numbered() {
        let text = format!("{}y", "x\n".repeat(200));
        let hashes = hashes(&text);
        let hash = |line: usize| hashes[line].split_once(':').unwrap().0;
        assert_eq!(hash(0), hash(100), "a hundred units are alike");
        assert_eq!(hashes[1], format!("{}:2", hash(0)));
        assert_ne!(hash(0), hash(199), "the end is not");
    }

    #[test]
    fn a_hash_reaches_a_hundred_units_and_no_further() {
        let (near, far) = ("a".repeat(99), "a".repeat(100));
        assert_ne!(hashes(&format!("{near}b")), hashes(&format!("{near}c")));
        assert_eq!(hashes(&format!("{far}b")), hashes(&format!("{far}c")));
        assert_ne!(hashes("é😀"), hashes("é😁"), "in UTF-16");
        assert_ne!(hashes("\u{feff}a"), hashes("a"), "a byte-order mark counts");
    }
}
