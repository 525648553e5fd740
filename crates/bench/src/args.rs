//! The command line of `bench`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};

use crate::subject::Subject;

/// Benchmarks of Watchroom as ratios to a bare tonic server.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Measures and prints Markdown tables to stdout, progress to stderr.
    Run(RunArgs),
    /// The baseline: a bare tonic service that answers with a prepared task or a prepared five-event stream.
    Raw(ServeArgs),
    /// A collector of traces that keeps none.
    Sink(ServeArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct RunArgs {
    /// How long one measurement takes, without its warm-up, in seconds.
    #[arg(long, default_value_t = 2.0)]
    pub(crate) seconds: f64,
    /// How often each measurement is repeated, interleaved with the others.
    #[arg(long, default_value_t = 3)]
    pub(crate) repeats: usize,
    /// Requests in flight.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 128])]
    pub(crate) in_flight: Vec<usize>,
    /// Kinds of work.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Work::ALL)]
    pub(crate) work: Vec<Work>,
    /// Where the server runs.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Placement::ALL)]
    pub(crate) placement: Vec<Placement>,
    /// What is compared; the first is what the others are measured against.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Subject::MAIN)]
    pub(crate) server: Vec<Subject>,
    /// Connections of the load.
    #[arg(long, default_value_t = 8)]
    pub(crate) connections: usize,
    /// Where stores and the disk measurement write; must be on the disk that is meant.
    #[arg(long, default_value = "target/bench")]
    pub(crate) dir: PathBuf,
}

impl RunArgs {
    pub(crate) fn window(&self) -> Duration {
        Duration::from_secs_f64(self.seconds)
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct ServeArgs {
    /// File that gets the address as JSON, once the server is ready.
    #[arg(long)]
    pub(crate) announce: PathBuf,
}

/// What one request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Work {
    /// SendMessage: a task with five events, answered when it is completed.
    Send,
    /// SendStreamingMessage: the same five events as a stream.
    Stream,
    /// GetTask of a task that was just completed.
    Get,
}

impl Work {
    const ALL: [Self; 3] = [Self::Send, Self::Stream, Self::Get];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Stream => "stream",
            Self::Get => "get",
        }
    }
}

impl std::fmt::Display for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Which cores the server and the load may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Placement {
    /// The server on core 0, the load on core 1.
    Pinned,
    /// Both on all cores.
    Unpinned,
}

impl Placement {
    const ALL: [Self; 2] = [Self::Pinned, Self::Unpinned];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Pinned => "pinned",
            Self::Unpinned => "unpinned",
        }
    }
}

impl std::fmt::Display for Placement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
