//! Channels to other services: lazy, kept alive, carrying the trace on, and saying who calls.

mod credential;
mod peer;

use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response, Uri};
use tonic::body::Body;
use tonic::transport::channel::ResponseFuture;
use tonic::transport::{Channel, Endpoint, Error};
use tower::Service;

use crate::trace;

pub use credential::{Credential, NotToken};
pub use peer::Peer;

const CONNECT: Duration = Duration::from_secs(3);
const PING: Duration = Duration::from_secs(20);
const PONG: Duration = Duration::from_secs(10);

/// Why a text names no channel.
#[derive(Debug, thiserror::Error)]
pub enum UrlError {
    /// Not a URL, or without a host.
    #[error("{0:?} is not an address like http://host:port")]
    Malformed(String),
    /// Not plaintext gRPC.
    #[error("{0:?}: only http is supported in this release")]
    Scheme(String),
}

/// A channel that writes the current trace context, and a token if it has one, into every call.
#[derive(Debug, Clone)]
pub struct Traced {
    channel: Channel,
    credential: Option<Credential>,
}

impl Traced {
    /// The same channel for calls with this token.
    #[must_use]
    pub fn bearing(self, credential: Option<Credential>) -> Self {
        Self { credential, ..self }
    }
}

/// A channel to `url`, which connects at the first call and again whenever the connection is lost.
/// A bare `host:port`, as A2A cards have it, means plaintext.
///
/// # Errors
/// [`UrlError`] when `url` is none, or not plaintext.
pub fn channel(url: &str) -> Result<Traced, UrlError> {
    let malformed = || UrlError::Malformed(url.to_owned());
    let full = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
    let uri: Uri = full.parse().map_err(|_| malformed())?;
    if uri.scheme_str() != Some("http") {
        return Err(UrlError::Scheme(url.to_owned()));
    }
    if uri.host().is_none_or(str::is_empty) {
        return Err(malformed());
    }
    let endpoint = Endpoint::from_shared(full).map_err(|_| malformed())?;
    Ok(Traced { channel: configured(endpoint).connect_lazy(), credential: None })
}

fn configured(endpoint: Endpoint) -> Endpoint {
    endpoint
        .connect_timeout(CONNECT)
        .tcp_nodelay(true)
        .http2_keep_alive_interval(PING)
        .keep_alive_timeout(PONG)
        .keep_alive_while_idle(true)
}

impl Service<Request<Body>> for Traced {
    type Response = Response<Body>;
    type Error = Error;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.channel.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> ResponseFuture {
        trace::inject_current(request.headers_mut());
        if let Some(credential) = &self.credential {
            credential.add_to(request.headers_mut());
        }
        self.channel.call(request)
    }
}

#[cfg(test)]
mod tests;
