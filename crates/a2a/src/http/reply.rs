//! Answers of both HTTP bindings: one JSON body, or events.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream};
use http::{HeaderValue, StatusCode, header};
use proto::a2a::StreamResponse;
use serde_json::Value;
use service::Ended;
use tonic::Code;

use crate::call::{EXTENSIONS_KEY, Extensions};
use crate::error::Error;
use crate::http::invoke::write;
use crate::http::media::Media;
use crate::http::operation::Operation;
use crate::metadata::CURSOR;

/// A comment is sent when a stream has been quiet for so long, so that nobody between takes it for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// An answer with this body.
pub(super) fn json(status: StatusCode, media: Media, body: &Value) -> Response {
    let content_type = HeaderValue::from_static(media.name());
    (status, [(header::CONTENT_TYPE, content_type)], Body::from(body.to_string())).into_response()
}

/// An answer of events, one for each frame, and a last one for the error that ends the stream if one does.
/// Frames are asked for as the client takes them, and nothing is kept. `wrap` makes the name, where it has one,
/// and the data of an event.
pub(super) fn events<F, W>(frames: F, wrap: W) -> Response
where
    F: Stream<Item = Result<Bytes, Error>> + Send + 'static,
    W: Fn(Result<Value, Error>) -> (Option<&'static str>, Value) + Send + 'static,
{
    let each = move |item: Result<Bytes, Error>| {
        let frame = item.and_then(|bytes| write::<StreamResponse>(&bytes));
        let seq = frame.as_ref().ok().and_then(seq);
        let (name, data) = wrap(frame);
        let event = Event::default().data(data.to_string());
        let event = name.into_iter().fold(event, Event::event);
        Ok::<Event, Infallible>(seq.into_iter().fold(event, |event, seq| event.id(seq.to_string())))
    };
    Sse::new(until_error(frames).map(each)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
}

/// The items up to the first error, that included.
fn until_error<F: Stream<Item = Result<Bytes, Error>>>(frames: F) -> impl Stream<Item = Result<Bytes, Error>> {
    stream::unfold(Some(Box::pin(frames)), async |frames| {
        let mut frames = frames?;
        let item = frames.next().await?;
        let rest = item.is_ok().then_some(frames);
        Some((item, rest))
    })
}

/// The number of a frame: a `StreamResponse` has one member, and the cursor is in that one's metadata.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "we wrote it, and it counts frames")]
fn seq(frame: &Value) -> Option<u64> {
    let payload = frame.as_object()?.values().next()?;
    payload.get("metadata")?.get(CURSOR)?.get("seq")?.as_f64().map(|seq| seq as u64)
}

/// Names the activated extensions in an answer.
pub(super) fn echo(response: &mut Response, activated: &Extensions) {
    if let Some(names) = activated.echo() {
        response.headers_mut().insert(EXTENSIONS_KEY, names);
    }
}

/// Lets the call be counted as what it was.
pub(super) fn mark(response: &mut Response, operation: Option<Operation>, code: Code) {
    let path = operation.map_or("", Operation::path);
    response.extensions_mut().insert(Ended { path, code });
}

#[cfg(test)]
mod tests;
