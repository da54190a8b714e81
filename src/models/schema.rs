//! What a model file may say. `docs/models.md` explains it; `compile` checks it and turns it into look-ups.

use serde::Deserialize;

use crate::data::{Pairs, Scalar, ScalarOr, Several, Spanned};
use crate::source::Ecosystem;

/// A model file.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ModelFile {
    pub(super) library: Spanned<String>,
    pub(super) language: Ecosystem,
    #[serde(default)]
    pub(super) packages: Several,
    #[serde(default)]
    pub(super) identifiers: Several,
    /// Its functions are names that need no import.
    #[serde(default)]
    pub(super) global: bool,
    #[serde(default)]
    pub(super) receivers: Pairs<ReceiverEntry>,
    /// Exports by which code that is generated for the library is told, where the file is not there.
    #[serde(default)]
    pub(super) generated: Several,
    /// Exported constants: numbers, strings, or durations such as `1s`.
    #[serde(default)]
    pub(super) constants: Pairs<Scalar>,
    #[serde(default)]
    pub(super) calls: Vec<Spanned<CallEntry>>,
    #[serde(default)]
    pub(super) handlers: Vec<Spanned<HandlerEntry>>,
    /// Object literals that register something for injection.
    #[serde(default)]
    pub(super) provides: Vec<Spanned<ProvidesEntry>>,
    /// Decorators that ask for what is registered.
    #[serde(default)]
    pub(super) injects: Vec<InjectsEntry>,
    pub(super) test: Spanned<String>,
}

/// A receiver.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ReceiverEntry {
    pub(super) construct: Several,
    pub(super) types: Several,
    pub(super) names: Several,
    pub(super) items: Option<ItemsEntry>,
    /// Exports that are themselves one (`axios`, `http.DefaultClient`).
    pub(super) exports: Several,
    /// Exported classes whose subclasses are ones.
    pub(super) extends: Several,
    /// Methods that no entry names give the object back (builders).
    pub(super) chain: bool,
    /// Properties that hold other receivers; `'*'` stands for any.
    pub(super) members: Pairs<Spanned<String>>,
    /// Whether it is, or comes with, a context: what says when to give up.
    pub(super) context: Option<ContextKind>,
    /// Handed over as a context itself it carries values alone, unless the program names this setting.
    pub(super) bare_unless: Option<String>,
    /// What others make of it, and inject, is made without options unless the program calls one of these (`HttpModule.register`).
    pub(super) plain_unless: Several,
    /// Names of parameters that usually stand beside one: with them, its own name is better evidence.
    pub(super) beside: Several,
}

/// What a receiver has to do with contexts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ContextKind {
    /// It carries whatever limit it was given.
    Carried,
    /// It is that of a request that arrived: it ends with the caller, and has no limit of its own.
    Request,
    /// It is that of a request, but carries values alone: it ends only where something limits requests.
    Values,
}

/// What iterating yields.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct ItemsEntry {
    pub(super) receiver: Spanned<String>,
    pub(super) ack: Option<AckMode>,
}

/// How messages are acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum AckMode {
    /// By a call.
    Manual,
    /// When the handler returns without failing.
    Return,
    /// Before the handler runs.
    Auto,
    /// By a call that marks a place in a log: it covers everything before.
    Offset,
    /// By a call; what is not acknowledged comes back after a while.
    Lease,
}

/// One call.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct CallEntry {
    pub(super) on: Several,
    pub(super) method: Several,
    pub(super) function: Several,
    pub(super) construct_of: Option<Spanned<String>>,
    pub(super) when: WhenEntry,
    pub(super) role: Option<Spanned<String>>,
    pub(super) args: Pairs<Several>,
    pub(super) fixed: Pairs<Scalar>,
    pub(super) defaults: Pairs<Scalar>,
    pub(super) returns: Option<Spanned<String>>,
    /// What its other results are, by position.
    pub(super) results: Pairs<Spanned<String>>,
    /// The result stands for this argument (`promisify(f)`, conversions).
    pub(super) passes: Option<Spanned<Scalar>>,
    /// The result is what is registered under this token; of a class under which nothing is, an object of it.
    pub(super) looks_up: Option<Spanned<Scalar>>,
    /// For `message.receive`: how what it yields is acknowledged.
    pub(super) ack: Option<AckMode>,
    pub(super) runs: Vec<RunsEntry>,
    /// What it registers for injection.
    pub(super) provides: Option<Spanned<ProvidesEntry>>,
}

/// Something that is registered under a token: one of the tokens, and one of the values. In a call these are paths, in an
/// object literal property names.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ProvidesEntry {
    /// The token.
    pub(super) token: Option<Spanned<Scalar>>,
    /// The name of the property that it becomes, of what the method is called on.
    pub(super) member: Option<Spanned<Scalar>>,
    /// An object each of whose property names is a token, injected by the name of a parameter.
    pub(super) names_of: Option<Spanned<Scalar>>,
    /// The value itself.
    pub(super) value: Option<Spanned<Scalar>>,
    /// A function that makes it.
    pub(super) made_by: Option<Spanned<Scalar>>,
    /// A class that it is an instance of.
    pub(super) instance_of: Option<Spanned<Scalar>>,
}

/// Decorators of parameters and fields that are given what is registered.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct InjectsEntry {
    pub(super) decorator: Several,
    /// Where the token is.
    pub(super) token: Spanned<Scalar>,
}

/// Conditions on a call.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct WhenEntry {
    pub(super) tokens: Several,
    pub(super) no_tokens: Several,
    pub(super) arguments: Option<Spanned<ScalarOr<CountEntry>>>,
    pub(super) values: Pairs<ScalarOr<TestEntry>>,
}

/// A range of argument counts.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct CountEntry {
    pub(super) at_least: Option<usize>,
    pub(super) at_most: Option<usize>,
}

/// A keyed test of a value.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct TestEntry {
    pub(super) is: Option<Scalar>,
    pub(super) matches: Option<Spanned<String>>,
    /// Its source text matches.
    pub(super) written: Option<Spanned<String>>,
    pub(super) new: Option<Spanned<String>>,
    pub(super) export: Option<Spanned<String>>,
}

/// A function that a call is given.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RunsEntry {
    pub(super) at: Spanned<Scalar>,
    #[serde(rename = "as")]
    pub(super) kind: RunKind,
    pub(super) ack: Option<AckMode>,
    /// How many parameters the function has.
    pub(super) takes: Option<usize>,
    pub(super) message: Option<Spanned<Scalar>>,
    #[serde(default)]
    pub(super) params: Pairs<Spanned<String>>,
    pub(super) under: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) acks: Several,
    #[serde(default)]
    pub(super) nacks: Several,
}

/// When and why a function runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum RunKind {
    /// With each message.
    #[serde(rename = "message.handler")]
    Message,
    /// With each HTTP request.
    #[serde(rename = "http.handler")]
    Http,
    /// With each event of the process.
    #[serde(rename = "event.handler")]
    Event,
    /// Each time a connection that it is given to closes or fails.
    #[serde(rename = "close.handler")]
    Close,
    /// Each time such a connection is up, again after it was lost.
    #[serde(rename = "open.handler")]
    Open,
    /// At set times.
    #[serde(rename = "schedule.handler")]
    Schedule,
    /// Before the call returns.
    #[serde(rename = "inline")]
    Inline,
    /// Some time after it.
    #[serde(rename = "later")]
    Later,
}

/// A handler told by its shape.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct HandlerEntry {
    pub(super) decorator: Several,
    /// The names under which its file exports it and its companions.
    pub(super) exported: Several,
    /// What the parameters that the library fills are usually called.
    pub(super) called: Several,
    /// The exported function types one of which it is written as.
    #[serde(rename = "type")]
    pub(super) types: Several,
    /// The exported class that its class extends.
    pub(super) extends: Option<Spanned<String>>,
    pub(super) under: Option<Spanned<String>>,
    pub(super) method: Several,
    /// The types of its parameters (`_` for any); a list.
    pub(super) params: HandlerParams,
    #[serde(rename = "as")]
    pub(super) kind: Option<RunKind>,
    pub(super) ack: Option<AckMode>,
    pub(super) message: Option<Spanned<Scalar>>,
    pub(super) receivers: Pairs<Spanned<String>>,
    pub(super) acks: Several,
    pub(super) nacks: Several,
}

/// Parameter types of a handler.
pub(super) type HandlerParams = Several;
