//! What a rule file may say. `docs/writing-rules.md` explains it; `compile` checks it.

use serde::Deserialize;

use crate::data::{Pairs, Scalar, ScalarOr, Several, Spanned};
use crate::finding::{Confidence, Persona, Severity};
use crate::models::AckMode;
use crate::rules::Need;
use crate::source::Ecosystem;

/// A rule.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RuleFile {
    pub(super) id: Spanned<String>,
    pub(super) summary: Spanned<String>,
    pub(super) why: Spanned<String>,
    pub(super) remedy: Spanned<String>,
    /// What to do with the library in use.
    #[serde(default)]
    pub(super) fixes: Pairs<Spanned<String>>,
    #[serde(default)]
    pub(super) limits: Option<String>,
    pub(super) severity: Severity,
    #[serde(default = "high")]
    pub(super) confidence: Confidence,
    /// The most that a finding may claim whose evidence is not certain.
    #[serde(default = "high")]
    pub(super) unsure: Confidence,
    #[serde(default)]
    pub(super) persona: Persona,
    #[serde(default)]
    pub(super) references: Vec<String>,
    /// Whether it looks at code of front ends too.
    #[serde(default)]
    pub(super) front_end: bool,
    /// Without what in the project there is no fault.
    #[serde(default)]
    pub(super) needs: Option<Need>,
    /// The language families it looks at; empty for all.
    #[serde(default)]
    pub(super) languages: Vec<Ecosystem>,
    /// Rules of which nothing is said where this one finds something.
    #[serde(default)]
    pub(super) hides: Vec<Spanned<String>>,
    #[serde(default, rename = "match")]
    pub(super) matching: Option<Spanned<MatchEntry>>,
    /// Other ways of making the same fault.
    #[serde(default)]
    pub(super) or: Vec<MatchEntry>,
    /// Instead of a match: a query over the syntax alone.
    #[serde(default)]
    pub(super) query: Option<Spanned<QueryEntry>>,
    /// Other queries for the same fault.
    #[serde(default)]
    pub(super) or_query: Vec<Spanned<QueryEntry>>,
}

/// A query over syntax trees, in the language of tree-sitter.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct QueryEntry {
    /// The languages of the files that it is asked of.
    pub(super) languages: Several,
    /// The query.
    pub(super) pattern: Spanned<String>,
    /// The capture to report.
    pub(super) at: Spanned<String>,
    /// What to call the primary place.
    #[serde(default)]
    pub(super) label: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) message: Option<Spanned<String>>,
    /// Captures to show beside it, and what to call them.
    #[serde(default)]
    pub(super) labels: Pairs<Spanned<String>>,
    /// How many matches it may give in one file, and follow at once.
    #[serde(default)]
    pub(super) max_matches: Option<Spanned<u32>>,
    /// How long it may take in one file.
    #[serde(default)]
    pub(super) time_limit: Option<Spanned<String>>,
}

fn high() -> Confidence {
    Confidence::High
}

/// A function of the tree that is put around what routers run: it is written with one of the words, and plays one of the roles.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct MountedEntry {
    pub(super) mentions: Several,
    pub(super) does: Several,
}

/// One way of making a fault.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct MatchEntry {
    pub(super) steps: Spanned<Pairs<StepEntry>>,
    #[serde(default)]
    pub(super) paths: Pairs<PathEntry>,
    #[serde(default)]
    pub(super) unless: Vec<Spanned<StepEntry>>,
    #[serde(default)]
    pub(super) unless_paths: Vec<PathEntry>,
    /// Words: no branch of the function may test something so named.
    #[serde(default)]
    pub(super) unless_tests: Several,
    /// Words: nothing on the way may be written with one of them.
    #[serde(default)]
    pub(super) unless_mentions: Several,
    /// No comment near to the steps may say one of these: that a failure was weighed and is borne.
    #[serde(default)]
    pub(super) unless_comments: Several,
    /// Words: no file of the programs that it is a part of may be written with one of them.
    #[serde(default)]
    pub(super) unless_program_mentions: Several,
    /// What must be put around no router of the programs that it is a part of.
    #[serde(default)]
    pub(super) unless_mounted: Option<MountedEntry>,
    /// What must be found in the function, or in one whose calls lead to it.
    #[serde(default)]
    pub(super) led_to_by: Option<Spanned<StepEntry>>,
    #[serde(default)]
    pub(super) confidence: Option<Confidence>,
    pub(super) report: ReportEntry,
}

/// A step: a call with a role, and how it stands to the steps before it.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct StepEntry {
    pub(super) does: Several,
    #[serde(rename = "in")]
    pub(super) scope: ScopeEntry,
    #[serde(rename = "where")]
    pub(super) args: Pairs<ScalarOr<ArgEntry>>,
    pub(super) after: Option<Spanned<String>>,
    pub(super) before: Option<Spanned<String>>,
    pub(super) on_error_of: Option<Spanned<String>>,
    pub(super) on_miss_of: Option<Spanned<String>>,
    /// Done because this step gave nothing that would do.
    pub(super) for_want_of: Option<Spanned<String>>,
    pub(super) depends_on: Option<Spanned<String>>,
    /// That step is reached only when this one gave nothing.
    pub(super) screens: Option<Spanned<String>>,
    pub(super) takes: Option<Spanned<String>>,
    /// It writes a sum or difference made with what this step gave.
    pub(super) counts_on: Option<Spanned<String>>,
    /// The same of what something is decided by.
    pub(super) decides_on: Option<Spanned<String>>,
    /// Started by this step's side without waiting for it.
    pub(super) beside: Option<Spanned<String>>,
    /// Started so, and before that step.
    pub(super) started_before: Option<Spanned<String>>,
    /// Not started so.
    pub(super) in_line_with: Option<Spanned<String>>,
    /// Written among this step's arguments, or in what they hold.
    pub(super) inside: Option<Spanned<String>>,
    pub(super) forgotten_by: Option<Spanned<String>>,
    /// Only one of the two happens in one pass.
    pub(super) instead_of: Option<Spanned<String>>,
    /// What it stands under has to do with what this step stands under.
    pub(super) along_with: Option<Spanned<String>>,
    /// It and that step are made of a value in common.
    pub(super) shares_with: Option<Spanned<String>>,
    /// One call of the function leads to both.
    pub(super) together_with: Option<Spanned<String>>,
    /// On the same object as this step's call.
    pub(super) on_same: Option<Spanned<String>>,
    /// In a callback of this step's call.
    pub(super) run_by: Option<Spanned<String>>,
    pub(super) within: Vec<PlaceEntry>,
    pub(super) outside: Vec<PlaceEntry>,
    pub(super) mentions: Several,
    pub(super) not_mentions: Several,
    /// Words of which one must be in the name of what it is called on.
    pub(super) on_mentions: Several,
    pub(super) on_not_mentions: Several,
    /// One of its arguments is, or is made of, a call with one of these roles.
    pub(super) hands: Several,
    /// Whether the context that it hands over must, or must not, have a limit of its own.
    pub(super) hands_limited: Option<bool>,
    /// Words of which one must be in the name of what is called.
    pub(super) called: Several,
    pub(super) not_called: Several,
    pub(super) ack: Vec<AckMode>,
    pub(super) direct: bool,
    /// What it makes is kept by nobody, and made of nothing that differs from call to call.
    pub(super) anew: bool,
    /// A function that was handed in is called with no argument.
    pub(super) thunk: bool,
    /// What it ends is a controller whose signal nobody was handed.
    pub(super) unused_signal: bool,
    /// It is a timer that makes what is waited for fail.
    pub(super) rejects: bool,
    /// A function that was handed in is called.
    pub(super) handed_in: bool,
    /// Roles that are not enough: it comes to something besides these.
    pub(super) besides: Several,
    /// Whether the function that leads to it must, or must not, be named as one that only asks for something.
    pub(super) asking: Option<bool>,
    /// Whether it must, or must not, ask for one thing or for what belongs to one.
    pub(super) scoped: Option<bool>,
    /// Whether it must, or must not, look up a single record by its key, and nothing that goes with it.
    pub(super) one_record: Option<bool>,
    /// Whether it must, or must not, be the one place of its programs that does this, for one other.
    pub(super) lone: Option<bool>,
    /// Whether it must, or must not, only note or tidy up what other work has done.
    pub(super) bookkeeping: Option<bool>,
    /// Whether what it is handed must, or must not, serve the connections that it is given.
    pub(super) serves: Option<bool>,
    /// Order counts also inside a function that one call leads to.
    pub(super) in_callee: bool,
    pub(super) awaited: Option<bool>,
    /// What must become of its result.
    pub(super) taken: Vec<TakenEntry>,
    pub(super) long_lived: bool,
    /// What it is called on is a variable of a module or package, and no field.
    pub(super) of_module: bool,
    /// What it is a field of is no store of which another works on what many processes share.
    pub(super) no_shared_alternative: bool,
    /// What it is known to come to.
    pub(super) reaches: Vec<super::Reach>,
    /// Roles one of which it is known to play, itself or in the functions of the tree that it runs.
    pub(super) comes_to: Several,
    /// What it runs tries something again by itself.
    pub(super) tries_again: bool,
    /// How it is made again when it fails.
    pub(super) repeated: Option<RepeatEntry>,
}

/// How a call is made again when it fails.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RepeatEntry {
    pub(super) pause: Vec<super::repeated::Pause>,
    pub(super) attempts: Vec<super::repeated::Attempts>,
    pub(super) errors: Vec<super::repeated::Errors>,
    pub(super) unused_growth: bool,
    pub(super) nested: bool,
    pub(super) single: bool,
    pub(super) head: bool,
    /// A loop repeats it, and no function that runs itself again.
    pub(super) in_loop: bool,
    /// The code itself speaks of trying again.
    pub(super) said: bool,
    /// A bad status, which is no error by itself, leads to the next attempt.
    pub(super) statuses: bool,
    /// A number of attempts that is known is above this.
    pub(super) beyond: Option<u32>,
}

/// What becomes of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum TakenEntry {
    /// Nobody takes it.
    Dropped,
    /// It is waited for and dropped.
    Awaited,
    /// The caller gets it as it is.
    Returned,
    /// Somebody keeps it, the caller included.
    Kept,
    /// Go: it gives an error, and nobody looks at that, whatever becomes of its other results.
    Unheard,
}

/// Where a step is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ScopeEntry {
    /// The function that is looked at, with what it calls.
    #[default]
    Function,
    /// Anywhere in the file; in Go, in the package.
    File,
    /// Anywhere in the very file, in Go too.
    Source,
    /// Anywhere in the program: every file of the same language family.
    Program,
}

/// What a step may stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PlaceEntry {
    /// A `catch`, or a branch taken on an error.
    Catch,
    /// A `finally`.
    Finally,
    /// A loop.
    Loop,
    /// The options of another call that a model knows.
    Argument,
    /// A deferred call.
    Deferred,
    /// What nobody waits for.
    Detached,
    /// A callback.
    Callback,
    /// A function that a library runs each time a connection is up.
    OpenHandler,
    /// A function that a library runs when a connection closes or fails, or one that such a function calls.
    CloseHandler,
    /// What a timer or queue runs later, here or in a function that leads there.
    Later,
    /// A loop over items, of one of which it is made.
    Each,
    /// For an item of what a look-up gave that was asked for nothing of the message.
    Swept,
    /// A function that a library runs with each message.
    MessageHandler,
    /// The same, but no helper that one of them hands the message on to.
    Subscriber,
    /// A function that a library runs with each HTTP request, by its model or its parameters.
    HttpHandler,
    /// A function that runs for several items at the same time.
    Parallel,
    /// What runs with each piece of a stream: a `for await`, or a function handed to `on('data', …)`.
    Pieces,
    /// A callback that runs as one transaction, or a queue of commands sent as one.
    Transaction,
    /// A callback that runs under a lock.
    Lock,
    /// What a library runs again when it fails.
    Retry,
    /// What a function of the tree that it is handed to runs again when it fails.
    HandRetry,
    /// What runs only as the process begins.
    Startup,
    /// A call that the start of the process makes once and waits for.
    Boot,
    /// A loop, of this function or of what it calls to get there: a worker that goes on beside the rest.
    Worker,
    /// A function that nobody in the tree is seen to call.
    Uncalled,
    /// A function that has a context at hand that it does not use: a parameter, or a variable that holds one.
    Context,
    /// A function with a context at hand that is shown to end: that of a request or a message, or one with a deadline.
    EndingContext,
    /// Where a lock of this process is held.
    Mutex,
    /// What changes something after other work of the function was done under the context at hand.
    Finishing,
    /// A function that a request runs, itself or through what it calls.
    RequestPath,
    /// What only one runs at a time: as the process begins, in what is started then, or behind a flag.
    Alone,
    /// What many run at the same time: with each message or request, or one for each item.
    Crowd,
    /// What no request, message or item is seen to lead to, though all that leads to it can be followed.
    Apart,
    /// A retry of a library that is told to try again only on failures of a kind of their own.
    OwnFailures,
    /// What nobody waits for an answer of, as far as all who lead to it are known: jobs, events, promises that nobody takes.
    Unattended,
    /// What a platform ends in time, as the files say that lead to it.
    TimeBoxed,
}

/// A test of a role's argument.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ArgEntry {
    pub(super) same_as: Option<Spanned<String>>,
    /// The same, or the same text around other values.
    pub(super) like: Option<Spanned<String>>,
    pub(super) matches: Option<Spanned<String>>,
    pub(super) not_matches: Option<Spanned<String>>,
    /// Its constant text matches, whatever is configured.
    pub(super) matches_settled: Option<Spanned<String>>,
    pub(super) not_matches_settled: Option<Spanned<String>>,
    /// Its source text matches.
    pub(super) written: Option<Spanned<String>>,
    pub(super) not_written: Option<Spanned<String>>,
    pub(super) mentions: Several,
    /// An object written out or constructed by the function itself.
    pub(super) fresh: bool,
    /// Nothing live.
    pub(super) plain: bool,
    /// Made of something that the function multiplies.
    pub(super) growing: bool,
    /// Things one of which it is named after.
    pub(super) named: Several,
    /// The declaration of its type is written so.
    pub(super) declared_with: Option<Spanned<String>>,
    pub(super) is: Option<Scalar>,
    pub(super) is_not: Option<Scalar>,
    /// Made by a call with one of these roles.
    pub(super) made_by: Several,
    /// Given, and made by no call with one of these roles.
    pub(super) not_made_by: Several,
    /// Made of what an earlier step gave or received.
    pub(super) made_of: Option<Spanned<String>>,
    /// A number, a time, or an argument of an earlier step (`outer.timeout`), that it is not below.
    pub(super) at_least: Option<Spanned<Scalar>>,
    /// That it is not above.
    pub(super) at_most: Option<Spanned<Scalar>>,
    /// That it is above.
    pub(super) more_than: Option<Spanned<Scalar>>,
    /// That it is below.
    pub(super) less_than: Option<Spanned<Scalar>>,
    /// That it is above, if it is known; attempts with the first.
    pub(super) beyond: Option<u32>,
}

/// A way through a function that must exist.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct PathEntry {
    pub(super) from: Spanned<String>,
    pub(super) to: Several,
    #[serde(default)]
    pub(super) avoiding: Several,
}

/// What a finding shows.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ReportEntry {
    pub(super) at: Spanned<String>,
    /// What to call the primary place.
    #[serde(default)]
    pub(super) label: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) message: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) labels: Pairs<Spanned<String>>,
    /// Report where it is written, also when a function that is called does it.
    #[serde(default)]
    pub(super) as_written: bool,
}
