//! Which addresses name a channel.

use outbound::{Dialer, Roots};

use super::{UrlError, channel, pathless};

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

#[test]
fn an_address_has_a_path_where_it_says_more_than_a_host_and_a_port() {
    for bare in ["http://a:1", "http://a:1/", "a:1", "https://a"] {
        assert!(pathless(bare).is_ok(), "{bare}");
    }
    for more in ["http://a:1/path", "a:1/path", "https://a/?query"] {
        assert!(matches!(pathless(more), Err(UrlError::Path(_))), "{more}");
    }
}
