//! Benchmarks with their baseline: a bare tonic server, and ratios to it measured in the same run, interleaved.
//! Absolute figures mean nothing on a shared machine; the table prints them beside the ratios all the same.

mod args;
mod bindings;
mod child;
mod commits;
mod disk;
mod dispatch;
mod echo;
mod error;
mod fill;
mod lists;
mod load;
mod matrix;
mod raw;
mod readers;
mod recovery;
mod registry;
mod report;
mod sections;
mod sink;
mod stats;
mod subject;
mod targets;
mod wire;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Args, Command};
use crate::error::Error;

pub use crate::echo::{Echo, EchoArgs};

/// Runs what the command line says; a failure is printed and gives exit code 1.
pub fn main() -> ExitCode {
    match run(Args::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::progress(format_args!("bench: {}", error::chain(&error)));
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), Error> {
    match command {
        Command::Raw(args) => raw::serve(&args),
        Command::BareJson(args) => bindings::serve(&args),
        Command::Sink(args) => sink::serve(&args),
        Command::BareRegistry(args) => registry::serve(&args),
        Command::Fanout(args) => dispatch::serve(&args),
        Command::Run(args) => sections::run(&args),
    }
}
