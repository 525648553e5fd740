//! Media types of requests and answers.

use http::{HeaderMap, HeaderName, header};

use crate::error::Error;

/// The media types of A2A's JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/a2a+json`.
    A2a,
    /// `application/json`.
    Json,
}

impl Media {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::A2a => "application/a2a+json",
            Self::Json => "application/json",
        }
    }

    /// The type of an answer: that of the request, or, where it has no body, the one that is asked for.
    pub(super) fn of_answer(headers: &HeaderMap) -> Self {
        let sent = essence(headers, &header::CONTENT_TYPE).and_then(Self::named);
        let asked = || headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
        let plain = |asked: &str| asked.contains(Self::Json.name()) && !asked.contains(Self::A2a.name());
        sent.unwrap_or_else(|| if plain(asked()) { Self::Json } else { Self::A2a })
    }

    fn named(essence: &str) -> Option<Self> {
        [Self::A2a, Self::Json].into_iter().find(|media| essence.eq_ignore_ascii_case(media.name()))
    }
}

/// Refuses a request whose body has none of these types.
pub(super) fn require(headers: &HeaderMap, taken: &[Media]) -> Result<(), Error> {
    let sent = essence(headers, &header::CONTENT_TYPE);
    if sent.and_then(Media::named).is_some_and(|media| taken.contains(&media)) {
        return Ok(());
    }
    let names: Vec<&str> = taken.iter().map(|media| media.name()).collect();
    let (sent, taken) = (sent.unwrap_or("none"), names.join(" or "));
    Err(Error::ContentTypeNotSupported(format!("the content type of the request must be {taken}; it is {sent}")))
}

/// A media type without its parameters.
fn essence<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let value = headers.get(name)?.to_str().ok()?;
    value.split(';').next().map(str::trim).filter(|essence| !essence.is_empty())
}
