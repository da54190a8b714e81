//! Mutations of valid inputs, the same in every run.
//!
//! They are written here and not drawn by a crate for properties: what such crates add is to make a failing value smaller, and
//! inputs here are bytes, which `cargo fuzz tmin` does better.

/// A stream of numbers (xorshift64*).
pub(crate) struct Chance(u64);

impl Chance {
    /// One for each seed.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `limit`; 0 where that is 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(drawn).unwrap_or(0) % limit.max(1)
    }

    fn byte(&mut self) -> u8 {
        self.below(256).to_le_bytes()[0]
    }

    /// A range of a slice, mostly a short one.
    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        let longest = if self.below(4) == 0 { length } else { 24 };
        start..(start + self.below(longest + 1)).min(length)
    }
}

/// What breaks parsers: brackets, quotes, beginnings of comments and references, odd characters, numbers at their limits.
const PIECES: [&[u8]; 36] = [
    b"{",
    b"}",
    b"(",
    b")",
    b"[",
    b"]",
    b"<",
    b">",
    b"`",
    b"${",
    b"'",
    b"\"",
    b"/*",
    b"*/",
    b"//",
    b"=>",
    b":=",
    b"...",
    b"\n",
    b"\r",
    b"\t",
    b"\\",
    b"&a ",
    b"*a",
    b"!!x ",
    b"|\n",
    b"---\n",
    b": ",
    b"- ",
    b"4294967295",
    b"-1",
    b"1e999",
    b"\xf0\x9f\x98\x80",
    b"\xc3\xa9",
    b"\xff",
    b"\xe2\x80\xa8",
];

/// One to four changes: parts left out, doubled, taken from another input, bytes and pieces put in, the end cut off.
pub(crate) fn mutated(seed: &[u8], other: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=chance.below(4) {
        let range = chance.range(bytes.len());
        let at = chance.below(bytes.len() + 1);
        match chance.below(7) {
            0 => drop(bytes.drain(range)),
            1 => {
                let copy = bytes[range].to_vec();
                bytes.splice(at..at, copy);
            }
            2 => {
                let taken = other[chance.range(other.len())].to_vec();
                bytes.splice(range, taken);
            }
            3 | 4 => {
                let piece = PIECES[chance.below(PIECES.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            5 => {
                let random: Vec<u8> = (0..=chance.below(8)).map(|_| chance.byte()).collect();
                bytes.splice(at..at, random);
            }
            _ => bytes.truncate(at),
        }
    }
    bytes
}
