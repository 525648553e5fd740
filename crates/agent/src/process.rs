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
    service::main(run::<A>)
}

async fn run<A: Agent>(command: Command<A>, process: Process) -> Result<(), Fatal> {
    if command.kit.restored(process.name())? {
        return Ok(());
    }
    let mut setup = Setup::open(&command.kit, &process).await?;
    let agent = A::open(command.own, &setup).await?;
    let profile = agent.profile();
    let kit = setup.start(Turns::new(agent), profile).await?;
    let agent = kit.clone();
    setup.serve(kit, |routes| agent.driver().agent().extend(routes)).await
}
