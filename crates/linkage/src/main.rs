//! The command line of `linkage`: `linkage --help`.

mod command;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    match command::run(command::Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("linkage: {e:#}");
            ExitCode::FAILURE
        }
    }
}
