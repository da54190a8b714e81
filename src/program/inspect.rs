//! What `faultlint inspect` prints of a program.
