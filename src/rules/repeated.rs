//! How a call is made again when it fails, as a compiled step asks for it.
//!
//! Owns: what lies between attempts, how many there are, and which failures lead to one. Does not own: how a call is found to be
//! repeated (`engine`).

use serde::Deserialize;

/// How a call is made again when it fails; empty lists are any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repeated {
    /// What lies between two attempts.
    pub pause: Vec<Pause>,
    /// How often.
    pub attempts: Vec<Attempts>,
    /// Which failures.
    pub errors: Vec<Errors>,
    /// A delay is computed that governs no wait.
    pub unused_growth: bool,
    /// Something is repeated within it.
    pub nested: bool,
    /// One second attempt counts too.
    pub single: bool,
    /// It is about the head of a queue, which is taken off only when it succeeds.
    pub head: bool,
    /// A loop repeats it, and no function that runs itself again.
    pub in_loop: bool,
    /// The code itself speaks of trying again.
    pub said: bool,
    /// A bad status, which is no error by itself, leads to the next attempt.
    pub statuses: bool,
    /// A number of attempts that is known is above this.
    pub beyond: Option<u32>,
}

/// What lies between two attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Pause {
    /// Nothing.
    None,
    /// A wait that each round leaves as it is.
    Constant,
    /// A wait that rounds change.
    Growing,
    /// A wait with a random part.
    Random,
    /// A wait that cannot be told.
    Unknown,
}

/// How often a call is made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Attempts {
    /// Until it works.
    Endless,
    /// Until whoever asked has gone, or the process ends.
    UntilStopped,
    /// Until a count, the clock or a collection ends it.
    Bounded,
}

/// Which failures lead to another attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Errors {
    /// Every one.
    All,
    /// Some branch looks at the failure.
    ToldApart,
}
