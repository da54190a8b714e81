//! Literals: the text of strings and numbers to their values. Knows nothing of nodes or facts.

use std::borrow::Cow;

/// The content of a quoted string as written; the closing quote may be missing.
pub(super) fn unquote(raw: &str) -> &str {
    let Some(quote) = raw.chars().next().filter(|c| matches!(c, '"' | '\'' | '`')) else { return raw };
    let inner = raw.get(1..).unwrap_or_default();
    inner.strip_suffix(quote).unwrap_or(inner)
}

/// Resolves the escapes of a string's content.
pub(super) fn unescape(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        rest = escape(after.get(1..).unwrap_or_default(), &mut out);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Resolves the escape that `rest` continues after its backslash; hands back what follows it.
fn escape<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let mut chars = rest.chars();
    let Some(first) = chars.next() else { return rest };
    let after = chars.as_str();
    match first {
        'n' => out.push('\n'),
        't' => out.push('\t'),
        'r' => out.push('\r'),
        'b' => out.push('\u{8}'),
        'f' => out.push('\u{c}'),
        'v' => out.push('\u{b}'),
        '0' => out.push('\0'),
        // A line continuation stands for nothing.
        '\n' => {}
        '\r' => return after.strip_prefix('\n').unwrap_or(after),
        'x' => return code_point(after, 2, out),
        'u' => return unicode(after, out),
        other => out.push(other),
    }
    after
}

fn unicode<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let Some((digits, after)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) else {
        return code_point(rest, 4, out);
    };
    out.extend(u32::from_str_radix(digits, 16).ok().and_then(char::from_u32));
    after
}

fn code_point<'a>(rest: &'a str, digits: usize, out: &mut String) -> &'a str {
    let Some((hex, after)) = rest.split_at_checked(digits) else { return rest };
    // Half of a surrogate pair is no character of its own.
    out.push(
        u32::from_str_radix(hex, 16).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER),
    );
    after
}

/// The value of a number literal: separators, bases and big integers resolved.
pub(super) fn number(raw: &str) -> Option<f64> {
    let plain: Cow<'_, str> = if raw.contains('_') { raw.replace('_', "").into() } else { raw.into() };
    let digits = plain.strip_suffix('n').unwrap_or(&plain);
    let lower = digits.get(..2).map(str::to_ascii_lowercase);
    let base = match lower.as_deref() {
        Some("0x") => 16,
        Some("0o") => 8,
        Some("0b") => 2,
        // A leading zero alone means octal, as in the file modes of old code.
        _ if digits.len() > 1
            && digits.starts_with('0')
            && digits.bytes().all(|b| b.is_ascii_digit() && b < b'8') =>
        {
            return in_base(digits, 8);
        }
        _ => return digits.parse().ok(),
    };
    in_base(digits.get(2..)?, base)
}

fn in_base(digits: &str, base: u32) -> Option<f64> {
    digits
        .chars()
        .try_fold(0.0, |value: f64, c| Some(value.mul_add(f64::from(base), f64::from(c.to_digit(base)?))))
}
