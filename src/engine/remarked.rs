//! What comments say beside an event: that its failure was weighed and is borne.
//!
//! Owns: finding the comments near to an event. Does not own: the words, which rules give (`unless-comments`).

use super::events::Event;
use super::steps::Search;

/// How many lines before and after an event a comment may stand.
const BEFORE: usize = 6;
const AFTER: usize = 12;
/// How long a function may be for what stands on top of it to speak of each of its calls.
const SMALL: usize = 25;

impl Search<'_, '_> {
    /// Whether a comment near to one of the events, in its function or on top of that, says one of these things.
    pub(super) fn is_remarked(&self, bound: &[Event], phrases: &[String]) -> bool {
        !phrases.is_empty()
            && bound.iter().any(|event| {
                let calls = [event.expr, event.via];
                calls.into_iter().flatten().any(|call| {
                    let said = self.comments_near(call);
                    phrases.iter().any(|phrase| said.contains(phrase.as_str()))
                })
            })
    }

    /// The words of the comments around a call, in lower case, with a space between them.
    fn comments_near(&self, call: crate::facts::ExprId) -> String {
        let program = self.program;
        let text = program.text_around(call);
        let function = program.facts.function(program.root_of(program.home(call))).span;
        let at = program.facts.expr(call).span.start as usize;
        let (start, end) = (function.start as usize, (function.end as usize).min(text.len()));
        let (Some(before), Some(after)) = (text.get(start..at), text.get(at..end)) else {
            return String::new();
        };
        let mut said = String::new();
        let above = text.get(..start).unwrap_or_default().trim_end();
        let is_small = function.of(text).lines().count() <= SMALL;
        let on_top = above.lines().rev().take_while(|line| is_small && is_comment(line)).collect::<Vec<_>>();
        let inside = before.lines().rev().take(BEFORE).collect::<Vec<_>>();
        let lines = on_top.into_iter().rev().chain(inside.into_iter().rev()).chain(after.lines().take(AFTER));
        for line in lines {
            if let Some(comment) = comment_of(line) {
                for word in comment.split(|c: char| c.is_whitespace() || matches!(c, '/' | '*')) {
                    if !word.is_empty() {
                        said.push(' ');
                        said.push_str(&word.to_ascii_lowercase());
                    }
                }
            }
        }
        said
    }
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("//") || line.starts_with('*') || line.starts_with("/*")
}

/// The comment of a line; the `//` of an address is none.
fn comment_of(line: &str) -> Option<&str> {
    if is_comment(line) {
        return Some(line);
    }
    let at = line.find("// ").or_else(|| line.find("/* "))?;
    line.get(at..)
}

#[cfg(test)]
mod tests {
    use super::comment_of;

    #[test]
    fn comments_are_told_from_addresses() {
        assert_eq!(comment_of("  // best effort"), Some("  // best effort"));
        assert_eq!(comment_of("send() // best effort"), Some("// best effort"));
        assert_eq!(comment_of("get('https://x.org/y')"), None);
    }
}
