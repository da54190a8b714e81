//! faultlint finds the faults of distributed systems in TypeScript, JavaScript and Go.
pub mod data;
pub mod engine;
pub mod facts;
pub mod finding;
pub mod lower;
pub mod models;
pub mod program;
pub mod rules;
pub mod source;
pub mod syntax;
