//! Requests of anything at the HTTP bindings: each is answered, no answer is our own fault, every answer is as its
//! binding has it, and a refusal names what it is about. `PROPTEST_CASES` makes it longer, and `make fuzz`
//! does.

use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::BodyExt as _;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::stage::{Stage, TASK};

const METHODS: [&str; 14] = [
    "SendMessage",
    "SendStreamingMessage",
    "GetTask",
    "ListTasks",
    "CancelTask",
    "SubscribeToTask",
    "CreateTaskPushNotificationConfig",
    "GetTaskPushNotificationConfig",
    "ListTaskPushNotificationConfigs",
    "DeleteTaskPushNotificationConfig",
    "GetExtendedAgentCard",
    "message/send",
    "",
    "\u{0}",
];

const NAMES: [&str; 24] = [
    "id",
    "taskId",
    "task_id",
    "tenant",
    "message",
    "configuration",
    "historyLength",
    "metadata",
    "messageId",
    "contextId",
    "role",
    "parts",
    "text",
    "data",
    "raw",
    "url",
    "status",
    "pageSize",
    "pageToken",
    "includeArtifacts",
    "statusTimestampAfter",
    "referenceTaskIds",
    "acceptedOutputModes",
    "taskPushNotificationConfig",
];

const TEXTS: [&str; 20] = [
    "",
    "x",
    TASK,
    "ROLE_USER",
    "ROLE_AGENT",
    "TASK_STATE_WORKING",
    "BUSY",
    "2",
    "-1",
    "101",
    "9999999999999999999",
    "true",
    "FALSE",
    "2026-11-21T05:00:00Z",
    "0001-01-01T00:00:00Z",
    "AQ==",
    "http://127.0.0.1/",
    "text/plain",
    "*/*",
    "\u{7}\u{1f692}",
];

const SEGMENTS: [&str; 18] = [
    "rpc",
    "tasks",
    TASK,
    "message:send",
    "message:stream",
    "extendedAgentCard",
    "pushNotificationConfigs",
    "x",
    "",
    ".",
    "..",
    "%2F",
    "%00",
    "%ff",
    "%",
    ":cancel",
    ":subscribe",
    ".well-known/agent-card.json",
];

const HEADERS: [(&str, &[&str]); 9] = [
    ("a2a-version", &["1.0", "1.0.7", "0.3", "", "1", "\u{e4}"]),
    ("a2a-extensions", &["urn:watchroom:ext:cursor:v1", ",,", "a, b", ""]),
    ("watchroom-cursor", &["0", "3", "-1", "+5", "1e3", "18446744073709551615", "18446744073709551616", ""]),
    ("last-event-id", &["0", "2", "x", "18446744073709551615", ""]),
    ("watchroom-store", &["x", "01980000-0000-7000-8000-000000000001", ""]),
    ("content-type", &["application/json", "application/a2a+json", "text/plain", ";", ""]),
    ("accept", &["application/json", "*/*", ""]),
    ("if-none-match", &["*", "\"x\"", "W/", ""]),
    ("if-modified-since", &["Sat, 21 Nov 2026 05:00:00 GMT", "x"]),
];

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        select(&TEXTS[..]).prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((select(&NAMES[..]), inner), 0..6).prop_map(|members| {
                Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
            }),
        ]
    })
}

/// A message that is taken, or nearly.
fn any_params() -> impl Strategy<Value = Value> {
    let message = (select(&TEXTS[..]), select(&TEXTS[..]), any_value()).prop_map(|(id, role, data)| {
        json!({"message": {"messageId": id, "role": role, "parts": [{"text": "x"}, {"data": data}]}})
    });
    let named =
        (select(&NAMES[..]), any_value()).prop_map(|(name, value)| json!({"id": TASK, "taskId": TASK, name: value}));
    prop_oneof![message, named, any_value()]
}

fn any_envelope() -> impl Strategy<Value = String> {
    let whole =
        (any_value(), select(&METHODS[..]), any_params(), any::<bool>()).prop_map(|(id, method, params, noted)| {
            let mut envelope = json!({"jsonrpc": "2.0", "method": method, "params": params});
            if !noted {
                envelope["id"] = id;
            }
            envelope.to_string()
        });
    let words = vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"jsonrpc\":\"2.0\"",
        "\"id\":1",
        "\"id\":null",
        "\"method\":\"GetTask\"",
        "\"params\":{\"id\":\"x\"}",
        "\"params\":[]",
        "\"params\":null",
        " ",
        "\"\\ud83d\"",
        "1e999",
        "\u{feff}",
    ];
    prop_oneof![3 => whole, 1 => prop::collection::vec(select(words), 0..12).prop_map(|words| words.concat())]
}

fn any_headers() -> impl Strategy<Value = HeaderMap> {
    let one = select(&HEADERS[..]).prop_flat_map(|(name, values)| (Just(name), select(values)));
    (any::<bool>(), prop::collection::vec(one, 0..4)).prop_map(|(usual, others)| {
        let mut headers = HeaderMap::new();
        if usual {
            headers.insert("a2a-version", HeaderValue::from_static("1.0"));
            headers.insert("content-type", HeaderValue::from_static("application/json"));
        }
        for (name, value) in others {
            headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        headers
    })
}

fn any_query() -> impl Strategy<Value = String> {
    let pair = (select(&NAMES[..]), select(&TEXTS[..]))
        .prop_map(|(name, value)| form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish());
    let raw =
        select(vec!["%", "&&", "=", "a", "A2A-Version=1.0", "pageSize=%31", "status=%ff", "+"]).prop_map(str::to_owned);
    prop::collection::vec(prop_oneof![3 => pair, 1 => raw], 0..4).prop_map(|pairs| pairs.join("&"))
}

/// What the bindings answer.
fn answer(method: Method, uri: &str, headers: HeaderMap, body: String) -> Option<(StatusCode, HeaderMap, Bytes)> {
    let mut request = Request::new(Body::from(body));
    *request.method_mut() = method;
    *request.uri_mut() = uri.parse::<Uri>().ok()?;
    *request.headers_mut() = headers;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    Some(runtime.block_on(async {
        let response = a2a::http_routes(Arc::new(Stage::new())).oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        (head.status, head.headers, body.collect().await.unwrap().to_bytes())
    }))
}

fn is_stream(headers: &HeaderMap) -> bool {
    headers.get("content-type").is_some_and(|value| value == "text/event-stream")
}

/// The violations of a refusal each have a field and words.
fn names_fields(details: &Value) -> bool {
    let mut violations =
        details.as_array().into_iter().flatten().filter_map(|one| one["fieldViolations"].as_array()).flatten();
    let text = |one: &Value, name: &str| one[name].as_str().is_some_and(|text| !text.is_empty());
    violations.all(|one| text(one, "field") && text(one, "description"))
}

proptest! {
    #[test]
    fn json_rpc_answers_every_request_as_json_rpc_does(headers in any_headers(), body in any_envelope()) {
        let (status, headers, bytes) = answer(Method::POST, "/rpc", headers, body.clone()).unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        if status == StatusCode::NO_CONTENT || is_stream(&headers) {
            prop_assert!(!text.contains("-32603"), "{body}\n{text}");
            return Ok(());
        }
        prop_assert_eq!(status, StatusCode::OK);
        let said: Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&said["jsonrpc"], "2.0");
        prop_assert!(said.get("result").is_some() != said.get("error").is_some(), "{text}");
        let code = said["error"]["code"].as_i64();
        prop_assert!(code != Some(-32603), "{body}\n{text}");
        prop_assert!(code.is_none_or(|code| (-32700..=-32000).contains(&code)), "{text}");
        prop_assert!(names_fields(&said["error"]["data"]), "{text}");
    }

    #[test]
    fn http_json_answers_every_request_with_a_status_that_fits(
        method in select(vec![Method::GET, Method::POST, Method::DELETE, Method::PUT, Method::HEAD]),
        segments in prop::collection::vec(select(&SEGMENTS[..]), 0..5),
        glued in any::<bool>(),
        query in any_query(),
        headers in any_headers(),
        body in prop_oneof![Just(String::new()), any_params().prop_map(|params| params.to_string())],
    ) {
        let path = if glued { segments.concat() } else { segments.join("/") };
        let uri = if query.is_empty() { format!("/{path}") } else { format!("/{path}?{query}") };
        let Some((status, headers, bytes)) = answer(method.clone(), &uri, headers, body.clone()) else { return Ok(()) };
        prop_assert!(!status.is_server_error(), "{method} {uri} {body}: {status} {bytes:?}");
        if !(status.is_client_error() && headers.contains_key("content-type")) || method == Method::HEAD || path.starts_with("rpc") {
            return Ok(());
        }
        let said: Value = serde_json::from_slice(&bytes).unwrap();
        prop_assert_eq!(said["error"]["code"].as_u64(), Some(u64::from(status.as_u16())));
        prop_assert!(said["error"]["message"].as_str().is_some_and(|words| !words.is_empty()), "{said}");
        prop_assert!(names_fields(&said["error"]["details"]), "{said}");
    }
}
