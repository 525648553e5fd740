//! Calls by TLS: only to who proves to be the host that was named.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use outbound::{DialError, Dialer, Guard, Roots, Target, TlsError};
use push::{Failure, Keys, Letter, Line, Sender};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;

use crate::receiver::{Answer, Receiver};

/// A server that proves to be localhost to those who trust these roots.
fn identity() -> (ServerConfig, Roots) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    let text = STANDARD.encode(made.cert.der());
    let pem = format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
    std::fs::write(file.path(), pem).unwrap();
    let roots = Roots::with_file(Some(file.path())).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key).unwrap();
    (config, roots)
}

async fn post(sender: &Sender, url: &str) -> Result<(), Failure> {
    let (target, keys): (Target, _) = (url.parse().unwrap(), Keys::default());
    let letter = Letter { target: &target, keys: &keys, body: Bytes::from_static(b"{}") };
    sender.post(&mut Line::default(), &letter).await
}

fn sender(roots: Roots) -> Sender {
    let allowed = ["localhost", "127.0.0.1"].map(|host| host.parse().unwrap());
    Sender::new(Dialer::new(Guard::new(allowed), roots), Duration::from_secs(5))
}

#[tokio::test]
async fn a_secure_call_reaches_only_a_receiver_that_is_who_it_should_be() {
    let (config, roots) = identity();
    let receiver = Receiver::start_secure(config, Answer::Say("200 OK")).await;
    let port = receiver.address.port();
    let trusting = sender(roots);
    post(&trusting, &format!("https://localhost:{port}/")).await.unwrap();
    assert_eq!(receiver.got.lock().unwrap().len(), 1);
    let another_name = post(&trusting, &format!("https://127.0.0.1:{port}/")).await.unwrap_err();
    assert!(matches!(another_name, Failure::Dial(DialError::Tls(TlsError::OtherHost { .. }))), "{another_name:?}");
    let of_no_trust = post(&sender(Roots::default()), &format!("https://localhost:{port}/")).await.unwrap_err();
    assert!(matches!(of_no_trust, Failure::Dial(DialError::Tls(_))), "{of_no_trust:?}");
    assert_eq!(receiver.got.lock().unwrap().len(), 1);
}
