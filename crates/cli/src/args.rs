//! The command line, as clap reads it.

mod admin;
mod agents;
mod card;
mod emergency;
mod eval;
mod webhook;

use std::fmt;
use std::path::PathBuf;

use a2a::{Binding, NotNamed};
use clap::{Args, Parser, Subcommand, ValueEnum};
use outbound::{BadRoots, Roots};
use proto::a2a::TaskState;
use service::client::Credential;
use types::{ContextId, MessageId, RemoteTask};

use crate::failure::Failure;

pub(crate) use admin::{Backup, Completions, Drain, Push, PushAction, Webhook, Which};
pub(crate) use agents::{Agents, Belief, Policy, Resolve, Which as WhichAgents};
pub(crate) use card::{Card, Keys};
pub(crate) use emergency::{Emergency, Incidents, Units};
pub(crate) use eval::Eval;
pub(crate) use webhook::{AddWebhook, OneWebhook, WebhookAction, Webhooks};

const AFTER: &str = "Exit codes: 0 done; 64 wrong usage; 69 unreachable, or no cluster is running; 70 internal; 74 a file or \
                     the output cannot be used; 75 `up`: another one uses the data directory; 130 interrupted.\n\
                     `send` and `watch` tell how the task ended: 0 completed; 1 failed, partly failed, canceled or \
                     rejected; 2 input needed. 1 is also a request that a service refused.\n\
                     Start with `watchroom up`, then `watchroom send \"smoke at 12 Mill Lane\"` in another terminal.";

/// A control room for A2A agents: start one on this machine, send it calls, watch what becomes of them
#[derive(Debug, Parser)]
#[command(name = "watchroom", version, about, after_help = AFTER, max_term_width = 110)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Where things are, and for whom the output is.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Common options")]
pub(crate) struct Common {
    /// Address of the operator [default: http://127.0.0.1:7400]
    #[arg(long, global = true, env = "WATCHROOM_OPERATOR", value_name = "URL")]
    pub(crate) operator: Option<String>,
    /// Address of the registry [default: http://127.0.0.1:7401]
    #[arg(long, global = true, env = "WATCHROOM_REGISTRY", value_name = "URL")]
    pub(crate) registry: Option<String>,
    /// Data directory of `watchroom up`; other commands find the addresses in its endpoints.json
    /// [default: watchroom-data, if a cluster runs there; else the usual addresses]
    #[arg(long, global = true, env = "WATCHROOM_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// File of the token that services are called with, where they ask callers who they are
    #[arg(long, global = true, env = "WATCHROOM_TOKEN_FILE", value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// The token itself. A command line can be read by everybody on the machine: set the variable instead
    #[arg(
        long,
        global = true,
        env = "WATCHROOM_TOKEN",
        value_name = "TOKEN",
        hide = true,
        hide_env_values = true,
        conflicts_with = "token_file"
    )]
    pub(crate) token: Option<Secret>,
    /// File of certificates (PEM) of authorities that are trusted beside those of this machine, for addresses at https://;
    /// `up` hands it to the services
    #[arg(long, global = true, env = "WATCHROOM_CA", value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Write JSON, one object per line, for scripts
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// A text that Debug does not show.
#[derive(Clone)]
pub(crate) struct Secret(String);

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl Secret {
    /// The text, for the wire.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Common {
    /// Whose certificates are trusted.
    pub(crate) fn roots(&self) -> Result<Roots, Failure> {
        Roots::with_file(self.ca.as_deref()).map_err(|bad| match bad {
            BadRoots::Io(file, source) => Failure::io(format_args!("cannot read --ca {}", file.display()), source),
            BadRoots::Empty(_) | BadRoots::Certificate { .. } => Failure::Usage(format!("--ca: {bad}")),
        })
    }

    /// What services are called with.
    pub(crate) fn credential(&self) -> Result<Option<Credential>, Failure> {
        match (&self.token, &self.token_file) {
            (Some(Secret(token)), _) => {
                let credential = Credential::token(token);
                credential.map(Some).map_err(|error| Failure::Usage(format!("WATCHROOM_TOKEN: {error}")))
            }
            (None, Some(file)) => Credential::file(file).map(Some).map_err(Failure::of_fatal),
            (None, None) => Ok(None),
        }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start registry, agents and operator on this machine; Ctrl-C stops everything
    Up(Up),
    /// Send a message and follow what becomes of it
    Send(Send),
    /// Show the plan that a text would become; nothing is dispatched
    Plan(Plan),
    /// List tasks, newest change first
    Tasks(Tasks),
    /// Show one task
    Task(Task),
    /// Follow a task until it ends or asks for an answer
    Watch(Watch),
    /// Go on from a task that failed or partly failed: a new task does what is left, and nothing twice
    Resume(Resume),
    /// Ask a task to stop
    Cancel(Cancel),
    /// List attempts whose agents have not said what became of them; the operator asks until they do
    Duties(Duties),
    /// List the registered agents
    Agents(Agents),
    /// Ask the registry where the next piece of work should go, and why there
    Resolve(Resolve),
    /// Show the units of the emergency services, and what they do
    Units(Units),
    /// Show the incidents: who called, who was sent, how far they are
    Incidents(Incidents),
    /// Show every record of a task: what clients saw, and what only the service knows
    Log(Log),
    /// Copy the store of a service that runs into a file
    Backup(Backup),
    /// Say where the events of a task are sent, and where no more: webhooks of a task of yours
    Webhook(Webhooks),
    /// List the webhooks of a whole service and how they stand, or call one again that was given up
    Push(Push),
    /// Stop a service in good order, and wait until it has stopped; `up` does not start it again
    Drain(Drain),
    /// Show the card that an agent publishes, and who signed it
    Card(Card),
    /// Print the public halves of keys that sign cards, as a JWK set for those who verify
    Keys(Keys),
    /// Measure triage on labelled calls; asks no service
    Eval(Eval),
    /// Write a completion script for a shell
    Completions(Completions),
}

/// Which agent a command talks to.
#[derive(Debug, Args)]
pub(crate) struct Target {
    /// Address of any A2A 1.0 agent, instead of the operator: the host where its card is, which says how it is spoken
    /// to, or grpc://HOST:PORT (grpcs:// by TLS)
    #[arg(long, env = "WATCHROOM_AGENT", value_name = "URL", conflicts_with = "operator")]
    pub(crate) agent: Option<String>,
    /// Speak this to the agent, at the very address, whatever its card says: grpc, jsonrpc or http+json. Only where the
    /// address has no path is that of the card taken. For http+json a path is what everything is asked for below, which
    /// an agent that serves at its root takes for a tenant; grpc has no path
    #[arg(long, value_name = "BINDING", requires = "agent")]
    pub(crate) binding: Option<Binding>,
}

/// Starts a cluster.
#[derive(Debug, Args)]
pub(crate) struct Up {
    /// Leave a service out; may be repeated
    #[arg(long, value_name = "SERVICE")]
    pub(crate) without: Vec<ServiceName>,
    /// Take free ports instead of the usual ones, for a second cluster on this machine
    #[arg(long)]
    pub(crate) free_ports: bool,
    /// An A2A agent that does not register, for the operator: the name by which plans call it, and its address: the
    /// host where its card is, or grpc://HOST:PORT (grpcs:// by TLS); may be repeated, in the variable separated by commas
    #[arg(long = "foreign-agent", env = "WATCHROOM_FOREIGN_AGENTS", value_name = "NAME=URL", value_delimiter = ',',
          value_parser = foreign)]
    pub(crate) foreign_agents: Vec<String>,
    /// File of the tokens that the services ask callers for; with it they need a token of their own, in --token-file
    #[arg(long, env = "WATCHROOM_TOKENS", value_name = "FILE")]
    pub(crate) tokens: Option<PathBuf>,
    /// For the registry: file with the public keys (a JWK set) whose signatures make a card SIGNED
    #[arg(long, env = "WATCHROOM_TRUST", value_name = "KEYS")]
    pub(crate) trust: Option<PathBuf>,
    /// For the registry: fetch unsigned cards back from where they say that their agents are, so far [default: none is]
    #[arg(long, env = "WATCHROOM_FETCH_CARDS", value_name = "REACH", value_parser = ["public", "all"])]
    pub(crate) fetch_cards: Option<String>,
}

/// A service of the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum ServiceName {
    /// Who is alive and what they can do
    Registry,
    /// The fire brigade's agent
    Fire,
    /// The police's agent
    Police,
    /// The ambulance service's agent
    Ambulance,
    /// Takes calls and runs plans
    Operator,
}

/// Sends a message.
#[derive(Debug, Args)]
pub(crate) struct Send {
    /// What to say; `-` reads it from standard input
    #[arg(value_parser = not_blank, required_unless_present = "plan")]
    pub(crate) text: Option<String>,
    /// Run this plan instead: a file with the JSON of a watchroom.orchestrator.v1.Plan; `-` reads standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["text", "mode"])]
    pub(crate) plan: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) target: Target,
    /// Whether the steps of the plan run one after the other or together [default: the operator's]
    #[arg(long)]
    pub(crate) mode: Option<Mode>,
    /// Return as soon as the task is accepted
    #[arg(long)]
    pub(crate) return_immediately: bool,
    /// Conversation to join
    #[arg(long, value_name = "ID")]
    pub(crate) context: Option<ContextId>,
    /// Task to answer, such as one that needs input
    #[arg(long, value_name = "ID")]
    pub(crate) task: Option<RemoteTask>,
    /// Id of the message: sending the same one again does nothing twice [default: a new one]
    #[arg(long, value_name = "ID")]
    pub(crate) message_id: Option<MessageId>,
}

/// In which order steps run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// One after the other
    Sequential,
    /// Together
    Parallel,
}

/// Asks for a plan.
#[derive(Debug, Args)]
pub(crate) struct Plan {
    /// The call, in plain words; `-` reads it from standard input
    #[arg(value_parser = not_blank)]
    pub(crate) text: String,
    /// Whether the steps run one after the other or together [default: the operator's]
    #[arg(long)]
    pub(crate) mode: Option<Mode>,
}

/// Lists tasks.
#[derive(Debug, Args)]
pub(crate) struct Tasks {
    #[command(flatten)]
    pub(crate) target: Target,
    /// Only this conversation
    #[arg(long, value_name = "ID")]
    pub(crate) context: Option<ContextId>,
    /// Only this state
    #[arg(long, value_parser = state)]
    pub(crate) state: Option<TaskState>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = some, allow_negative_numbers = true)]
    pub(crate) limit: u32,
}

/// Shows a task.
#[derive(Debug, Args)]
pub(crate) struct Task {
    /// The task's id
    pub(crate) id: RemoteTask,
    #[command(flatten)]
    pub(crate) target: Target,
    /// How many of the newest messages of its history to show
    #[arg(long, value_name = "N", value_parser = none_or_some, allow_negative_numbers = true)]
    pub(crate) history: Option<u32>,
}

/// Follows a task.
#[derive(Debug, Args)]
pub(crate) struct Watch {
    /// The task's id
    pub(crate) id: RemoteTask,
    #[command(flatten)]
    pub(crate) target: Target,
    /// Only what came after this frame; 0 shows the whole story. Ctrl-C tells the number of the last frame shown,
    /// `watchroom log` those of all
    #[arg(long, value_name = "FRAME", value_parser = frame, allow_negative_numbers = true)]
    pub(crate) from: Option<u64>,
}

/// Goes on from a task.
#[derive(Debug, Args)]
pub(crate) struct Resume {
    /// The id of the task to go on from
    pub(crate) id: RemoteTask,
    /// Return as soon as the new task is accepted
    #[arg(long)]
    pub(crate) return_immediately: bool,
    /// Id of the message: sending the same one again does nothing twice [default: a new one]
    #[arg(long, value_name = "ID")]
    pub(crate) message_id: Option<MessageId>,
}

/// Cancels a task.
#[derive(Debug, Args)]
pub(crate) struct Cancel {
    /// The task's id
    pub(crate) id: RemoteTask,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// Lists duties.
#[derive(Debug, Args)]
pub(crate) struct Duties {
    /// Only those of this run
    #[arg(long, value_name = "ID")]
    pub(crate) run: Option<RemoteTask>,
}

/// Shows a task's log.
#[derive(Debug, Args)]
pub(crate) struct Log {
    /// The task's id
    pub(crate) id: RemoteTask,
    /// Address of the service that has the task, instead of the operator
    #[arg(long, env = "WATCHROOM_AGENT", value_name = "URL", conflicts_with = "operator")]
    pub(crate) agent: Option<String>,
    /// Only commits after this one
    #[arg(long, value_name = "HEAD", default_value_t = 0, value_parser = commit, allow_negative_numbers = true)]
    pub(crate) after: u64,
}

/// As the operator takes it: what it would refuse is told before anything is started.
fn foreign(text: &str) -> Result<String, NotNamed> {
    a2a::named(text).map(|_| text.to_owned())
}

fn not_blank(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() { Err("say something") } else { Ok(text.to_owned()) }
}

fn frame(word: &str) -> Result<u64, &'static str> {
    word.parse().map_err(|_| "not a frame number: write 0 or more")
}

fn commit(word: &str) -> Result<u64, &'static str> {
    word.parse().map_err(|_| "not the number of a commit: write 0 or more")
}

fn none_or_some(word: &str) -> Result<u32, &'static str> {
    word.parse().map_err(|_| "not a count: write 0 or more")
}

fn some(word: &str) -> Result<u32, &'static str> {
    word.parse().ok().filter(|count| *count > 0).ok_or("not a count: write 1 or more")
}

/// "working", "input-required": A2A's names without their prefix, in either case.
fn state(word: &str) -> Result<TaskState, String> {
    let name = format!("TASK_STATE_{}", word.to_uppercase().replace('-', "_"));
    match TaskState::from_str_name(&name) {
        Some(TaskState::Unspecified) | None => Err("submitted, working, completed, failed, canceled, input-required, \
                                                    rejected or auth-required"
            .to_owned()),
        Some(state) => Ok(state),
    }
}
