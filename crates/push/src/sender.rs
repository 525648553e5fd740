//! One call of a webhook: resolved, checked, connected to what was checked, answered in time, or failed.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::failure::Failure;
use crate::guard::Guard;
use crate::letter::Letter;
use crate::line::{Line, Open};
use crate::target::Target;

/// Addresses of one host that are tried.
const TRIED: usize = 4;
/// What is read of an answer's body, in bytes and time, only so that the connection can be used again.
const DRAINED: usize = 64 << 10;
const DRAIN: Duration = Duration::from_secs(1);

/// Makes calls.
pub struct Sender {
    guard: Guard,
    timeout: Duration,
    /// Made at the first secure call: most services never make one.
    tls: OnceCell<Arc<ClientConfig>>,
}

impl Sender {
    /// Calls only whom `guard` admits, and gives each call so long.
    pub fn new(guard: Guard, timeout: Duration) -> Self {
        Self { guard, timeout, tls: OnceCell::new() }
    }

    /// The same, trusting these roots and no others.
    ///
    /// # Errors
    /// When TLS cannot be set up at all.
    pub fn trusting(self, roots: RootCertStore) -> io::Result<Self> {
        Ok(Self { tls: OnceCell::new_with(Some(config(roots)?)), ..self })
    }

    /// Posts `letter`; delivered means answered with 2xx. What a redirect points to is not followed.
    pub async fn post(&self, line: &mut Line, letter: &Letter<'_>) -> Result<(), Failure> {
        timeout(self.timeout, self.attempt(line, letter)).await.unwrap_or(Err(Failure::Timeout))
    }

    async fn attempt(&self, line: &mut Line, letter: &Letter<'_>) -> Result<(), Failure> {
        if let Some(kept) = line.take() {
            match exchange(line, kept, letter).await {
                // The receiver may have closed a connection that was long quiet: that says nothing about it.
                Err(Failure::Cut(_)) => {}
                answered => return answered,
            }
        }
        let open = self.connect(letter.target).await?;
        exchange(line, open, letter).await
    }

    async fn connect(&self, target: &Target) -> Result<Open, Failure> {
        let stream = self.dial(target).await?;
        // One small request at a time: it should not wait for an acknowledgement.
        stream.set_nodelay(true).map_err(Failure::Connect)?;
        if !target.is_secure() {
            return Open::over(stream).await.map_err(Failure::Cut);
        }
        let name = ServerName::try_from(target.host().to_owned());
        let name = name.map_err(|error| Failure::Tls(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
        let config = self.tls.get_or_try_init(trust).await.map_err(Failure::Tls)?;
        let stream = TlsConnector::from(config.clone()).connect(name, stream).await.map_err(Failure::Tls)?;
        Open::over(stream).await.map_err(Failure::Cut)
    }

    /// Connects to an address that has been admitted, by its number: nothing is resolved again in between.
    async fn dial(&self, target: &Target) -> Result<TcpStream, Failure> {
        let resolved = tokio::net::lookup_host((target.host(), target.port())).await.map_err(Failure::Resolve)?;
        let admitted = resolved.filter(|address| self.guard.admits(target.host(), *address));
        let mut failure = Failure::Forbidden;
        for address in admitted.take(TRIED).collect::<Vec<SocketAddr>>() {
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => failure = Failure::Connect(error),
            }
        }
        Err(failure)
    }
}

/// Sends the request and waits for its status; a connection that is good for another one goes back to `line`.
async fn exchange(line: &mut Line, mut open: Open, letter: &Letter<'_>) -> Result<(), Failure> {
    // A target and headers that were checked make a request; what does not is nobody's at this address.
    let request = letter.request().map_err(|error| Failure::Connect(io::Error::other(error)))?;
    open.requests.ready().await.map_err(Failure::Cut)?;
    let (head, body) = open.requests.send_request(request).await.map_err(Failure::Cut)?.into_parts();
    if drain(body).await {
        line.keep(open);
    }
    if head.status.is_success() {
        return Ok(());
    }
    Err(Failure::Status { status: head.status.as_u16(), retry_after: retry_after(head.status, &head.headers) })
}

/// Reads an answer to its end, if that is near.
async fn drain(body: Incoming) -> bool {
    let read = timeout(DRAIN, Limited::new(body, DRAINED).collect()).await;
    read.is_ok_and(|whole| whole.is_ok())
}

fn retry_after(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    let says = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    let value = headers.get(RETRY_AFTER).filter(|_| says)?;
    value.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// The machine's trusted roots, read from its files.
async fn trust() -> io::Result<Arc<ClientConfig>> {
    let found = tokio::task::spawn_blocking(rustls_native_certs::load_native_certs).await?;
    let mut roots = RootCertStore::empty();
    let (_, unusable) = roots.add_parsable_certificates(found.certs);
    if unusable > 0 {
        tracing::warn!(unusable, "some trusted roots of this machine cannot be used");
    }
    config(roots)
}

fn config(roots: RootCertStore) -> io::Result<Arc<ClientConfig>> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(io::Error::other)?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("guard", &self.guard).field("timeout", &self.timeout).finish_non_exhaustive()
    }
}
