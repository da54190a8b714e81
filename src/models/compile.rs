//! Checks model files and compiles them into [`Models`].

use rustc_hash::{FxHashMap, FxHashSet};

use super::schema::{
    AckMode, CallEntry, CountEntry, HandlerEntry, ModelFile, ProvidesEntry, RunsEntry, TestEntry, WhenEntry,
};
use super::{
    ArgName, Call, CallId, Constant, Giving, Handler, Inject, Library, LibraryId, Models, Path,
    ProvidedObject, Provides, Receiver, ReceiverId, Returns, Role, Roles, RunId, Runs, Test, TokenAt, When,
    path,
};
use crate::data::{DataError, DataFile, Pairs, Scalar, ScalarOr, Several, Spanned};
use crate::source::Ecosystem;

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
    let methods = models.by_method.iter().map(|((_, name), calls)| (name.clone(), calls));
    let any = models.any_method.iter().map(|((_, name), calls)| (name.clone(), calls));
    let functions = models.by_function.iter().map(|((_, path), calls)| (last(path), calls));
    let constructed = models
        .constructs
        .iter()
        .filter_map(|((_, path), receiver)| Some((last(path), models.by_construction.get(receiver)?)));
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
            if let Some(prefix) = package.strip_suffix("/*") {
                self.models.prefixes.push((ecosystem, prefix.to_owned(), library));
            } else {
                self.models.by_package.entry((ecosystem, package.clone())).or_default().push(library);
            }
        }
        for identifier in model.identifiers.texts() {
            self.models.identifiers.entry((ecosystem, identifier.value)).or_default().push(library);
        }
        for export in model.generated.texts() {
            self.models.generated.insert((ecosystem, export.value), library);
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
                beside: Vec::new(),
                only_named: false,
            });
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
                self.compiler.models.constructs.insert((library, export.value), id);
            }
            for export in entry.exports.texts() {
                self.compiler.models.exports.insert((library, export.value), id);
            }
            let ways = [&entry.construct, &entry.types, &entry.exports, &entry.extends];
            self.compiler.models.receivers[id.index()].context = entry.context;
            self.compiler.models.receivers[id.index()].bare_unless.clone_from(&entry.bare_unless);
            self.compiler.models.receivers[id.index()].only_named =
                !entry.names.0.is_empty() && ways.iter().all(|way| way.0.is_empty());
            self.compiler.models.receivers[id.index()].chain = entry.chain;
            self.compiler.models.receivers[id.index()].beside =
                entry.beside.texts().map(|name| name.value).collect();
            for ty in entry.types.texts().chain(entry.extends.texts()) {
                self.compiler.models.types.insert((library, ty.value), id);
            }
            for name in entry.names.texts() {
                self.compiler.models.names.entry((ecosystem, name.value)).or_default().push(id);
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

    /// A call is told in one way.
    fn check_call(&self, entry: &Spanned<CallEntry>) -> Result<(), DataError> {
        let CallEntry { on, method, function, construct_of, .. } = &entry.value;
        let problem = match (!on.0.is_empty(), !function.0.is_empty(), construct_of.is_some()) {
            (true, false, false) if method.0.is_empty() => "a call on a receiver needs a `method`",
            (false, _, _) if !method.0.is_empty() => "a `method` needs the receiver that it is `on`",
            (true, false, false) | (false, true, false) | (false, false, true) => return Ok(()),
            (false, false, false) => "a call needs `on` and `method`, or `function`, or `construct-of`",
            _ => "a call has only one of `on`, `function` and `construct-of`",
        };
        Err(self.file.error(entry, problem, "this call"))
    }

    fn call(&mut self, entry: &Spanned<CallEntry>, model: &ModelFile) -> Result<(), DataError> {
        self.check_call(entry)?;
        let entry = &entry.value;
        let id = CallId(count(&self.compiler.models.calls));
        self.index_call(entry, model, id)?;
        let role =
            entry.role.as_ref().map(|role| self.compiler.roles.resolve(self.file, role)).transpose()?;
        let mut runs = Vec::new();
        for run in &entry.runs {
            runs.push(self.runs(run)?);
        }
        let returns = match (&entry.returns, &entry.passes, &entry.looks_up) {
            (Some(name), ..) if name.value == "self" => Some(Returns::This),
            (Some(name), ..) => Some(Returns::Receiver(self.receiver(name)?)),
            (None, Some(path), _) => Some(Returns::Argument(self.path(path)?)),
            (None, None, Some(path)) => Some(Returns::Registered(self.path(path)?)),
            (None, None, None) => None,
        };
        let call = Call {
            library: self.library,
            when: self.when(&entry.when)?,
            role,
            args: self.args(&entry.args, role)?,
            fixed: self.scalars(&entry.fixed, role)?,
            defaults: self.scalars(&entry.defaults, role)?,
            returns,
            results: self.results(&entry.results)?,
            ack: entry.ack,
            runs,
            provides: entry.provides.iter().map(|entry| self.provides(entry)).collect::<Result<_, _>>()?,
        };
        self.compiler.models.calls.push(call);
        Ok(())
    }

    fn results(&self, pairs: &Pairs<Spanned<String>>) -> Result<Vec<(u32, ReceiverId)>, DataError> {
        let result = |(position, receiver): &(Spanned<String>, Spanned<String>)| {
            let at = position.value.parse().map_err(|_| {
                let message = "a further result is named by its position, from 1 on";
                self.file.error(position, message, "not a position")
            })?;
            Ok((at, self.receiver(receiver)?))
        };
        pairs.0.iter().map(result).collect()
    }

    /// Files the entry under its methods or functions.
    fn index_call(&mut self, entry: &CallEntry, model: &ModelFile, id: CallId) -> Result<(), DataError> {
        let library = self.library;
        if let Some(receiver) = &entry.construct_of {
            let receiver = self.receiver(receiver)?;
            self.compiler.models.by_construction.entry(receiver).or_default().push(id);
            return Ok(());
        }
        let answers = entry.role.as_ref().is_some_and(|role| role.value == "http.respond");
        for on in entry.on.texts() {
            let receiver = if on.value == "any" { None } else { Some(self.receiver(&on)?) };
            for method in entry.method.texts() {
                match receiver {
                    None => self
                        .compiler
                        .models
                        .any_method
                        .entry((model.language, method.value))
                        .or_default()
                        .push(id),
                    Some(receiver) => {
                        if answers {
                            self.compiler.models.answering.insert(receiver);
                        }
                        self.compiler.models.by_method.entry((receiver, method.value)).or_default().push(id);
                    }
                }
            }
        }
        for function in entry.function.texts() {
            self.compiler.models.by_function.entry((library, function.value)).or_default().push(id);
        }
        Ok(())
    }

    fn args(
        &self,
        pairs: &Pairs<Several>,
        role: Option<Role>,
    ) -> Result<Vec<(ArgName, Vec<Path>)>, DataError> {
        let paths =
            |paths: &Several| paths.0.iter().map(|path| self.path(path)).collect::<Result<Vec<_>, _>>();
        pairs.0.iter().map(|(name, value)| Ok((self.arg(name, role)?, paths(value)?))).collect()
    }

    fn scalars(
        &self,
        pairs: &Pairs<Scalar>,
        role: Option<Role>,
    ) -> Result<Vec<(ArgName, Scalar)>, DataError> {
        pairs.0.iter().map(|(name, value)| Ok((self.arg(name, role)?, value.clone()))).collect()
    }

    fn arg(&self, name: &Spanned<String>, role: Option<Role>) -> Result<ArgName, DataError> {
        match role {
            Some(role) => self.compiler.roles.resolve_arg(self.file, &[role], name),
            None => Err(self.file.error(name, "arguments need a `role`", "of no role")),
        }
    }

    /// What a call registers.
    fn provides(&self, entry: &Spanned<ProvidesEntry>) -> Result<Provides, DataError> {
        let ProvidesEntry { token, member, names_of, .. } = &entry.value;
        let token = match (token, member, names_of) {
            (Some(path), None, None) => TokenAt::Path(self.path(path)?),
            (None, Some(path), None) => TokenAt::Member(self.path(path)?),
            (None, None, Some(path)) => TokenAt::NamesOf(self.path(path)?),
            _ => {
                let message = "what is provided has one of `token`, `member` and `names-of`";
                return Err(self.file.error(entry, message, "under what?"));
            }
        };
        match (Self::given(&entry.value).as_slice(), &token) {
            ([(path, giving)], TokenAt::Path(_) | TokenAt::Member(_)) => {
                Ok(Provides { token, at: Some(self.path(path)?), giving: *giving })
            }
            ([], TokenAt::NamesOf(_)) => Ok(Provides { token, at: None, giving: Giving::Value }),
            (_, TokenAt::NamesOf(_)) => {
                let message = "with `names-of`, the properties are the values";
                Err(self.file.error(entry, message, "needs no value"))
            }
            _ => Err(self.no_value(entry)),
        }
    }

    /// An object literal that registers something.
    fn provided_object(
        &self,
        entry: &Spanned<ProvidesEntry>,
        ecosystem: Ecosystem,
    ) -> Result<ProvidedObject, DataError> {
        let ProvidesEntry { token: Some(token), member: None, names_of: None, .. } = &entry.value else {
            let message = "an object that provides something has a `token` and no `member` or `names-of`";
            return Err(self.file.error(entry, message, "this object"));
        };
        let [(value, giving)] = Self::given(&entry.value)[..] else { return Err(self.no_value(entry)) };
        let (token, value) = (token.value.to_string(), value.value.to_string());
        Ok(ProvidedObject { ecosystem, token, value, giving })
    }

    fn no_value(&self, entry: &Spanned<ProvidesEntry>) -> DataError {
        let message = "what is provided has one of `value`, `made-by` and `instance-of`";
        self.file.error(entry, message, "what?")
    }

    fn given(entry: &ProvidesEntry) -> Vec<(&Spanned<Scalar>, Giving)> {
        let given = [
            (&entry.value, Giving::Value),
            (&entry.made_by, Giving::MadeBy),
            (&entry.instance_of, Giving::InstanceOf),
        ];
        given.into_iter().filter_map(|(path, giving)| Some((path.as_ref()?, giving))).collect()
    }

    fn path(&self, text: &Spanned<Scalar>) -> Result<Path, DataError> {
        Path::parse(&text.value.to_string()).map_err(|problem| self.file.error(text, problem, "not a path"))
    }

    fn when(&self, entry: &WhenEntry) -> Result<When, DataError> {
        let arguments = entry.arguments.as_ref().map(|count| self.count(count)).transpose()?;
        let mut values = Vec::new();
        for (path, test) in &entry.values.0 {
            let parsed =
                Path::parse(&path.value).map_err(|problem| self.file.error(path, problem, "not a path"))?;
            values.push((parsed, self.test(path, test)?));
        }
        Ok(When { tokens: texts(&entry.tokens), no_tokens: texts(&entry.no_tokens), arguments, values })
    }

    /// The least and the most arguments.
    fn count(&self, entry: &Spanned<ScalarOr<CountEntry>>) -> Result<(usize, usize), DataError> {
        let range = match &entry.value {
            ScalarOr::Scalar(count) => {
                let count: Option<usize> = count.to_string().parse().ok();
                count.map(|count| (count, count))
            }
            ScalarOr::Keyed(CountEntry { at_least: None, at_most: None }) => None,
            ScalarOr::Keyed(range) => {
                Some((range.at_least.unwrap_or(0), range.at_most.unwrap_or(usize::MAX)))
            }
        };
        range.filter(|(least, most)| least <= most).ok_or_else(|| {
            let help = "a whole number, or `{ at-least: 1, at-most: 3 }`";
            self.file.error(entry, "this is no count of arguments", "not a count").with_help(help)
        })
    }

    fn test(&self, at: &Spanned<String>, test: &ScalarOr<TestEntry>) -> Result<Test, DataError> {
        Ok(match test {
            ScalarOr::Scalar(Scalar::Text(word)) => match word.as_str() {
                "given" => Test::Given,
                "missing" => Test::Missing,
                "function" => Test::Function,
                "string" => Test::Text,
                "object" => Test::Object,
                _ => Test::Is(Scalar::Text(word.clone())),
            },
            ScalarOr::Scalar(value) => Test::Is(value.clone()),
            ScalarOr::Keyed(TestEntry { is, matches, written, new, export }) => {
                let tests = [
                    is.clone().map(Test::Is),
                    matches
                        .as_ref()
                        .map(|pattern| self.file.pattern(pattern).map(Test::Matches))
                        .transpose()?,
                    written
                        .as_ref()
                        .map(|pattern| self.file.pattern(pattern).map(Test::Written))
                        .transpose()?,
                    new.as_ref().map(|export| Test::New(export.value.clone())),
                    export.as_ref().map(|export| Test::Export(export.value.clone())),
                ];
                let mut tests = tests.into_iter().flatten();
                let (Some(test), None) = (tests.next(), tests.next()) else {
                    let message = "a test says one of `is`, `matches`, `written`, `new` and `export`";
                    return Err(self.file.error(at, message, "of this value"));
                };
                test
            }
        })
    }

    fn runs(&mut self, entry: &RunsEntry) -> Result<RunId, DataError> {
        let at = Some(self.path(&entry.at)?);
        let under =
            entry.under.as_ref().map(|role| self.compiler.roles.resolve(self.file, role)).transpose()?;
        let shape = RunShape {
            ack: entry.ack,
            message: entry.message.as_ref(),
            params: &entry.params,
            acks: &entry.acks,
            nacks: &entry.nacks,
        };
        let run = Runs {
            at,
            library: self.library,
            kind: entry.kind,
            takes: entry.takes,
            under,
            ..self.shape(&shape)?
        };
        Ok(self.push_run(run))
    }

    fn handler(&mut self, entry: &Spanned<HandlerEntry>) -> Result<(), DataError> {
        let (at, entry) = (entry, &entry.value);
        let shapes = [&entry.decorator, &entry.method, &entry.params, &entry.exported, &entry.types];
        if entry.extends.is_none() && shapes.iter().all(|shape| shape.0.is_empty()) {
            let message =
                "a handler is told by `decorator`, `method`, `params`, `extends`, `exported` or `type`";
            return Err(self.file.error(at, message, "by none of them"));
        }
        if entry.kind.is_none() && entry.under.is_none() {
            return Err(self.file.error(at, "a handler needs `as` or `under`", "it has neither"));
        }
        let shape = RunShape {
            ack: entry.ack,
            message: entry.message.as_ref(),
            params: &entry.receivers,
            acks: &entry.acks,
            nacks: &entry.nacks,
        };
        let kind = entry.kind.unwrap_or(super::RunKind::Event);
        let under =
            entry.under.as_ref().map(|role| self.compiler.roles.resolve(self.file, role)).transpose()?;
        let run = Runs { kind, under, ..self.shape(&shape)? };
        let run = self.push_run(run);
        let any = |name: String| (name != "_").then_some(name);
        self.compiler.models.handlers.push(Handler {
            decorator: texts(&entry.decorator),
            exported: texts(&entry.exported),
            called: texts(&entry.called),
            types: texts(&entry.types),
            extends: entry.extends.as_ref().map(|name| name.value.clone()),
            method: texts(&entry.method),
            params: entry.params.texts().map(|text| any(text.value)).collect(),
            run,
        });
        Ok(())
    }

    fn shape(&self, shape: &RunShape<'_>) -> Result<Runs, DataError> {
        let mut params = Vec::new();
        for (path, receiver) in &shape.params.0 {
            let parsed =
                Path::parse(&path.value).map_err(|problem| self.file.error(path, problem, "not a path"))?;
            params.push((parsed, self.receiver(receiver)?));
        }
        let texts = |several: &Several| several.texts().map(|text| text.value).collect();
        Ok(Runs {
            at: None,
            takes: None,
            library: self.library,
            kind: super::RunKind::Event,
            ack: shape.ack,
            message: shape.message.map(|path| self.path(path)).transpose()?,
            params,
            under: None,
            acks: texts(shape.acks),
            nacks: texts(shape.nacks),
        })
    }

    fn push_run(&mut self, run: Runs) -> RunId {
        let id = RunId(count(&self.compiler.models.runs));
        self.compiler.models.runs.push(run);
        id
    }
}

/// What `runs` and `handlers` entries share.
struct RunShape<'a> {
    ack: Option<AckMode>,
    message: Option<&'a Spanned<Scalar>>,
    params: &'a Pairs<Spanned<String>>,
    acks: &'a Several,
    nacks: &'a Several,
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
