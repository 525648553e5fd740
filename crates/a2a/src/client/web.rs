//! Plain HTTP for the JSON bindings and for cards: one request at a time, bounded answers, no redirects.

use std::sync::Arc;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, Uri, header};
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::TokioExecutor;
use outbound::{Connector, Dialer, Target, TlsError};
use serde_json::Value;
use service::TraceContext;
use service::client::UrlError;
use tonic::Status;

use crate::client_error::ClientError;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// A client of HTTP/1.1. Clones share the connections.
#[derive(Debug, Clone)]
pub(super) struct Http {
    client: Client<Connector, Body>,
    dialer: Dialer,
}

/// Why an answer could not be read to its end.
#[derive(Debug)]
pub(super) enum Unread {
    /// It is larger than the limit.
    TooLarge,
    /// The connection broke.
    Broken(Status),
}

impl Http {
    pub(super) fn new(dialer: Dialer) -> Self {
        let client = Client::builder(TokioExecutor::new()).build(Connector::by_url(dialer.clone()));
        Self { client, dialer }
    }

    /// Sends a request; answers as soon as the head of the answer is there.
    pub(super) async fn send(&self, mut request: Request<Body>) -> Result<Response<Body>, ClientError> {
        let trace = TraceContext::current().traceparent();
        if let Some(trace) = trace.and_then(|trace| HeaderValue::from_str(&trace).ok()) {
            request.headers_mut().insert(TRACEPARENT, trace);
        }
        let uri = request.uri().clone();
        match self.client.request(request).await {
            Ok(answer) => Ok(answer.map(Body::new)),
            // Nothing of the request has gone out before there is a connection.
            Err(error) if error.is_connect() => Err(ClientError::Unreachable(local(error))),
            Err(error) => Err(self.broken(error, &uri).await),
        }
    }

    /// The connection was there and broke. That TLS is spoken where it led tells whom to ask for what, and nothing of the
    /// request: the port may speak plaintext beside it, or may have done so until a moment ago.
    async fn broken(&self, error: legacy::Error, uri: &Uri) -> ClientError {
        ClientError::Ambiguous(match Target::try_from(uri) {
            Ok(target) if self.dialer.finds_tls(&target).await => local(TlsError::Spoken),
            Ok(_) | Err(_) => local(error),
        })
    }
}

/// A body, if it is no larger than the limit.
pub(super) async fn read(body: Body, limit: usize) -> Result<Bytes, Unread> {
    let (mut chunks, mut kept) = (body.into_data_stream(), BytesMut::new());
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| Unread::Broken(local(error)))?;
        if kept.len() + chunk.len() > limit {
            return Err(Unread::TooLarge);
        }
        kept.extend_from_slice(&chunk);
    }
    Ok(kept.freeze())
}

impl From<Unread> for ClientError {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::TooLarge => Self::Invalid("it is larger than what is read of one"),
            Unread::Broken(status) => Self::Ambiguous(status),
        }
    }
}

/// The URL of an interface or of a card, without a slash at its end.
pub(super) fn base(url: &str) -> Result<String, UrlError> {
    let target = service::client::target(url)?;
    if target.path().contains('?') {
        return Err(UrlError::Malformed(url.to_owned()));
    }
    let scheme = if target.is_secure() { "https" } else { "http" };
    Ok(format!("{scheme}://{}{}", target.authority(), target.path().trim_end_matches('/')))
}

/// A URL of an agent's as a request names it.
pub(super) fn uri(url: &str) -> Result<Uri, ClientError> {
    url.parse().map_err(|_| ClientError::Address(UrlError::Malformed(url.to_owned())))
}

/// A failure of this side, as the errors of calls carry it.
pub(super) fn local(error: impl std::error::Error + Send + Sync + 'static) -> Status {
    let mut status = Status::unavailable(error.to_string());
    status.set_source(Arc::new(error));
    status
}

/// The media type of an answer, without its parameters.
pub(super) fn is_of(headers: &HeaderMap, media: &str) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case(media))
}

/// The JSON of an answer.
pub(super) async fn read_json(body: Body, limit: usize) -> Result<Value, ClientError> {
    let bytes = read(body, limit).await?;
    serde_json::from_slice(&bytes).map_err(|_| ClientError::Invalid("it is not JSON"))
}
