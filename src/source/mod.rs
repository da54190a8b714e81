//! Source text: finding files, reading them, and saying where in them something is. And days, which comments name.
//!
//! Owns: the walks, file text, line index, spans, languages by file name, which files a program wrote, the files that say how
//! modules are named. The only module that reads the file system, but for `cache`, which reads what it wrote. Does not own: anything about what the text means.

pub mod date;
pub mod file;
pub mod globs;
pub mod language;
pub mod manifest;
pub mod origin;
pub mod span;
pub mod upward;
pub mod walk;
pub mod yaml;

pub use date::Date;
pub use file::{LineColumn, MAX_BYTES, ReadError, SourceFile};
pub use globs::Globs;
pub use language::{Ecosystem, Language};
pub use manifest::Manifest;
pub use span::Span;
pub use walk::{FoundFile, Walked};
