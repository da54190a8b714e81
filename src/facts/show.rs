//! Prints facts for `faultlint inspect`.
