//! What earlier runs left for later ones, on the disk.
//!
//! Owns: where it lies, that it is whole and of this very build, how large it grows, and hashing. Does not own: what is kept (`run`).
//!
//! A cache is a convenience and never a reason to fail: what is missing, torn, foreign or of another build counts as absent, and
//! what cannot be written is left out and told once ([`Cache::problem`]). An entry appears under its name only when all of it is
//! there, so runs side by side see one or the other whole. The directory may be one that others keep things in: only files that
//! are called as entries are counted and taken out.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

/// How much a cache may hold, in bytes: 512 MB, some ten large repositories. The oldest entries go first.
pub const MAX_BYTES: u64 = 512 * 1024 * 1024;

/// The largest entry that is read, in bytes; as much as a quarter of all.
const MAX_ENTRY: u64 = MAX_BYTES / 4;

/// What every entry begins with: what it is, and the build that wrote it.
const HEADER: &str = concat!("faultlint cache 1 ", env!("FAULTLINT_BUILD"), "\n");

/// Says to programs that copy or back up directories that this one can be made anew; the first line is fixed by
/// <https://bford.info/cachedir/>.
const TAG: &str =
    "Signature: 8a477f597d28d172789f06886806bc55\n# What faultlint understood before; it may be deleted.\n";

const TAG_NAME: &str = "CACHEDIR.TAG";

const DIGEST_BYTES: usize = blake3::OUT_LEN;

/// A hash that nobody can find a second text for (BLAKE3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Digest([u8; DIGEST_BYTES]);

impl Digest {
    /// Of one text.
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As a name of an entry.
    pub fn name(&self) -> String {
        blake3::Hash::from_bytes(self.0).to_hex().to_string()
    }
}

/// Hashes several things, each apart from the next.
#[derive(Default)]
pub struct Digester(blake3::Hasher);

impl Digester {
    /// Takes in one thing.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    /// The hash of all.
    pub fn end(&self) -> Digest {
        Digest(*self.0.finalize().as_bytes())
    }
}

/// A directory of entries; or none, and then nothing is ever there.
#[derive(Debug, Default)]
pub struct Cache {
    directory: Option<PathBuf>,
    problem: Mutex<Option<String>>,
}

impl Cache {
    /// A cache that lies there; nothing is made until something is written.
    pub fn at(directory: PathBuf) -> Self {
        Self { directory: Some(directory), problem: Mutex::default() }
    }

    /// Whether there is one.
    pub fn is_on(&self) -> bool {
        self.directory.is_some()
    }

    /// What an entry holds, if it is there, whole, and of this build.
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        let path = file_of(self.directory.as_ref()?, name);
        let mut bytes = read_entry(&path)?;
        let start = HEADER.len() + DIGEST_BYTES;
        let body = bytes.strip_prefix(HEADER.as_bytes())?.get(DIGEST_BYTES..)?;
        let is_whole = seal(name, body).0 == bytes[HEADER.len()..start];
        bytes.drain(..start);
        is_whole.then_some(bytes)
    }

    /// Marks an entry as used now, so that it is not among the first to go.
    pub fn touch(&self, name: &str) {
        if let Some(directory) = &self.directory {
            // Whoever may not write here has no size to limit either.
            let file = File::options().append(true).open(file_of(directory, name));
            let _ = file.and_then(|file| file.set_modified(SystemTime::now()));
        }
    }

    /// Keeps an entry, in place of one of the same name.
    pub fn write(&self, name: &str, body: &[u8]) {
        let Some(directory) = &self.directory else { return };
        let made = if body.len() as u64 > MAX_ENTRY {
            Err(io::Error::other(format!(
                "{} bytes are more than an entry may have ({MAX_ENTRY})",
                body.len()
            )))
        } else {
            prepare(directory).and_then(|()| put(directory, name, body))
        };
        let kept = made.and_then(|()| trim(directory, MAX_BYTES));
        if let Err(error) = kept {
            let mut problem = self.problem.lock().unwrap_or_else(PoisonError::into_inner);
            problem.get_or_insert_with(|| format!("{}: {error}", directory.display()));
        }
    }

    /// Why something was not written, if so.
    pub fn problem(&self) -> Option<String> {
        self.problem.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What tells that an entry is whole, and the one that was asked for.
fn seal(name: &str, body: &[u8]) -> Digest {
    let mut digester = Digester::default();
    digester.add(name.as_bytes());
    digester.add(body);
    digester.end()
}

fn read_entry(path: &Path) -> Option<Vec<u8>> {
    let is_entry = |metadata: &fs::Metadata| metadata.is_file() && metadata.len() <= MAX_ENTRY;
    // Nothing else is opened: a FIFO would never answer.
    fs::symlink_metadata(path).ok().filter(is_entry)?;
    let file = File::open(path).ok()?;
    let size = file.metadata().ok().filter(is_entry)?.len();
    let mut bytes = Vec::with_capacity(usize::try_from(size).ok()?);
    file.take(MAX_ENTRY).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Where an entry lies.
fn file_of(directory: &Path, name: &str) -> PathBuf {
    directory.join(format!("{name}{ENTRY}"))
}

/// Makes the directory. One that was there before is not tagged: what else is in it may be worth a copy.
fn prepare(directory: &Path) -> io::Result<()> {
    if directory.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(directory)?;
    fs::write(directory.join(TAG_NAME), TAG)
}

/// Writes beside and renames, so that nobody reads half of it.
fn put(directory: &Path, name: &str, body: &[u8]) -> io::Result<()> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let beside = directory.join(format!("{}-{number}{UNFINISHED}", std::process::id()));
    let write = || {
        let mut file = File::create(&beside)?;
        file.write_all(HEADER.as_bytes())?;
        file.write_all(&seal(name, body).0)?;
        file.write_all(body)?;
        fs::rename(&beside, file_of(directory, name))
    };
    write().inspect_err(|_| drop(fs::remove_file(&beside)))
}

/// How the names of entries end.
const ENTRY: &str = ".faultlint";

/// How the names of entries end that are being written, or that an interrupted run left.
const UNFINISHED: &str = ".faultlint-part";

/// After which time nobody is writing an entry any more.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Takes out the oldest entries until the others fit.
fn trim(directory: &Path, limit: u64) -> io::Result<()> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        // Another run may have taken it away since.
        let Ok(metadata) = entry.metadata() else { continue };
        let written = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        let ends_with = |end: &str| entry.file_name().as_encoded_bytes().ends_with(end.as_bytes());
        if ends_with(UNFINISHED) && written.elapsed().is_ok_and(|age| age > ABANDONED) {
            // Should it be another run's after all, that run tells that it could not keep it.
            let _ = fs::remove_file(entry.path());
        } else if metadata.is_file() && ends_with(ENTRY) {
            entries.push((written, metadata.len(), entry.path()));
        }
    }
    let mut size: u64 = entries.iter().map(|(_, size, _)| size).sum();
    entries.sort();
    for (_, own, path) in entries {
        if size <= limit {
            break;
        }
        if fs::remove_file(&path).is_ok() {
            size -= own;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> (tempfile::TempDir, Cache) {
        let directory = tempfile::tempdir().unwrap();
        let cache = Cache::at(directory.path().join("a/b"));
        (directory, cache)
    }

    #[test]
    fn an_entry_comes_back_whole() {
        let (_directory, cache) = cache();
        assert_eq!(cache.read("x"), None);
        cache.write("x", b"one");
        cache.write("x", b"two");
        assert_eq!(cache.read("x").unwrap(), b"two");
        assert_eq!(cache.problem(), None);
    }

    #[test]
    fn what_is_torn_or_foreign_counts_as_absent() {
        let (_directory, cache) = cache();
        cache.write("x", b"some body");
        let path = cache.directory.as_ref().unwrap().join("x.faultlint");
        let whole = fs::read(&path).unwrap();
        for end in 0..whole.len() {
            fs::write(&path, &whole[..end]).unwrap();
            assert_eq!(cache.read("x"), None, "cut at {end}");
        }
        for at in 0..whole.len() {
            let mut turned = whole.clone();
            turned[at] ^= 1;
            fs::write(&path, turned).unwrap();
            assert_eq!(cache.read("x"), None, "a bit of byte {at}");
        }
    }

    #[test]
    fn what_cannot_be_written_is_told_once_and_harms_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        fs::write(&file, "").unwrap();
        let cache = Cache::at(file.join("below"));
        cache.write("x", b"one");
        assert!(cache.problem().unwrap().contains("below"));
        assert_eq!(cache.read("x"), None);
    }

    #[cfg(unix)]
    #[test]
    fn only_regular_files_are_opened() {
        let (directory, cache) = cache();
        let other = directory.path().join("elsewhere");
        cache.write("x", b"one");
        let entry = cache.directory.as_ref().unwrap().join("x.faultlint");
        fs::rename(&entry, &other).unwrap();
        std::os::unix::fs::symlink(&other, &entry).unwrap();
        assert_eq!(cache.read("x"), None);
    }

    #[test]
    fn the_oldest_go_first() {
        let (_directory, cache) = cache();
        for (name, age) in [("old", 20), ("new", 10), ("older", 30)] {
            cache.write(name, &[0; 1000]);
            let file = File::options().append(true).open(file_of(cache.directory.as_ref().unwrap(), name));
            let day = SystemTime::now() - std::time::Duration::from_secs(age);
            file.unwrap().set_modified(day).unwrap();
        }
        cache.touch("older");
        trim(cache.directory.as_ref().unwrap(), 2600).unwrap();
        let left = ["old", "new", "older"].map(|name| cache.read(name).is_some());
        assert_eq!(left, [false, true, true]);
    }

    fn put_aged(directory: &Path, name: &str, body: &[u8], age: u64) {
        fs::write(directory.join(name), body).unwrap();
        let file = File::options().append(true).open(directory.join(name)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(age)).unwrap();
    }

    #[test]
    fn what_a_killed_run_left_goes() {
        let (_directory, cache) = cache();
        cache.write("x", b"one");
        let directory = cache.directory.as_ref().unwrap();
        let parts = ["1-0.faultlint-part", "2-0.faultlint-part"];
        for (name, age) in parts.into_iter().zip([7200, 60]) {
            put_aged(directory, name, b"half", age);
        }
        trim(directory, MAX_BYTES).unwrap();
        assert!(cache.read("x").is_some());
        assert_eq!(parts.map(|name| directory.join(name).exists()), [false, true]);
    }

    #[test]
    fn what_others_keep_there_stays() {
        let directory = tempfile::tempdir().unwrap();
        let foreign = ["film.iso", "notes.txt", "download.part", "facts-0"];
        for name in foreign {
            put_aged(directory.path(), name, &[0; 5000], 7200);
        }
        let cache = Cache::at(directory.path().to_owned());
        cache.write("x", &[0; 1000]);
        trim(directory.path(), 10).unwrap();
        assert!(cache.read("x").is_none(), "the entry was too large");
        assert!(foreign.iter().all(|name| directory.path().join(name).exists()));
        assert!(
            !directory.path().join(TAG_NAME).exists(),
            "a directory that was there before is no cache alone"
        );
    }

    #[test]
    fn what_is_hashed_apart_is_not_the_same_as_together() {
        let of = |parts: &[&str]| {
            let mut digester = Digester::default();
            for part in parts {
                digester.add(part.as_bytes());
            }
            digester.end()
        };
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_eq!(of(&["ab", "c"]), of(&["ab", "c"]));
    }
}
