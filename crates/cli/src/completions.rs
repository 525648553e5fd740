//! `completions`: a script for a shell, made from the flags themselves.

use std::io::Write;

use clap::CommandFactory as _;

use crate::args::{Cli, Completions};
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::screen::Screen;

/// Writes the script.
pub(crate) fn run<W: Write>(args: &Completions, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    let mut command = Cli::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    screen.raw(&script)?;
    Ok(Outcome::Done)
}
