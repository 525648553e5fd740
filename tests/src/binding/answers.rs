//! What came of a request, in one form for all bindings.

use bytes::Bytes;
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
    let (mut rest, mut messages, mut trailers) = (&answer.body[..], Vec::new(), http::HeaderMap::new());
    for name in ["grpc-status", "grpc-message", "grpc-status-details-bin"] {
        if let Some(value) = Some(answer.header(name)).filter(|value| !value.is_empty()) {
            trailers.insert(name, value.parse().unwrap());
        }
    }
    while let Some((head, body)) = rest.split_at_checked(5) {
        let length = u32::from_be_bytes(head[1..].try_into().unwrap()) as usize;
        let (message, after) = body.split_at(length);
        if head[0] & 0x80 == 0 {
            messages.push(Bytes::copy_from_slice(message));
        } else {
            let text = std::str::from_utf8(message).unwrap();
            for (name, value) in text.lines().filter_map(|line| line.split_once(':')) {
                trailers.insert(http::HeaderName::try_from(name).unwrap(), value.trim().parse().unwrap());
            }
        }
        rest = after;
    }
    let status = Status::from_header_map(&trailers).unwrap_or_else(|| panic!("no status: {answer:?}"));
    if status.code() == Code::Ok { Ok(messages) } else { Err(status) }
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
        return Came::Refused(Refusal::of_http(&body["error"]));
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
            reason: member("reason").and_then(Value::as_str).unwrap_or_default().to_owned(),
            fields: fields.iter().map(|one| one["field"].as_str().unwrap().to_owned()).collect(),
            message: error["message"].as_str().unwrap().to_owned(),
        }
    }
}

impl From<Status> for Refusal {
    fn from(status: Status) -> Self {
        let Problem { code, message, reason, fields } = status.into();
        Self { code: service::code_name(code).to_owned(), reason, fields, message }
    }
}
