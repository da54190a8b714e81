//! faultlint finds the faults of distributed systems in TypeScript, JavaScript and Go.
pub mod cli;
pub mod command;
pub mod config;
pub mod data;
pub mod engine;
pub mod facts;
pub mod finding;
pub mod fixture;
pub mod lower;
pub mod models;
pub mod program;
pub mod report;
pub mod rules;
pub mod run;
pub mod source;
pub mod suppress;
pub mod syntax;
