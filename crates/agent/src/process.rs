//! An agent as a process: its command line and its `main`.

use std::process::ExitCode;

use clap::Parser;
use service::{Fatal, Process};

use crate::agent::Agent;
use crate::args::Args;
use crate::setup::Setup;
use crate::turns::Turns;

/// The command line of an agent.
#[derive(Debug, Parser)]
#[command(name = A::NAME, version, about = A::ABOUT)]
struct Command<A: Agent> {
    #[command(flatten)]
    kit: Args,
    #[command(flatten)]
    own: A::Args,
}

impl<A: Agent> service::Command for Command<A> {
    const NAME: &'static str = A::NAME;
    const PORT: u16 = A::PORT;
    const ADMIN_PORT: u16 = A::ADMIN_PORT;

    fn service(&self) -> &service::Args {
        &self.kit.service
    }
}

/// The whole of an agent's `main`.
pub fn main<A: Agent>() -> ExitCode {
    service::main(|command: Command<A>, process| run::<A>(command.kit, command.own, process))
}

/// Runs an agent with these settings until the process is drained, for commands that are not quite [`main`]'s.
///
/// # Errors
/// [`Fatal`] when it cannot serve.
pub async fn run<A: Agent>(kit: Args, own: A::Args, process: Process) -> Result<(), Fatal> {
    if kit.restored(process.name())? {
        return Ok(());
    }
    let mut setup = Setup::open(&kit, &process).await?;
    let agent = A::open(own, &setup).await?;
    let profile = agent.profile();
    let kit = setup.start(Turns::new(agent), profile).await?;
    let agent = kit.clone();
    setup.serve(kit, |routes| agent.driver().agent().extend(routes)).await
}
