//! TLS: to whom it leads, and what is said when it leads nowhere.

use std::time::Duration;

use outbound::{BadRoots, DialError, Dialer, FetchError, Roots, Speaks, Target, TlsError, fetch};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use crate::authority::{Authority, FUTURE, NOW, PAST};

async fn fetched(roots: Roots, url: &str) -> Result<(), TlsError> {
    match tokio::time::timeout(Duration::from_secs(20), fetch(url, &Dialer::anywhere(roots))).await.unwrap() {
        Ok(body) => {
            assert_eq!(&body[..], b"{}");
            Ok(())
        }
        Err(FetchError::Dial(DialError::Tls(error))) => Err(error),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_server_whose_authority_is_named_is_believed() {
    let authority = Authority::new();
    let address = authority.serve("localhost", NOW, &[b"http/1.1"]).await;
    fetched(authority.trusted(), &format!("https://localhost:{}/card", address.port())).await.unwrap();
    let by_number = authority.serve("127.0.0.1", NOW, &[]).await;
    fetched(authority.trusted(), &format!("https://{by_number}/card")).await.unwrap();
}

#[tokio::test]
async fn each_way_not_to_be_believed_says_what_to_do() {
    let (authority, other) = (Authority::new(), Authority::new());
    let cases = [
        ("localhost", NOW, other.trusted(), "name the certificate of its authority (PEM) with --ca"),
        ("localhost", NOW, Roots::default(), "signed by nobody who is trusted here"),
        ("agents.example", NOW, authority.trusted(), "is for agents.example, not for localhost"),
        ("localhost", PAST, authority.trusted(), "has expired: it must be renewed there"),
        ("localhost", FUTURE, authority.trusted(), "is not valid yet: is this machine's clock right?"),
    ];
    for (name, years, roots, says) in cases {
        let address = authority.serve(name, years, &[]).await;
        let error = fetched(roots, &format!("https://localhost:{}/", address.port())).await.unwrap_err();
        assert!(error.to_string().contains(says), "{name} {years:?}: {error}");
    }
}

#[tokio::test]
async fn the_certificate_of_an_authority_is_no_servers_whoever_trusts_it() {
    let authority = Authority::new();
    let address = authority.serve_itself().await;
    for roots in [authority.trusted(), Roots::default()] {
        let error = fetched(roots, &format!("https://localhost:{}/", address.port())).await.unwrap_err();
        assert!(matches!(error, TlsError::Authority), "{error:?}");
        assert!(error.to_string().contains("CA:FALSE"), "{error}");
    }
}

#[tokio::test]
async fn plaintext_to_a_port_of_tls_is_told_as_such_also_where_it_just_hears_the_end() {
    let authority = Authority::new();
    let address = authority.serve("localhost", NOW, &[]).await;
    let error = fetched(Roots::default(), &format!("http://localhost:{}/", address.port())).await.unwrap_err();
    assert!(matches!(error, TlsError::Spoken), "{error:?}");
    assert_eq!(error.remedy(), Some("begin the address with https://, or with grpcs:// for gRPC alone"));
    // Who ends every connection without a word speaks nothing.
    let mute = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", mute.local_addr().unwrap());
    tokio::spawn(async move { while mute.accept().await.is_ok() {} });
    let ended = fetch(&url, &Dialer::anywhere(Roots::default())).await.unwrap_err();
    assert!(matches!(ended, FetchError::Broken(_)), "{ended:?}");
}

#[tokio::test]
async fn a_port_that_speaks_plaintext_is_told_as_such() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        std::future::pending::<()>().await;
    });
    let error = fetched(Roots::default(), &format!("https://{address}/")).await.unwrap_err();
    assert!(matches!(error, TlsError::NotSpoken), "{error:?}");
    for scheme in ["http://", "grpc://"] {
        assert!(error.remedy().unwrap().contains(scheme), "{error}");
    }
}

#[tokio::test]
async fn http_2_is_spoken_only_where_it_is_offered() {
    let authority = Authority::new();
    let dialer = Dialer::anywhere(authority.trusted());
    for (alpn, offered) in [(&[&b"h2"[..]][..], true), (&[&b"http/1.1"[..]][..], false), (&[][..], false)] {
        let address = authority.serve("localhost", NOW, alpn).await;
        let target: Target = format!("https://localhost:{}", address.port()).parse().unwrap();
        match dialer.dial(&target, Speaks::Http2).await {
            Ok(_) => assert!(offered, "{alpn:?}"),
            Err(DialError::Tls(TlsError::NoHttp2)) => assert!(!offered, "{alpn:?}"),
            Err(other) => panic!("{alpn:?}: {other:?}"),
        }
    }
}

#[test]
fn a_file_that_names_no_authority_is_refused_by_its_place() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let read = || Roots::with_file(Some(file.path())).map(drop).unwrap_err();
    assert!(matches!(read(), BadRoots::Empty(_)));
    std::fs::write(file.path(), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    assert!(read().to_string().starts_with("certificate 1 of "), "{}", read());
    let missing = Roots::with_file(Some("/nowhere/ca.pem".as_ref())).map(drop).unwrap_err();
    assert!(matches!(missing, BadRoots::Io(..)));
}
