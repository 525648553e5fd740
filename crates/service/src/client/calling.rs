//! A call over a channel. One that fails although there was a connection may have met TLS in the place of plaintext, or
//! something that speaks no HTTP/2, of which the transport knows only that it was cut off; and an answer may be none of
//! gRPC, which the transport reads as one that is damaged.

use std::error::Error as _;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Response, StatusCode, header};
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
                    Poll::Ready(Ok(answer)) => return Poll::Ready(of_grpc(answer)),
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
    connector.explain().await.unwrap_or_else(|| error.into())
}

/// An answer of something that speaks HTTP/2 and no gRPC.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it answers {status}{}, which is nothing of gRPC", media.as_ref().map(|media| format!(" with {media}")).unwrap_or_default())]
pub struct NotGrpc {
    /// The status of the answer.
    pub status: StatusCode,
    /// Its media type, if it has one.
    media: Option<String>,
}

/// The answer, if it is one of gRPC: without a body it may have only a status.
fn of_grpc(answer: Response<Body>) -> Result<Response<Body>, BoxError> {
    let media = answer.headers().get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok());
    if media.is_some_and(|media| media.starts_with("application/grpc")) || answer.headers().contains_key("grpc-status")
    {
        return Ok(answer);
    }
    let media = media.map(|media| media.split(';').next().unwrap_or_default().trim().to_owned());
    Err(NotGrpc { status: answer.status(), media }.into())
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
