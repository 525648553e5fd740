//! Why no connection came about. No variant holds an address that was found out: whoever named a host may read this.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::io;

use rustls::{AlertDescription, CertificateError, Error as Rustls, InvalidMessage, OtherError};

use crate::target::BadTarget;

/// A connection that did not come about; the other side has seen nothing of a request.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// There is no URL.
    #[error("the address {0}")]
    Target(#[from] BadTarget),
    /// The host's name does not resolve.
    #[error("the host name does not resolve")]
    Resolve(#[source] io::Error),
    /// It leads to addresses that must not be called.
    #[error("the host has no address that may be called: it is loopback, private or otherwise special")]
    Forbidden,
    /// Nobody took the connection.
    #[error("no connection")]
    Connect(#[source] io::Error),
    /// Nobody did in time.
    #[error("no connection in time")]
    Timeout,
    /// There is no trust in the other side, or no TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// Why there is no TLS.
#[derive(Debug)]
pub enum TlsError {
    /// Nobody who is trusted has signed the certificate.
    Untrusted,
    /// The server shows the certificate of an authority, as if it were its own.
    Authority,
    /// The certificate is somebody else's.
    OtherHost {
        /// The host that was named.
        expected: String,
        /// The names in the certificate.
        presented: String,
    },
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYet,
    /// It is meant for something else than servers.
    Purpose,
    /// It is of an old form.
    Form,
    /// Something else is wrong with it.
    Certificate(CertificateError),
    /// The other side does not speak TLS at all.
    NotSpoken,
    /// The other side speaks nothing but TLS, and the address says plaintext.
    Spoken,
    /// The other side speaks no HTTP/2.
    NoHttp2,
    /// The host is no name that a certificate could have.
    Name,
    /// Something else.
    Handshake(io::Error),
    /// There is no TLS on this side.
    Setup(io::Error),
}

/// What answers in plaintext where HTTP/2 was to be spoken. It has taken no request: what speaks HTTP/2 says so first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Stranger {
    /// Something that knows no later HTTP.
    #[error("it speaks HTTP/1.1 and no HTTP/2, which gRPC needs")]
    Http1,
    /// Something else.
    #[error("it speaks no HTTP/2, which gRPC needs")]
    Other,
}

/// Most names of another's certificate that are told.
const NAMES: usize = 3;

impl TlsError {
    /// The one that is behind an error, whoever has wrapped it.
    pub fn behind<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(DialError::Tls(found)) = error.downcast_ref() {
                return Some(found);
            }
            if let Some(found) = error.downcast_ref() {
                return Some(found);
            }
            next = error.source();
        }
        None
    }

    /// What is wrong.
    pub fn problem(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Untrusted => "the certificate is signed by nobody who is trusted here",
            Self::Authority => "the server shows the certificate of an authority as its own",
            Self::OtherHost { expected, presented } => {
                return Cow::Owned(format!("the certificate is for {presented}, not for {expected}"));
            }
            Self::Expired => "the certificate has expired",
            Self::NotYet => "the certificate is not valid yet",
            Self::Purpose => "the certificate is not meant for servers",
            Self::Form => "the certificate is of an old form that is not taken (X.509 before version 3)",
            Self::Certificate(bad) => return Cow::Owned(format!("the certificate cannot be used: {bad}")),
            Self::NotSpoken => "no TLS is spoken at that port",
            Self::Spoken => "TLS is spoken at that port, and the address says plaintext",
            Self::NoHttp2 => "HTTP/2 is not offered over TLS (ALPN h2), and gRPC needs it",
            Self::Name => "the host is no name that a certificate could have",
            Self::Handshake(error) => return Cow::Owned(format!("the handshake failed: {error}")),
            Self::Setup(error) => return Cow::Owned(format!("TLS cannot be set up here: {error}")),
        })
    }

    /// What to do about it, where that is known.
    pub const fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::Untrusted => Some("if it is the right one, name the certificate of its authority (PEM) with --ca"),
            Self::Authority => Some(
                "give the server a certificate of its own (basicConstraints CA:FALSE), signed by that authority, and \
                 name the authority with --ca",
            ),
            Self::OtherHost { .. } => Some("use an address whose name is in it"),
            Self::Expired => Some("it must be renewed there, unless this machine's clock is wrong"),
            Self::NotYet => Some("is this machine's clock right?"),
            Self::Purpose => Some("give the server one with the extended key usage serverAuth, or with none"),
            Self::Form => Some("give the server one of version 3, with its name as subjectAltName"),
            Self::NotSpoken => {
                Some("if it is meant to be plaintext, begin the address with http://, or with grpc:// for gRPC alone")
            }
            Self::Spoken => Some("begin the address with https://, or with grpcs:// for gRPC alone"),
            Self::NoHttp2 => Some("is that a gRPC address?"),
            Self::Certificate(_) | Self::Name | Self::Handshake(_) | Self::Setup(_) => None,
        }
    }

    /// What a failed handshake means.
    pub(crate) fn of(error: io::Error, host: &str) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Rustls>()) {
            Some(Rustls::InvalidCertificate(bad)) => Self::certificate(bad, host),
            Some(Rustls::InvalidMessage(InvalidMessage::InvalidContentType)) => Self::NotSpoken,
            Some(Rustls::NoApplicationProtocol | Rustls::AlertReceived(AlertDescription::NoApplicationProtocol)) => {
                Self::NoHttp2
            }
            Some(_) | None => Self::Handshake(error),
        }
    }

    /// Whether the other side has spoken TLS in a handshake that failed.
    pub(crate) fn was_spoken(error: &io::Error) -> bool {
        let failed = error.get_ref().and_then(|inner| inner.downcast_ref::<Rustls>());
        matches!(
            failed,
            Some(
                Rustls::InvalidCertificate(_)
                    | Rustls::AlertReceived(_)
                    | Rustls::PeerIncompatible(_)
                    | Rustls::NoApplicationProtocol
            )
        )
    }

    fn certificate(bad: &CertificateError, host: &str) -> Self {
        let other = |presented: &[String]| {
            let names: Vec<&str> = presented.iter().take(NAMES).map(|name| bare(name)).collect();
            let presented = if names.is_empty() { "no name".to_owned() } else { names.join(", ") };
            Self::OtherHost { expected: host.to_owned(), presented }
        };
        match bad {
            CertificateError::UnknownIssuer | CertificateError::BadSignature => Self::Untrusted,
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Self::NotYet,
            CertificateError::NotValidForName => other(&["another name".to_owned()]),
            CertificateError::NotValidForNameContext { presented, .. } => other(presented),
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => Self::Purpose,
            CertificateError::Other(OtherError(why)) => match why.downcast_ref::<webpki::Error>() {
                Some(webpki::Error::CaUsedAsEndEntity) => Self::Authority,
                Some(webpki::Error::UnsupportedCertVersion) => Self::Form,
                Some(_) | None => Self::Certificate(bad.clone()),
            },
            other => Self::Certificate(other.clone()),
        }
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem())?;
        self.remedy().map_or(Ok(()), |remedy| write!(f, ": {remedy}"))
    }
}

/// Whole in itself: what is behind it is told in its own text.
impl Error for TlsError {}

/// `DnsName("a.example")` without what is around the name.
fn bare(name: &str) -> &str {
    name.split_once('(').map_or(name, |(_, inner)| inner.trim_end_matches(')')).trim_matches('"')
}
