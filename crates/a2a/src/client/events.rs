//! The events of an HTTP answer as frames of a task.

use std::collections::VecDeque;

use axum::body::{Body, BodyDataStream};
use futures::{StreamExt as _, stream};
use proto::a2a::StreamResponse;
use serde_json::Value;

use crate::client::sse::{BadEvents, Parser, Said};
use crate::client::web::local;
use crate::client::{ANSWER_LIMIT, Events};
use crate::client_error::ClientError;
use crate::frame::Event;

/// How a binding writes a frame into an event: the JSON of it, or the error that it is instead.
pub(super) type Unwrap = fn(&Said, Value) -> Result<Value, ClientError>;

/// A stream that is being read.
struct Reading {
    chunks: BodyDataStream,
    parser: Parser,
    ready: VecDeque<Said>,
    unwrap: Unwrap,
}

/// The frames of a body of events, up to the first error.
pub(super) fn frames(body: Body, unwrap: Unwrap) -> Events {
    let (parser, ready) = (Parser::new(ANSWER_LIMIT), VecDeque::new());
    let reading = Reading { chunks: body.into_data_stream(), parser, ready, unwrap };
    let next = async |reading: Option<Reading>| {
        let mut reading = reading?;
        let item = reading.next().await?;
        let rest = item.is_ok().then_some(reading);
        Some((item, rest))
    };
    stream::unfold(Some(reading), next).boxed()
}

impl Reading {
    async fn next(&mut self) -> Option<Result<Event, ClientError>> {
        loop {
            if let Some(said) = self.ready.pop_front() {
                return Some(self.frame(&said));
            }
            let read = match self.chunks.next().await? {
                Ok(chunk) => self.parser.feed(&chunk, &mut self.ready).map_err(ClientError::from),
                Err(error) => Err(ClientError::Ambiguous(local(error))),
            };
            if let Err(error) = read {
                return Some(Err(error));
            }
        }
    }

    fn frame(&self, said: &Said) -> Result<Event, ClientError> {
        let data = serde_json::from_str(&said.data).map_err(|_| ClientError::Invalid("an event is not JSON"))?;
        let frame = (self.unwrap)(said, data)?;
        let frame: StreamResponse =
            proto::from_value(frame).map_err(|_| ClientError::Invalid("an event is no frame"))?;
        Ok(Event::try_from(frame)?)
    }
}

impl From<BadEvents> for ClientError {
    fn from(bad: BadEvents) -> Self {
        match bad {
            BadEvents::TooLarge => Self::Invalid("an event is larger than what is read of one"),
            BadEvents::Text => Self::Invalid("an event is not UTF-8"),
        }
    }
}
