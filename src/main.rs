//! The `faultlint` command: reads the command line, calls the library, maps the outcome to an exit status.

use std::process::ExitCode;

use clap::Parser;
use faultlint::cli::Cli;
use faultlint::command;

fn main() -> ExitCode {
    match command::execute(&Cli::parse()) {
        Ok(status) => ExitCode::from(status as u8),
        Err(error) => {
            command::complain(&error);
            ExitCode::from(command::Status::Error as u8)
        }
    }
}
