//! What fuzzers reach of the client's side, which has no other way in without a socket.

use std::collections::VecDeque;

use crate::client::sse::Parser;

/// The names, data and ids of the events in these bytes, read in chunks of this size; `None` where they are refused.
pub fn events(bytes: &[u8], limit: usize, chunk: usize) -> Option<Vec<[String; 3]>> {
    let (mut parser, mut events) = (Parser::new(limit), VecDeque::new());
    for chunk in bytes.chunks(chunk) {
        parser.feed(chunk, &mut events).ok()?;
    }
    Some(events.into_iter().map(|said| [said.name, said.data, said.id.to_string()]).collect())
}
