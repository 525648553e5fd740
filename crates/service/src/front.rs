//! One listener for gRPC, gRPC-Web and other HTTP: told apart by the content type, before any routing,
//! so that gRPC pays nothing for the others and each is refused in its own way.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Router;
use axum::response::Response as AxumResponse;
use http::{HeaderMap, Request, Response, StatusCode, Uri, header};
use http_body_util::Either;
use pin_project_lite::pin_project;
use tonic::Code;
use tonic::body::Body;
use tonic::service::Routes;
use tonic_web::{GrpcWebLayer, GrpcWebService};
use tower::util::{Either as Maybe, option_layer};
use tower::{Layer as _, Service};
use tower_http::cors::{Cors, CorsLayer};

use crate::deadline::Deadline;
use crate::error_body::refuse;
use crate::rpc::{CallBody, Rpc, RpcLayer};

type Calls = Rpc<Routes>;
type Web = Maybe<Cors<GrpcWebService<Calls>>, GrpcWebService<Calls>>;

/// The protocol listener's service.
#[derive(Debug, Clone)]
pub(crate) struct Front {
    grpc: Calls,
    web: Web,
    http: Calls,
}

pin_project! {
    /// The head of one answer.
    #[project = Way]
    pub(crate) enum Answering {
        Call { #[pin] inner: <Calls as Service<Request<Body>>>::Future },
        Web { #[pin] inner: <Web as Service<Request<Body>>>::Future },
    }
}

impl Front {
    /// Calls go to `routes`, everything else to `http`; both are counted by `layer`.
    /// gRPC-Web is unwrapped outside of the layer, which sees gRPC's trailers then. What browsers ask before a call is
    /// no gRPC-Web yet, so it is answered among the rest of HTTP, whatever its path.
    pub(crate) fn new(routes: Routes, http: Router, layer: &RpcLayer, cors: Option<CorsLayer>) -> Self {
        let grpc = layer.layer(routes.prepare());
        let http = http.fallback(unknown);
        let http = match &cors {
            Some(cors) => http.layer(cors.clone()),
            None => http,
        };
        let http = layer.over_http().layer(Routes::from(http).prepare());
        Self { web: option_layer(cors).layer(GrpcWebLayer::new().layer(grpc.clone())), grpc, http }
    }
}

impl Service<Request<Body>> for Front {
    type Response = Response<Either<CallBody, Body>>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // Routers are always ready.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Answering {
        match Kind::of(request.headers()) {
            Kind::Grpc => Answering::Call { inner: self.grpc.call(request) },
            Kind::Web => Answering::Web { inner: self.web.call(request) },
            Kind::Http => {
                if let Some(deadline) = Deadline::of(request.headers()) {
                    request.extensions_mut().insert(deadline);
                }
                Answering::Call { inner: self.http.call(request) }
            }
        }
    }
}

impl Future for Answering {
    type Output = Result<Response<Either<CallBody, Body>>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            Way::Call { inner } => inner.poll(cx).map_ok(|response| response.map(Either::Left)),
            Way::Web { inner } => inner.poll(cx).map_ok(|response| response.map(Either::Right)),
        }
    }
}

/// What a request is.
enum Kind {
    Grpc,
    Web,
    Http,
}

impl Kind {
    fn of(headers: &HeaderMap) -> Self {
        let content = headers.get(header::CONTENT_TYPE).map_or(&[][..], |value| value.as_bytes());
        match content {
            web if web.starts_with(b"application/grpc-web") => Self::Web,
            grpc if grpc.starts_with(b"application/grpc") => Self::Grpc,
            _ => Self::Http,
        }
    }
}

async fn unknown(uri: Uri) -> AxumResponse {
    refuse(StatusCode::NOT_FOUND, Code::NotFound, &format!("nothing is served at {}", uri.path()), Vec::new())
}
