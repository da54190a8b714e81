//! What runs side by side, and what outlives one run of a function.
//!
//! Owns: crowds, locks of this process, live objects, and what is made anew each time. Does not own: the order within one function (`flow`).

pub(super) mod anew;
pub(super) mod crowd;
pub(super) mod fed;
pub(super) mod held;
pub(super) mod lifetime;
pub(super) mod live;
