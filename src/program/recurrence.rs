//! How values change from one round of a loop, or one call, to the next.
//!
//! Owns: growth, its ceilings, and sums made with what was there before. Does not own: which calls are made again (`engine`).

pub(super) mod ceiling;
pub mod counted;
pub mod trend;
