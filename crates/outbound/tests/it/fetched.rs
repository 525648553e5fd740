//! Small documents over HTTP, from servers that do as they should and from others.

use std::net::SocketAddr;
use std::time::Duration;

use outbound::{DialError, Dialer, FetchError, Roots, fetch};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// Generous: the machine may be busy.
async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), work).await.unwrap()
}

fn anywhere() -> Dialer {
    Dialer::anywhere(Roots::default())
}

/// Answers one request with these bytes; resolves with the request.
async fn answering(answer: String) -> (SocketAddr, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0);
        }
        // Who is told too much hangs up in between.
        stream.write_all(answer.as_bytes()).await.ok();
        String::from_utf8(request).unwrap()
    });
    (address, asked)
}

fn with_body(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn a_document_is_fetched_from_its_path() {
    let (address, asked) = answering(with_body("200 OK", "{}")).await;
    let body = within(fetch(&format!("http://{address}/a/b?c"), &anywhere())).await.unwrap();
    assert_eq!(&body[..], b"{}");
    let asked = within(asked).await.unwrap();
    assert!(asked.starts_with("GET /a/b?c HTTP/1.1\r\n") && asked.contains(&format!("host: {address}")), "{asked}");
}

#[tokio::test]
async fn an_address_out_of_reach_is_not_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"] {
        let refused =
            within(fetch(&format!("http://{host}:{}/", address.port()), &Dialer::default())).await.unwrap_err();
        assert!(matches!(refused, FetchError::Dial(DialError::Forbidden)), "{host}: {refused}");
    }
    let nobody = futures::FutureExt::now_or_never(listener.accept());
    assert!(nobody.is_none(), "somebody connected");
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let (address, _asked) = answering("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\n\r\n".to_owned()).await;
    let refused = within(fetch(&format!("http://{address}/"), &anywhere())).await.unwrap_err();
    assert!(matches!(refused, FetchError::Status(status) if status == 302), "{refused}");
}

#[tokio::test]
async fn more_than_a_card_can_have_is_not_read() {
    let (address, _asked) = answering(with_body("200 OK", &"x".repeat((256 << 10) + 1))).await;
    let refused = within(fetch(&format!("http://{address}/"), &anywhere())).await.unwrap_err();
    assert!(matches!(refused, FetchError::TooLarge), "{refused}");
}

#[tokio::test]
async fn what_is_no_http_url_is_refused() {
    for url in ["", "host", "ftp://host/", "http:///path"] {
        assert!(matches!(fetch(url, &anywhere()).await, Err(FetchError::Url(..))), "{url}");
    }
}
