//! A call over a channel. One that fails although there was a connection may have met TLS in the place of plaintext,
//! of which the transport knows only that it was cut off.

use std::error::Error as _;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::Response;
use outbound::Connector;
use pin_project_lite::pin_project;
use tonic::body::Body;
use tonic::transport::Error;
use tonic::transport::channel::ResponseFuture;
use tonic::{ConnectError, TimeoutExpired};
use tower::BoxError;

type Explaining = Pin<Box<dyn Future<Output = BoxError> + Send>>;

pin_project! {
    /// The answer to a call, or why there is none.
    #[project = Phase]
    #[allow(missing_docs, reason = "no one else looks into it")]
    pub enum Calling {
        Call { #[pin] inner: ResponseFuture, connector: Arc<Connector> },
        Explain { why: Explaining },
    }
}

impl Calling {
    pub(super) fn new(inner: ResponseFuture, connector: Arc<Connector>) -> Self {
        Self::Call { inner, connector }
    }
}

impl Future for Calling {
    type Output = Result<Response<Body>, BoxError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let (error, connector) = match self.as_mut().project() {
                Phase::Explain { why } => return why.as_mut().poll(cx).map(Err),
                Phase::Call { inner, connector } => match inner.poll(cx) {
                    Poll::Ready(Err(error)) => (error, connector.clone()),
                    Poll::Ready(Ok(answer)) => return Poll::Ready(Ok(answer)),
                    Poll::Pending => return Poll::Pending,
                },
            };
            if says_why(&error) {
                return Poll::Ready(Err(error.into()));
            }
            self.set(Self::Explain { why: Box::pin(explain(error, connector)) });
        }
    }
}

async fn explain(error: Error, connector: Arc<Connector>) -> BoxError {
    connector.explain().await.map_or_else(|| error.into(), BoxError::from)
}

/// Whether there was no connection, or no answer in time.
fn says_why(error: &Error) -> bool {
    let mut cause = error.source();
    while let Some(one) = cause {
        if one.is::<ConnectError>() || one.is::<TimeoutExpired>() {
            return true;
        }
        cause = one.source();
    }
    false
}

impl std::fmt::Debug for Calling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Calling")
    }
}
