//! A plain HTTP client: any verb, headers and bytes.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use crate::stage::Served;

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// An event of a stream.
#[derive(Debug, PartialEq)]
pub(crate) struct Said {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) data: Value,
}

/// One request, and all of its answer.
pub(crate) async fn ask(
    served: &Served,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> Heard {
    let mut request = Request::builder().method(method).uri(format!("http://{}{path}", served.address));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let client = Client::builder(TokioExecutor::new()).build_http();
    let answer = client.request(request.body(Full::new(body.into())).unwrap()).await.unwrap();
    let (head, body) = answer.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Heard { status: head.status, headers: head.headers, body: String::from_utf8(body.into()).unwrap() }
}

impl Heard {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The events of a stream.
    pub(crate) fn events(&self) -> Vec<Said> {
        assert_eq!(self.header("content-type"), "text/event-stream", "{self:?}");
        self.body.split("\n\n").filter(|event| !event.is_empty()).filter_map(event).collect()
    }
}

fn event(text: &str) -> Option<Said> {
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let data = serde_json::from_str(field("data:")?).unwrap();
    Some(Said { id: field("id:").map(str::to_owned), name: field("event:").map(str::to_owned), data })
}
