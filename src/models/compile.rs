//! Checks model files and compiles them into [`Models`].
//!
//! Owns: the order of it, libraries and receivers. Does not own: calls (`calls`), what is registered (`provides`), functions that a
//! library runs (`handlers`).

mod calls;
mod handlers;
mod provides;

use rustc_hash::{FxHashMap, FxHashSet};

use super::schema::ModelFile;
use super::{CallId, Constant, Inject, Library, LibraryId, Models, Path, Receiver, ReceiverId, Roles, path};
use crate::data::{DataError, DataFile, Scalar, Several, Spanned};

/// Compiles all model files.
///
/// # Errors
/// The first mistake, with its place.
pub fn compile(files: &[DataFile], roles: &Roles) -> Result<Models, DataError> {
    let mut compiler = Compiler { roles, models: Models::default(), receiver_names: FxHashMap::default() };
    let parsed: Vec<(&DataFile, ModelFile)> = files.iter().zip(DataFile::parse_each(files)?).collect();
    // Receivers of all files first: `returns` and `params` may name those of other libraries.
    for (file, model) in &parsed {
        compiler.library(file, model);
    }
    for (index, (file, model)) in (0u32..).zip(&parsed) {
        Scope { file, library: LibraryId(index), compiler: &mut compiler }.fill(model)?;
    }
    compiler.models.handing = handing(&compiler.models);
    Ok(compiler.models)
}

/// The names by which calls that are handed functions or register something may be written.
fn handing(models: &Models) -> FxHashSet<String> {
    let hands = |calls: &[CallId]| {
        let mut calls = calls.iter().map(|call| &models.calls[call.index()]);
        calls.any(|call| !call.runs.is_empty() || !call.provides.is_empty())
    };
    let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
    let methods = models.by_method.iter().map(|(_, name, calls)| (name.to_owned(), calls));
    let any = models.any_method.iter().map(|(_, name, calls)| (name.to_owned(), calls));
    let functions = models.by_function.iter().map(|(_, path, calls)| (last(path), calls));
    let constructed = models
        .constructs
        .iter()
        .filter_map(|(_, path, receiver)| Some((last(path), models.by_construction.get(receiver)?)));
    let named = methods.chain(any).chain(functions).chain(constructed);
    named.filter(|(_, calls)| hands(calls)).map(|(name, _)| name).collect()
}

struct Compiler<'a> {
    roles: &'a Roles,
    models: Models,
    /// By library and name.
    receiver_names: FxHashMap<(String, String), ReceiverId>,
}

/// One file being compiled.
struct Scope<'a, 'b> {
    file: &'a DataFile,
    library: LibraryId,
    compiler: &'a mut Compiler<'b>,
}

impl Compiler<'_> {
    fn library(&mut self, file: &DataFile, model: &ModelFile) {
        let library = LibraryId(count(&self.models.libraries));
        let ecosystem = model.language;
        let mut packages: Vec<String> = model.packages.texts().map(|text| text.value).collect();
        if packages.is_empty() && !model.global {
            packages.push(model.library.value.clone());
        }
        for package in &packages {
            if package == "*" {
                self.models.of_any.entry(ecosystem).or_default().push(library);
            } else if let Some(prefix) = package.strip_suffix("/*") {
                self.models.prefixes.push((ecosystem, prefix.to_owned(), library));
            } else {
                self.models.by_package.push(ecosystem, package.clone(), library);
            }
        }
        for identifier in model.identifiers.texts() {
            self.models.identifiers.push(ecosystem, identifier.value, library);
        }
        for export in model.generated.texts() {
            self.models.generated.insert(ecosystem, export.value, library);
        }
        let constants =
            model.constants.0.iter().map(|(name, value)| (name.value.clone(), constant(value))).collect();
        for (name, _) in &model.receivers.0 {
            let id = ReceiverId(count(&self.models.receivers));
            self.receiver_names.insert((model.library.value.clone(), name.value.clone()), id);
            let name = name.value.clone();
            self.models.receivers.push(Receiver {
                library,
                name,
                items: None,
                members: Vec::new(),
                chain: false,
                context: None,
                bare_unless: None,
                plain_unless: Vec::new(),
                beside: Vec::new(),
                only_named: false,
            });
        }
        if model.global {
            self.models.globals.entry(ecosystem).or_default().push(library);
        }
        self.models.libraries.push(Library {
            name: model.library.value.clone(),
            ecosystem,
            packages,
            global: model.global,
            constants,
            test: (file.clone(), model.test.value.clone()),
        });
    }
}

impl Scope<'_, '_> {
    fn fill(&mut self, model: &ModelFile) -> Result<(), DataError> {
        for (text, what) in [(&model.library, "library's name"), (&model.test, "test")] {
            if text.value.trim().is_empty() {
                return Err(self.file.error(text, format!("the {what} is empty"), "say it"));
            }
        }
        self.receivers(model)?;
        for entry in &model.calls {
            self.call(entry, model)?;
        }
        for entry in &model.handlers {
            self.handler(entry)?;
        }
        for entry in &model.provides {
            let provided = self.provided_object(entry, model.language)?;
            self.compiler.models.provided.push(provided);
        }
        for entry in &model.injects {
            let token = self.path(&entry.token)?;
            let decorator = entry.decorator.texts().map(|name| name.value).collect();
            self.compiler.models.injects.push(Inject { library: self.library, decorator, token });
        }
        Ok(())
    }

    fn receivers(&mut self, model: &ModelFile) -> Result<(), DataError> {
        let ecosystem = model.language;
        for (name, entry) in &model.receivers.0 {
            let id = self.receiver(name)?;
            let library = self.library;
            for export in entry.construct.texts() {
                self.compiler.models.constructs.insert(library, export.value, id);
            }
            for export in entry.exports.texts() {
                self.compiler.models.exports.insert(library, export.value, id);
            }
            let ways = [&entry.construct, &entry.types, &entry.exports, &entry.extends];
            self.compiler.models.receivers[id.index()].context = entry.context;
            self.compiler.models.receivers[id.index()].bare_unless.clone_from(&entry.bare_unless);
            for called in entry.plain_unless.texts() {
                let (object, method) = called.value.rsplit_once('.').ok_or_else(|| {
                    self.file.error(&called, "no object and its method", "write it so: `HttpModule.register`")
                })?;
                let named = (object.to_owned(), method.to_owned());
                self.compiler.models.receivers[id.index()].plain_unless.push(named);
            }
            self.compiler.models.receivers[id.index()].only_named =
                !entry.names.0.is_empty() && ways.iter().all(|way| way.0.is_empty());
            self.compiler.models.receivers[id.index()].chain = entry.chain;
            self.compiler.models.receivers[id.index()].beside =
                entry.beside.texts().map(|name| name.value).collect();
            for ty in entry.types.texts().chain(entry.extends.texts()) {
                match ty.value.strip_prefix('*') {
                    Some(ending) => {
                        let endings = self.compiler.models.endings.entry(library).or_default();
                        endings.push((ending.to_owned(), id));
                    }
                    None => self.compiler.models.types.insert(library, ty.value, id),
                }
            }
            for name in entry.names.texts() {
                self.compiler.models.names.push(ecosystem, name.value, id);
            }
            if let Some(items) = &entry.items {
                let of = self.receiver(&items.receiver)?;
                self.compiler.models.receivers[id.index()].items = Some((of, items.ack));
            }
            for (member, receiver) in &entry.members.0 {
                let of = self.receiver(receiver)?;
                self.compiler.models.receivers[id.index()].members.push((member.value.clone(), of));
            }
        }
        Ok(())
    }

    /// A receiver of this file, or `library:receiver` of another.
    fn receiver(&self, name: &Spanned<String>) -> Result<ReceiverId, DataError> {
        let own = &self.compiler.models.libraries[self.library.index()].name;
        let (library, receiver) = name.value.split_once(':').unwrap_or((own, &name.value));
        let key = (library.to_owned(), receiver.to_owned());
        self.compiler.receiver_names.get(&key).copied().ok_or_else(|| {
            let mut libraries: Vec<&str> =
                self.compiler.models.libraries.iter().map(|library| library.name.as_str()).collect();
            libraries.sort_unstable();
            libraries.dedup();
            if !libraries.contains(&library) {
                let word = Spanned { value: library, referenced: name.referenced, defined: name.defined };
                return self.file.unknown(&word, "library", &libraries);
            }
            let mut known: Vec<&str> = self
                .compiler
                .receiver_names
                .keys()
                .filter(|(of, _)| of == library)
                .map(|(_, name)| name.as_str())
                .collect();
            known.sort_unstable();
            let word = Spanned { value: receiver, referenced: name.referenced, defined: name.defined };
            self.file.unknown(&word, "receiver", &known)
        })
    }

    fn path(&self, text: &Spanned<Scalar>) -> Result<Path, DataError> {
        Path::parse(&text.value.to_string()).map_err(|problem| self.file.error(text, problem, "not a path"))
    }
}

fn texts(several: &Several) -> Vec<String> {
    several.texts().map(|text| text.value).collect()
}

fn constant(value: &Scalar) -> Constant {
    match value {
        Scalar::Text(text) => {
            path::parse_duration(text).map_or_else(|| Constant::Plain(value.clone()), Constant::Duration)
        }
        _ => Constant::Plain(value.clone()),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "models are few")]
fn count<T>(items: &[T]) -> u32 {
    items.len() as u32
}
