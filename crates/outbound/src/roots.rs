//! Whose certificates are trusted: the authorities of this machine, and those that a file names beside them.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::OnceCell;

use crate::dial::Speaks;

/// Trusted authorities. Cheap to clone; those of the machine are read at the first secure call, since most processes
/// never make one.
#[derive(Clone, Default)]
pub struct Roots(Arc<Inner>);

#[derive(Default)]
struct Inner {
    beside: Vec<CertificateDer<'static>>,
    configs: OnceCell<Configs>,
}

/// TLS for each protocol that is spoken over it.
struct Configs {
    http1: Arc<ClientConfig>,
    http2: Arc<ClientConfig>,
}

/// Why a file names no authorities.
#[derive(Debug, thiserror::Error)]
pub enum BadRoots {
    /// It cannot be read.
    #[error("cannot read {}", .0.display())]
    Io(PathBuf, #[source] io::Error),
    /// There is no certificate in it.
    #[error("{} holds no certificate in PEM (-----BEGIN CERTIFICATE-----)", .0.display())]
    Empty(PathBuf),
    /// A certificate in it is damaged.
    #[error("certificate {number} of {} cannot be read", file.display())]
    Certificate {
        /// The file.
        file: PathBuf,
        /// Its place among those in it.
        number: usize,
    },
}

impl Roots {
    /// The machine's, and those of a file in PEM if one is named.
    ///
    /// # Errors
    /// [`BadRoots`], naming the file and the place in it.
    pub fn with_file(file: Option<&Path>) -> Result<Self, BadRoots> {
        let beside = file.map(read).transpose()?.unwrap_or_default();
        Ok(Self(Arc::new(Inner { beside, configs: OnceCell::new() })))
    }

    pub(crate) async fn config(&self, speaks: Speaks) -> io::Result<Arc<ClientConfig>> {
        let configs = self.0.configs.get_or_try_init(|| load(self.0.beside.clone())).await?;
        Ok(match speaks {
            Speaks::Http1 => configs.http1.clone(),
            Speaks::Http2 => configs.http2.clone(),
        })
    }
}

impl fmt::Debug for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Roots(system and {})", self.0.beside.len())
    }
}

fn read(file: &Path) -> Result<Vec<CertificateDer<'static>>, BadRoots> {
    let pem = fs::read(file).map_err(|error| BadRoots::Io(file.to_owned(), error))?;
    let mut found = Vec::new();
    let mut checked = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let damaged = || BadRoots::Certificate { file: file.to_owned(), number: found.len() + 1 };
        let certificate = certificate.map_err(|_| damaged())?;
        checked.add(certificate.clone()).map_err(|_| damaged())?;
        found.push(certificate);
    }
    if found.is_empty() { Err(BadRoots::Empty(file.to_owned())) } else { Ok(found) }
}

async fn load(beside: Vec<CertificateDer<'static>>) -> io::Result<Configs> {
    let found = tokio::task::spawn_blocking(rustls_native_certs::load_native_certs).await?;
    for error in &found.errors {
        tracing::warn!(%error, "some trusted certificates of this machine cannot be read");
    }
    let mut roots = RootCertStore::empty();
    let (_, unusable) = roots.add_parsable_certificates(found.certs.into_iter().chain(beside));
    if unusable > 0 {
        tracing::warn!(unusable, "some trusted certificates of this machine cannot be used");
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let http1 = builder.map_err(io::Error::other)?.with_root_certificates(roots).with_no_client_auth();
    let mut http2 = http1.clone();
    http2.alpn_protocols = vec![b"h2".to_vec()];
    Ok(Configs { http1: Arc::new(http1), http2: Arc::new(http2) })
}
