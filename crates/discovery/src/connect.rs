//! The connection to the registry: made when first used, and again whenever it broke.

use std::time::Duration;

use proto::watchroom::registry::v1::registry_client::RegistryClient;
use tonic::transport::Channel;

use crate::Error;

pub(crate) type Client = RegistryClient<Channel>;

/// Longest wait for a connection, and for the answer to one call.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// A peer that vanished without a word is noticed after these two together.
const PROBE_EVERY: Duration = Duration::from_secs(10);
const PROBE_WAIT: Duration = Duration::from_secs(5);

/// A client of the registry at `url`; nothing is sent yet.
pub(crate) fn client(url: &str) -> Result<Client, Error> {
    let invalid = |reason: String| Error::Url { url: url.to_owned(), reason };
    let endpoint = Channel::from_shared(url.to_owned()).map_err(|error| invalid(error.to_string()))?;
    if !matches!(endpoint.uri().scheme_str(), Some("http" | "https")) || endpoint.uri().host().is_none() {
        return Err(invalid("it needs a scheme, http or https, and a host".to_owned()));
    }
    let endpoint = endpoint
        .connect_timeout(PATIENCE)
        .tcp_nodelay(true)
        .http2_keep_alive_interval(PROBE_EVERY)
        .keep_alive_timeout(PROBE_WAIT)
        .keep_alive_while_idle(true);
    Ok(RegistryClient::new(endpoint.connect_lazy()))
}
