//! The client over each binding: the same answers, the same errors, the same frames, and the same certainty about
//! what an agent has seen.

use std::time::Duration;

use a2a::{Binding, Client, ClientError, Error, Followed, History, Reply};
use futures::StreamExt as _;
use proto::a2a::{ListTasksRequest, Task, TaskState as State};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use types::{RemoteTask, Seq};

use crate::codes::every_error;
use crate::stage::{Act, Asked, Served, Stage, TASK, folded, message, request};

fn task() -> RemoteTask {
    TASK.parse().unwrap()
}

#[tokio::test]
async fn c68_each_operation_brings_its_answer_over_each_binding() {
    for binding in Binding::ALL {
        let served = Served::start(Stage::new()).await;
        let client = served.over(binding).for_tenant("acme");
        let whole = folded(&served.stage.log);
        let seq = Some(Seq(served.stage.log.len() as u64));
        let Reply::Task(sent) = client.send(request(message("hello"))).await.unwrap() else { panic!("no task") };
        let got = client.get(&task(), History::Last(2)).await.unwrap();
        let canceled = client.cancel(&task(), None).await.unwrap();
        for snapshot in [sent, got, canceled] {
            assert_eq!((&snapshot.task, snapshot.seq), (&whole, seq), "{binding}");
        }
        let page = client.list(ListTasksRequest::default()).await.unwrap();
        assert_eq!((page.tasks.len(), page.next_page_token.as_str(), page.total_size), (1, "more", 7), "{binding}");
        for asked in served.asked() {
            let (Asked::Send(call, _) | Asked::Get(call, ..) | Asked::List(call, _) | Asked::Cancel(call, _)) = asked
            else {
                panic!("{asked:?}")
            };
            assert_eq!(call.owner.tenant.as_str(), "acme", "{binding}");
        }
    }
}

#[tokio::test]
async fn c68_agents_are_asked_the_same_over_each_binding() {
    let mut heard = Vec::new();
    for binding in Binding::ALL {
        let served = Served::start(Stage::new()).await;
        let client = served.over(binding).for_store("01980000-0000-7000-8000-0000000000aa".parse().unwrap());
        client.send(request(message("zwölf € & ?"))).await.unwrap();
        client.get(&task(), History::None).await.unwrap();
        let list = ListTasksRequest {
            context_id: "ward 7/b?&".into(),
            status: State::InputRequired.into(),
            page_size: Some(3),
            page_token: "a+b=".into(),
            history_length: Some(0),
            status_timestamp_after: Some(prost_types::Timestamp { seconds: 1_700_000_000, nanos: 5_000_000 }),
            include_artifacts: Some(true),
            ..ListTasksRequest::default()
        };
        client.list(list).await.unwrap();
        client.cancel(&task(), Some(a2a::metadata::structure([("why", a2a::metadata::text("enough"))]))).await.unwrap();
        drop(client.subscribe(&task(), Some(Seq(2))).await.unwrap());
        drop(client.stream(request(message("go")), Some(Seq(1))).await.unwrap());
        heard.push((binding, served.asked()));
    }
    let (_, grpc) = &heard[0];
    assert_eq!(grpc.len(), 6);
    for (binding, asked) in &heard[1..] {
        assert_eq!(asked, grpc, "{binding}");
    }
}

#[tokio::test]
async fn every_error_comes_back_as_itself_over_each_binding() {
    for (error, ..) in every_error() {
        let served = Served::start(Stage::failing(error.clone())).await;
        for binding in Binding::ALL {
            let client = served.over(binding);
            let unary = client.get(&task(), History::All).await;
            assert!(matches!(&unary, Err(ClientError::Refused(back)) if *back == error), "{binding}: {unary:?}");
            let stream = client.subscribe(&task(), None).await.err();
            assert!(matches!(&stream, Some(ClientError::Refused(back)) if *back == error), "{binding}: {stream:?}");
        }
    }
}

#[tokio::test]
async fn a_stream_that_breaks_brings_each_frame_once_and_in_order_over_each_binding() {
    let scripts = [
        vec![Act::Close(1)],
        vec![Act::Fail(1)],
        vec![Act::Hang(1)],
        vec![Act::Kill, Act::Refuse, Act::Fail(0), Act::Close(0), Act::Fail(2), Act::Whole],
        vec![Act::Without(4), Act::Whole],
        vec![Act::Fail(3), Act::Again],
    ];
    for acts in scripts {
        for binding in Binding::ALL {
            let served = Served::start(Stage::acting(3, acts.clone())).await;
            let client = served.over(binding);
            let (seqs, last) = listen(&served, client.follow(task(), Some(Seq::ZERO))).await;
            assert_eq!(seqs, (1..=6).collect::<Vec<_>>(), "{binding} {acts:?}");
            assert_eq!(last, folded(&served.stage.log), "{binding} {acts:?}");
        }
    }
}

#[tokio::test]
async fn a_message_is_sent_once_however_its_stream_breaks_over_each_binding() {
    for act in [Act::Whole, Act::Close(1), Act::Fail(1), Act::Hang(1)] {
        for binding in Binding::ALL {
            for work in [false, true] {
                let served = Served::start(Stage::acting(3, [act])).await;
                let (client, message) = (served.over(binding), message("go"));
                let stream = match work {
                    true => client.delegate((&message).into()),
                    false => client.send_following(request(message)),
                };
                let (seqs, last) = listen(&served, stream).await;
                assert_eq!(seqs, [1, 2, 3, 4, 5, 6], "{binding} {act:?}");
                assert_eq!(last, folded(&served.stage.log), "{binding} {act:?}");
                let sent = served.asked().iter().filter(|asked| matches!(asked, Asked::Send(..))).count();
                assert_eq!(sent, 1, "{binding} {act:?}");
            }
        }
    }
}

/// Listens to the end; under [`Act::Hang`] it cuts the connection after every frame.
async fn listen(
    served: &Served,
    mut stream: futures::stream::BoxStream<'static, Result<Followed, ClientError>>,
) -> (Vec<u64>, Task) {
    let (mut seqs, mut task) = (Vec::new(), Task { id: TASK.into(), ..Task::default() });
    let all = async {
        while let Some(item) = stream.next().await {
            match item.unwrap() {
                Followed::Event(event) => {
                    seqs.extend(event.cursor.map(|cursor| cursor.seq.0));
                    a2a::fold::apply(&mut task, event.update).unwrap();
                    served.cut_if_hanging();
                }
                Followed::Gap(gap) => panic!("{gap:?}"),
                Followed::Lost(_) => {}
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), all).await.expect("the task ends");
    (seqs, task)
}

#[tokio::test]
async fn a_call_without_an_answer_ends_at_its_deadline_over_each_binding() {
    // A listener that accepts and says nothing.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    for binding in Binding::ALL {
        let client = Client::over(binding, &address).unwrap().within(Duration::from_millis(50));
        let error = client.get(&task(), History::All).await.unwrap_err();
        assert!(matches!(error, ClientError::Timeout), "{binding}: {error:?}");
        let error = client.subscribe(&task(), None).await.err().unwrap();
        assert!(matches!(error, ClientError::Timeout), "{binding}: {error:?}");
    }
}

#[tokio::test]
async fn only_where_no_connection_came_about_it_is_certain_that_nothing_was_done() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    for binding in Binding::ALL {
        let client = Client::over(binding, &closed).unwrap();
        let error = client.send(request(message("go"))).await.unwrap_err();
        assert!(matches!(error, ClientError::Unreachable(_)), "{binding}: {error:?}");
        assert!(error.is_transient() && !error.outcome_unknown());
        let error = client.stream(request(message("go")), None).await.err().unwrap();
        assert!(matches!(error, ClientError::Unreachable(_)), "{binding}: {error:?}");
    }
    for binding in [Binding::JsonRpc, Binding::HttpJson] {
        let client = Client::over(binding, &answering("").await).unwrap();
        let error = client.send(request(message("go"))).await.unwrap_err();
        assert!(matches!(error, ClientError::Ambiguous(_)), "{binding}: {error:?}");
        assert!(error.is_transient() && error.outcome_unknown());
    }
}

#[tokio::test]
async fn answers_of_other_agents_and_of_what_is_between_are_sorted_by_what_they_say() {
    let http = |status: &str, media: &str, body: &str| {
        let length = body.len();
        format!("HTTP/1.1 {status}\r\ncontent-type: {media}\r\ncontent-length: {length}\r\n\r\n{body}")
    };
    let rpc = |error: &str| http("200 OK", "application/json", &format!(r#"{{"jsonrpc":"2.0","id":"1",{error}}}"#));
    let rest = |status: &str, body: &str| http(status, "application/json", body);
    // As the guard of our own services refuses a caller, and as what knows nothing of JSON-RPC does.
    let guard = |status| rest(status, r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"m","data":[]}}"#);
    let gateway = rest("401 No", r#"{"error":{"code":401,"status":"UNAUTHENTICATED","message":"m"}}"#);
    let unavailable = rest("503 Busy", r#"{"error":{"code":503,"status":"UNAVAILABLE","message":"m"}}"#);
    let table = [
        (Binding::JsonRpc, rpc(r#""error":{"code":-32001,"message":"m"}"#), "TaskNotFound", false),
        (Binding::JsonRpc, rpc(r#""error":{"code":-32004,"message":"m"}"#), "UnsupportedOperation", false),
        (Binding::JsonRpc, rpc(r#""error":{"code":-32602,"message":"m","data":"odd"}"#), "InvalidArgument", false),
        (Binding::JsonRpc, rpc(r#""error":{"code":-32601,"message":"m"}"#), "Unimplemented", false),
        (Binding::JsonRpc, rpc(r#""error":{"code":-32603,"message":"m"}"#), "Internal", true),
        (Binding::JsonRpc, rpc(r#""error":{"code":-1,"message":"m"}"#), "Unknown", true),
        (Binding::JsonRpc, rpc(r#""nothing":1"#), "Invalid", true),
        (Binding::JsonRpc, http("401 No", "text/plain", "who"), "Unauthenticated", false),
        (Binding::JsonRpc, gateway, "Unauthenticated", false),
        (Binding::JsonRpc, guard("401 No"), "Unauthenticated", false),
        (Binding::JsonRpc, guard("403 No"), "PermissionDenied", false),
        (Binding::JsonRpc, http("502 No", "text/html", "<p>"), "Unavailable", true),
        (Binding::JsonRpc, http("200 OK", "text/html", "<p>"), "Invalid", true),
        (Binding::HttpJson, unavailable, "Unavailable", true),
        (Binding::HttpJson, rest("404 No", ""), "NotFound", false),
        (Binding::HttpJson, rest("429 No", "{}"), "ResourceExhausted", false),
        (Binding::HttpJson, rest("418 No", "[]"), "InvalidArgument", false),
        (Binding::HttpJson, http("413 No", "text/html", "<p>"), "the request is too large", false),
        (Binding::JsonRpc, http("413 No", "text/html", "<p>"), "the request is too large", false),
        (Binding::HttpJson, rest("500 No", "null"), "Unknown", true),
        (Binding::HttpJson, rest("302 No", ""), "Unknown", true),
        (Binding::HttpJson, rest("200 OK", r#"{"task":{"id":7}}"#), "Invalid", true),
    ];
    for (binding, answer, kind, unknown) in table {
        let client = Client::over(binding, &answering(&answer).await).unwrap();
        let error = client.send(request(message("go"))).await.unwrap_err();
        assert!(format!("{error:?}").contains(kind), "{binding} {answer}: {error:?}");
        assert_eq!(error.outcome_unknown(), unknown, "{binding} {answer}: {error:?}");
        let error = client.stream(request(message("go")), None).await.err().unwrap();
        assert!(format!("{error:?}").contains(kind), "{binding} {answer}: {error:?}");
    }
}

/// A server of HTTP/2, and of HTTP/1.1, that answers everything with this status.
async fn always(status: u16) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let answer = move || async move { (http::StatusCode::from_u16(status).unwrap(), "not what you think") };
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(answer)).await });
    address
}

#[tokio::test]
async fn what_answers_a_call_of_grpc_and_is_something_else_is_told_as_that() {
    let table = [
        (404, "Unreachable", false, Some("it answers 404 Not Found with text/plain")),
        (405, "Unreachable", false, Some("it answers 405")),
        (408, "Timeout", true, None),
        (499, "Timeout", true, None),
        (401, "Unauthenticated", false, None),
        (413, "the request is too large", false, None),
        (429, "ResourceExhausted", false, None),
        (503, "Unavailable", true, None),
        (200, "Invalid", true, None),
    ];
    for (status, kind, unknown, says) in table {
        let client = Client::over(Binding::Grpc, &always(status).await).unwrap();
        let once = client.send(request(message("go"))).await.unwrap_err();
        let stream = client.stream(request(message("go")), None).await.err().unwrap();
        for error in [once, stream] {
            assert!(format!("{error:?}").contains(kind), "{status}: {error:?}");
            assert_eq!(error.outcome_unknown(), unknown, "{status}: {error:?}");
            let stranger = error.stranger().unwrap_or_default();
            assert!(stranger.starts_with(says.unwrap_or_default()), "{status}: {stranger}");
        }
    }
    for (words, says) in [("HTTP/1.1 400 No\r\n\r\n", "it speaks HTTP/1.1"), ("SSH-2.0-x\r\n", "it speaks no HTTP/2")] {
        let client = Client::over(Binding::Grpc, &answering(words).await).unwrap();
        let error = client.send(request(message("go"))).await.unwrap_err();
        assert!(!error.outcome_unknown(), "nothing of it was taken: {error:?}");
        assert!(error.stranger().is_some_and(|stranger| stranger.starts_with(says)), "{words}: {error:?}");
    }
}

#[tokio::test]
async fn a_fence_is_for_grpc_alone() {
    let fence = a2a::Fence {
        run: TASK.parse().unwrap(),
        step: "s".parse().unwrap(),
        attempt: 1,
        not_after: types::Timestamp::from_millis(1),
        store_id: "01980000-0000-7000-8000-0000000000aa".parse().unwrap(),
    };
    for binding in [Binding::JsonRpc, Binding::HttpJson] {
        let refused = Client::over(binding, "127.0.0.1:1").unwrap().fence(&fence).await;
        assert!(matches!(refused, Err(ClientError::NoInterface)), "{refused:?}");
    }
}

#[tokio::test]
async fn a_deletion_is_done_however_agents_say_nothing() {
    let http = |status: &str, body: &str| {
        let length = body.len();
        format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}")
    };
    let null = http("200 OK", r#"{"jsonrpc":"2.0","id":"1","result":null}"#);
    let bare = "HTTP/1.1 204 No Content\r\n\r\n".to_owned();
    let empty = http("200 OK", "{}");
    for (binding, answer) in [(Binding::JsonRpc, &null), (Binding::HttpJson, &bare), (Binding::HttpJson, &empty)] {
        let client = Client::over(binding, &answering(answer).await).unwrap();
        let deleted = client.delete_push(&task(), "c").await;
        assert!(deleted.is_ok(), "{binding} {answer}: {deleted:?}");
    }
    // Whoever is asked for something has to say something.
    let client = Client::over(Binding::HttpJson, &answering(&bare).await).unwrap();
    assert!(client.get_push(&task(), "c").await.is_err());
    let gone = http("404 No", r#"{"error":{"code":404,"status":"NOT_FOUND","message":"m"}}"#);
    let client = Client::over(Binding::HttpJson, &answering(&gone).await).unwrap();
    assert!(client.delete_push(&task(), "c").await.is_err());
}

#[tokio::test]
async fn an_extended_card_that_is_promised_and_missing_is_told_as_such_over_each_binding() {
    let mut stage = Stage::new();
    stage.card.capabilities.as_mut().unwrap().extended_agent_card = Some(true);
    let served = Served::start(stage).await;
    for binding in Binding::ALL {
        let refused = served.over(binding).extended_card().await;
        let missing = matches!(refused, Err(ClientError::Refused(Error::ExtendedAgentCardNotConfigured)));
        assert!(missing, "{binding}: {refused:?}");
    }
}

/// Where every request gets this answer, and the connection's end after it.
async fn answering(answer: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, answer) = (listener.local_addr().unwrap().to_string(), answer.to_owned());
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = connection.read(&mut request).await;
            let _ = connection.write_all(answer.as_bytes()).await;
        }
    });
    address
}
