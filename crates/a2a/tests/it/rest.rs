//! What only HTTP+JSON has: paths, verbs, queries, media types.

use http::Method;
use serde_json::json;
use types::Seq;

use crate::plain::ask;
use crate::stage::{Act, Asked, Served, Stage, TASK};

const VERSION: (&str, &str) = ("a2a-version", "1.0");
const A2A: (&str, &str) = ("content-type", "application/a2a+json");
const JSON: (&str, &str) = ("content-type", "application/json");

fn message() -> String {
    json!({"message": {"messageId": "m-1", "role": "ROLE_USER", "parts": [{"text": "hello"}]}}).to_string()
}

#[tokio::test]
async fn c40_every_route_is_there_with_and_without_a_tenant() {
    let config = format!("/tasks/{TASK}/pushNotificationConfigs");
    let routes = [
        (Method::POST, "/message:send".to_owned(), 200),
        (Method::POST, "/message:stream".to_owned(), 200),
        (Method::GET, format!("/tasks/{TASK}"), 200),
        (Method::GET, "/tasks".to_owned(), 200),
        (Method::POST, format!("/tasks/{TASK}:cancel"), 200),
        (Method::POST, format!("/tasks/{TASK}:subscribe"), 200),
        (Method::GET, format!("/tasks/{TASK}:subscribe"), 200),
        (Method::POST, config.clone(), 400),
        (Method::GET, config.clone(), 400),
        (Method::GET, format!("{config}/c-1"), 400),
        (Method::DELETE, format!("{config}/c-1"), 400),
        (Method::GET, "/extendedAgentCard".to_owned(), 400),
    ];
    for tenant in ["", "/acme", "/rpc", "/a%20b"] {
        for (method, path, status) in &routes {
            let served = Served::start(Stage::new()).await;
            let body = if path.starts_with("/message") { message() } else { String::new() };
            let heard = ask(&served, method.clone(), &format!("{tenant}{path}"), &[VERSION, A2A], body).await;
            assert_eq!(heard.status.as_u16(), *status, "{method} {tenant}{path}: {heard:?}");
            let Some(asked) = served.asked().pop() else { continue };
            let (Asked::Send(call, _)
            | Asked::Get(call, ..)
            | Asked::List(call, _)
            | Asked::Cancel(call, _)
            | Asked::Subscribe(call, _)) = asked
            else {
                continue;
            };
            let tenant = tenant.trim_start_matches('/').replace("%20", " ");
            assert_eq!(call.owner.tenant.as_str(), tenant, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn c41_a_path_and_a_field_must_agree() {
    let served = Served::start(Stage::new()).await;
    let other = "01980000-0000-7000-8000-000000000002";
    let cases = [
        ("/acme/message:send".to_owned(), json!({"tenant": "apex"}), "tenant"),
        (format!("/tasks/{TASK}:cancel"), json!({"id": other}), "id"),
        (format!("/acme/tasks/{TASK}:cancel"), json!({"tenant": "apex"}), "tenant"),
        (format!("/tasks/{TASK}/pushNotificationConfigs"), json!({"taskId": other, "url": "http://x"}), "task_id"),
    ];
    for (path, body, field) in cases {
        let heard = ask(&served, Method::POST, &path, &[VERSION, A2A], body.to_string()).await;
        let named = heard.json()["error"]["details"][1]["fieldViolations"][0]["field"].clone();
        assert_eq!((heard.status.as_u16(), named), (400, json!(field)), "{path}");
    }
    let heard = ask(&served, Method::GET, &format!("/acme/tasks/{TASK}?tenant=apex"), &[VERSION], "").await;
    assert_eq!(heard.status, 400);
    let same = json!({"tenant": "acme", "id": TASK}).to_string();
    let heard = ask(&served, Method::POST, &format!("/acme/tasks/{TASK}:cancel"), &[VERSION, A2A], same).await;
    assert_eq!(heard.status, 200, "{heard:?}");
    assert_eq!(served.asked().len(), 1);
}

#[tokio::test]
async fn c41_a_member_that_comes_twice_is_named_whatever_the_path_says() {
    let served = Served::start(Stage::new()).await;
    let config = format!("/tasks/{TASK}/pushNotificationConfigs");
    let cases = [
        ("/message:send", r#"{"message":{"messageId":"a","messageId":"b"}}"#, "message.message_id"),
        ("/acme/message:send", r#"{"message":{"messageId":"a","messageId":"b"}}"#, "message.message_id"),
        ("/acme/message:send", r#"{"tenant":"apex","tenant":"acme"}"#, "tenant"),
        ("/acme/message:send", r#"{"tenant":7}"#, "tenant"),
        (&config, r#"{"url":"http://x","url":"http://y"}"#, "url"),
        (&config, r#"{"taskId":"other","task_id":"other","url":"http://x"}"#, "task_id"),
        (&config, r#"{"task_id":"other","url":"http://x"}"#, "task_id"),
    ];
    for (path, body, field) in cases {
        let heard = ask(&served, Method::POST, path, &[VERSION, A2A], body).await;
        let named = heard.json()["error"]["details"][1]["fieldViolations"][0]["field"].clone();
        assert_eq!((heard.status.as_u16(), named), (400, json!(field)), "{path} {body}");
    }
    assert_eq!(served.asked(), []);
}

#[tokio::test]
async fn c42_answers_have_the_media_type_of_the_request() {
    let served = Served::start(Stage::new()).await;
    let refused = json!({}).to_string();
    for media in [A2A, JSON, ("content-type", "application/JSON; charset=utf-8")] {
        let expected = if media == A2A { "application/a2a+json" } else { "application/json" };
        for body in [message(), refused.clone()] {
            let heard = ask(&served, Method::POST, "/message:send", &[VERSION, media], body).await;
            assert_eq!(heard.header("content-type"), expected, "{media:?}");
        }
    }
    for (accept, expected) in [
        ("*/*", "application/a2a+json"),
        ("application/json", "application/json"),
        ("application/json, application/a2a+json", "application/a2a+json"),
    ] {
        let heard = ask(&served, Method::GET, "/tasks", &[VERSION, ("accept", accept)], "").await;
        assert_eq!(heard.header("content-type"), expected, "{accept}");
    }
}

#[tokio::test]
async fn c43_a_body_of_another_media_type_is_refused_and_an_empty_one_needs_none() {
    let served = Served::start(Stage::new()).await;
    for headers in [vec![VERSION], vec![VERSION, ("content-type", "text/plain")]] {
        let heard = ask(&served, Method::POST, "/message:send", &headers, message()).await;
        let reason = heard.json()["error"]["details"][0]["reason"].clone();
        assert_eq!((heard.status.as_u16(), reason), (400, json!("CONTENT_TYPE_NOT_SUPPORTED")));
        let heard = ask(&served, Method::POST, &format!("/tasks/{TASK}:cancel"), &headers, "").await;
        assert_eq!(heard.status, 200);
    }
}

#[tokio::test]
async fn c44_bytes_that_are_no_object_are_refused_with_the_place() {
    let served = Served::start(Stage::new()).await;
    let cases: [(&[u8], &str); 4] = [
        (b"{\"message\": {", "line 1"),
        (b"{\"a\": \"\xff\"}", "UTF-8"),
        (b"[1]", "object"),
        (b"{\"message\": {\"messageId\": 7}}", "message.message_id"),
    ];
    for (body, words) in cases {
        let heard = ask(&served, Method::POST, "/message:send", &[VERSION, A2A], body.to_vec()).await;
        let error = heard.json()["error"].clone();
        assert_eq!((heard.status.as_u16(), &error["status"]), (400, &json!("INVALID_ARGUMENT")));
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn c45_values_in_a_query_that_do_not_fit_are_named() {
    let served = Served::start(Stage::new()).await;
    for (query, field) in [
        ("pageSize=many", "page_size"),
        ("status=BUSY", "status"),
        ("includeArtifacts=True", "include_artifacts"),
        ("statusTimestampAfter=yesterday", "status_timestamp_after"),
        ("pageSize=1&contextId=c&pageSize=2", "page_size"),
        ("contextId=c&context%49d=c", "context_id"),
    ] {
        let heard = ask(&served, Method::GET, &format!("/tasks?{query}"), &[VERSION], "").await;
        let named = heard.json()["error"]["details"][1]["fieldViolations"][0]["field"].clone();
        assert_eq!((heard.status.as_u16(), named), (400, json!(field)), "{query}");
    }
    let heard = ask(&served, Method::GET, "/tasks?unknown=1&A2A-Version=1.0", &[], "").await;
    assert_eq!(heard.status, 200);
}

#[tokio::test]
async fn c46_another_verb_or_path_is_refused_with_what_there_is() {
    let served = Served::start(Stage::new()).await;
    for (method, path, allowed) in [
        (Method::GET, "/message:send".to_owned(), "POST"),
        (Method::POST, "/tasks".to_owned(), "GET"),
        (Method::PUT, format!("/acme/tasks/{TASK}"), "GET"),
        (Method::DELETE, format!("/tasks/{TASK}/pushNotificationConfigs"), "GET, POST"),
    ] {
        let heard = ask(&served, method, &path, &[VERSION], "").await;
        assert_eq!((heard.status.as_u16(), heard.header("allow")), (405, allowed), "{path}");
    }
    let heard = ask(&served, Method::GET, &format!("/tasks/{TASK}/nothing/at/all"), &[VERSION], "").await;
    assert_eq!((heard.status.as_u16(), &heard.json()["error"]["status"]), (404, &json!("NOT_FOUND")));
}

#[tokio::test]
async fn c47_a_stream_is_events_of_bare_frames_that_resume_by_id() {
    let served = Served::start(Stage::new()).await;
    let path = format!("/tasks/{TASK}:subscribe");
    let events = ask(&served, Method::GET, &path, &[VERSION], "").await.events();
    let ids: Vec<&str> = events.iter().filter_map(|event| event.id.as_deref()).collect();
    assert_eq!(ids, ["1", "2", "3", "4", "5", "6", "7"]);
    assert!(events[0].data["task"]["id"] == TASK && events[1].data["statusUpdate"].is_object());
    let heard = ask(&served, Method::GET, &path, &[VERSION, ("last-event-id", "6")], "").await;
    assert_eq!(heard.header("a2a-extensions"), a2a::metadata::CURSOR);
    assert_eq!(heard.events()[1..], events[6..]);
    // The cursor is the more exact word of the two.
    let both = [VERSION, ("last-event-id", "6"), ("watchroom-cursor", "2")];
    ask(&served, Method::GET, &path, &both, "").await.events();
    let Some(Asked::Subscribe(call, _)) = served.asked().pop() else { panic!("{:?}", served.asked()) };
    assert_eq!(call.cursor, Some(Seq(2)));
}

#[tokio::test]
async fn c51_an_event_that_is_no_frame_says_so_by_its_name() {
    let served = Served::start(Stage::acting(2, [Act::Fail(2)])).await;
    let events = ask(&served, Method::GET, &format!("/tasks/{TASK}:subscribe"), &[VERSION], "").await.events();
    let names: Vec<Option<&str>> = events.iter().map(|event| event.name.as_deref()).collect();
    assert_eq!(names, [None, None, Some("error")]);
    assert_eq!((&events[2].data["error"]["status"], &events[2].id), (&json!("UNAVAILABLE"), &None));
}

#[tokio::test]
async fn c48_a_pause_is_a_header_too() {
    let error = a2a::Error::Overloaded { retry_after: std::time::Duration::from_millis(1200) };
    let served = Served::start(Stage::failing(error)).await;
    let heard = ask(&served, Method::GET, "/tasks", &[VERSION], "").await;
    assert_eq!((heard.status.as_u16(), heard.header("retry-after")), (429, "2"));
}

#[tokio::test]
async fn c49_activated_extensions_are_echoed() {
    let served = Served::start(Stage::new()).await;
    let asked = format!("urn:unknown, {}", a2a::metadata::PROGRESS);
    let heard = ask(&served, Method::GET, "/tasks", &[VERSION, ("A2A-Extensions", &asked)], "").await;
    assert_eq!(heard.header("a2a-extensions"), a2a::metadata::PROGRESS);
    let heard = ask(&served, Method::GET, "/tasks", &[VERSION], "").await;
    assert_eq!(heard.header("a2a-extensions"), "");
}

#[tokio::test]
async fn c50_required_fields_are_there_when_empty_and_times_have_milliseconds() {
    let served = Served::start(Stage { log: crate::stage::script(0), ..Stage::new() }).await;
    let heard = ask(&served, Method::GET, "/tasks", &[VERSION], "").await.json();
    assert_eq!((&heard["nextPageToken"], &heard["totalSize"]), (&json!("more"), &json!(7)));
    assert_eq!(heard["tasks"][0]["status"]["timestamp"], "1970-01-01T00:00:01.250Z");
    assert_eq!(heard["tasks"][0]["status"]["state"], "TASK_STATE_COMPLETED");
}
