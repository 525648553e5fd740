//! A stream that is read as it comes.

use std::net::SocketAddr;

use bytes::Bytes;
use proto::a2a::StreamResponse;
use serde_json::Value;
use tokio::time::timeout;
use tonic::Streaming;

use super::answers::{Piece, WebBody};
use super::{Asking, Wire, json_of};
use crate::eventually::DEADLINE;
use crate::plain::{Answer, EventSource};
use crate::raw::raw_open;

/// The frames of an open stream; dropping it closes the connection.
#[derive(Debug)]
pub struct Frames {
    source: Source,
}

#[derive(Debug)]
enum Source {
    Grpc(Streaming<Bytes>),
    Web(Answer, WebBody),
    Events(Wire, EventSource),
}

impl Frames {
    /// Opens the stream that is asked for.
    pub async fn open(asking: &Asking, wire: Wire, address: SocketAddr) -> Self {
        let source = match wire {
            Wire::Grpc => {
                let (channel, path, headers) = (Asking::channel(address), asking.path(), asking.headers());
                Source::Grpc(raw_open(&channel, &path, asking.encoded(), &headers).await.unwrap())
            }
            Wire::Rpc | Wire::Rest => Source::Events(wire, asking.open(wire, address).await.events()),
            Wire::Web => {
                let answer = asking.open(wire, address).await;
                let body = WebBody::of(|name| answer.header(name));
                Source::Web(answer, body)
            }
        };
        Self { source }
    }

    /// The next frame; `None` once the server has ended the stream.
    pub async fn next(&mut self) -> Option<Value> {
        let next = async {
            match &mut self.source {
                Source::Grpc(stream) => stream.message().await.unwrap().map(|bytes| json_of::<StreamResponse>(&bytes)),
                Source::Web(answer, body) => web(answer, body).await.map(|bytes| json_of::<StreamResponse>(&bytes)),
                Source::Events(wire, events) => {
                    let event = events.next().await.expect("the connection holds")?;
                    Some(if *wire == Wire::Rpc { event.data["result"].clone() } else { event.data })
                }
            }
        };
        timeout(DEADLINE, next).await.expect("a frame in time")
    }

    /// The frames up to one that `stop` says so of; the stream stays open.
    pub async fn until(&mut self, stop: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut frames: Vec<Value> = Vec::new();
        while !frames.last().is_some_and(&stop) {
            let next = self.next().await;
            frames.push(next.unwrap_or_else(|| panic!("the stream has ended: {frames:?}")));
        }
        frames
    }

    /// All frames that are left.
    pub async fn rest(&mut self) -> Vec<Value> {
        let mut frames = Vec::new();
        while let Some(frame) = self.next().await {
            frames.push(frame);
        }
        frames
    }
}

/// The next message; `None` once the trailers have come and say that all is well.
async fn web(answer: &mut Answer, body: &mut WebBody) -> Option<Bytes> {
    loop {
        match body.next() {
            Some(Piece::Message(message)) => return Some(message),
            Some(Piece::End) => {
                body.end().unwrap();
                return None;
            }
            None => body.push(&answer.chunk().await.expect("the connection holds").expect("trailers at the end")),
        }
    }
}
