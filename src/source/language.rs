//! Which language a file is written in, told by its name.

use std::path::Path;

use serde::{Deserialize, Serialize};

/// A language that is read, down to the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// `.ts`, `.mts`, `.cts`
    TypeScript,
    /// `.tsx`
    Tsx,
    /// `.js`, `.mjs`, `.cjs`, `.jsx`
    JavaScript,
    /// `.go`
    Go,
}

/// Languages that share libraries, and so models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Ecosystem {
    /// TypeScript and JavaScript.
    Ecmascript,
    /// Go.
    Go,
}

impl Language {
    /// The language of a path by its extension; none for files that are not read. Declaration files (`.d.ts`) hold no code.
    pub fn of(path: &Path) -> Option<Self> {
        // Only the end of the name counts, so that a name that is not UTF-8 is not left out in silence.
        let lower = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        if [".d.ts", ".d.mts", ".d.cts"].iter().any(|end| lower.ends_with(end)) {
            return None;
        }
        match lower.rsplit_once('.')?.1 {
            "ts" | "mts" | "cts" => Some(Self::TypeScript),
            "tsx" => Some(Self::Tsx),
            "js" | "mjs" | "cjs" | "jsx" => Some(Self::JavaScript),
            "go" => Some(Self::Go),
            _ => None,
        }
    }

    /// The ecosystem it belongs to.
    pub const fn ecosystem(self) -> Ecosystem {
        match self {
            Self::TypeScript | Self::Tsx | Self::JavaScript => Ecosystem::Ecmascript,
            Self::Go => Ecosystem::Go,
        }
    }
}
