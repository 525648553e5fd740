//! Stands in for a service of the cluster: the same flags, nothing behind them.
//! A file `refuse` in its data directory keeps it from starting, and one `taken` is a port that somebody else has.

use std::path::PathBuf;
use std::process::ExitCode;

use service::{Command, Fatal, Process};
use tonic::service::Routes;

/// A service without a purpose.
#[derive(Debug, clap::Parser)]
#[command(name = "stand-in", version)]
struct Args {
    #[command(flatten)]
    service: service::Args,
    /// Where the real one would keep its store.
    #[arg(long)]
    data_dir: PathBuf,
    /// Where the real one would register.
    #[arg(long)]
    registry: Option<String>,
    /// Whom the real operator would know beside.
    #[arg(long)]
    foreign_agent: Vec<String>,
    /// What the real one would call others with.
    #[arg(long)]
    token_file: Option<PathBuf>,
    /// Whose signatures the real registry would trust.
    #[arg(long)]
    trust: Option<PathBuf>,
    /// How far the real registry would go for a card.
    #[arg(long)]
    fetch_cards: Option<String>,
}

impl Command for Args {
    const NAME: &'static str = "stand-in";
    const PORT: u16 = 7997;
    const ADMIN_PORT: u16 = 8997;

    fn service(&self) -> &service::Args {
        &self.service
    }
}

async fn run(args: Args, process: Process) -> Result<(), Fatal> {
    let refuse = args.data_dir.join("refuse");
    if refuse.exists() {
        return Err(Fatal::io(refuse.display(), "it is there"));
    }
    if args.data_dir.join("taken").exists() {
        return Err(Fatal::PortInUse { address: ([127, 0, 0, 1], 7411).into(), flag: "--listen" });
    }
    let (foreign, trust) = (&args.foreign_agent, &args.trust);
    let token = &args.token_file;
    tracing::info!(registry = args.registry, ?foreign, ?trust, cards = args.fetch_cards, ?token, "standing in");
    process.bind()?.serve(Routes::default(), &[]).await
}

fn main() -> ExitCode {
    service::main(run)
}
