//! An authority made in the test, and servers with certificates that it signed. Tests of other crates include this file.

#![allow(dead_code, reason = "no test needs all of it")]

use std::net::SocketAddr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use outbound::Roots;
use rcgen::{BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// Signs certificates.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// The years in which a certificate is valid.
pub(crate) const NOW: (i32, i32) = (2020, 4000);
pub(crate) const PAST: (i32, i32) = (2000, 2001);
pub(crate) const FUTURE: (i32, i32) = (3999, 4000);

fn pem(certificate: &Certificate) -> String {
    let text = STANDARD.encode(certificate.der());
    format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Its certificate, as users have it.
    pub(crate) fn file(&self) -> NamedTempFile {
        let file = NamedTempFile::new().unwrap();
        std::fs::write(file.path(), pem(AsRef::<Certificate>::as_ref(&self.0))).unwrap();
        file
    }

    /// Trust in it.
    pub(crate) fn trusted(&self) -> Roots {
        Roots::with_file(Some(self.file().path())).unwrap()
    }

    fn server(&self, name: &str, (from, to): (i32, i32), alpn: &[&[u8]]) -> ServerConfig {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(to, 1, 1));
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &*self.0).unwrap();
        configured(&certificate, &key, alpn)
    }

    /// Proves to be `name` on this listener, and passes on to `upstream` what is said by TLS.
    pub(crate) fn front(&self, listener: TcpListener, name: &str, years: (i32, i32), upstream: SocketAddr) {
        let acceptor = TlsAcceptor::from(Arc::new(self.server(name, years, &[b"h2", b"http/1.1"])));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                tokio::spawn(async move {
                    let mut inner = TcpStream::connect(upstream).await.unwrap();
                    // Either side may go when it likes.
                    tokio::io::copy_bidirectional(&mut stream, &mut inner).await.ok();
                });
            }
        });
    }

    /// A server that proves to be `name` and answers every request with `{}`.
    pub(crate) async fn serve(&self, name: &str, years: (i32, i32), alpn: &[&[u8]]) -> SocketAddr {
        Self::answer(self.server(name, years, alpn)).await
    }

    /// The same, which shows the authority's certificate as if it were its own.
    pub(crate) async fn serve_itself(&self) -> SocketAddr {
        Self::answer(configured(self.0.as_ref(), self.0.key(), &[])).await
    }

    async fn answer(config: ServerConfig) -> SocketAddr {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A client that trusts nobody here ends the handshake.
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") && stream.read_buf(&mut request).await.is_ok_and(|read| read > 0)
                {
                }
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await.ok();
                stream.shutdown().await.ok();
            }
        });
        address
    }
}

fn configured(certificate: &Certificate, key: &KeyPair, alpn: &[&[u8]]) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let chain = vec![certificate.der().clone()];
    let mut config = config.with_no_client_auth().with_single_cert(chain, key).unwrap();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    config
}
