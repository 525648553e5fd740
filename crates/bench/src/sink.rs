//! A collector that takes every trace and keeps none: what telemetry costs the service, not the collector.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::future::BoxFuture;
use proto::Plain;
use tonic::body::Body;
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::transport::Server;
use tonic::{Request, Response, Status};

use crate::args::ServeArgs;
use crate::error::Error;
use crate::raw::listen;

/// Serves until it is killed.
pub(crate) fn serve(args: &ServeArgs) -> Result<(), Error> {
    let runtime = tokio::runtime::Runtime::new().map_err(Error::io("start", "a runtime"))?;
    runtime.block_on(async {
        let incoming = listen("sink", args)?;
        Ok(Server::builder().add_service(Sink).serve_with_incoming(incoming).await?)
    })
}

/// The OTLP trace service.
#[derive(Debug, Clone, Copy)]
struct Sink;

impl NamedService for Sink {
    const NAME: &'static str = "opentelemetry.proto.collector.trace.v1.TraceService";
}

impl tower::Service<http::Request<Body>> for Sink {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(async { Ok(Grpc::new(Plain).unary(Export, request).await) })
    }
}

/// Every export succeeds: the empty message.
struct Export;

impl UnaryService<Bytes> for Export {
    type Response = Bytes;
    type Future = Ready<Result<Response<Bytes>, Status>>;

    fn call(&mut self, _: Request<Bytes>) -> Self::Future {
        ready(Ok(Response::new(Bytes::new())))
    }
}
