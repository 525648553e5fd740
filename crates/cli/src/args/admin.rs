//! Arguments of what is done to one service, and how a service is named.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::{EnumValueParser, PossibleValue, StringValueParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue};
use clap::{Arg, Args, Command, Subcommand, ValueEnum};
use types::{IdError, PushId, TaskId};

use super::ServiceName;

/// Copies a service's store.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// Name of a service of this cluster, or the address of any: `host:port`
    #[arg(value_parser = WhichParser)]
    pub(crate) service: Which,
    /// File to write; one that exists is not replaced
    pub(crate) file: PathBuf,
}

/// Looks after webhooks.
#[derive(Debug, Args)]
pub(crate) struct Push {
    #[command(subcommand)]
    pub(crate) action: Option<PushAction>,
    /// Only those that were given up
    #[arg(long)]
    pub(crate) parked: bool,
    /// Name of a service of this cluster, or the address of any: `host:port`
    #[arg(long, global = true, value_name = "SERVICE", default_value = "operator", value_parser = WhichParser)]
    pub(crate) service: Which,
}

/// What is done about a webhook.
#[derive(Debug, Subcommand)]
pub(crate) enum PushAction {
    /// Call a webhook again, from the first event that it has not taken
    Redrive {
        /// Task and id of the configuration, as the list has them
        #[arg(value_name = "TASK/ID")]
        webhook: Webhook,
    },
}

/// One configuration of push notifications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Webhook {
    /// The task.
    pub(crate) task: TaskId,
    /// The configuration within it.
    pub(crate) id: PushId,
}

impl FromStr for Webhook {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (task, id) = text.split_once('/').ok_or("write TASK/ID, as `watchroom push` shows it")?;
        let read = |error: IdError| error.to_string();
        Ok(Self { task: task.parse().map_err(read)?, id: id.parse().map_err(read)? })
    }
}

/// Stops a service.
#[derive(Debug, Args)]
pub(crate) struct Drain {
    /// Name of a service of this cluster, or the address of any: `host:port`
    #[arg(value_parser = WhichParser)]
    pub(crate) service: Which,
}

/// Writes a completion script.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// Whose script
    pub(crate) shell: clap_complete::Shell,
}

/// Which service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Which {
    /// One of this machine's cluster.
    Named(ServiceName),
    /// Whatever answers at this address.
    At(String),
}

/// Reads a name or an address; shells complete the names.
#[derive(Debug, Clone)]
struct WhichParser;

impl TypedValueParser for WhichParser {
    type Value = Which;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<Which, clap::Error> {
        let word = StringValueParser::new().parse_ref(command, arg, value)?;
        if word.contains(':') {
            return Ok(Which::At(word));
        }
        let named = EnumValueParser::<ServiceName>::new().parse_ref(command, arg, value);
        named.map(Which::Named).map_err(or_address)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(ServiceName::value_variants().iter().filter_map(ValueEnum::to_possible_value)))
    }
}

/// The parser of names lists these; an address is a value too.
fn or_address(mut error: clap::Error) -> clap::Error {
    let tip = "an address is taken too, as host:port, such as 127.0.0.1:7402";
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    error
}
