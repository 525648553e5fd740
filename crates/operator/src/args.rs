//! The operator's command line.

use std::time::Duration;

use a2a::NotNamed;
use clap::{Parser, ValueEnum};
use discovery::choose::Policy;
use orchestrator::{Foreign, Keep, Mode, Patience, Settings};
use outbound::{Allow, Guard, Roots};
use service::{Fatal, parse_duration};
use types::RetryPolicy;

/// Takes calls, plans who is needed, dispatches them and follows them to the end.
#[derive(Debug, Clone, Parser)]
#[command(name = "operator", version, about)]
#[group(id = "operator")]
pub struct Args {
    /// Those of every service with tasks.
    #[command(flatten)]
    pub kit: agent::Args,
    /// Those of runs.
    #[command(flatten)]
    pub runs: Runs,
}

/// The defaults of plans and their steps.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Runs")]
pub struct Runs {
    /// Whether the steps of a plan from text run one after the other or together, unless the request says
    #[arg(long, env = "WATCHROOM_MODE", value_enum, default_value = "sequential")]
    pub mode: Order,
    /// Attempts of a step in all
    #[arg(long, env = "WATCHROOM_STEP_ATTEMPTS", value_name = "N", default_value_t = 3,
          value_parser = clap::value_parser!(u32).range(1..=100))]
    pub step_attempts: u32,
    /// Longest first pause between attempts; it doubles each time, with full jitter
    #[arg(long, env = "WATCHROOM_STEP_BACKOFF", value_name = "TIME", default_value = "1s", value_parser = parse_duration)]
    pub step_backoff: Duration,
    /// Longest pause between attempts
    #[arg(long, env = "WATCHROOM_STEP_MAX_BACKOFF", value_name = "TIME", default_value = "30s", value_parser = parse_duration)]
    pub step_max_backoff: Duration,
    /// Longest attempt, apart from the time that its agent waits for others
    #[arg(long, env = "WATCHROOM_ATTEMPT_TIMEOUT", value_name = "TIME", default_value = "30s", value_parser = parse_duration)]
    pub attempt_timeout: Duration,
    /// Longest run, apart from the time that agents or callers wait for others
    #[arg(long, env = "WATCHROOM_RUN_TIMEOUT", value_name = "TIME", default_value = "300s", value_parser = parse_duration)]
    pub run_timeout: Duration,
    /// Longest wait of an agent, or for the answer to a question
    #[arg(long, env = "WATCHROOM_WAIT_TIMEOUT", value_name = "TIME", default_value = "24h", value_parser = parse_duration)]
    pub wait_timeout: Duration,
    /// Longest wait for an endpoint of a step's agent
    #[arg(long, env = "WATCHROOM_ENDPOINT_WAIT", value_name = "TIME", default_value = "10s", value_parser = parse_duration)]
    pub endpoint_wait: Duration,
    /// How long an attempt that its agent has certainly not heard is sent again before it counts as failed
    #[arg(long, env = "WATCHROOM_REACH_WAIT", value_name = "TIME", default_value = "5s", value_parser = parse_duration)]
    pub reach_wait: Duration,
    /// Longest wait for what became of an attempt that is to stop; after that its step goes on without it, and it is
    /// asked for until somebody answers
    #[arg(long, env = "WATCHROOM_STOP_WAIT", value_name = "TIME", default_value = "30s", value_parser = parse_duration)]
    pub stop_wait: Duration,
    /// Which of several instances of an agent gets a step
    #[arg(long, env = "WATCHROOM_CHOOSE", value_enum, default_value = "power-of-two")]
    pub choose: Choice,
    /// An A2A agent that does not register, by the name that plans call it and its address: the host where
    /// its card is, or grpc://HOST:PORT (grpcs:// by TLS); may be repeated, in the variable separated by commas
    #[arg(long = "foreign-agent", env = "WATCHROOM_FOREIGN_AGENTS", value_name = "NAME=URL", value_delimiter = ',',
          value_parser = foreign)]
    pub foreign_agents: Vec<Foreign>,
    /// Call, and show the token of --token-file, only those registered agents whose card the registry holds to be
    /// signed by a key of its --trust; agents of --foreign-agent get no token anyway
    #[arg(long, env = "WATCHROOM_ONLY_SIGNED", value_parser = clap::builder::FalseyValueParser::new())]
    pub only_signed: bool,
    /// A host or network that cards of foreign agents may send this operator to though it is neither public nor the host
    /// of the agent's address, at one port or at any; may be repeated, in the variable separated by commas
    #[arg(
        long = "foreign-allow",
        env = "WATCHROOM_FOREIGN_ALLOW",
        value_name = "HOST-or-CIDR[:PORT]",
        value_delimiter = ','
    )]
    pub foreign_allow: Vec<Allow>,
    /// How long an incident that is over is kept after its last change
    #[arg(long, env = "WATCHROOM_INCIDENT_AGE", value_name = "TIME", default_value = "720h", value_parser = parse_duration)]
    pub incident_age: Duration,
    /// Most incidents that are over and kept, the newest
    #[arg(long, env = "WATCHROOM_INCIDENT_COUNT", value_name = "N", default_value_t = 10_000,
          value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub incident_count: u32,
}

fn foreign(text: &str) -> Result<Foreign, NotNamed> {
    let (name, url) = a2a::named(text)?;
    Ok(Foreign { name, url: url.into() })
}

/// How the steps of a plan are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Order {
    /// One after the other.
    Sequential,
    /// All at once.
    Parallel,
}

/// How an instance is chosen among those that take work. Any choice is made from the watched view of the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Choice {
    /// Everybody in turn.
    RoundRobin,
    /// Fewest tasks under way.
    LeastInFlight,
    /// The less loaded of two drawn at random.
    PowerOfTwo,
    /// All steps of a conversation go to the same instance, for as long as that takes work.
    Sticky,
}

impl From<Choice> for Policy {
    fn from(choice: Choice) -> Self {
        match choice {
            Choice::RoundRobin => Self::RoundRobin,
            Choice::LeastInFlight => Self::LeastInFlight,
            Choice::PowerOfTwo => Self::PowerOfTwo,
            Choice::Sticky => Self::Sticky,
        }
    }
}

impl service::Command for Args {
    const NAME: &'static str = "operator";
    const PORT: u16 = 7400;
    const ADMIN_PORT: u16 = 8400;

    fn service(&self) -> &service::Args {
        &self.kit.service
    }

    fn validate(&self) -> Result<(), Fatal> {
        let settings = self.runs.settings();
        settings.check().map_err(|fault| Fatal::usage(fault.to_string()))
    }
}

impl Runs {
    /// The settings that these flags say.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            mode: match self.mode {
                Order::Sequential => Mode::Sequential,
                Order::Parallel => Mode::Parallel,
            },
            retry: RetryPolicy {
                attempts: self.step_attempts,
                backoff: self.step_backoff,
                max_backoff: self.step_max_backoff,
            },
            attempt_timeout: self.attempt_timeout,
            timeout: self.run_timeout,
            patience: Patience { waiting: self.wait_timeout, endpoint: self.endpoint_wait, stopping: self.stop_wait },
            reach: self.reach_wait,
            choose: self.choose.into(),
            foreign: self.foreign_agents.clone(),
            credential: None,
            only_signed: self.only_signed,
            roots: Roots::default(),
            foreign_reach: Guard::new(self.foreign_allow.iter().cloned()),
            incidents: Keep { age: self.incident_age, count: self.incident_count as usize },
        }
    }
}
