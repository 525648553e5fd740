//! The servers that are compared, and how each is started.

use std::fmt;
use std::path::Path;

use clap::ValueEnum;

/// A server under load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Subject {
    /// Bare tonic: the baseline.
    Raw,
    /// The kit over the in-memory store.
    Memory,
    /// The kit over the embedded store, every answer after its fsync.
    Strict,
    /// The kit over the in-memory store, exporting a trace of every request.
    Traced,
}

impl Subject {
    /// What the main tables compare, the baseline first.
    pub(crate) const MAIN: [Self; 3] = [Self::Raw, Self::Memory, Self::Strict];

    /// As the tables call it.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Raw => "bare tonic",
            Self::Memory => "kit, in memory",
            Self::Strict => "kit, strict",
            Self::Traced => "kit, in memory, traced",
        }
    }

    /// The binary.
    pub(crate) const fn program(self) -> &'static str {
        match self {
            Self::Raw => "bench",
            Self::Memory | Self::Strict | Self::Traced => "echo",
        }
    }

    /// Its arguments; `collector` is where traces go.
    pub(crate) fn arguments(self, dir: &Path, collector: &str) -> Vec<String> {
        let kit = |own: &[&str]| {
            let ports = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--log", "warn"];
            // Nobody listens there: looking for a registry is part of every service's life.
            let registry = ["--registry", "http://127.0.0.1:9"];
            [&ports, &registry[..], own].concat().into_iter().map(str::to_owned).collect()
        };
        match self {
            Self::Raw => vec!["raw".to_owned()],
            Self::Memory => kit(&["--in-memory"]),
            Self::Strict => kit(&["--data-dir", &dir.join("data").to_string_lossy()]),
            Self::Traced => kit(&["--in-memory", "--otlp-endpoint", &format!("http://{collector}")]),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        f.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
}
