//! Connections as the clients of HTTP and of gRPC ask for them.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_util::rt::TokioIo;
use tokio::time::timeout;
use tower::Service;

use crate::dial::{Dialer, Speaks};
use crate::error::DialError;
use crate::stream::Stream;
use crate::target::Target;

/// How long a connection may take to come about: longer than all silent addresses of a host but its last one.
const CONNECT: Duration = Duration::from_secs(6);

/// A service that makes connections: to its own target, or to the one of each URL that it is asked for.
#[derive(Debug, Clone)]
pub struct Connector {
    dialer: Dialer,
    speaks: Speaks,
    fixed: Option<Target>,
}

impl Connector {
    /// To whatever URL it is asked for, for HTTP/1.1.
    pub fn by_url(dialer: Dialer) -> Self {
        Self { dialer, speaks: Speaks::Http1, fixed: None }
    }

    /// Always to this target, for HTTP/2.
    pub fn to(target: Target, dialer: Dialer) -> Self {
        Self { dialer, speaks: Speaks::Http2, fixed: Some(target) }
    }

    async fn connect(self, uri: Uri) -> Result<TokioIo<Stream>, DialError> {
        let target = match self.fixed {
            Some(target) => target,
            None => Target::try_from(&uri)?,
        };
        let dialing = timeout(CONNECT, self.dialer.dial(&target, self.speaks)).await;
        dialing.unwrap_or(Err(DialError::Timeout)).map(TokioIo::new)
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
