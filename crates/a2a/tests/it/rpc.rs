//! What only JSON-RPC has: its envelope, notifications, its own errors.

use http::Method;
use serde_json::{Value, json};
use types::Seq;

use crate::plain::{Heard, ask};
use crate::stage::{Asked, Served, Stage, TASK};

const HEADERS: [(&str, &str); 2] = [("a2a-version", "1.0"), ("content-type", "application/json")];

async fn post(served: &Served, body: impl Into<bytes::Bytes>) -> Heard {
    ask(served, Method::POST, "/rpc", &HEADERS, body).await
}

/// The code of the error, and the id that it is told under.
async fn code(served: &Served, body: impl Into<bytes::Bytes>) -> (i64, Value) {
    let heard = post(served, body).await;
    assert_eq!((heard.status.as_u16(), heard.header("content-type")), (200, "application/json"));
    let answer = heard.json();
    assert!(answer.get("result").is_none() && answer["jsonrpc"] == "2.0", "{answer}");
    assert!(!answer["error"]["message"].as_str().unwrap().is_empty());
    (answer["error"]["code"].as_i64().unwrap(), answer["id"].clone())
}

#[tokio::test]
async fn c20_what_is_no_request_is_refused_under_its_id_where_it_has_one() {
    let served = Served::start(Stage::new()).await;
    let cases: Vec<(&[u8], i64, Value)> = vec![
        (b"", -32700, Value::Null),
        (b"{", -32700, Value::Null),
        (b"{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"\xff\"}", -32700, Value::Null),
        (b"17", -32600, Value::Null),
        (b"[]", -32600, Value::Null),
        (br#"[{"jsonrpc":"2.0","id":1,"method":"ListTasks"}]"#, -32600, Value::Null),
        (br#"{"jsonrpc":"1.0","id":7,"method":"ListTasks"}"#, -32600, json!(7)),
        (br#"{"id":7,"method":"ListTasks"}"#, -32600, json!(7)),
        (br#"{"jsonrpc":"2.0","id":"a"}"#, -32600, json!("a")),
        (br#"{"jsonrpc":"2.0","id":"a","method":3}"#, -32600, json!("a")),
        (br#"{"jsonrpc":"2.0","id":{"a":1},"method":"ListTasks"}"#, -32600, Value::Null),
        (br#"{"jsonrpc":"2.0","id":true,"method":"ListTasks"}"#, -32600, Value::Null),
        (br#"{"jsonrpc":"2.0","id":"a","method":"message/send","params":{}}"#, -32601, json!("a")),
        (br#"{"jsonrpc":"2.0","id":"a","method":"sendmessage","params":{}}"#, -32601, json!("a")),
        (br#"{"jsonrpc":"2.0","id":null,"method":"Nothing"}"#, -32601, Value::Null),
        (br#"{"jsonrpc":"2.0","id":1.5,"method":"ListTasks","params":[1]}"#, -32602, json!(1.5)),
        (br#"{"jsonrpc":"2.0","id":1,"method":"ListTasks","params":"all"}"#, -32602, json!(1)),
        (br#"{"jsonrpc":"2.0","id":1,"method":"ListTasks","params":{"pageSize":"x"}}"#, -32602, json!(1)),
        (br#"{"jsonrpc":"2.0","id":1,"method":"ListTasks","params":{"status":"BUSY"}}"#, -32602, json!(1)),
        (br#"{"jsonrpc":"2.0","id":1,"method":"GetTask"}"#, -32602, json!(1)),
    ];
    for (body, expected, id) in cases {
        let got = code(&served, body.to_vec()).await;
        assert_eq!(got, (expected, id), "{}", String::from_utf8_lossy(body));
    }
    assert_eq!(served.asked(), []);
}

#[tokio::test]
async fn c21_a_member_of_the_wrong_type_is_named_by_its_path() {
    let served = Served::start(Stage::new()).await;
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "SendMessage", "params": {"message": {
        "messageId": "m-1", "role": "ROLE_USER", "parts": [{"text": "fine"}, {"text": 7}],
    }}});
    let heard = post(&served, body.to_string()).await.json();
    let bad = heard["error"]["data"].as_array().unwrap().iter().find(|one| one.get("fieldViolations").is_some());
    assert_eq!(bad.unwrap()["fieldViolations"][0]["field"], "message.parts[1].text");
}

#[tokio::test]
async fn c22_a_notification_is_done_and_not_answered() {
    let served = Served::start(Stage::new()).await;
    for body in [
        json!({"jsonrpc": "2.0", "method": "CancelTask", "params": {"id": TASK}}),
        json!({"jsonrpc": "2.0", "method": "SubscribeToTask", "params": {"id": TASK}}),
        json!({"jsonrpc": "2.0", "method": "GetTask", "params": {"id": "none"}}),
        json!({"jsonrpc": "2.0", "method": "Nothing"}),
    ] {
        let heard = post(&served, body.to_string()).await;
        assert_eq!((heard.status.as_u16(), heard.body.as_str()), (204, ""), "{body}");
    }
    assert!(matches!(&served.asked()[..], [Asked::Cancel(..), Asked::Subscribe(..)]), "{:?}", served.asked());
}

#[tokio::test]
async fn c23_the_content_type_is_checked_before_anything_else() {
    let served = Served::start(Stage::new()).await;
    for media in ["text/plain", "application/a2a+json", "application/xml", ""] {
        let heard = ask(&served, Method::POST, "/rpc", &[("content-type", media)], "{").await;
        assert_eq!((heard.status.as_u16(), &heard.json()["error"]["code"]), (200, &json!(-32005)), "{media}");
    }
    let charset = [("a2a-version", "1.0"), ("content-type", "Application/JSON; charset=utf-8")];
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "ListTasks"}).to_string();
    let heard = ask(&served, Method::POST, "/rpc", &charset, body).await;
    assert_eq!(heard.json()["result"]["totalSize"], 7);
}

#[tokio::test]
async fn c24_it_is_served_with_and_without_a_trailing_slash_and_only_by_post() {
    let served = Served::start(Stage::new()).await;
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "GetTask", "params": {"id": TASK}}).to_string();
    for path in ["/rpc", "/rpc/"] {
        let heard = ask(&served, Method::POST, path, &HEADERS, body.clone()).await;
        assert_eq!(heard.json()["result"]["id"], TASK, "{path}");
        let heard = ask(&served, Method::GET, path, &HEADERS, "").await;
        assert_eq!((heard.status.as_u16(), heard.header("allow")), (405, "POST"), "{path}");
    }
}

#[tokio::test]
async fn c25_events_are_responses_of_the_request_and_resume_after_the_last_one_seen() {
    let served = Served::start(Stage::new()).await;
    let body = json!({"jsonrpc": "2.0", "id": 9, "method": "SubscribeToTask", "params": {"id": TASK}}).to_string();
    let whole = post(&served, body.clone()).await;
    let events = whole.events();
    let ids: Vec<&str> = events.iter().filter_map(|event| event.id.as_deref()).collect();
    assert_eq!(ids, ["1", "2", "3", "4", "5", "6", "7"]);
    assert!(events.iter().all(|event| event.data["id"] == 9 && event.data["result"].is_object()));
    let again = [HEADERS[0], HEADERS[1], ("last-event-id", "5")];
    let rest = ask(&served, Method::POST, "/rpc", &again, body.clone()).await.events();
    // The bare task of the cursor, then what came after it.
    assert_eq!(rest[0].data["result"]["task"]["id"], TASK);
    assert_eq!(rest[1..], events[5..]);
    let Some(Asked::Subscribe(call, _)) = served.asked().pop() else { panic!("{:?}", served.asked()) };
    assert_eq!(call.cursor, Some(Seq(5)));
    let odd = [HEADERS[0], HEADERS[1], ("last-event-id", "five")];
    let refused = ask(&served, Method::POST, "/rpc", &odd, body).await.json();
    assert_eq!(refused["error"]["code"], -32602);
    assert!(refused.to_string().contains("last-event-id"), "{refused}");
}

#[tokio::test]
async fn c26_a_call_without_a_version_learns_of_it_before_its_method_is_looked_up() {
    let served = Served::start(Stage::new()).await;
    let old = json!({"jsonrpc": "2.0", "id": 1, "method": "message/send", "params": {"message": {"kind": "message"}}});
    let heard = ask(&served, Method::POST, "/rpc", &HEADERS[1..], old.to_string()).await.json();
    assert_eq!(heard["error"]["code"], -32009);
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "GetTask", "params": {"id": TASK}}).to_string();
    let heard = ask(&served, Method::POST, "/rpc?A2A-Version=1.0", &HEADERS[1..], body).await.json();
    assert_eq!(heard["result"]["id"], TASK);
}

#[tokio::test]
async fn c27_a_request_above_the_limit_is_refused_and_names_its_size() {
    let served = Served::start(Stage::new()).await;
    let text = "x".repeat(types::limits::REQUEST);
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "SendMessage", "params": {"message": {
        "messageId": "m-1", "role": "ROLE_USER", "parts": [{"text": text}],
    }}});
    let heard = post(&served, body.to_string()).await.json();
    assert_eq!((&heard["error"]["code"], &heard["error"]["data"][0]["reason"]), (&json!(-32000), &json!("TOO_LARGE")));
    assert_eq!(served.asked(), []);
}
