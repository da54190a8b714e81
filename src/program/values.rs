//! What an expression is and what it holds: the object of a library, the function or type of the tree, the constant, the key.
//!
//! Owns: following values to where they are made. Does not own: what a call does with them (`calls`).

pub(super) mod constant;
pub(super) mod data_flow;
pub mod entity;
pub(super) mod expected;
pub(super) mod fresh;
pub(super) mod made;
pub(super) mod members;
pub mod open;
pub(super) mod origins;
pub(super) mod results;
pub mod settled;
pub mod shape;
pub(super) mod types;
pub mod value;
