//! One GET of a small document over plain HTTP: bounded in time and size, without redirects, and only at addresses
//! that the caller lets it reach. The address that was checked is the one that is connected to, so a name that
//! resolves otherwise a moment later changes nothing.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Empty, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tracing::Instrument as _;

use crate::reach::Reach;

/// Longest wait for a whole document.
const PATIENCE: Duration = Duration::from_secs(5);

/// Largest document, in bytes.
const LARGEST: usize = 256 << 10;

/// Why a document was not fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Not a URL of plain HTTP.
    #[error("{0:?} is not a URL like http://host:port/path; only http is supported in this release")]
    Url(String),
    /// The name has no address.
    #[error("{host} does not resolve")]
    Unknown {
        /// The name.
        host: String,
        /// How it failed.
        #[source]
        source: io::Error,
    },
    /// None of its addresses may be asked.
    #[error("{0} is a loopback, private or otherwise special address, which is not asked")]
    OutOfReach(SocketAddr),
    /// Nobody answers there.
    #[error("{0} does not answer")]
    Unreachable(SocketAddr, #[source] io::Error),
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
pub async fn fetch(url: &str, reach: Reach) -> Result<Bytes, FetchError> {
    timeout(PATIENCE, get(url, reach)).await.map_err(|_| FetchError::Slow)?
}

async fn get(url: &str, reach: Reach) -> Result<Bytes, FetchError> {
    let malformed = || FetchError::Url(url.to_owned());
    let uri: Uri = url.parse().map_err(|_| malformed())?;
    let authority = uri.authority().filter(|_| uri.scheme_str() == Some("http")).ok_or_else(malformed)?;
    let address = find(authority.host(), authority.port_u16().unwrap_or(80), reach).await?;
    let stream = TcpStream::connect(address).await.map_err(|error| FetchError::Unreachable(address, error))?;
    let request = Request::get(uri.path_and_query().map_or("/", |path| path.as_str()))
        .header(header::HOST, authority.as_str())
        .header(header::ACCEPT, "application/json")
        .body(Empty::<Bytes>::new())
        .map_err(|_| malformed())?;
    exchange(stream, request).await
}

async fn exchange(stream: TcpStream, request: Request<Empty<Bytes>>) -> Result<Bytes, FetchError> {
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

/// The first address of a name that may be asked.
async fn find(host: &str, port: u16, reach: Reach) -> Result<SocketAddr, FetchError> {
    // A literal IPv6 address is in brackets in a URL, and without them elsewhere.
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let unknown = |source| FetchError::Unknown { host: host.to_owned(), source };
    let found: Vec<SocketAddr> = lookup_host((bare, port)).await.map_err(unknown)?.collect();
    match found.iter().find(|address| reach.admits(address.ip())) {
        Some(address) => Ok(*address),
        None => Err(match found.first() {
            Some(address) => FetchError::OutOfReach(*address),
            None => unknown(io::ErrorKind::NotFound.into()),
        }),
    }
}
