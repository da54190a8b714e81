//! How long calls may take: the limits that hold for them, and the contexts and signals that carry these.
//!
//! Owns: finding limits and contexts, wherever they are set. Does not own: which of them is missing (rules).

pub(super) mod at_hand;
pub(super) mod contexts;
pub(super) mod endless;
pub(super) mod guards;
pub mod limits;
pub(super) mod passed_on;
pub(super) mod races;
