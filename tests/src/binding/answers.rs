//! What came of a request, in one form for all bindings.

use bytes::{Bytes, BytesMut};
use serde_json::{Value, json};
use tonic::{Code, Status};

use crate::plain::{Answer, Whole};
use crate::raw::Problem;

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Came {
    /// One answer.
    One(Value),
    /// The frames of a stream that the server ended.
    Frames(Vec<Value>),
    /// A refusal, before any answer or as the last event of a stream.
    Refused(Refusal),
}

/// What tells one refusal from another, whichever binding it came by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The code of gRPC; of JSON-RPC's answers the one that it stands for.
    pub code: String,
    /// The number by which the binding itself knows it: gRPC's code, JSON-RPC's, the status of HTTP.
    pub number: i64,
    /// The reason of its ErrorInfo; empty when it has none.
    pub reason: String,
    /// The fields that its BadRequest names.
    pub fields: Vec<String>,
    /// Its words.
    pub message: String,
}

impl Came {
    /// The one answer.
    pub fn one(self) -> Value {
        match self {
            Self::One(value) => value,
            other => panic!("{other:?}"),
        }
    }

    /// The frames.
    pub fn frames(self) -> Vec<Value> {
        match self {
            Self::Frames(frames) => frames,
            other => panic!("{other:?}"),
        }
    }

    /// The refusal.
    pub fn refused(self) -> Refusal {
        match self {
            Self::Refused(refusal) => refusal,
            other => panic!("{other:?}"),
        }
    }
}

/// The messages of an answer, or the status that it ends with.
pub(super) fn of_web(answer: &Whole) -> Result<Vec<Bytes>, Status> {
    let mut body = WebBody::of(|name| answer.header(name));
    body.push(&answer.body);
    let mut messages = Vec::new();
    loop {
        match body.next() {
            Some(Piece::Message(message)) => messages.push(message),
            Some(Piece::End) | None => return body.end().map(|()| messages),
        }
    }
}

/// The body of a gRPC-Web answer, as far as it has come: messages, then trailers, each after a flag and a length.
#[derive(Debug)]
pub(super) struct WebBody {
    bytes: BytesMut,
    trailers: http::HeaderMap,
}

/// What comes in such a body.
#[derive(Debug)]
pub(super) enum Piece {
    Message(Bytes),
    End,
}

impl WebBody {
    /// An empty one, of an answer with these headers: what has no message may have its status there.
    pub(super) fn of<'h>(header: impl Fn(&'static str) -> &'h str) -> Self {
        let names = ["grpc-status", "grpc-message", "grpc-status-details-bin"];
        let given = names.into_iter().filter(|name| !header(name).is_empty());
        let trailers = given.map(|name| (http::HeaderName::from_static(name), header(name).parse().unwrap())).collect();
        Self { bytes: BytesMut::new(), trailers }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next piece that is there whole.
    pub(super) fn next(&mut self) -> Option<Piece> {
        let (head, rest) = self.bytes.split_at_checked(5)?;
        let length = u32::from_be_bytes(head[1..].try_into().unwrap()) as usize;
        let (is_message, whole) = (head[0] & 0x80 == 0, rest.len() >= length);
        let piece = whole.then(|| self.bytes.split_to(5 + length).freeze().slice(5..))?;
        if is_message {
            return Some(Piece::Message(piece));
        }
        for (name, value) in std::str::from_utf8(&piece).unwrap().lines().filter_map(|line| line.split_once(':')) {
            self.trailers.insert(http::HeaderName::try_from(name).unwrap(), value.trim().parse().unwrap());
        }
        Some(Piece::End)
    }

    /// How the call has ended.
    pub(super) fn end(&self) -> Result<(), Status> {
        let status = Status::from_header_map(&self.trailers).unwrap_or_else(|| panic!("no status: {self:?}"));
        if status.code() == Code::Ok { Ok(()) } else { Err(status) }
    }
}

pub(super) async fn of_rpc(answer: Answer) -> Came {
    if answer.header("content-type") == "text/event-stream" {
        return of_events(answer, |data| match data.get("error") {
            Some(error) => Err(Refusal::of_rpc(error)),
            None => Ok(data["result"].clone()),
        })
        .await;
    }
    let answer = answer.whole().await;
    let body = answer.json();
    if answer.status != 200 {
        // Refused before the request was read: no id is known.
        assert_eq!((&body["jsonrpc"], &body["id"]), (&json!("2.0"), &Value::Null), "{body}");
        return Came::Refused(Refusal::of_guard(answer.status, &body["error"]));
    }
    assert_eq!((&body["jsonrpc"], &body["id"]), (&json!("2.0"), &json!(1)), "{body}");
    match body.get("error") {
        Some(error) => Came::Refused(Refusal::of_rpc(error)),
        None => Came::One(body["result"].clone()),
    }
}

pub(super) async fn of_rest(answer: Answer) -> Came {
    if answer.header("content-type") == "text/event-stream" {
        return of_events(answer, |data| match data.get("error") {
            Some(error) => Err(Refusal::of_http(error)),
            None => Ok(data.clone()),
        })
        .await;
    }
    let answer = answer.whole().await;
    let body = answer.json();
    if answer.status == 200 {
        return Came::One(body);
    }
    assert_eq!(body["error"]["code"], answer.status, "{body}");
    Came::Refused(Refusal::of_http(&body["error"]))
}

async fn of_events(answer: Answer, read: impl Fn(&Value) -> Result<Value, Refusal>) -> Came {
    let (events, ended) = answer.events().rest().await;
    assert!(ended, "the stream broke: {events:?}");
    let frames: Result<Vec<Value>, Refusal> = events.iter().map(|event| read(&event.data)).collect();
    frames.map_or_else(Came::Refused, Came::Frames)
}

impl Refusal {
    fn of_rpc(error: &Value) -> Self {
        let code = match error["code"].as_i64().unwrap() {
            -32001 => Code::NotFound,
            -32005 | -32602 => Code::InvalidArgument,
            -32009..=-32002 => Code::FailedPrecondition,
            -32603 => Code::Internal,
            _ => Code::Unknown,
        };
        Self::new(code, error, &error["data"])
    }

    /// Of who is let in, JSON-RPC's code says nothing, and the status all.
    fn of_guard(status: u16, error: &Value) -> Self {
        let code = match status {
            401 => Code::Unauthenticated,
            403 => Code::PermissionDenied,
            other => panic!("{other}: {error}"),
        };
        assert_eq!(error["code"], -32000, "{error}");
        Self::new(code, error, &error["data"])
    }

    fn of_http(error: &Value) -> Self {
        let named = (0..=16).map(Code::from).find(|code| error["status"] == service::code_name(*code));
        Self::new(named.unwrap_or(Code::Unknown), error, &error["details"])
    }

    fn new(code: Code, error: &Value, details: &Value) -> Self {
        let details = details.as_array().map(Vec::as_slice).unwrap_or_default();
        let member = |name: &str| details.iter().find_map(|one| one.get(name));
        let fields = member("fieldViolations").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        Self {
            code: service::code_name(code).to_owned(),
            number: error["code"].as_i64().unwrap(),
            reason: member("reason").and_then(Value::as_str).unwrap_or_default().to_owned(),
            fields: fields.iter().map(|one| one["field"].as_str().unwrap().to_owned()).collect(),
            message: error["message"].as_str().unwrap().to_owned(),
        }
    }
}

impl From<Status> for Refusal {
    fn from(status: Status) -> Self {
        let Problem { code, message, reason, fields } = status.into();
        Self { code: service::code_name(code).to_owned(), number: code as i64, reason, fields, message }
    }
}
