//! The `faultlint` command: reads the command line, calls the library, maps the outcome to an exit status.

use std::process::ExitCode;

use clap::Parser;
use faultlint::cli::Cli;
use faultlint::command;

/// The exit status of what an interrupt ended, as shells tell it.
const INTERRUPTED: i32 = 130;

fn main() -> ExitCode {
    // Without a handler the run ends all the same, only not as tidily.
    let _ = ctrlc::set_handler(|| {
        command::terminal::interrupted();
        std::process::exit(INTERRUPTED);
    });
    match command::execute(&Cli::parse()) {
        Ok(status) => ExitCode::from(status as u8),
        Err(error) => {
            command::complain(&error);
            ExitCode::from(command::Status::Error as u8)
        }
    }
}
