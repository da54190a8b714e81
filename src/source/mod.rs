//! Source text: finding files, reading them, and saying where in them something is.
//!
//! Owns: the walks, file text, line index, spans, languages by file name, which files a program wrote. The only module that reads
//! the file system. Does not own: anything about what the text means.

pub mod file;
pub mod language;
pub mod manifest;
pub mod origin;
pub mod span;
pub mod walk;
pub mod yaml;

pub use file::{LineColumn, ReadError, SourceFile};
pub use language::{Ecosystem, Language};
pub use span::Span;
pub use walk::{FoundFile, Walked};
