//! Places as SARIF writes them: regions of one line, paths as URI references.
//!
//! Owns: columns, snippets and escapes. Does not own: which places are told (`sarif`).

use std::fmt::Write as _;

use crate::finding::{Place, RunReport};
use crate::report::sarif_schema::{ArtifactLocation, Label, Location, PhysicalLocation, Region, Snippet};
use crate::source::{SourceFile, Span};

/// Lines longer than this are left out of snippets.
const MAX_SNIPPET: u32 = 1000;

pub(super) fn location<'a>(
    report: &'a RunReport,
    place: Place,
    id: Option<usize>,
    label: Option<&'a str>,
) -> Location<'a> {
    let file = &report.files[place.file];
    Location {
        id,
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation { uri: uri(&file.path) },
            region: file.source.as_deref().map(|source| region(source, place.span)),
        },
        logical_locations: Vec::new(),
        message: label.map(|text| Label { text }),
    }
}

/// The part of a span on its first line.
pub(super) fn region(source: &SourceFile, span: Span) -> Region {
    let span = source.clip_to_line(span);
    let (start, end) = (source.line_column(span.start), source.line_column(span.end));
    let snippet = (span.len() <= MAX_SNIPPET && !span.is_empty())
        .then(|| Snippet { text: span.of(&source.text).to_owned() });
    Region {
        start_line: start.line,
        start_column: start.column,
        end_line: end.line,
        end_column: end.column,
        snippet,
    }
}

/// A shown path as a URI reference: its escapes undone, then percent-encoded.
pub(super) fn uri(shown: &str) -> String {
    let mut uri = String::with_capacity(shown.len() + 8);
    if shown.starts_with('/') {
        uri.push_str("file://");
    } else if shown.split('/').next().is_some_and(|first| first.contains(':')) {
        // Or the part before the colon would be taken for a scheme.
        uri.push_str("./");
    }
    for byte in unescaped(shown) {
        if byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

/// The bytes of a path from how it is shown (see `source::walk`).
fn unescaped(shown: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(shown.len());
    let mut rest = shown.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
        let (read, length) = match (byte, after) {
            (b'\\', [b'\\', ..]) => (b'\\', 2),
            (b'\\', [b'x', digits @ ..]) => digits.get(..2).and_then(hex).map_or((byte, 1), |byte| (byte, 4)),
            _ => (byte, 1),
        };
        bytes.push(read);
        rest = &rest[length..];
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("src/a b.ts"), "src/a%20b.ts");
        assert_eq!(uri("ünï#?%.ts"), "%C3%BCn%C3%AF%23%3F%25.ts");
        assert_eq!(uri("\\xff\\\\xfe[1].ts"), "%FF%5Cxfe%5B1%5D.ts");
        assert_eq!(uri("c:/x.ts"), "./c:/x.ts");
        assert_eq!(uri("/srv/x.ts"), "file:///srv/x.ts");
        assert_eq!(uri("../x.ts"), "../x.ts");
    }
}
