//! The command line of `bench`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};

use crate::dispatch::FanoutArgs;
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
    /// The baseline of the JSON bindings: HTTP with prepared answers.
    BareJson(ServeArgs),
    /// A collector of traces that keeps none.
    Sink(ServeArgs),
    /// The baseline of the registry: its service with nothing behind it.
    BareRegistry(ServeArgs),
    /// The baseline of dispatches: a hand-written fan-out to bare tonic services.
    Fanout(FanoutArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct RunArgs {
    /// Only these parts of the run, such as `dispatch,recovery`.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Section::ALL)]
    pub(crate) only: Vec<Section>,
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
    /// Tasks that are stored when a service is killed; the most of them also when tasks are listed.
    #[arg(long, value_delimiter = ',', default_values_t = [0, 10_000, 1_000_000])]
    pub(crate) stored: Vec<usize>,
    /// Tasks that are under way when a service is killed.
    #[arg(long, default_value_t = 100)]
    pub(crate) running: usize,
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

/// A part of the run. They are measured in this order, whatever the order in which they are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Section {
    /// Requests to one service, as ratios to bare tonic; tracing; start and idle memory.
    Requests,
    /// The commit loop alone.
    Commits,
    /// Slow and idle readers.
    Readers,
    /// A dispatch to three agents, as ratios to a hand-written fan-out.
    Dispatch,
    /// From kill -9 to the first answer, with little and with much stored.
    Recovery,
    /// Renewals, the way of a change to every watcher, and memory of the registry.
    Registry,
    /// Pages and totals of lists, with few and with many tasks stored.
    Lists,
    /// Requests over each binding, against bare servers and the official SDKs.
    Bindings,
}

impl Section {
    const ALL: [Self; 8] = [
        Self::Requests,
        Self::Commits,
        Self::Readers,
        Self::Dispatch,
        Self::Recovery,
        Self::Registry,
        Self::Lists,
        Self::Bindings,
    ];

    /// Those that are asked for, each once.
    pub(crate) fn wanted(only: &[Self]) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|section| only.contains(section))
    }
}

impl std::fmt::Display for Section {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let value = self.to_possible_value();
        f.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<RunArgs, clap::Error> {
        let args = Args::try_parse_from([&["bench", "run"], args].concat())?;
        let Command::Run(run) = args.command else { unreachable!("the command is run") };
        Ok(run)
    }

    fn wanted(args: &[&str]) -> Vec<Section> {
        Section::wanted(&parse(args).unwrap().only).collect()
    }

    #[test]
    fn a_run_without_arguments_measures_everything() {
        assert_eq!(wanted(&[]), Section::ALL);
    }

    #[test]
    fn only_the_sections_asked_for_are_measured_once_and_in_order() {
        assert_eq!(wanted(&["--only", "readers,commits,readers"]), [Section::Commits, Section::Readers]);
        assert_eq!(wanted(&["--only", "readers", "--only", "requests"]), [Section::Requests, Section::Readers]);
    }

    #[test]
    fn an_unknown_section_is_refused_by_name() {
        let refusal = parse(&["--only", "commits,lunch"]).unwrap_err().to_string();
        assert!(refusal.contains("lunch") && refusal.contains("readers"), "{refusal}");
    }
}
