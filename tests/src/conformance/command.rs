//! The command line: the kit's, with shorthands for what conformance suites want to see off or on.

use agent::{Agent as _, Args, Capability};
use clap::error::Error;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser};

use super::play::Player;
use crate::tools::repository;

/// Where webhooks of a suite on this machine are.
const LOOPBACK: [&str; 3] = ["127.0.0.0/8", "::1", "localhost"];

/// What the agent does without, and what it asks of callers.
#[derive(Debug, Clone, clap::Args)]
#[group(id = "conformance")]
pub(crate) struct Flags {
    /// Do without streams
    #[arg(long)]
    no_streaming: bool,
    /// Do without push notifications
    #[arg(long)]
    no_push: bool,
    /// Do without an extended card
    #[arg(long)]
    no_extended_card: bool,
    /// Refuse calls that do not name this extension; may be repeated
    #[arg(long, value_name = "URI")]
    require_extension: Vec<String>,
    /// Ask callers who they are: the bearer token `itk-valid-token` may call, `itk-insufficient-token` may not
    #[arg(long, conflicts_with = "tokens")]
    auth: bool,
    /// Call webhooks on this machine
    #[arg(long)]
    allow_loopback_webhooks: bool,
}

impl Flags {
    /// What the card does not promise.
    pub(crate) fn without(&self) -> Vec<Capability> {
        let off = [
            (self.no_streaming, Capability::Streaming),
            (self.no_push, Capability::PushNotifications),
            (self.no_extended_card, Capability::ExtendedCard),
        ];
        off.into_iter().filter_map(|(off, capability)| off.then_some(capability)).collect()
    }

    /// The extensions that calls must name.
    pub(crate) fn required(&self) -> Vec<String> {
        self.require_extension.clone()
    }

    /// Puts into the kit's settings what only they can hold.
    fn settle(&self, kit: &mut Args) {
        if self.auth {
            kit.service.tokens = Some(repository().join("tests/data/conformance-tokens.toml"));
        }
        if self.allow_loopback_webhooks {
            kit.push.push_allow.extend(LOOPBACK.map(|host| host.parse().unwrap()));
        }
    }
}

#[derive(Debug, Parser)]
#[command(name = Player::NAME, version, about = Player::ABOUT)]
struct Written {
    #[command(flatten)]
    kit: Args,
    #[command(flatten)]
    own: Flags,
}

/// The command line, its shorthands put into the kit's settings.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) kit: Args,
    pub(super) own: Flags,
}

impl CommandFactory for Command {
    fn command() -> clap::Command {
        // Suites send one message id in every test, and expect a new task each time.
        Written::command().mut_arg("idempotency", |arg| arg.default_value("extension"))
    }

    fn command_for_update() -> clap::Command {
        Self::command()
    }
}

impl FromArgMatches for Command {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let Written { mut kit, own } = Written::from_arg_matches(matches)?;
        own.settle(&mut kit);
        Ok(Self { kit, own })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Parser for Command {}

impl service::Command for Command {
    const NAME: &'static str = Player::NAME;
    const PORT: u16 = Player::PORT;
    const ADMIN_PORT: u16 = Player::ADMIN_PORT;

    fn service(&self) -> &service::Args {
        &self.kit.service
    }
}
