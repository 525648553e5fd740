//! Bodies of requests: bounded in size and in time, and only UTF-8 and JSON.

use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use http::{HeaderMap, header};
use serde_json::Value;
use tokio::time::timeout;
use tonic::Code;
use types::limits;

use crate::error::Error;

/// How long a body may take to arrive; a client that sends byte by byte holds nothing for longer.
const ARRIVAL: Duration = Duration::from_secs(30);

/// How much of a body that is too large is read and forgotten, so that its sender gets to hear the refusal:
/// over HTTP/1.1 most read nothing before they have written everything.
const FORGOTTEN: usize = 4 * limits::REQUEST;

/// The body, within the limit that gRPC requests have too.
pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, Error> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    timeout(ARRIVAL, collect(body, announced)).await.unwrap_or_else(|_| {
        Err(Error::Other {
            code: Code::DeadlineExceeded,
            reason: None,
            message: format!("the request did not arrive within {} s", ARRIVAL.as_secs()),
        })
    })
}

async fn collect(body: Body, announced: Option<usize>) -> Result<Bytes, Error> {
    let (mut chunks, mut kept, mut size) = (body.into_data_stream(), Kept::default(), 0);
    while size <= FORGOTTEN
        && let Some(chunk) = chunks.next().await
    {
        let chunk = chunk.map_err(|_| Error::invalid("request", "broke off before its end"))?;
        size += chunk.len();
        if size <= limits::REQUEST {
            kept.take(chunk);
        }
    }
    if size > limits::REQUEST {
        let size = announced.unwrap_or(size);
        return Err(Error::TooLarge { field: "request".into(), size, limit: limits::REQUEST });
    }
    Ok(kept.whole())
}

/// Chunks in one piece: the first, as nearly every body has no more, is not copied.
#[derive(Default)]
enum Kept {
    #[default]
    Nothing,
    One(Bytes),
    More(BytesMut),
}

impl Kept {
    fn take(&mut self, chunk: Bytes) {
        *self = match std::mem::take(self) {
            Self::Nothing => Self::One(chunk),
            Self::One(first) => {
                let mut whole = BytesMut::from(first);
                whole.extend_from_slice(&chunk);
                Self::More(whole)
            }
            Self::More(mut whole) => {
                whole.extend_from_slice(&chunk);
                Self::More(whole)
            }
        };
    }

    fn whole(self) -> Bytes {
        match self {
            Self::Nothing => Bytes::new(),
            Self::One(chunk) => chunk,
            Self::More(whole) => whole.freeze(),
        }
    }
}

/// The text of a body, or what is wrong with it.
pub(super) fn text(body: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(body).map_err(|error| format!("is not UTF-8: {error}"))
}

/// The JSON of a body, or what is wrong with it.
pub(super) fn parse(body: &[u8]) -> Result<Value, String> {
    serde_json::from_str(text(body)?).map_err(|error| format!("is not JSON: {error}"))
}

#[cfg(test)]
mod tests;
