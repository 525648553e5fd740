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
use service::{Ended, LateEnd};
use tonic::Code;

use crate::call::{EXTENSIONS_KEY, Extensions};
use crate::error::Error;
use crate::frame;
use crate::http::media::Media;
use crate::http::operation::Operation;

/// A comment is sent when a stream has been quiet for so long, so that nobody between takes it for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// An answer with this body.
pub(super) fn json(status: StatusCode, media: Media, body: String) -> Response {
    let content_type = HeaderValue::from_static(media.name());
    (status, [(header::CONTENT_TYPE, content_type)], Body::from(body)).into_response()
}

/// An answer of events, one for each frame, and a last one for the error that ends the stream if one does.
/// Frames are asked for as the client takes them, and nothing is kept. `wrap` makes the name, where it has one,
/// and the data of an event.
pub(super) fn events<F, W>(frames: F, wrap: W) -> Response
where
    F: Stream<Item = Result<Bytes, Error>> + Send + 'static,
    W: Fn(Result<String, Error>) -> (Option<&'static str>, String) + Send + 'static,
{
    let late = LateEnd::default();
    let told = late.clone();
    let frames = frames.map(|item| item.and_then(|bytes| read(&bytes)));
    let each = move |item: Result<(Option<u64>, String), Error>| {
        let (seq, frame) = match item {
            Ok((seq, text)) => (seq, Ok(text)),
            Err(error) => {
                told.failed(error.wire().0);
                (None, Err(error))
            }
        };
        let (name, data) = wrap(frame);
        let event = Event::default().data(data);
        let event = name.into_iter().fold(event, Event::event);
        Ok::<Event, Infallible>(seq.into_iter().fold(event, |event, seq| event.id(seq.to_string())))
    };
    let events = Sse::new(until_error(frames).map(each)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    let mut response = events.into_response();
    response.extensions_mut().insert(late);
    response
}

/// The items up to the first error, that included.
fn until_error<T, F: Stream<Item = Result<T, Error>>>(frames: F) -> impl Stream<Item = Result<T, Error>> {
    stream::unfold(Some(Box::pin(frames)), async |frames| {
        let mut frames = frames?;
        let item = frames.next().await?;
        let rest = item.is_ok().then_some(frames);
        Some((item, rest))
    })
}

/// The number of a frame, which is in the metadata of what it holds, and its text.
/// What we have encoded ourselves decodes, so a failure is our own fault.
fn read(frame: &Bytes) -> Result<(Option<u64>, String), Error> {
    let seq = frame::position(frame).map_err(|_| Error::Internal)?.map(|cursor| cursor.seq.0);
    Ok((seq, proto::to_text::<StreamResponse>(frame).map_err(|_| Error::Internal)?))
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
