//! Plain HTTP for the JSON bindings and for cards: one request at a time, bounded answers, no redirects.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, Uri, header};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use service::TraceContext;
use service::client::UrlError;
use tonic::Status;

use crate::client_error::ClientError;

/// How long a connection may take to come about; gRPC's channels have the same.
const CONNECT: Duration = Duration::from_secs(3);
/// A peer that is gone without a word is noticed by the kernel's probes: after so long a silence, so many of them.
const PROBE: Duration = Duration::from_secs(20);
const PROBE_AGAIN: Duration = Duration::from_secs(5);
const PROBES: u32 = 3;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// A client of HTTP/1.1. Clones share the connections.
#[derive(Debug, Clone)]
pub(super) struct Http(Client<HttpConnector, Body>);

/// Why an answer could not be read to its end.
#[derive(Debug)]
pub(super) enum Unread {
    /// It is larger than the limit.
    TooLarge,
    /// The connection broke.
    Broken(Status),
}

impl Http {
    pub(super) fn new() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT));
        connector.set_nodelay(true);
        connector.set_keepalive(Some(PROBE));
        connector.set_keepalive_interval(Some(PROBE_AGAIN));
        connector.set_keepalive_retries(Some(PROBES));
        Self(Client::builder(TokioExecutor::new()).build(connector))
    }

    /// Sends a request; answers as soon as the head of the answer is there.
    pub(super) async fn send(&self, mut request: Request<Body>) -> Result<Response<Body>, ClientError> {
        let trace = TraceContext::current().traceparent();
        if let Some(trace) = trace.and_then(|trace| HeaderValue::from_str(&trace).ok()) {
            request.headers_mut().insert(TRACEPARENT, trace);
        }
        let answer = self.0.request(request).await.map_err(broken)?;
        Ok(answer.map(Body::new))
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
    let malformed = || UrlError::Malformed(url.to_owned());
    let full = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
    let uri: Uri = full.parse().map_err(|_| malformed())?;
    if uri.scheme_str() != Some("http") {
        return Err(UrlError::Scheme(url.to_owned()));
    }
    if uri.host().is_none_or(str::is_empty) || uri.query().is_some() {
        return Err(malformed());
    }
    Ok(full.trim_end_matches('/').to_owned())
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

fn broken(error: legacy::Error) -> ClientError {
    // Nothing of the request has gone out before there is a connection.
    if error.is_connect() { ClientError::Unreachable(local(error)) } else { ClientError::Ambiguous(local(error)) }
}
