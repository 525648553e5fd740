//! Which addresses name a channel.

use outbound::{Dialer, Roots};

use super::{UrlError, channel};

fn made(address: &str) -> Result<(), UrlError> {
    channel(address, Dialer::anywhere(Roots::default())).map(drop)
}

#[tokio::test]
async fn addresses_are_taken_with_and_without_a_scheme() {
    let plain = ["http://127.0.0.1:7400", "127.0.0.1:7400", "localhost:7400", "http://operator", "[::1]:7400"];
    for good in plain.into_iter().chain(["https://a:1", "https://operator"]) {
        assert!(made(good).is_ok(), "{good}");
    }
}

#[test]
fn other_addresses_are_refused() {
    for bad in ["", "http://", "http:// x", "::", "http://:80", "https://", "user@host:1"] {
        assert!(matches!(made(bad), Err(UrlError::Malformed(_))), "{bad:?}");
    }
    for bad in ["ftp://a", "unix://x"] {
        assert!(matches!(made(bad), Err(UrlError::Scheme(_))), "{bad:?}");
    }
}
