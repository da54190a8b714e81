//! Models: what library calls do. YAML in, look-ups out.
//!
//! Owns: the schema of model and role files, their checks, and the compiled tables. Does not own: finding out which library
//! object a call is made on (`program`).

mod by_name;
mod by_type;
pub mod clients;
pub mod code;
mod compile;
pub mod path;
pub mod roles;
pub mod schema;
pub mod vocabulary;

use rustc_hash::{FxHashMap, FxHashSet};

pub use compile::compile;
pub use path::{Path, Root, Unit};
pub use roles::{ArgName, Nature, Role, Roles};
pub use schema::{AckMode, ContextKind, RunKind};

use by_name::ByName;

use crate::data::{DataFile, Pattern, Scalar};
use crate::source::Ecosystem;

/// The JSON schema of a model file.
pub const SCHEMA: &str = include_str!("../../schema/models.schema.json");

macro_rules! model_ids {
    ($($(#[$doc:meta])* $id:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $id(pub u32);

        impl $id {
            /// Its position in the table.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

model_ids! {
    /// A library.
    LibraryId;
    /// A kind of object that calls are made on.
    ReceiverId;
    /// An entry of a model's `calls`.
    CallId;
    /// An entry of a model's `handlers`, or a function given to a call.
    RunId;
}

/// All models, compiled.
#[derive(Debug, Default)]
pub struct Models {
    /// Libraries.
    pub libraries: Vec<Library>,
    /// Receivers of all libraries.
    pub receivers: Vec<Receiver>,
    /// Calls of all libraries.
    pub calls: Vec<Call>,
    /// Functions that calls are given, and handlers.
    pub runs: Vec<Runs>,
    /// The names of the methods and exports that are handed functions or register something.
    pub handing: FxHashSet<String>,
    /// Handlers told by shape.
    pub handlers: Vec<Handler>,
    /// Object literals that register something for injection.
    pub provided: Vec<ProvidedObject>,
    /// Decorators that ask for what is registered.
    pub injects: Vec<Inject>,
    /// Exports of generated code that is not there, and whose library they are.
    generated: ByName<Ecosystem, LibraryId>,
    by_package: ByName<Ecosystem, Vec<LibraryId>>,
    prefixes: Vec<(Ecosystem, String, LibraryId)>,
    /// Models of packages that no other model knows.
    of_any: FxHashMap<Ecosystem, Vec<LibraryId>>,
    /// How the names end of exported types, and of what makes an object of one.
    endings: FxHashMap<LibraryId, Vec<(String, ReceiverId)>>,
    by_function: ByName<LibraryId, Vec<CallId>>,
    by_method: ByName<ReceiverId, Vec<CallId>>,
    by_construction: FxHashMap<ReceiverId, Vec<CallId>>,
    /// Objects that have a method which answers a request.
    answering: FxHashSet<ReceiverId>,
    any_method: ByName<Ecosystem, Vec<CallId>>,
    constructs: ByName<LibraryId, ReceiverId>,
    exports: ByName<LibraryId, ReceiverId>,
    types: ByName<LibraryId, ReceiverId>,
    names: ByName<Ecosystem, Vec<ReceiverId>>,
    identifiers: ByName<Ecosystem, Vec<LibraryId>>,
    /// Libraries whose functions are global names.
    globals: FxHashMap<Ecosystem, Vec<LibraryId>>,
}

/// A library.
#[derive(Debug)]
pub struct Library {
    /// Its name.
    pub name: String,
    /// Its language.
    pub ecosystem: Ecosystem,
    /// Import paths, trailing `/*` for prefixes.
    pub packages: Vec<String>,
    /// Whether its functions need no import.
    pub global: bool,
    /// Exported constants; durations in nanoseconds.
    pub constants: FxHashMap<String, Constant>,
    /// The source of its test and where to find the file.
    pub test: (DataFile, String),
}

/// A constant that a library exports.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    /// A plain value.
    Plain(Scalar),
    /// A duration in nanoseconds.
    Duration(f64),
}

/// A kind of object.
#[derive(Debug)]
pub struct Receiver {
    /// Its library.
    pub library: LibraryId,
    /// Its name in the model.
    pub name: String,
    /// What iterating over it yields, and how that is acknowledged.
    pub items: Option<(ReceiverId, Option<AckMode>)>,
    /// Properties that hold other receivers; `*` stands for any.
    pub members: Vec<(String, ReceiverId)>,
    /// Methods that no entry names give the object back.
    pub chain: bool,
    /// Whether it is, or comes with, a context.
    pub context: Option<ContextKind>,
    /// Handed over as a context itself it carries values alone, unless the program names this setting.
    pub bare_unless: Option<String>,
    /// What others make of it, and inject, is made without options unless the program calls one of these: an object and its method.
    pub plain_unless: Vec<(String, String)>,
    /// Names of parameters that usually stand beside one.
    pub beside: Vec<String>,
    /// Its objects are told by their names and by nothing else: any logger, say, whatever library made it.
    pub only_named: bool,
}

/// A call.
#[derive(Debug)]
pub struct Call {
    /// Its library.
    pub library: LibraryId,
    /// What must hold of it.
    pub when: When,
    /// The role it plays.
    pub role: Option<Role>,
    /// Where its arguments are.
    pub args: Vec<(ArgName, Vec<Path>)>,
    /// Arguments that are always so.
    pub fixed: Vec<(ArgName, Scalar)>,
    /// What is taken when one is left out.
    pub defaults: Vec<(ArgName, Scalar)>,
    /// What its result is.
    pub returns: Option<Returns>,
    /// What its other results are, by position.
    pub results: Vec<(u32, ReceiverId)>,
    /// How what it receives is acknowledged.
    pub ack: Option<AckMode>,
    /// Functions it is given.
    pub runs: Vec<RunId>,
    /// What it registers for injection.
    pub provides: Vec<Provides>,
}

/// Something that a call registers.
#[derive(Debug)]
pub struct Provides {
    /// Under what.
    pub token: TokenAt,
    /// Where it is; none where the properties of the object of names are the values.
    pub at: Option<Path>,
    /// What stands there.
    pub giving: Giving,
}

/// Where a call says under what it registers something.
#[derive(Debug)]
pub enum TokenAt {
    /// The token stands here.
    Path(Path),
    /// The name of a new property of what the method is called on stands here.
    Member(Path),
    /// The names of the properties of the object here are the tokens.
    NamesOf(Path),
}

/// What stands where something is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Giving {
    /// The value.
    Value,
    /// A function that makes it.
    MadeBy,
    /// The class that it is an instance of.
    InstanceOf,
}

/// An object literal that registers something, by the names of its properties.
#[derive(Debug)]
pub struct ProvidedObject {
    /// The language it is written in.
    pub ecosystem: Ecosystem,
    /// The token's.
    pub token: String,
    /// The value's.
    pub value: String,
    /// What the value is.
    pub giving: Giving,
}

/// A decorator that asks for what is registered.
#[derive(Debug)]
pub struct Inject {
    /// Its library.
    pub library: LibraryId,
    /// The exports that are one.
    pub decorator: Vec<String>,
    /// Where the token is.
    pub token: Path,
}

/// What a call's result is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Returns {
    /// An object.
    Receiver(ReceiverId),
    /// What it was called on.
    This,
    /// The value of an argument.
    Argument(Path),
    /// What is registered under the token that stands there.
    Registered(Path),
}

/// Conditions on a call; all must hold.
#[derive(Debug, Default)]
pub struct When {
    /// Literals that must be among the arguments.
    pub tokens: Vec<String>,
    /// Literals that must not.
    pub no_tokens: Vec<String>,
    /// How many arguments: at least, at most.
    pub arguments: Option<(usize, usize)>,
    /// Tests of values.
    pub values: Vec<(Path, Test)>,
}

/// A test of a value.
#[derive(Debug)]
pub enum Test {
    /// A constant equal to this.
    Is(Scalar),
    /// Something is given.
    Given,
    /// Nothing is.
    Missing,
    /// A function.
    Function,
    /// Text, constant or template.
    Text,
    /// An object literal.
    Object,
    /// Constant text that matches.
    Matches(Pattern),
    /// Something whose source text matches.
    Written(Pattern),
    /// Constructed or called from this export of the library.
    New(String),
    /// This export of the library itself.
    Export(String),
}

/// A function that the library runs.
#[derive(Debug)]
pub struct Runs {
    /// Where it is given; none for handlers.
    pub at: Option<Path>,
    /// How many parameters it has; none for any number.
    pub takes: Option<usize>,
    /// Its library.
    pub library: LibraryId,
    /// When it runs.
    pub kind: RunKind,
    /// How the message is acknowledged.
    pub ack: Option<AckMode>,
    /// Which parameter, or part of one, is the message.
    pub message: Option<Path>,
    /// Parameters, or parts of them, that are receivers.
    pub params: Vec<(Path, ReceiverId)>,
    /// The guard it runs under.
    pub under: Option<Role>,
    /// Results that acknowledge.
    pub acks: Vec<String>,
    /// Results that reject.
    pub nacks: Vec<String>,
}

/// A handler told by its shape.
#[derive(Debug)]
pub struct Handler {
    /// The exports one of which decorates it; empty for any.
    pub decorator: Vec<String>,
    /// The names under which its file exports it and its companions, all of them; empty for any.
    pub exported: Vec<String>,
    /// What the parameters that the library fills are called.
    pub called: Vec<String>,
    /// The function types one of which it is written as; empty for any.
    pub types: Vec<String>,
    /// The class that its class extends.
    pub extends: Option<String>,
    /// Its method names; empty for any.
    pub method: Vec<String>,
    /// Its parameters' types; none for any.
    pub params: Vec<Option<String>>,
    /// What is known of it.
    pub run: RunId,
}

impl Models {
    /// The libraries that an import path means.
    pub fn libraries_of(&self, ecosystem: Ecosystem, module: &str) -> Vec<LibraryId> {
        let bare = module.strip_prefix("node:").unwrap_or(module);
        let mut found: Vec<LibraryId> = Vec::new();
        look_into(self, ecosystem, bare, &mut found);
        // A major version that no model names is like the library without one.
        if found.is_empty() && bare.split('/').any(is_version) {
            let parts: Vec<&str> = bare.split('/').filter(|part| !is_version(part)).collect();
            look_into(self, ecosystem, &parts.join("/"), &mut found);
        }
        let fits = |prefix: &str| {
            bare.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        found.extend(
            self.prefixes
                .iter()
                .filter(|(eco, prefix, _)| *eco == ecosystem && fits(prefix))
                .map(|(_, _, id)| *id),
        );
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether a model knows a package or module, or a part of it.
    pub fn knows_part_of(&self, ecosystem: Ecosystem, module: &str) -> bool {
        let plain = |path: &str| -> Vec<String> {
            path.split('/').filter(|part| !is_version(part) && *part != "*").map(str::to_owned).collect()
        };
        let wanted = plain(module);
        let own = self.libraries.iter().filter(|library| library.ecosystem == ecosystem);
        !self.libraries_of(ecosystem, module).is_empty()
            || own.flat_map(|library| &library.packages).any(|package| plain(package).starts_with(&wanted))
    }

    /// The libraries whose package is commonly called by this identifier.
    pub fn libraries_called(&self, ecosystem: Ecosystem, identifier: &str) -> &[LibraryId] {
        self.identifiers.all(ecosystem, identifier)
    }

    /// The library that code which exports this is generated for.
    pub fn generated(&self, ecosystem: Ecosystem, export: &str) -> Option<LibraryId> {
        self.generated.get(ecosystem, export).copied()
    }

    /// Every export by which generated code is told, with its library.
    pub fn generated_exports(&self, ecosystem: Ecosystem) -> impl Iterator<Item = (&str, LibraryId)> {
        let own = self.generated.iter().filter(move |(of, ..)| *of == ecosystem);
        own.map(|(_, export, library)| (export, *library))
    }

    /// Libraries whose functions are global names.
    pub fn globals(&self, ecosystem: Ecosystem) -> &[LibraryId] {
        self.globals.get(&ecosystem).map_or(&[], Vec::as_slice)
    }

    /// The entries of an export that is called.
    pub fn function(&self, library: LibraryId, export: &str) -> &[CallId] {
        self.by_function.all(library, export)
    }

    /// The entries of a method.
    pub fn method(&self, receiver: ReceiverId, name: &str) -> &[CallId] {
        let own = self.by_method.get(receiver, name).or_else(|| self.by_method.get(receiver, "*"));
        own.map_or(&[], Vec::as_slice)
    }

    /// Whether an entry names a method.
    pub fn has_method(&self, receiver: ReceiverId, name: &str) -> bool {
        self.by_method.get(receiver, name).is_some()
    }

    /// The entries of `new X()` where X is this receiver.
    pub fn construction(&self, receiver: ReceiverId) -> &[CallId] {
        self.by_construction.get(&receiver).map_or(&[], Vec::as_slice)
    }

    /// The entries of a method on a receiver that is not known.
    pub fn method_of_any(&self, ecosystem: Ecosystem, name: &str) -> &[CallId] {
        self.any_method.all(ecosystem, name)
    }

    /// What calling or constructing an export gives.
    pub fn constructs(&self, library: LibraryId, export: &str) -> Option<ReceiverId> {
        self.constructs.get(library, export).copied().or_else(|| self.ending(library, export))
    }

    /// The object that an export itself is.
    pub fn exported(&self, library: LibraryId, export: &str) -> Option<ReceiverId> {
        self.exports.get(library, export).copied()
    }

    /// The receiver that an exported type is.
    pub fn type_of(&self, library: LibraryId, export: &str) -> Option<ReceiverId> {
        self.types.get(library, export).copied().or_else(|| self.ending(library, export))
    }

    /// How messages of a kind are acknowledged, if its objects are messages: what iterating yields, or what a handler is given.
    pub fn message_ack(&self, receiver: ReceiverId) -> Option<AckMode> {
        let items = self
            .receivers
            .iter()
            .find_map(|kind| kind.items.filter(|(of, _)| *of == receiver).and_then(|(_, ack)| ack));
        items.or_else(|| {
            let gives = |run: &&Runs| {
                run.kind == RunKind::Message
                    && run.message.as_ref().is_some_and(|message| {
                        run.params.iter().any(|(path, of)| {
                            *of == receiver && path.root == message.root && path.steps == message.steps
                        })
                    })
            };
            let modes = || self.runs.iter().filter(gives).filter_map(|run| run.ack);
            modes().find(|ack| *ack != AckMode::Auto).or_else(|| modes().next())
        })
    }

    /// Whether objects of a kind are the means to answer a request.
    pub fn answers_requests(&self, receiver: ReceiverId) -> bool {
        self.answering.contains(&receiver)
    }

    /// Receivers that variables of this name usually hold.
    pub fn named(&self, ecosystem: Ecosystem, name: &str) -> &[ReceiverId] {
        self.names.all(ecosystem, name)
    }

    /// A receiver's full name, `library.receiver`.
    pub fn receiver_name(&self, id: ReceiverId) -> String {
        let receiver = &self.receivers[id.index()];
        format!("{}.{}", self.libraries[receiver.library.index()].name, receiver.name)
    }
}

fn look_into(models: &Models, ecosystem: Ecosystem, path: &str, found: &mut Vec<LibraryId>) {
    found.extend(models.by_package.all(ecosystem, path));
}

/// Whether a path element is a Go major version (`v9`).
fn is_version(text: &str) -> bool {
    text.strip_prefix('v')
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_schema_is_what_the_types_say() {
        let description = "A model file: docs/models.md.";
        crate::data::hold_schema::<super::schema::ModelFile>("models", "faultlint model", description);
    }
}
