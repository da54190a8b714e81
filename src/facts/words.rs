//! The words of a name, in any of the usual spellings.
//!
//! Owns: where a word begins and ends. Does not own: what words mean (rules, and whoever asks).

/// The words of a name, in lower case: `getUserById`, `get_user_by_id` and `GetUserByID` have the same; `HTTPServer` has two.
pub fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = None;
    let mut rest = name.chars().peekable();
    while let Some(c) = rest.next() {
        if !c.is_alphanumeric() {
            before = None;
            continue;
        }
        let last_of_capitals = rest.peek().is_some_and(|next| next.is_lowercase());
        let begins = before
            .is_none_or(|before: char| c.is_uppercase() && (!before.is_uppercase() || last_of_capitals));
        before = Some(c);
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    words
}

/// Whether one of the words of a name is one of these, in singular or plural.
pub fn has_word<W: AsRef<str>>(name: &str, wanted: &[W]) -> bool {
    words(name).iter().any(|word| wanted.iter().any(|wanted| is_form_of(word, wanted.as_ref())))
}

/// Whether a word is another one, or the plural of it.
pub fn is_form_of(word: &str, other: &str) -> bool {
    word.strip_prefix(other).is_some_and(|end| matches!(end, "" | "s" | "es"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_apart_in_every_spelling() {
        let cases = [
            ("getUserById", "get user by id"),
            ("get_user_by_id", "get user by id"),
            ("GetUserByID", "get user by id"),
            ("HTTPServer", "http server"),
            ("httpServer2", "http server2"),
            ("MAX_DELAY", "max delay"),
            ("oauth2Client", "oauth2 client"),
            ("kebab-case.name", "kebab case name"),
            ("__private", "private"),
            ("ÉtatÜber", "état über"),
            ("A", "a"),
            ("", ""),
        ];
        for (name, expected) in cases {
            assert_eq!(words(name).join(" "), expected, "{name}");
        }
    }

    #[test]
    fn a_word_is_no_part_of_another() {
        assert!(has_word("capDelay", &["cap"]) && has_word("maxBatches", &["batch"]));
        assert!(!has_word("fromMinutes", &["min"]) && !has_word("participants", &["part"]));
    }
}
