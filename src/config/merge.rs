//! Makes one configuration of several files.

use std::path::PathBuf;
use std::sync::Arc;

use super::find::{Layer, stays};
use super::schema::{CodeEntry, Level, OverrideEntry};
use super::{At, Config, Files, Say};
use crate::data::{DataError, Pairs, Scalar, Several, Spanned};
use crate::models::code::Kind;
use crate::source::{Globs, upward};

/// Merges files, the furthest first.
pub(super) fn merge(layers: &[Layer]) -> Result<Config, Box<DataError>> {
    let mut config = Config::default();
    for layer in layers {
        config.absorb(layer).map_err(Box::new)?;
    }
    Ok(config)
}

impl Config {
    fn absorb(&mut self, layer: &Layer) -> Result<(), DataError> {
        let says = &layer.says;
        self.files.push(layer.file.name.clone());
        if let Some(select) = &says.select {
            self.select = Some(layer.names(select));
        }
        layer.take(&mut self.persona, says.persona.as_ref());
        layer.take(&mut self.fail_on, says.fail_on.as_ref());
        if let Some(baseline) = &says.baseline {
            // It need not be there: `faultlint baseline create` writes it.
            stays(&layer.file, baseline, &layer.folder, "`--baseline` may name any file")?;
            self.baseline = Some((layer.at(baseline.clone()), layer.folder.join(&baseline.value)));
        }
        self.all.ignore.extend(layer.names(&says.ignore));
        self.all.severity.extend(layer.levels(says.severity.as_ref()));
        layer.take(&mut self.all.min_severity, says.min_severity.as_ref());
        layer.take(&mut self.all.min_confidence, says.min_confidence.as_ref());
        if let Some(files) = layer.files(&says.exclude)? {
            self.exclude.push(files);
        }
        for entry in says.overrides.iter().flatten() {
            self.overrides.push(layer.overriding(entry)?);
        }
        if let Some(code) = &says.code {
            self.absorb_code(layer, code)?;
        }
        if let Some(project) = &says.project {
            layer.take(&mut self.replicas, project.replicas.as_ref());
            self.harmless.extend(layer.names(&project.harmless_libraries));
        }
        if let Some(strict) = &says.strict {
            self.strict.absorb(strict, |limit| layer.at(limit), &layer.file)?;
        }
        self.rules.extend(layer.folders(&says.rules)?);
        self.models.extend(layer.folders(&says.models)?);
        Ok(())
    }

    fn absorb_code(&mut self, layer: &Layer, code: &CodeEntry) -> Result<(), DataError> {
        let kinds = [
            (Kind::Test, &code.tests),
            (Kind::Example, &code.examples),
            (Kind::Vendored, &code.vendored),
            (Kind::Generated, &code.generated),
            (Kind::Script, &code.scripts),
            (Kind::FrontEnd, &code.front_end),
        ];
        for (kind, treat) in kinds {
            let said = treat.as_ref().map(|treat| (kind, layer.at(treat.clone())));
            if let Some(said) = said {
                self.treat.retain(|(known, _)| *known != kind);
                self.treat.push(said);
            }
        }
        for entry in code.paths.iter().flatten() {
            self.kinds.push((layer.some_files(&entry.files)?, layer.at(entry.kind.clone())));
        }
        Ok(())
    }
}

impl Layer {
    fn at<T>(&self, value: Spanned<T>) -> At<T> {
        At { value, file: Arc::clone(&self.file) }
    }

    /// What is nearer takes the place of what is there.
    fn take<T: Clone>(&self, place: &mut Option<At<T>>, said: Option<&Spanned<T>>) {
        if let Some(said) = said {
            *place = Some(self.at(said.clone()));
        }
    }

    fn names(&self, names: &Several) -> Vec<At<String>> {
        // A key whose items are all commented out says nothing.
        let said = names.texts().zip(&names.0).filter(|(_, item)| item.value != Scalar::Null);
        said.map(|(name, _)| self.at(name)).collect()
    }

    fn levels(&self, levels: Option<&Pairs<Spanned<Level>>>) -> Vec<(At<String>, Level)> {
        let levels = levels.iter().flat_map(|levels| &levels.0);
        levels.map(|(name, level)| (self.at(name.clone()), level.value)).collect()
    }

    fn overriding(&self, entry: &OverrideEntry) -> Result<(Files, Say), DataError> {
        let mut say = Say {
            ignore: self.names(&entry.ignore),
            severity: self.levels(entry.severity.as_ref()),
            ..Say::default()
        };
        self.take(&mut say.min_severity, entry.min_severity.as_ref());
        self.take(&mut say.min_confidence, entry.min_confidence.as_ref());
        Ok((self.some_files(&entry.files)?, say))
    }

    /// Patterns, of which there must be one.
    fn some_files(&self, patterns: &Spanned<Several>) -> Result<Files, DataError> {
        let none = || self.file.error(patterns, "there is no pattern, so nothing is meant", "no pattern");
        self.files(&patterns.value)?.ok_or_else(none)
    }

    /// Patterns; none where nothing is said.
    fn files(&self, patterns: &Several) -> Result<Option<Files>, DataError> {
        let patterns = self.names(patterns);
        if patterns.is_empty() {
            return Ok(None);
        }
        let texts = patterns.iter().map(|pattern| pattern.value.value.as_str());
        match Globs::new(&self.base, texts) {
            Ok(globs) => Ok(Some(Files { patterns, globs })),
            Err((index, reason)) => {
                let message = format!("the pattern does not read: {reason}");
                Err(self.file.error(&patterns[index].value, message, "this pattern"))
            }
        }
    }

    /// Folders, which count from where the file lies and must be there.
    fn folders(&self, names: &Several) -> Result<Vec<(At<String>, PathBuf)>, DataError> {
        let folder = |name: Spanned<String>| {
            let path = self.folder.join(&name.value);
            stays(&self.file, &name, &self.folder, "`--rules` and `--models` may name any folder")?;
            if upward::is_folder(&path) {
                return Ok((self.at(name), path));
            }
            let message = format!("there is no folder `{}`", name.value);
            Err(self.file.error(&name, message, "counts from this file"))
        };
        self.names(names).into_iter().map(|name| folder(name.value)).collect()
    }
}
