//! The registry's command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use outbound::{Dialer, Guard, Roots};
use service::{Fatal, parse_duration};

use crate::catalog::Terms;

/// Who is alive and what they can do: leases, queries and a resumable watch
#[derive(Debug, Clone, Parser)]
#[command(name = "registry", version)]
pub struct Args {
    /// Those of every process.
    #[command(flatten)]
    pub service: service::Args,
    /// Directory of the registry's store; made when it is missing
    #[arg(long, env = "WATCHROOM_DATA_DIR", value_name = "DIR", default_value = "watchroom-data/registry")]
    pub data_dir: PathBuf,
    /// Keep registrations in memory only: after a restart every instance registers again
    #[arg(long, env = "WATCHROOM_IN_MEMORY", value_parser = clap::builder::FalseyValueParser::new())]
    pub in_memory: bool,
    /// Make the store of this backup instead of serving; the data directory must not hold one
    #[arg(long, value_name = "FILE", conflicts_with = "in_memory")]
    pub restore: Option<PathBuf>,
    /// Shortest lease that is granted
    #[arg(long, env = "WATCHROOM_TTL_MIN", value_name = "TIME", default_value = "3s", value_parser = parse_duration)]
    pub ttl_min: Duration,
    /// Lease of an instance that asks for none in particular
    #[arg(long, env = "WATCHROOM_TTL_DEFAULT", value_name = "TIME", default_value = "10s", value_parser = parse_duration)]
    pub ttl_default: Duration,
    /// Longest lease that is granted
    #[arg(long, env = "WATCHROOM_TTL_MAX", value_name = "TIME", default_value = "60s", value_parser = parse_duration)]
    pub ttl_max: Duration,
    /// File with the public keys (a JWK set) whose signatures make a card SIGNED; read again when it changes
    #[arg(long, env = "WATCHROOM_TRUST", value_name = "KEYS")]
    pub trust: Option<PathBuf>,
    /// Fetch unsigned cards back from where they say that their agents are; the same card makes it REACHABLE. Says how
    /// far such a request may go [default: no card is fetched]
    #[arg(long, env = "WATCHROOM_FETCH_CARDS", value_name = "REACH")]
    pub fetch_cards: Option<Reach>,
}

/// How far a request goes whose address a card names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Reach {
    /// Only addresses of the public network: no loopback, no private or link-local one, no metadata service
    Public,
    /// Every address, also of this machine and its network
    All,
}

impl Reach {
    /// What connects so far.
    pub(crate) fn dialer(self, roots: &Roots) -> Dialer {
        let guard = match self {
            Self::Public => Guard::default(),
            Self::All => Guard::anywhere(),
        };
        Dialer::new(guard, roots.clone())
    }
}

/// Below this, renewals would cost more than they tell.
const SHORTEST: Duration = Duration::from_millis(100);

impl Default for Args {
    /// In memory, on free loopback ports: for a registry inside a test.
    fn default() -> Self {
        let Terms { min, default, max } = Terms::default();
        Self {
            service: service::Args::default(),
            data_dir: PathBuf::from("watchroom-data/registry"),
            in_memory: true,
            restore: None,
            ttl_min: min,
            ttl_default: default,
            ttl_max: max,
            trust: None,
            fetch_cards: None,
        }
    }
}

impl Args {
    /// The bounds of leases.
    pub(crate) fn terms(&self) -> Terms {
        Terms { min: self.ttl_min, default: self.ttl_default, max: self.ttl_max }
    }
}

impl service::Command for Args {
    const NAME: &'static str = "registry";
    const PORT: u16 = 7401;
    const ADMIN_PORT: u16 = 8401;

    fn service(&self) -> &service::Args {
        &self.service
    }

    fn validate(&self) -> Result<(), Fatal> {
        if self.ttl_min < SHORTEST {
            return Err(Fatal::usage("--ttl-min must be at least 100ms"));
        }
        if self.ttl_default < self.ttl_min || self.ttl_max < self.ttl_default {
            return Err(Fatal::usage("--ttl-default must lie between --ttl-min and --ttl-max"));
        }
        Ok(())
    }
}
