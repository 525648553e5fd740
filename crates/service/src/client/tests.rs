//! What channels are made of, and which addresses name one.

use tonic::transport::Endpoint;

use super::{UrlError, channel, configured};

#[test]
fn channels_have_nodelay() {
    assert!(configured(Endpoint::from_static("http://127.0.0.1:1")).get_tcp_nodelay());
}

#[tokio::test]
async fn addresses_are_taken_with_and_without_a_scheme() {
    for good in ["http://127.0.0.1:7400", "127.0.0.1:7400", "localhost:7400", "http://operator", "[::1]:7400"] {
        assert!(channel(good).is_ok(), "{good}");
    }
}

#[test]
fn other_addresses_are_refused() {
    for bad in ["", "http://", "http:// x", "::", "http://:80"] {
        assert!(matches!(channel(bad), Err(UrlError::Malformed(_))), "{bad:?}");
    }
    for bad in ["https://a:1", "ftp://a", "unix://x"] {
        assert!(matches!(channel(bad), Err(UrlError::Scheme(_))), "{bad:?}");
    }
}
