//! The known word that was meant by one that is not known.
//!
//! Owns: how far two words are apart, and how near is near enough. Does not own: the words.

/// The known word nearest to `word`, if it is near enough to be what was meant.
pub(crate) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let limit = ((word.chars().count() + 1) / 3).clamp(1, 3);
    // Who writes the start of a word means it; and no word as long as this is near any.
    let is_start = |candidate: &str| word.chars().count() > 2 && candidate.starts_with(word);
    let far = |candidate: &str| word.len().abs_diff(candidate.len()) > 4 * limit;
    known
        .iter()
        .map(|candidate| match *candidate {
            start if is_start(start) => (1, start),
            other if far(other) => (usize::MAX, other),
            other => (distance(word, other), other),
        })
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Edit distance with adjacent swaps (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replace = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replace.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_is_near() {
        assert_eq!(nearest("kv.gte", &["kv.get", "kv.set"]), Some("kv.get"));
        assert_eq!(nearest("banana", &["kv.get"]), None);
    }
}
