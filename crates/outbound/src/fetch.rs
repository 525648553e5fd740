//! One GET of a small document: bounded in time and size, without redirects, and only where the dialer goes.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, Empty, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::time::timeout;
use tracing::Instrument as _;

use crate::dial::{Dialer, Speaks};
use crate::error::{DialError, TlsError};
use crate::stream::Stream;
use crate::target::{BadTarget, Target};

/// Longest wait for a whole document.
const PATIENCE: Duration = Duration::from_secs(5);

/// Largest document, in bytes.
const LARGEST: usize = 256 << 10;

/// Why a document was not fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Not a URL of HTTP.
    #[error("{0:?} {1}; write http://HOST:PORT/PATH or https://HOST/PATH")]
    Url(String, BadTarget),
    /// No connection came about.
    #[error(transparent)]
    Dial(#[from] DialError),
    /// What answers does not speak HTTP to its end.
    #[error("the answer broke off")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Another status than 200; redirects are not followed.
    #[error("the answer is {0}")]
    Status(StatusCode),
    /// More than a document of this kind has.
    #[error("the answer has more than {LARGEST} bytes")]
    TooLarge,
    /// It took too long.
    #[error("there was no whole answer within {} s", PATIENCE.as_secs())]
    Slow,
}

/// Fetches the document at `url`.
///
/// # Errors
/// [`FetchError`]; no part of an answer is in it.
pub async fn fetch(url: &str, dialer: &Dialer) -> Result<Bytes, FetchError> {
    let target: Target = url.parse().map_err(|bad| FetchError::Url(url.to_owned(), bad))?;
    timeout(PATIENCE, get(&target, dialer)).await.map_err(|_| FetchError::Slow)?
}

async fn get(target: &Target, dialer: &Dialer) -> Result<Bytes, FetchError> {
    let stream = dialer.dial(target, Speaks::Http1).await?;
    let request = Request::get(target.path())
        .header(header::HOST, target.authority())
        .header(header::ACCEPT, "application/json")
        .body(Empty::<Bytes>::new())
        .map_err(|error| FetchError::Broken(error.into()))?;
    match exchange(stream, request).await {
        Err(FetchError::Broken(_)) if dialer.finds_tls(target).await => Err(DialError::from(TlsError::Spoken).into()),
        other => other,
    }
}

async fn exchange(stream: Stream, request: Request<Empty<Bytes>>) -> Result<Bytes, FetchError> {
    let broken = |error: hyper::Error| FetchError::Broken(error.into());
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    // Ends with the exchange: the sender is dropped then, and the connection is not kept.
    let driving = tokio::spawn(async move { connection.await.ok() }.instrument(tracing::debug_span!("fetch")));
    let answer = sender.send_request(request).await.map_err(broken)?;
    if answer.status() != StatusCode::OK {
        return Err(FetchError::Status(answer.status()));
    }
    let body = Limited::new(answer.into_body(), LARGEST).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() { FetchError::TooLarge } else { FetchError::Broken(error) }
    })?;
    driving.abort();
    Ok(body.to_bytes())
}
