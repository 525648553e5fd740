//! Why no connection came about. No variant holds an address that was found out: whoever named a host may read this.

use std::io;

use rustls::{AlertDescription, CertificateError, Error as Rustls, InvalidMessage};

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

/// Why there is no TLS, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// Nobody who is trusted has signed the certificate.
    #[error(
        "the certificate is signed by nobody who is trusted here: if it is the right one, name the certificate of its \
         authority (PEM) with --ca"
    )]
    Untrusted,
    /// The certificate is somebody else's.
    #[error("the certificate is for {presented}, not for {expected}: use an address whose name is in it")]
    OtherHost {
        /// The host that was named.
        expected: String,
        /// The names in the certificate.
        presented: String,
    },
    /// Its time is over.
    #[error("the certificate has expired: it must be renewed there, unless this machine's clock is wrong")]
    Expired,
    /// Its time has not come.
    #[error("the certificate is not valid yet: is this machine's clock right?")]
    NotYet,
    /// The other side does not speak TLS at all.
    #[error("no TLS is spoken at that port: if it is meant to be plaintext, the address begins with http://")]
    NotSpoken,
    /// The other side speaks no HTTP/2.
    #[error("HTTP/2 is not offered over TLS (ALPN h2), and gRPC needs it: is that a gRPC address?")]
    NoHttp2,
    /// The host is no name that a certificate could have.
    #[error("the host is no name that a certificate could have")]
    Name,
    /// Something else.
    #[error("the handshake failed")]
    Handshake(#[source] io::Error),
    /// There is no TLS on this side.
    #[error("TLS cannot be set up here")]
    Setup(#[source] io::Error),
}

/// Most names of another's certificate that are told.
const NAMES: usize = 3;

impl TlsError {
    /// What a failed handshake means.
    pub(crate) fn of(error: io::Error, host: &str) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Rustls>()) {
            Some(Rustls::InvalidCertificate(bad)) => Self::certificate(bad, host).unwrap_or(Self::Handshake(error)),
            Some(Rustls::InvalidMessage(InvalidMessage::InvalidContentType)) => Self::NotSpoken,
            Some(Rustls::NoApplicationProtocol | Rustls::AlertReceived(AlertDescription::NoApplicationProtocol)) => {
                Self::NoHttp2
            }
            Some(_) | None => Self::Handshake(error),
        }
    }

    fn certificate(bad: &CertificateError, host: &str) -> Option<Self> {
        let other = |presented: &[String]| {
            let names: Vec<&str> = presented.iter().take(NAMES).map(|name| bare(name)).collect();
            let presented = if names.is_empty() { "no name".to_owned() } else { names.join(", ") };
            Self::OtherHost { expected: host.to_owned(), presented }
        };
        match bad {
            CertificateError::UnknownIssuer | CertificateError::BadSignature => Some(Self::Untrusted),
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Some(Self::Expired),
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Some(Self::NotYet),
            CertificateError::NotValidForName => Some(other(&["another name".to_owned()])),
            CertificateError::NotValidForNameContext { presented, .. } => Some(other(presented)),
            _ => None,
        }
    }
}

/// `DnsName("a.example")` without what is around the name.
fn bare(name: &str) -> &str {
    name.split_once('(').map_or(name, |(_, inner)| inner.trim_end_matches(')')).trim_matches('"')
}
