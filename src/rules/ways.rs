//! Ways through a function, as a compiled match asks for them.
//!
//! Owns: where a way starts and ends, and what it must not pass. Does not own: how it is written (`schema`), or whether there is one
//! (`engine`).

use crate::models::Role;

/// A way through a function.
#[derive(Debug)]
pub struct WayThrough {
    /// Its name; binds its end.
    pub name: String,
    /// Where it starts.
    pub from: From,
    /// Where it ends.
    pub to: Vec<To>,
    /// What it must not pass.
    pub avoiding: Vec<Avoid>,
}

/// Where a way starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// Where the function begins.
    Entry,
    /// After a step, whatever came of it.
    After(usize),
    /// After a step that worked and gave something.
    Ok(usize),
    /// After a step that failed.
    Error(usize),
    /// After a step that gave nothing.
    Miss(usize),
    /// After a step, where a count of attempts is found to be used up.
    Exhausted(usize),
    /// Where what a step stands in is started beside the rest.
    Fork(usize),
}

/// Where a way ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// At a normal end of the function, or of a loop's round that began with the step.
    Return,
    /// At an error that nobody catches.
    Fail,
    /// At a `throw` in a `catch`, or a Go `return` of an error that was told apart: some failures are passed on.
    Rethrow,
    /// At a step.
    Step(usize),
    /// At a call with a role.
    Role(Role),
    /// At the step itself, round a loop, or at a call that runs the function again.
    Again,
}

/// What a way must not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Avoid {
    /// A call with a role.
    Role(Role),
    /// A step.
    Step(usize),
    /// A call that is not understood and is handed what the step received.
    HandsOn(usize),
    /// Work in a `catch`, or in a branch on an error: something is done about the failure.
    Rescue,
    /// The branch where attempts are found to be used up.
    Exhausted,
    /// A `return` of some value on a failure: the caller is told.
    Answer,
    /// Where a loop takes the next of what it goes over.
    NextItem,
    /// The branch where a failure is told as one by which the other side refused, or as one of a kind of its own.
    Refused,
}
