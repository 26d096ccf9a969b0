//! The `nasman` binary.

use std::process::ExitCode;

use clap::Parser as _;
use nasman::commands::{Cli, run};

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            use std::io::Write as _;
            // Where even standard error is closed there is nobody left to tell.
            let _ = writeln!(std::io::stderr(), "nasman: {text}");
            ExitCode::FAILURE
        }
    }
}
