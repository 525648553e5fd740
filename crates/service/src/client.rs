//! Channels to other services: lazy, kept alive, carrying the trace on, and saying who calls.

mod calling;
mod credential;
mod peer;

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response, Uri};
use outbound::{BadTarget, Connector, Dialer, Target};
use tonic::body::Body;
use tonic::transport::{Channel, Endpoint};
use tower::{BoxError, Service};

use crate::trace;

pub use calling::{Calling, NotGrpc};
pub use credential::{Credential, NotToken};
pub use peer::Peer;

const PING: Duration = Duration::from_secs(20);
const PONG: Duration = Duration::from_secs(10);

/// Why a text names no channel.
#[derive(Debug, thiserror::Error)]
pub enum UrlError {
    /// Not a URL, or without a host.
    #[error("{0:?} is not an address like http://host:port")]
    Malformed(String),
    /// Another scheme.
    #[error("{0:?}: an address begins with http:// or https://, or with neither")]
    Scheme(String),
    /// A path where there can be none.
    #[error("{0:?}: gRPC is spoken to a host and a port; leave the path away")]
    Path(String),
}

/// A channel that writes the current trace context, and a token if it has one, into every call, and finds out why one
/// to a port of TLS fails.
#[derive(Debug, Clone)]
pub struct Traced {
    channel: Channel,
    connector: Arc<Connector>,
    credential: Option<Credential>,
}

impl Traced {
    /// The same channel for calls with this token.
    #[must_use]
    pub fn bearing(self, credential: Option<Credential>) -> Self {
        Self { credential, ..self }
    }
}

impl UrlError {
    /// What is wrong with `url`.
    pub fn of(url: &str, bad: BadTarget) -> Self {
        match bad {
            BadTarget::Scheme => Self::Scheme(url.to_owned()),
            BadTarget::Syntax | BadTarget::TooLong | BadTarget::User => Self::Malformed(url.to_owned()),
        }
    }
}

/// The target of an address: a URL, or a bare `host:port`, as A2A cards have it, which means plaintext.
///
/// # Errors
/// [`UrlError`] when it is none.
pub fn target(address: &str) -> Result<Target, UrlError> {
    let parsed: Result<Target, BadTarget> =
        if address.contains("://") { address.parse() } else { format!("http://{address}").parse() };
    parsed.map_err(|bad| UrlError::of(address, bad))
}

/// Refuses an address with a path, where none is looked at: it would lead somewhere else than it says.
///
/// # Errors
/// [`UrlError`] for such an address, and for what is none.
pub fn pathless(address: &str) -> Result<(), UrlError> {
    match target(address)?.path() {
        "/" => Ok(()),
        _ => Err(UrlError::Path(address.to_owned())),
    }
}

/// A channel to `url`, which connects at the first call and again whenever the connection is lost: by TLS where it
/// begins with `https://`. A bare `host:port`, as A2A cards have it, means plaintext.
///
/// # Errors
/// [`UrlError`] when `url` is none.
pub fn channel(url: &str, dialer: Dialer) -> Result<Traced, UrlError> {
    let target = target(url)?;
    let malformed = || UrlError::Malformed(url.to_owned());
    // TLS is the connector's business: to tonic every endpoint is plaintext, and only its requests say what they are.
    let endpoint = Endpoint::from_shared(format!("http://{}", target.authority())).map_err(|_| malformed())?;
    let scheme = if target.is_secure() { "https" } else { "http" };
    let origin: Uri = format!("{scheme}://{}", target.authority()).parse().map_err(|_| malformed())?;
    let connector = Connector::to(target, dialer);
    let channel = configured(endpoint).origin(origin).connect_with_connector_lazy(connector.clone());
    Ok(Traced { channel, connector: Arc::new(connector), credential: None })
}

fn configured(endpoint: Endpoint) -> Endpoint {
    endpoint.http2_keep_alive_interval(PING).keep_alive_timeout(PONG).keep_alive_while_idle(true)
}

impl Service<Request<Body>> for Traced {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = Calling;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.channel.poll_ready(cx).map_err(BoxError::from)
    }

    fn call(&mut self, mut request: Request<Body>) -> Calling {
        trace::inject_current(request.headers_mut());
        if let Some(credential) = &self.credential {
            credential.add_to(request.headers_mut());
        }
        Calling::new(self.channel.call(request), self.connector.clone())
    }
}

#[cfg(test)]
mod tests;
