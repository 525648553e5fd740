//! Puts the protocol's error in the place of the transport's, where the transport refuses before the handler is asked.

use std::convert::Infallible;
use std::task::{Context, Poll};

use futures::TryFutureExt as _;
use futures::future::MapOk;
use http::{HeaderMap, Request, Response};
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::server::NamedService;
use tonic::{Code, Status};
use types::limits;

use crate::error::Error;

/// A gRPC service that refuses an oversize request, unread, with [`Error::TooLarge`]; tonic says OUT_OF_RANGE.
#[derive(Debug, Clone)]
pub struct Typed<S>(S);

impl<S> Typed<S> {
    pub(crate) fn new(service: S) -> Self {
        Self(service)
    }
}

impl<S: NamedService> NamedService for Typed<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<Request<Body>> for Typed<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = MapOk<S::Future, fn(Response<Body>) -> Response<Body>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.0.call(request).map_ok(retyped)
    }
}

/// No operation of the protocol answers OUT_OF_RANGE, so that code is the transport's.
fn retyped(response: Response<Body>) -> Response<Body> {
    match response.headers().get("grpc-status") {
        Some(code) if Code::from_bytes(code.as_bytes()) == Code::OutOfRange => {
            let size = size(response.headers()).unwrap_or(limits::REQUEST + 1);
            Status::from(Error::TooLarge { field: "request".into(), size, limit: limits::REQUEST }).into_http()
        }
        _ => response,
    }
}

/// The size that the transport's message names: its first number.
fn size(headers: &HeaderMap) -> Option<usize> {
    let status = Status::from_header_map(headers)?;
    status.message().split(' ').find_map(|word| word.parse().ok())
}
