//! The smallest service: nothing but what every service has. Try `--help`, then grpcurl on both ports.

use std::process::ExitCode;

use service::{Command, Fatal, Process};
use tonic::service::Routes;

/// Serves health and reflection, and nothing else.
#[derive(Debug, clap::Parser)]
#[command(name = "minimal", version, about)]
struct Args {
    #[command(flatten)]
    service: service::Args,
    /// Panics instead of serving.
    #[arg(long)]
    panic: bool,
}

impl Command for Args {
    const NAME: &'static str = "minimal";
    const PORT: u16 = 7999;
    const ADMIN_PORT: u16 = 8999;

    fn service(&self) -> &service::Args {
        &self.service
    }
}

async fn run(args: Args, process: Process) -> Result<(), Fatal> {
    assert!(!args.panic, "asked to");
    let bound = process.bind()?;
    process.on_stop("farewell", async { tracing::info!("farewell") });
    bound.serve(Routes::default(), &[]).await
}

fn main() -> ExitCode {
    service::main(run)
}
