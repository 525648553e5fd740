//! The connection to the registry: made when first used, and again whenever it broke.

use std::time::Duration;

use proto::watchroom::registry::v1::registry_client::RegistryClient;
use service::client::{Traced, channel};
use service::limits;

use crate::Error;

pub(crate) type Client = RegistryClient<Traced>;

/// Longest wait for the answer to one call.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// A client of the registry at `url`; nothing is sent yet.
pub(crate) fn client(url: &str) -> Result<Client, Error> {
    Ok(RegistryClient::new(channel(url)?).max_decoding_message_size(limits::DECODE))
}
