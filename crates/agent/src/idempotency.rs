//! Whose messages are taken once. How that is done is in `accept.rs`.

use a2a::metadata::{IDEMPOTENCY, structure, text};
use a2a::{Call, SendRequest};
use clap::ValueEnum;
use proto::a2a::AgentCard;
use types::MessageId;

/// Whose messages are remembered, so that a repetition is answered with what the first one became.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Idempotency {
    /// Everybody's.
    #[default]
    Always,
    /// Those of clients that activate the extension `urn:watchroom:ext:idempotency:v1`, and dispatches.
    Extension,
}

impl Idempotency {
    /// The id by which a message is remembered. One that nobody is to repeat gets an id that nobody else knows, so that
    /// every message is taken in the same way.
    pub(crate) fn id_of(self, call: &Call, request: &SendRequest, dispatched: bool) -> MessageId {
        let counts_on_it = match self {
            Self::Always => true,
            // Fences are told by the row that the acceptance of a dispatch leaves.
            Self::Extension => dispatched || call.extensions.activated(IDEMPOTENCY),
        };
        if counts_on_it { request.message_id.clone() } else { MessageId::fresh() }
    }

    /// Says in the card that the extension has to be activated, where it has.
    pub(crate) fn tell(self, card: &mut AgentCard) {
        if self == Self::Always {
            return;
        }
        let extensions = &mut card.capabilities.get_or_insert_default().extensions;
        for extension in extensions.iter_mut().filter(|extension| extension.uri == IDEMPOTENCY) {
            extension.params = Some(structure([("policy", text("extension"))]));
        }
    }
}
