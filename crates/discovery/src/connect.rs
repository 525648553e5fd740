//! The connection to the registry: made when first used, and again whenever it broke.

use std::time::Duration;

use proto::watchroom::registry::v1::registry_client::RegistryClient;
use service::client::{Peer, Traced};
use service::limits;

use crate::Error;

pub(crate) type Client = RegistryClient<Traced>;

/// Longest wait for the answer to one call.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// A client of the registry; nothing is sent yet.
pub(crate) fn client(registry: &Peer) -> Result<Client, Error> {
    service::client::pathless(registry.url())?;
    Ok(RegistryClient::new(registry.channel()?).max_decoding_message_size(limits::DECODE))
}
