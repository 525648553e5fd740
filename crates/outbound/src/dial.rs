//! From a target to a connection: resolved, checked, and connected to what was checked, by its number. Nothing is
//! resolved again in between, so a name that means something else a moment later changes nothing.

use std::net::SocketAddr;
use std::time::Duration;

use rustls::pki_types::ServerName;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::error::{DialError, Stranger, TlsError};
use crate::guard::Guard;
use crate::roots::Roots;
use crate::stream::Stream;
use crate::target::Target;

/// Addresses of one host that are tried.
const TRIED: usize = 4;
/// What an address gets while there are others to try.
const EACH: Duration = Duration::from_secs(1);
/// How long it may take to learn that TLS is spoken somewhere.
const PROBING: Duration = Duration::from_secs(2);
/// How a client of HTTP/2 begins: RFC 9113, section 3.4, with settings that change nothing.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
/// A peer that is gone without a word is noticed by the kernel's probes: after so long a silence, so many of them.
const PROBE: Duration = Duration::from_secs(20);
const PROBE_AGAIN: Duration = Duration::from_secs(5);
const PROBES: u32 = 3;

/// What is spoken over a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaks {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2, as gRPC needs it; over TLS it is negotiated.
    Http2,
}

/// Opens connections: to whom, and whose certificates it trusts. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Dialer {
    guard: Guard,
    roots: Roots,
}

impl Dialer {
    /// Connects only to whom `guard` admits, and by TLS only to whom `roots` vouch for.
    pub fn new(guard: Guard, roots: Roots) -> Self {
        Self { guard, roots }
    }

    /// Connects to every address, for those that our own settings name.
    pub fn anywhere(roots: Roots) -> Self {
        Self::new(Guard::anywhere(), roots)
    }

    /// The same, which also connects to the host of `target`, wherever it is.
    #[must_use]
    pub fn also(self, target: &Target) -> Self {
        Self { guard: self.guard.also(target), ..self }
    }

    /// A connection to the target, ready for its protocol. It takes as long as it takes: the caller bounds it.
    ///
    /// # Errors
    /// [`DialError`]; the other side has seen nothing of a request then.
    pub async fn dial(&self, target: &Target, speaks: Speaks) -> Result<Stream, DialError> {
        let stream = self.connect(target).await?;
        prepare(&stream).map_err(DialError::Connect)?;
        if !target.is_secure() {
            return Ok(stream.into());
        }
        let name = ServerName::try_from(target.host().to_owned()).map_err(|_| TlsError::Name)?;
        let config = self.roots.config(speaks).await.map_err(TlsError::Setup)?;
        let connecting = TlsConnector::from(config).connect(name, stream).await;
        let stream = connecting.map_err(|error| TlsError::of(error, target.host()))?;
        let negotiated = stream.get_ref().1.alpn_protocol();
        if speaks == Speaks::Http2 && negotiated != Some(&b"h2"[..]) {
            return Err(TlsError::NoHttp2.into());
        }
        Ok(stream.into())
    }

    /// Whether TLS is spoken where a target of plaintext leads. Asked when what answers there makes no sense: of a port
    /// of TLS most plaintext hears nothing but its end.
    pub async fn finds_tls(&self, target: &Target) -> bool {
        !target.is_secure() && timeout(PROBING, self.greet(target)).await.ok().flatten().unwrap_or_default()
    }

    /// What answers where a target of plaintext leads, if that is not HTTP/2. Asked like [`Self::finds_tls`].
    pub async fn finds_stranger(&self, target: &Target) -> Option<Stranger> {
        timeout(PROBING, self.begin(target)).await.ok().flatten()
    }

    async fn begin(&self, target: &Target) -> Option<Stranger> {
        if target.is_secure() {
            return None;
        }
        let mut stream = self.connect(target).await.ok()?;
        stream.write_all(PREFACE).await.ok()?;
        let mut first = [0; 5];
        stream.read_exact(&mut first).await.ok()?;
        match &first {
            // The length of a small frame.
            [0, ..] => None,
            // Some say what they think of such a request without a line of status before it.
            b"HTTP/" | [b'<', ..] => Some(Stranger::Http1),
            _ => Some(Stranger::Other),
        }
    }

    async fn greet(&self, target: &Target) -> Option<bool> {
        let stream = self.connect(target).await.ok()?;
        let name = ServerName::try_from(target.host().to_owned()).ok()?;
        let config = self.roots.config(Speaks::Http1).await.ok()?;
        let greeted = TlsConnector::from(config).connect(name, stream).await;
        Some(greeted.map_or_else(|error| TlsError::was_spoken(&error), |_| true))
    }

    async fn connect(&self, target: &Target) -> Result<TcpStream, DialError> {
        let resolved = tokio::net::lookup_host((target.host(), target.port())).await.map_err(DialError::Resolve)?;
        let admitted = resolved.filter(|address| self.guard.admits(target.host(), *address));
        let admitted: Vec<SocketAddr> = admitted.take(TRIED).collect();
        let mut failure = DialError::Forbidden;
        for (at, address) in admitted.iter().enumerate() {
            let connecting = TcpStream::connect(address);
            let connected = match at + 1 == admitted.len() {
                true => connecting.await,
                false => timeout(EACH, connecting).await.unwrap_or_else(|late| Err(late.into())),
            };
            match connected {
                Ok(stream) => return Ok(stream),
                Err(error) => failure = DialError::Connect(error),
            }
        }
        Err(failure)
    }
}

/// Small requests should not wait for an acknowledgement, and a long quiet stream should notice that its peer is gone.
fn prepare(stream: &TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let probes = TcpKeepalive::new().with_time(PROBE).with_interval(PROBE_AGAIN).with_retries(PROBES);
    SockRef::from(stream).set_tcp_keepalive(&probes)
}
