//! The tower layer on the protocol listener.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::{Request, Response};
use pin_project_lite::pin_project;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tower::{Layer, Service};

use crate::rpc::body::CallBody;
use crate::rpc::call::Call;
use crate::rpc::ended::{Ended, LateEnd};
use crate::rpc::measure::Measures;

/// Wraps a service of calls.
#[derive(Debug, Clone)]
pub(crate) struct RpcLayer {
    measures: Arc<Measures>,
    wire: Wire,
    /// Shared, not cloned: every clone of a token takes the token's one lock, and each call would make several.
    end: Arc<CancellationToken>,
}

/// What the calls of a service come over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    /// gRPC: the path is the method, the code is in the trailers.
    Grpc,
    /// HTTP: what the call was is known from its answer.
    Http,
}

/// A service of calls, each in its span, measured, and ended at a drain.
#[derive(Debug, Clone)]
pub(crate) struct Rpc<S> {
    inner: S,
    layer: RpcLayer,
}

pin_project! {
    /// The head of one answer.
    #[derive(Debug)]
    pub(crate) struct Answering<F> {
        #[pin]
        inner: F,
        call: Option<Call>,
        end: Arc<CancellationToken>,
        // To look the call up when it is answered; only over HTTP.
        measures: Option<Arc<Measures>>,
    }
}

impl RpcLayer {
    /// `end` fires when streams must end.
    pub(crate) fn new(measures: Measures, end: CancellationToken) -> Self {
        Self { measures: Arc::new(measures), wire: Wire::Grpc, end: Arc::new(end) }
    }

    /// The same layer for HTTP; it counts into the same series.
    pub(crate) fn over_http(&self) -> Self {
        Self { wire: Wire::Http, ..self.clone() }
    }
}

impl<S> Layer<S> for RpcLayer {
    type Service = Rpc<S>;

    fn layer(&self, inner: S) -> Rpc<S> {
        Rpc { inner, layer: self.clone() }
    }
}

impl<S> Service<Request<Body>> for Rpc<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
{
    type Response = Response<CallBody>;
    type Error = S::Error;
    type Future = Answering<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let RpcLayer { measures, wire, end } = &self.layer;
        let call = match wire {
            Wire::Grpc => Call::begin(measures.of(request.uri().path()), request.headers(), "grpc"),
            Wire::Http => Call::begin(measures.of(""), request.headers(), "http"),
        };
        let measures = (*wire == Wire::Http).then(|| measures.clone());
        let inner = call.within(|| self.inner.call(request));
        Answering { inner, call: Some(call), end: end.clone(), measures }
    }
}

impl<F, E> Future for Answering<F>
where
    F: Future<Output = Result<Response<Body>, E>>,
{
    type Output = Result<Response<CallBody>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let call = this.call.as_ref().expect("a future is not polled after it has resolved");
        let response = ready!(call.within(|| this.inner.poll(cx)))?;
        let mut call = this.call.take().expect("taken once, when the answer is ready");
        let wire = match this.measures {
            None => {
                call.note(response.headers());
                Wire::Grpc
            }
            Some(measures) => {
                let told = response.extensions().get::<Ended>().copied();
                let Ended { path, code } = told.unwrap_or_else(|| Ended::by_status(response.status()));
                call.note_ended(measures.of(path), code);
                if let Some(late) = response.extensions().get::<LateEnd>() {
                    call.note_stream(late.clone());
                }
                Wire::Http
            }
        };
        let end = this.end.clone();
        Poll::Ready(Ok(response.map(|body| CallBody::new(body, call, wire, end))))
    }
}
