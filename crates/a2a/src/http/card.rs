//! The public card: `GET /.well-known/agent-card.json`, with what caches need to revalidate it.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::SystemTime;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use prost::Message as _;
use proto::a2a::AgentCard;
use service::PUBLIC_CARD;
use sha2::{Digest as _, Sha256};

use crate::http::invoke::write;
use crate::http::media::Media;

/// A cache may keep it for a minute: an agent that was replaced says so soon, and nobody asks for it per call.
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=60");

/// A card as it goes out.
struct Published {
    body: Bytes,
    etag: HeaderValue,
    modified: SystemTime,
}

pub(super) fn routes(card: &AgentCard) -> Router {
    Router::new().route(PUBLIC_CARD, get(show)).with_state(Arc::new(Published::new(card)))
}

async fn show(State(card): State<Arc<Published>>, asked: HeaderMap) -> Response {
    let validators = [
        (header::CACHE_CONTROL, CACHE),
        (header::ETAG, card.etag.clone()),
        (header::LAST_MODIFIED, date(card.modified)),
    ];
    if card.is_known(&asked) {
        return (StatusCode::NOT_MODIFIED, validators).into_response();
    }
    let media = [(header::CONTENT_TYPE, HeaderValue::from_static(Media::Json.name()))];
    (validators, media, Body::from(card.body.clone())).into_response()
}

impl Published {
    fn new(card: &AgentCard) -> Self {
        let text =
            write::<AgentCard>(&card.encode_to_vec().into()).expect("what was encoded decodes, and has no times");
        let body = Bytes::from(text);
        let mut etag = String::from("\"");
        for byte in &Sha256::digest(&body)[..16] {
            write!(etag, "{byte:02x}").expect("a String grows");
        }
        etag.push('"');
        let etag = HeaderValue::from_str(&etag).expect("hexadecimal digits are visible");
        Self { body, etag, modified: SystemTime::now() }
    }

    /// Whether the client holds this card already. An entity tag says more than a time, so it alone counts if given.
    fn is_known(&self, asked: &HeaderMap) -> bool {
        let text = |name: HeaderName| asked.get(name).and_then(|value| value.to_str().ok());
        if let Some(tags) = text(header::IF_NONE_MATCH) {
            let own = self.etag.as_bytes();
            let same = |tag: &str| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == own;
            return tags.split(',').any(|tag| same(tag.trim()));
        }
        // The header has whole seconds.
        let since = text(header::IF_MODIFIED_SINCE).and_then(|since| httpdate::parse_http_date(since).ok());
        since.is_some_and(|since| date(since) == date(self.modified) || since > self.modified)
    }
}

fn date(time: SystemTime) -> HeaderValue {
    HeaderValue::from_str(&httpdate::fmt_http_date(time)).expect("a date is plain text")
}
