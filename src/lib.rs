//! faultlint finds the faults of distributed systems in TypeScript, JavaScript and Go.
pub mod facts;
pub mod finding;
pub mod lower;
pub mod source;
pub mod syntax;
