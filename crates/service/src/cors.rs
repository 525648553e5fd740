//! Which web pages may call: the answer to a browser that asks before it lets one (CORS). Off unless origins are named.

use std::str::FromStr;
use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, Uri};
use tower_http::cors::{AllowHeaders, AllowOrigin, Any, CorsLayer};

/// What a page may read of an answer beside what every page may: how a call over gRPC-Web has ended, and what our
/// bindings say in headers.
const EXPOSED: [&str; 9] = [
    "grpc-status",
    "grpc-message",
    "grpc-status-details-bin",
    "a2a-version",
    "a2a-extensions",
    "watchroom-cursor",
    "watchroom-store",
    "retry-after",
    "www-authenticate",
];

/// How long a browser may remember the answer.
const REMEMBERED: Duration = Duration::from_secs(3600);

/// Whose pages may call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Everybody's.
    Any,
    /// Those of this scheme, host and port.
    One(HeaderValue),
}

impl FromStr for Origin {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        const WRONG: &str = "an origin is * or a scheme, a host and a port without anything behind them, such as \
                             https://panel.example or http://localhost:5173";
        if text == "*" {
            return Ok(Self::Any);
        }
        let uri: Uri = text.parse().map_err(|_| WRONG)?;
        let is_origin = uri.authority().is_some_and(|authority| {
            let (scheme, host) = (uri.scheme_str().unwrap_or_default(), authority.as_str());
            !host.contains('@') && text.eq_ignore_ascii_case(&format!("{scheme}://{host}"))
        });
        // Browsers send it in lower case.
        let value = HeaderValue::from_str(&text.to_ascii_lowercase()).map_err(|_| WRONG)?;
        if is_origin { Ok(Self::One(value)) } else { Err(WRONG) }
    }
}

/// The layer that answers browsers; nothing where no origin is named. Pages send tokens in headers of their own, so
/// cookies are never allowed.
pub(crate) fn layer(origins: &[Origin]) -> Option<CorsLayer> {
    if origins.is_empty() {
        return None;
    }
    let named = origins.iter().filter_map(|origin| match origin {
        Origin::Any => None,
        Origin::One(value) => Some(value.clone()),
    });
    let allowed = if origins.contains(&Origin::Any) { AllowOrigin::from(Any) } else { AllowOrigin::list(named) };
    let layer = CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        // Any header that a page wants to send: a wildcard would not cover Authorization.
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(EXPOSED.map(HeaderName::from_static))
        .max_age(REMEMBERED);
    Some(layer)
}

#[cfg(test)]
mod tests;
