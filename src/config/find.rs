//! Finds and reads configuration files, and those that they extend.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::schema::ConfigFile;
use super::{Config, ConfigError, merge};
use crate::data::{DataError, DataFile, Scalar, Spanned};
use crate::source::walk::{show, tidy};
use crate::source::{SourceFile, upward};

/// What the file is called.
pub const NAME: &str = "faultlint.yaml";

/// One file, read.
pub(super) struct Layer {
    pub(super) file: Arc<DataFile>,
    pub(super) says: ConfigFile,
    /// Where it lies.
    pub(super) folder: PathBuf,
    /// What its patterns count from.
    pub(super) base: PathBuf,
}

/// Reads the configuration of some paths: the named file, or what is found in the folder around the paths and above it.
///
/// # Errors
/// A file that cannot be read, or a mistake in one.
pub fn load(named: Option<&Path>, paths: &[PathBuf], directory: &Path) -> Result<Config, ConfigError> {
    let mut reader = Reader { directory, layers: Vec::new(), open: Vec::new() };
    match named {
        Some(path) => {
            reader.read(&tidy(&directory.join(path)), &tidy(directory))?;
        }
        None => reader.read_upward(&upward::folder_around(paths, directory))?,
    }
    merge::merge(&reader.layers).map_err(Into::into)
}

/// Reads files into layers, the furthest first.
struct Reader<'d> {
    directory: &'d Path,
    layers: Vec<Layer>,
    /// Files that are being read, each for the one before it.
    open: Vec<PathBuf>,
}

impl Reader<'_> {
    /// What is nearer is read first, since it may say that it is the root, and is merged last.
    fn read_upward(&mut self, folder: &Path) -> Result<(), ConfigError> {
        let mut nearer: Vec<Layer> = Vec::new();
        for path in upward::files(folder, NAME) {
            if nearer.iter().any(|layer| layer.is_of(&path)) {
                continue;
            }
            let base = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
            if upward::leaves_repository(&base, &path) {
                return Err(ConfigError::Outside(show(&path, self.directory)));
            }
            let root = self.read(&path, &base)?;
            let mut layers = std::mem::take(&mut self.layers);
            layers.append(&mut nearer);
            nearer = layers;
            if root {
                break;
            }
        }
        self.layers = nearer;
        Ok(())
    }

    /// Reads what a file extends and then the file; whether that says it is the root.
    fn read(&mut self, path: &Path, base: &Path) -> Result<bool, ConfigError> {
        if self.layers.iter().any(|layer| layer.is_of(path)) {
            return Ok(false);
        }
        let shown = show(path, self.directory);
        let source = SourceFile::read(path, &shown).map_err(|error| ConfigError::Read(shown, error))?;
        let file = Arc::new(DataFile::new(source.path, source.text));
        // Whoever may write a configuration may not read with it what only this machine may.
        let is_foreign = self
            .open
            .last()
            .is_some_and(|by| by.parent().is_some_and(|folder| upward::leaves_repository(folder, path)));
        let told = |error: DataError| Box::new(if is_foreign { error.without_text() } else { error });
        let says: ConfigFile =
            if file.is_blank() { ConfigFile::default() } else { file.parse().map_err(told)? };
        let folder = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        self.open.push(path.to_path_buf());
        let extends = says.extends.texts().zip(&says.extends.0);
        for (name, _) in extends.filter(|(_, item)| item.value != Scalar::Null) {
            let target = self.extended(&file, &name, &folder)?;
            self.read(&target, base)?;
        }
        self.open.pop();
        let root = says.root;
        self.layers.push(Layer { file, says, folder, base: base.to_path_buf() });
        Ok(root)
    }

    /// The file that `extends` names.
    fn extended(
        &self,
        file: &DataFile,
        name: &Spanned<String>,
        folder: &Path,
    ) -> Result<PathBuf, ConfigError> {
        let target = tidy(&folder.join(&name.value));
        let wrong =
            |message: String, label: &str| ConfigError::from(Box::new(file.error(name, message, label)));
        if self.open.contains(&target) {
            let around: Vec<String> = self.open.iter().map(|path| show(path, self.directory)).collect();
            return Err(wrong(
                format!("files extend one another in a circle: {}", around.join(", ")),
                "back to where it began",
            ));
        }
        if !Path::new(&name.value).is_absolute() {
            stays(file, name, folder, "write an absolute path if you mean it").map_err(Box::new)?;
        }
        if upward::is_there(&target) && !upward::is_folder(&target) {
            return Ok(target);
        }
        Err(wrong(format!("there is no file `{}`", show(&target, self.directory)), "counts from this file"))
    }
}

/// Refuses a name that leads out of the repository, by itself or by a link, with a hint for whoever means it.
pub(super) fn stays(
    file: &DataFile,
    name: &Spanned<String>,
    folder: &Path,
    hint: &str,
) -> Result<(), DataError> {
    if !upward::leaves_repository(folder, &folder.join(&name.value)) {
        return Ok(());
    }
    let error = file.error(name, "this leads out of the repository", "not in the repository");
    Err(error.with_help(hint))
}

impl Layer {
    fn is_of(&self, path: &Path) -> bool {
        path.parent() == Some(self.folder.as_path())
            && path.file_name() == Path::new(&self.file.name).file_name()
    }
}
