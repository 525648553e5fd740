//! Connections as the clients of HTTP and of gRPC ask for them.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_util::rt::TokioIo;
use tokio::time::timeout;
use tower::{BoxError, Service};

use crate::dial::{Dialer, Speaks};
use crate::error::{DialError, TlsError};
use crate::stream::{Heard, Stream};
use crate::target::Target;

/// How long a connection may take to come about: longer than all silent addresses of a host but its last one.
const CONNECT: Duration = Duration::from_secs(6);

/// A service that makes connections: to its own target, or to the one of each URL that it is asked for.
#[derive(Debug, Clone)]
pub struct Connector {
    dialer: Dialer,
    speaks: Speaks,
    fixed: Option<Target>,
    heard: Heard,
}

impl Connector {
    /// To whatever URL it is asked for, for HTTP/1.1.
    pub fn by_url(dialer: Dialer) -> Self {
        Self { dialer, speaks: Speaks::Http1, fixed: None, heard: Heard::default() }
    }

    /// Always to this target, for HTTP/2.
    pub fn to(target: Target, dialer: Dialer) -> Self {
        Self { dialer, speaks: Speaks::Http2, fixed: Some(target), heard: Heard::default() }
    }

    /// Why calls over its connections fail, where it can be found out: [`TlsError::Spoken`] at what was taken for
    /// plaintext, or a [`Stranger`](crate::Stranger). Nobody is asked once HTTP/2 was heard from there.
    pub async fn explain(&self) -> Option<BoxError> {
        let target = self.fixed.as_ref().filter(|_| !self.heard.is_true())?;
        let (tls, stranger) = tokio::join!(self.dialer.finds_tls(target), self.dialer.finds_stranger(target));
        if tls { Some(TlsError::Spoken.into()) } else { stranger.map(BoxError::from) }
    }

    async fn connect(self, uri: Uri) -> Result<TokioIo<Stream>, DialError> {
        let target = match self.fixed {
            Some(target) => target,
            None => Target::try_from(&uri)?,
        };
        let dialing = timeout(CONNECT, self.dialer.dial(&target, self.speaks)).await;
        let stream = dialing.unwrap_or(Err(DialError::Timeout))?;
        Ok(TokioIo::new(stream.noted(self.heard)))
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = DialError;
    type Future = Pin<Box<dyn Future<Output = Result<TokioIo<Stream>, DialError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), DialError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        Box::pin(self.clone().connect(uri))
    }
}
