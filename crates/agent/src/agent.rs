//! The face of the kit for agents: one async handler per turn, everything durable behind it.

use std::fmt;
use std::future::Future;

use a2a::Heard;
use proto::a2a::{AgentSkill, Message};
use tonic::service::Routes;
use types::Owner;

use crate::capability::Capability;
use crate::context::Context;
use crate::setup::Setup;

/// An agent: a card and a handler.
///
/// The handler runs once per turn of a task: for the message that opens it, and for each that answers a question.
/// A process that dies in the middle runs the handler of that turn again after its restart; what the earlier run
/// emitted is known and not emitted twice, as long as the handler emits the same things in the same order.
/// Work that must not happen twice goes into rows ([`Context::commit`]) or under a key ([`Context::once`]).
pub trait Agent: Send + Sync + Sized + 'static {
    /// The binary's name, such as `fire`.
    const NAME: &'static str;
    /// What the binary is, in one line, for `--help`.
    const ABOUT: &'static str;
    /// Default port of the protocol listener.
    const PORT: u16;
    /// Default port of the admin listener.
    const ADMIN_PORT: u16;
    /// Whether the handler may begin before its message is durable, so that a quick result shares its commit.
    /// Only for handlers that await [`Context::durable`] before they touch anything outside the store.
    const EAGER: bool = false;
    /// Settings of its own beside those that every agent has.
    type Args: clap::Args + fmt::Debug + Send + 'static;

    /// Makes the agent ready to work.
    fn open(args: Self::Args, setup: &Setup) -> impl Future<Output = Result<Self, service::Fatal>> + Send;

    /// What it says of itself.
    fn profile(&self) -> Profile;

    /// Skills that only callers are told of who have said who they are; none by default.
    fn private_skills(&self) -> Vec<AgentSkill> {
        Vec::new()
    }

    /// Answers a message directly instead of making a task of it; `None`, the default, makes one.
    ///
    /// For what can be said at once and has no effects: it may be asked more than once for the same message.
    /// The first answer is durable before it goes out, and whoever repeats the message gets the same one.
    fn reply(&self, _owner: &Owner, _message: &Heard) -> impl Future<Output = Option<Message>> + Send {
        std::future::ready(None)
    }

    /// Adds gRPC services of its own to those that every agent has.
    fn extend(&self, routes: Routes) -> Routes {
        routes
    }

    /// Does one turn. An error, like a panic, ends the task as FAILED with the error's message.
    fn run(&self, task: &mut Context) -> impl Future<Output = Result<Finish, Failure>> + Send;
}

/// What an agent says of itself; its address and its capabilities are added by the kit.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    /// Its name, which is also its name in the registry.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What it can do; at least one.
    pub skills: Vec<AgentSkill>,
    /// URIs of extensions that it knows beside those of the kit.
    pub extensions: Vec<&'static str>,
    /// URIs of extensions without which it is not to be called.
    pub required_extensions: Vec<String>,
    /// What it does without.
    pub without: Vec<Capability>,
    /// What it is for among agents, such as `responder`, for queries of the registry; may be empty.
    pub role: &'static str,
    /// The field that it works in, such as `emergency`, for queries of the registry; may be empty.
    pub domain: &'static str,
}

/// How a turn ends.
#[derive(Debug, Clone, PartialEq)]
pub enum Finish {
    /// Done, with these last words.
    Completed(Message),
    /// A question to the caller; the next message runs the handler again.
    InputRequired {
        /// The question.
        message: Message,
        /// A machine-readable reason, such as `location`.
        reason: &'static str,
    },
    /// An authorisation is needed out of band.
    AuthRequired(Message),
    /// The agent declines.
    Rejected(Message),
}

impl Finish {
    /// Whether somebody has to answer before the work goes on.
    pub(crate) fn asks(&self) -> bool {
        match self {
            Self::InputRequired { .. } | Self::AuthRequired(_) => true,
            Self::Completed(_) | Self::Rejected(_) => false,
        }
    }
}

/// Why a turn failed, in words for the caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Failure(pub String);
