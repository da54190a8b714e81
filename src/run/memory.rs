//! What earlier runs understood: the facts of files by their text, and what was found in a tree by all that it hangs on.
//!
//! Owns: what is known by which hash, and how it is packed. Does not own: where it lies (`cache`), or facts and findings.
//!
//! Facts hang on the text of a file and its language alone. They lie in two packs for each place that is looked at, so that a run
//! opens two files and not thousands: all that the tree held when it was last packed, and what came since. What is found hangs on
//! every file, on what says how modules are named, and on the rules; so it is known by the hash of all of these, and a tree in
//! which nothing changed is not analysed at all.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashMap;

use super::record::Record;
use crate::cache::{Cache, Digest, Digester};
use crate::facts::Facts;
use crate::source::Language;

/// Of how much of the packed facts new ones may be before all are packed anew: a fourth.
const FRESH_SHARE: usize = 4;

/// What is remembered of a place.
pub(super) struct Memory<'c> {
    cache: &'c Cache,
    /// What its packs are called.
    name: String,
    /// Read when first asked for.
    packs: OnceLock<[Pack; 2]>,
    fresh: Mutex<Vec<(Digest, Vec<u8>)>>,
}

/// Facts of many files.
#[derive(Default)]
struct Pack {
    bytes: Vec<u8>,
    /// Where those of each file begin and end, and whether this run asked for them.
    index: FxHashMap<Digest, (usize, usize, AtomicBool)>,
}

impl Pack {
    fn read(bytes: Option<Vec<u8>>) -> Option<Self> {
        let bytes = bytes?;
        let (lengths, rest) = postcard::take_from_bytes::<Vec<(Digest, usize)>>(&bytes).ok()?;
        let mut at = bytes.len() - rest.len();
        let mut index = FxHashMap::default();
        for (digest, length) in lengths {
            let end = at.checked_add(length).filter(|end| *end <= bytes.len())?;
            index.insert(digest, (at, end, AtomicBool::new(false)));
            at = end;
        }
        Some(Self { bytes, index })
    }

    fn facts(&self, digest: &Digest) -> Option<Facts> {
        let (start, end, is_used) = self.index.get(digest)?;
        is_used.store(true, Ordering::Relaxed);
        postcard::from_bytes(&self.bytes[*start..*end]).ok()
    }

    /// What this run asked for.
    fn used(&self) -> impl Iterator<Item = (Digest, &[u8])> {
        let used = self.index.iter().filter(|(_, (.., is_used))| is_used.load(Ordering::Relaxed));
        used.map(|(digest, (start, end, _))| (*digest, &self.bytes[*start..*end]))
    }
}

/// Reads bytes as everything that the body of an entry may be. What they are not is told by none of it: to this come entries whose
/// hash fits, whoever wrote them, so that tests can hand over any.
pub fn decode(bytes: &[u8]) {
    let pack = Pack::read(Some(bytes.to_vec())).unwrap_or_default();
    pack.index.keys().for_each(|digest| drop(pack.facts(digest)));
    drop(postcard::from_bytes::<Facts>(bytes));
    drop(postcard::from_bytes::<Record>(bytes));
    drop(super::ruleset::listed(bytes));
}

/// Facts of files, by hash, as they are written.
fn packed(mut parts: Vec<(Digest, &[u8])>) -> Option<Vec<u8>> {
    parts.sort_unstable_by_key(|(digest, _)| *digest);
    parts.dedup_by_key(|(digest, _)| *digest);
    let lengths: Vec<(Digest, usize)> = parts.iter().map(|(digest, part)| (*digest, part.len())).collect();
    let mut bytes = postcard::to_stdvec(&lengths).ok()?;
    for (_, part) in parts {
        bytes.extend_from_slice(part);
    }
    Some(bytes)
}

impl<'c> Memory<'c> {
    /// What is remembered of some paths below a directory.
    pub(super) fn of(cache: &'c Cache, directory: &Path, paths: &[PathBuf]) -> Self {
        let mut digester = Digester::default();
        digester.add(directory.as_os_str().as_encoded_bytes());
        for path in paths {
            digester.add(path.as_os_str().as_encoded_bytes());
        }
        let name = digester.end().name();
        Self { cache, name, packs: OnceLock::new(), fresh: Mutex::default() }
    }

    /// What the facts of a file are known by; none where nothing is remembered.
    pub(super) fn digest(&self, language: Language, text: &str) -> Option<Digest> {
        self.cache.is_on().then(|| {
            let mut digester = Digester::default();
            digester.add(&[language as u8]);
            digester.add(text.as_bytes());
            digester.end()
        })
    }

    fn packs(&self) -> &[Pack; 2] {
        let pack = |number: usize| Pack::read(self.cache.read(&self.pack_name(number))).unwrap_or_default();
        self.packs.get_or_init(|| [pack(0), pack(1)])
    }

    fn pack_name(&self, number: usize) -> String {
        format!("facts-{}-{number}", self.name)
    }

    /// The facts of a file.
    pub(super) fn facts(&self, digest: Digest) -> Option<Facts> {
        self.packs().iter().find_map(|pack| pack.facts(&digest))
    }

    /// Keeps the facts of a file for later runs.
    pub(super) fn keep(&self, digest: Option<Digest>, facts: &Facts) {
        if let Some(digest) = digest
            && let Ok(bytes) = postcard::to_stdvec(facts)
        {
            self.fresh.lock().unwrap_or_else(PoisonError::into_inner).push((digest, bytes));
        }
    }

    /// Writes what is new.
    pub(super) fn save(&self) {
        let fresh = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
        if fresh.is_empty() {
            return self.touch();
        }
        let [packed_before, since] = self.packs();
        let mut parts: Vec<(Digest, &[u8])> =
            fresh.iter().map(|(digest, bytes)| (*digest, bytes.as_slice())).chain(since.used()).collect();
        let size: usize = parts.iter().map(|(_, bytes)| bytes.len()).sum();
        let is_small = size < packed_before.bytes.len() / FRESH_SHARE;
        if !is_small {
            parts.extend(packed_before.used());
        }
        if let Some(bytes) = packed(parts) {
            self.cache.write(&self.pack_name(usize::from(is_small)), &bytes);
        }
    }

    fn touch(&self) {
        (0..2).for_each(|number| self.cache.touch(&self.pack_name(number)));
    }

    /// What was found in a tree.
    pub(super) fn recall(&self, key: Digest) -> Option<Record> {
        let name = format!("found-{}", key.name());
        let record = postcard::from_bytes(&self.cache.read(&name)?).ok()?;
        self.cache.touch(&name);
        self.touch();
        Some(record)
    }

    /// Keeps what was found in a tree.
    pub(super) fn remember(&self, key: Digest, record: &Record) {
        if let Ok(bytes) = postcard::to_stdvec(record) {
            self.cache.write(&format!("found-{}", key.name()), &bytes);
        }
    }

    /// Whether anything is.
    pub(super) fn is_on(&self) -> bool {
        self.cache.is_on()
    }
}
