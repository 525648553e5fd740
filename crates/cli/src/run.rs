//! From the command line to the exit code.

use std::future::Future;
use std::io;
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::args::{Cli, Command};
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::screen::{Screen, note_in_json, tell};
use crate::{
    agents, backup, card, completions, drain, duties, eval, incidents, log, plan, push, resume, send, tasks, units, up,
    webhook,
};

const USAGE: u8 = 64;

/// The whole of `main`.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return refused(&error),
    };
    let json = cli.common.json;
    // What `up` notes stands among the logs of the services, which are in a form of their own.
    if json && !matches!(cli.command, Command::Up(_)) {
        note_in_json();
    }
    match execute(cli) {
        Ok(outcome) => outcome.into(),
        // Whoever read the output has seen enough, as with `watchroom watch ID | head`.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            tell(&if json { failure.json() } else { failure.text() });
            ExitCode::from(&failure)
        }
    }
}

fn refused(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // Nobody is left to tell when the terminal is gone.
        error.print().ok();
        return ExitCode::SUCCESS;
    }
    // What was said is not known, only how it was to be answered.
    if std::env::args_os().any(|word| word == "--json") {
        tell(&Failure::Usage(first_paragraph(error)).json());
    } else {
        error.print().ok();
    }
    ExitCode::from(USAGE)
}

/// What clap says before it goes on to the usage, in one line.
fn first_paragraph(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let lines = text.lines().take_while(|line| !line.trim().is_empty()).map(str::trim);
    let paragraph = lines.collect::<Vec<_>>().join(" ");
    paragraph.trim_start_matches("error: ").to_owned()
}

fn execute(cli: Cli) -> Result<Outcome, Failure> {
    let Cli { command, common } = cli;
    let mut screen = Screen::new(common.json);
    let end = match command {
        Command::Up(args) => block_on(up::run(&args, &common, &mut screen)),
        Command::Send(args) => block_on(send::send(&args, &common, &mut screen)),
        Command::Plan(args) => block_on(plan::run(&args, &common, &mut screen)),
        Command::Tasks(args) => block_on(tasks::list(&args, &common, &mut screen)),
        Command::Task(args) => block_on(tasks::show(&args, &common, &mut screen)),
        Command::Watch(args) => block_on(send::watch(&args, &common, &mut screen)),
        Command::Resume(args) => block_on(resume::run(&args, &common, &mut screen)),
        Command::Cancel(args) => block_on(tasks::cancel(&args, &common, &mut screen)),
        Command::Duties(args) => block_on(duties::run(&args, &common, &mut screen)),
        Command::Agents(args) => block_on(agents::run(&args, &common, &mut screen)),
        Command::Resolve(args) => block_on(agents::resolve(&args, &common, &mut screen)),
        Command::Units(args) => block_on(units::run(&args, &common, &mut screen)),
        Command::Incidents(args) => block_on(incidents::run(&args, &common, &mut screen)),
        Command::Log(args) => block_on(log::run(&args, &common, &mut screen)),
        Command::Backup(args) => block_on(backup::run(&args, &common, &mut screen)),
        Command::Webhook(args) => block_on(webhook::run(&args, &common, &mut screen)),
        Command::Push(args) => block_on(push::run(&args, &common, &mut screen)),
        Command::Drain(args) => block_on(drain::run(&args, &common, &mut screen)),
        Command::Card(args) => block_on(card::run(&args, &common, &mut screen)),
        Command::Keys(args) => card::public(&args, &mut screen),
        Command::Eval(args) => eval::run(&args, &mut screen),
        Command::Completions(args) => completions::run(&args, &mut screen),
    };
    // What comes next on the terminal begins on a line of its own, also after a failure.
    screen.clear().ok();
    end
}

fn block_on(command: impl Future<Output = Result<Outcome, Failure>>) -> Result<Outcome, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Internal(format!("cannot start the runtime: {error}")))?;
    runtime.block_on(command)
}
