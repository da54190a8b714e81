//! The files of the tree by the names that imports may give them.
//!
//! Owns: paths as text, endings that stand for one another. Does not own: packages and aliases.
//!
//! A path is text with `/` that starts with one and ends with none; the root is empty. Joining is then appending.

use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use rustc_hash::FxHashMap;

use super::Target;
use crate::source::walk;

/// How a file's name ends, in the order in which they are tried where an import leaves the ending out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ending {
    Ts,
    Tsx,
    Mts,
    Cts,
    Js,
    Jsx,
    Mjs,
    Cjs,
    /// `.d.ts` and its like.
    Declaration,
    /// What is not read but may be imported by its stem.
    Unread,
}

use Ending::{Cjs, Cts, Declaration, Js, Jsx, Mjs, Mts, Ts, Tsx, Unread};

/// The endings of source, longer ones first.
const ENDINGS: [(&str, Ending); 11] = [
    (".d.ts", Declaration),
    (".d.mts", Declaration),
    (".d.cts", Declaration),
    (".ts", Ts),
    (".tsx", Tsx),
    (".mts", Mts),
    (".cts", Cts),
    (".js", Js),
    (".jsx", Jsx),
    (".mjs", Mjs),
    (".cjs", Cjs),
];

/// Endings of what bundlers import beside source.
const ASSETS: &[&str] = &[
    "astro",
    "avif",
    "bmp",
    "cer",
    "css",
    "csv",
    "cur",
    "ejs",
    "eot",
    "frag",
    "gif",
    "glb",
    "glsl",
    "gltf",
    "gql",
    "graphql",
    "graphqls",
    "gz",
    "handlebars",
    "hbs",
    "htm",
    "html",
    "ico",
    "jpeg",
    "jpg",
    "json",
    "json5",
    "jsonc",
    "jsonl",
    "less",
    "lottie",
    "md",
    "mdx",
    "mov",
    "mp3",
    "mp4",
    "mustache",
    "njk",
    "node",
    "ogg",
    "otf",
    "pcss",
    "pdf",
    "pem",
    "png",
    "po",
    "postcss",
    "prisma",
    "proto",
    "pug",
    "sass",
    "scss",
    "sh",
    "sql",
    "styl",
    "stylus",
    "svelte",
    "svg",
    "tmpl",
    "toml",
    "tpl",
    "ttf",
    "txt",
    "vert",
    "vue",
    "wasm",
    "wav",
    "webm",
    "webmanifest",
    "webp",
    "wgsl",
    "woff",
    "woff2",
    "xml",
    "xsd",
    "yaml",
    "yml",
    "zip",
];

/// What a file that is there is, by the path without its ending.
#[derive(Debug, Default)]
pub(super) struct Tree {
    stems: FxHashMap<String, Vec<(Ending, Target)>>,
    /// The files without their endings, an index without its name, by position.
    modules: Vec<String>,
    /// Positions by the last part of that.
    by_name: FxHashMap<String, Vec<usize>>,
}

impl Tree {
    /// `files` by position; `unread` are there as well, but are no source.
    pub(super) fn new(files: &[String], unread: &[PathBuf]) -> Self {
        let mut tree = Self::default();
        tree.stems.reserve(files.len());
        for (position, path) in files.iter().enumerate() {
            match split_ending(path) {
                Some((stem, ending)) => tree.add(stem, ending, Target::File(position)),
                // An ending in capitals: only the whole name means it.
                None => tree.add(path, Ts, Target::File(position)),
            }
            let stem = split_ending(path).map_or(path.as_str(), |(stem, _)| stem);
            let module = stem.strip_suffix("/index").unwrap_or(stem).to_owned();
            let name = module[module.rfind('/').map_or(0, |at| at + 1)..].to_owned();
            tree.by_name.entry(name).or_default().push(position);
            tree.modules.push(module);
        }
        for path in unread {
            let path = text_of(path);
            match split_ending(&path) {
                Some((stem, ending)) => tree.add(stem, ending, Target::Asset),
                None => tree.add(path.rfind('.').map_or(&path, |dot| &path[..dot]), Unread, Target::Asset),
            }
        }
        tree
    }

    fn add(&mut self, stem: &str, ending: Ending, target: Target) {
        self.stems.entry(stem.to_owned()).or_default().push((ending, target));
    }

    /// The file that a path means, with or without its ending.
    pub(super) fn file(&self, path: &str) -> Option<Target> {
        self.with_ending(path).or_else(|| {
            let here = self.stems.get(path)?;
            here.iter().min_by_key(|(ending, _)| *ending).map(|(_, target)| *target)
        })
    }

    /// The file, or the index of the directory, that a path means.
    pub(super) fn file_or_index(&self, path: &str) -> Option<Target> {
        self.file(path).or_else(|| self.index(path))
    }

    /// The index of a directory.
    pub(super) fn index(&self, directory: &str) -> Option<Target> {
        self.file(&[directory, "/index"].concat())
    }

    /// The one file below a directory whose path ends so; none where there are several.
    pub(super) fn only(&self, root: &str, end: &str) -> Option<Target> {
        let end = split_ending(end).map_or(end, |(stem, _)| stem);
        let (_, name) = end.rsplit_once('/')?;
        let fits = |module: &str| {
            let below = module.strip_prefix(root).filter(|below| below.starts_with('/'));
            below.and_then(|below| below.strip_suffix(end)).is_some_and(|rest| rest.ends_with('/'))
        };
        let mut found = self.by_name.get(name)?.iter().filter(|position| fits(&self.modules[**position]));
        match (found.next(), found.next()) {
            (Some(only), None) => Some(Target::File(*only)),
            _ => None,
        }
    }

    fn with_ending(&self, path: &str) -> Option<Target> {
        let (stem, asked) = split_ending(path)?;
        let ranked = |&(ending, target): &(Ending, Target)| {
            let rank = stand_ins(asked).iter().position(|other| *other == ending)?;
            Some((rank, target))
        };
        self.stems
            .get(stem)?
            .iter()
            .filter_map(ranked)
            .min_by_key(|(rank, _)| *rank)
            .map(|(_, target)| target)
    }
}

/// What may stand in the tree for a file with this ending, which may be what a compiler makes of it.
const fn stand_ins(asked: Ending) -> &'static [Ending] {
    match asked {
        Ts => &[Ts, Declaration],
        Tsx => &[Tsx, Declaration],
        Mts => &[Mts, Declaration],
        Cts => &[Cts, Declaration],
        Js => &[Ts, Tsx, Js, Jsx, Declaration],
        Jsx => &[Tsx, Ts, Jsx, Js, Declaration],
        Mjs => &[Mts, Mjs, Ts, Declaration],
        Cjs => &[Cts, Cjs, Ts, Declaration],
        Declaration => &[Ts, Tsx, Mts, Cts, Js, Jsx, Mjs, Cjs, Declaration],
        Unread => &[],
    }
}

/// A path without the ending of source, and that ending.
pub(super) fn split_ending(path: &str) -> Option<(&str, Ending)> {
    let name = &path[path.rfind('/').map_or(0, |at| at + 1)..];
    if !name.contains('.') {
        return None;
    }
    let found = ENDINGS.iter().find(|(end, _)| name.len() > end.len() && name.ends_with(end));
    found.map(|(end, ending)| (&path[..path.len() - end.len()], *ending))
}

/// Whether a path ends as declarations do.
pub(super) fn is_declaration(path: &str) -> bool {
    matches!(split_ending(path), Some((_, Declaration)))
}

/// Whether a path ends as what is imported and is no source.
pub(super) fn is_asset(path: &str) -> bool {
    let name = &path[path.rfind('/').map_or(0, |at| at + 1)..];
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| ASSETS.binary_search(&ending.as_str()).is_ok())
}

/// A path as text.
pub(super) fn text_of(path: &Path) -> String {
    let tidied = walk::tidy(path);
    let text = tidied.to_string_lossy();
    if MAIN_SEPARATOR == '/' { join("", &text) } else { join("", &text.replace(MAIN_SEPARATOR, "/")) }
}

/// A path below or beside a directory.
pub(super) fn join(directory: &str, relative: &str) -> String {
    let mut joined = String::with_capacity(directory.len() + relative.len() + 1);
    joined.push_str(directory);
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => joined.truncate(joined.rfind('/').unwrap_or(0)),
            _ => {
                joined.push('/');
                joined.push_str(part);
            }
        }
    }
    joined
}

/// The directory that holds a path; none for the root.
pub(super) fn parent(path: &str) -> Option<&str> {
    path.rfind('/').map(|at| &path[..at])
}

/// A directory and those above it, nearest first.
pub(super) fn ancestors(directory: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(directory), |path| parent(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_join() {
        assert_eq!(join("/a/b", "./c/../d"), "/a/b/d");
        assert_eq!(join("/a", "../../.."), "");
        assert_eq!(join("", "a//b/"), "/a/b");
        assert_eq!(text_of(Path::new("/a/./b/../c")), "/a/c");
        assert_eq!(ancestors("/a/b").collect::<Vec<_>>(), ["/a/b", "/a", ""]);
    }

    #[test]
    fn the_list_of_assets_can_be_searched() {
        assert!(ASSETS.is_sorted());
        assert!(is_asset("/a/b.SVG") && !is_asset("/a/b.service") && !is_asset("/a.css/b"));
    }

    #[test]
    fn endings_stand_for_one_another() {
        let files =
            ["/a.ts", "/b.tsx", "/c.mts", "/d.js", "/d.d.ts", "/e.service.ts", "/F.TS", "/g/index.jsx"];
        let tree = Tree::new(&files.map(str::to_owned), &[PathBuf::from("/h.d.ts"), PathBuf::from("/i.vue")]);
        let file = |path: &str| match tree.file_or_index(path) {
            Some(Target::File(position)) => files[position],
            Some(Target::Asset) => "asset",
            _ => "",
        };
        for (path, found) in [
            ("/a", "/a.ts"),
            ("/a.js", "/a.ts"),
            ("/a.tsx", ""),
            ("/b.jsx", "/b.tsx"),
            ("/b.js", "/b.tsx"),
            ("/c.mjs", "/c.mts"),
            ("/d", "/d.js"),
            ("/e.service", "/e.service.ts"),
            ("/F.TS", "/F.TS"),
            ("/g", "/g/index.jsx"),
            ("/h", "asset"),
            ("/h.js", "asset"),
            ("/i", "asset"),
            ("", ""),
            ("/.ts", ""),
        ] {
            assert_eq!(file(path), found, "{path}");
        }
    }
}
