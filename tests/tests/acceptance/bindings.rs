//! A2A over plain HTTP, as with curl: JSON-RPC and HTTP+JSON beside gRPC on the port of every service with tasks.

use std::net::SocketAddr;

use prost::Message as _;
use proto::a2a::{GetTaskRequest, Task};
use serde_json::{Value, json};
use tests::{Cluster, EventSource, Node, SaidEvent, Service, VERSION, Whole, ask, eventually, raw, request};

/// One service is enough for it.
const CALL: &str = "Smoke is coming out of the roof at 12 Mill Lane.";
const JSON: (&str, &str) = ("content-type", "application/json");
const A2A: (&str, &str) = ("content-type", "application/a2a+json");

fn message(id: &str, text: &str) -> Value {
    json!({"message": {"messageId": id, "role": "ROLE_USER", "parts": [{"text": text}]}})
}

fn call(method: &str, params: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string()
}

/// A call over JSON-RPC: its result, or its error.
async fn rpc(address: SocketAddr, method: &str, params: Value) -> Result<Value, Value> {
    let answer = ask(address, "POST", "/rpc", &[VERSION, JSON], call(method, &params)).await.whole().await.json();
    answer.get("result").cloned().ok_or_else(|| answer["error"].clone())
}

async fn post(address: SocketAddr, path: &str, body: &Value) -> Whole {
    ask(address, "POST", path, &[VERSION, A2A], body.to_string()).await.whole().await
}

async fn get(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Whole {
    ask(address, "GET", path, headers, "").await.whole().await
}

/// A JSON binding.
#[derive(Debug, Clone, Copy)]
enum Wire {
    Rpc,
    Rest,
}

impl Wire {
    const BOTH: [Self; 2] = [Self::Rpc, Self::Rest];

    /// Opens the stream of a new message.
    async fn stream(self, address: SocketAddr, id: &str, text: &str) -> EventSource {
        let body = message(id, text);
        match self {
            Self::Rpc => ask(address, "POST", "/rpc", &[VERSION, JSON], call("SendStreamingMessage", &body)).await,
            Self::Rest => ask(address, "POST", "/message:stream", &[VERSION, A2A], body.to_string()).await,
        }
        .events()
    }

    /// Opens the stream of a task, after an event or from its present state.
    async fn subscribe(self, address: SocketAddr, task: &str, after: Option<u64>) -> EventSource {
        let after = after.map(|after| after.to_string());
        let last = after.as_deref().map(|after| ("last-event-id", after));
        let headers: Vec<(&str, &str)> = [VERSION, JSON].into_iter().chain(last).collect();
        match self {
            Self::Rpc => ask(address, "POST", "/rpc", &headers, call("SubscribeToTask", &json!({"id": task}))).await,
            Self::Rest => ask(address, "GET", &format!("/tasks/{task}:subscribe"), &headers, "").await,
        }
        .events()
    }

    /// The frame in an event.
    fn frame(self, event: &SaidEvent) -> &Value {
        match self {
            Self::Rpc => &event.data["result"],
            Self::Rest => &event.data,
        }
    }

    /// The words of the error in an event.
    fn error(self, event: &SaidEvent) -> &Value {
        match self {
            Self::Rpc => assert_eq!((&event.data["error"]["code"], &event.name), (&json!(-32603), &None)),
            Self::Rest => assert_eq!(event.name.as_deref(), Some("error")),
        }
        &event.data["error"]["message"]
    }
}

fn ids(events: &[SaidEvent]) -> Vec<u64> {
    events.iter().map(|event| event.id.expect("an event of ours has an id")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn c80_one_message_over_three_bindings_is_one_task_that_reads_the_same() {
    let cluster = Cluster::start().await;
    let address = cluster.node(Service::Operator).address();
    let first = rpc(address, "SendMessage", message("same", CALL)).await.unwrap();
    let second = post(address, "/message:send", &message("same", CALL)).await;
    let a2a::Reply::Task(third) = cluster.a2a(Service::Operator).send(request("same", CALL)).await.unwrap() else {
        panic!("no task")
    };
    let id = first["task"]["id"].as_str().unwrap();
    assert_eq!((second.status, second.json()["task"]["id"].as_str(), third.task.id.as_str()), (200, Some(id), id));
    let body = GetTaskRequest { id: id.to_owned(), ..GetTaskRequest::default() }.encode_to_vec().into();
    let bytes = raw(&cluster.channel(Service::Operator), "lf.a2a.v1.A2AService/GetTask", body, &[VERSION]).await;
    let grpc = proto::to_value::<Task>(&bytes.unwrap()).unwrap();
    assert_eq!(rpc(address, "GetTask", json!({"id": id})).await.unwrap(), grpc);
    assert_eq!(get(address, &format!("/tasks/{id}"), &[VERSION]).await.json(), grpc);
    assert_eq!(get(address, &format!("/tasks/{id}?A2A-Version=1.0"), &[]).await.json(), grpc);
    let other = message("same", "There is a burglar at 3 Elm Street.");
    assert_eq!(rpc(address, "SendMessage", other.clone()).await.unwrap_err()["data"][0]["reason"], "MESSAGE_ID_REUSED");
    assert_eq!(post(address, "/message:send", &other).await.status, 409);
    assert_eq!(get(address, "/tasks", &[VERSION]).await.json()["totalSize"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn c81_events_cut_by_a_killed_server_go_on_after_the_last_one_seen() {
    for wire in Wire::BOTH {
        let mut cluster = Cluster::start().await;
        let address = cluster.node(Service::Operator).address();
        let mut events = wire.stream(address, "call", CALL).await;
        let mut seen = vec![events.next().await.unwrap().unwrap(), events.next().await.unwrap().unwrap()];
        cluster.node_mut(Service::Operator).kill();
        let (more, ended) = events.rest().await;
        // All of it may have come before the kill.
        seen.extend(more);
        cluster.node_mut(Service::Operator).start().await;
        let address = cluster.node(Service::Operator).address();
        let task = wire.frame(&seen[0])["task"]["id"].as_str().unwrap().to_owned();
        if !ended {
            let (rest, ended) = wire.subscribe(address, &task, seen.last().unwrap().id).await.rest().await;
            assert!(ended, "{wire:?}");
            assert_eq!(wire.frame(&rest[0])["task"]["id"], task, "a resumed stream says where it is");
            seen.extend(rest.into_iter().skip(1));
        }
        let count = seen.len() as u64;
        assert_eq!(ids(&seen), (1..=count).collect::<Vec<_>>(), "{wire:?}");
        assert_eq!(wire.frame(seen.last().unwrap())["statusUpdate"]["status"]["state"], "TASK_STATE_COMPLETED");
        // The whole story, told again, is the same.
        let (again, _) = wire.subscribe(address, &task, Some(0)).await.rest().await;
        assert_eq!(again[1..], seen, "{wire:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c82_a_stopping_service_ends_events_with_an_error_and_they_go_on_after_its_start() {
    for wire in Wire::BOTH {
        let mut cluster = Cluster::empty();
        cluster.add(Service::Registry, Vec::new()).await;
        let registry = format!("http://{}", cluster.node(Service::Registry).address());
        let mut echo = Node::new("echo", cluster.dir(), vec!["--registry".to_owned(), registry]);
        echo.start().await;
        let mut events = wire.stream(echo.address(), "call", "wait").await;
        let first = events.next().await.unwrap().unwrap();
        let task = wire.frame(&first)["task"]["id"].as_str().unwrap().to_owned();
        let ((mut seen, ended), stopped) = tokio::join!(events.rest(), echo.stop());
        assert_eq!(stopped.code(), Some(0), "{}", stopped.log);
        assert!(!stopped.log.contains("connections are still open"), "{}", stopped.log);
        assert!(ended, "{wire:?}: the last chunk comes");
        let last = seen.pop().unwrap();
        assert!(wire.error(&last).as_str().unwrap().contains("stopping"), "{last:?}");
        seen.insert(0, first);
        echo.start().await;
        let mut rest = wire.subscribe(echo.address(), &task, seen.last().unwrap().id).await;
        rest.next().await.unwrap().unwrap();
        let canceled = rpc(echo.address(), "CancelTask", json!({"id": task})).await.unwrap();
        assert_eq!(canceled["id"], task);
        let (rest, ended) = rest.rest().await;
        assert!(ended);
        seen.extend(rest);
        let count = seen.len() as u64;
        assert_eq!(ids(&seen), (1..=count).collect::<Vec<_>>(), "{wire:?}");
        assert_eq!(wire.frame(seen.last().unwrap())["statusUpdate"]["status"]["state"], "TASK_STATE_CANCELED");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c83_a_tenant_sees_its_own_tasks_only_over_every_binding() {
    let cluster = Cluster::start().await;
    let address = cluster.node(Service::Fire).address();
    let sent = post(address, "/acme/message:send", &message("of-acme", CALL)).await.json();
    let id = sent["task"]["id"].as_str().unwrap();
    for (tenant, found) in [("acme", true), ("apex", false), ("", false)] {
        let path = if tenant.is_empty() { format!("/tasks/{id}") } else { format!("/{tenant}/tasks/{id}") };
        let status = get(address, &path, &[VERSION]).await.status;
        assert_eq!(status, if found { 200 } else { 404 }, "{tenant}");
        let params = json!({"id": id, "tenant": tenant});
        let called = rpc(address, "GetTask", params.clone()).await.map_err(|error| error["code"].clone());
        assert_eq!(called.map(|task| task["id"].clone()), if found { Ok(json!(id)) } else { Err(json!(-32001)) });
        let canceled = rpc(address, "CancelTask", params).await.unwrap_err()["code"].clone();
        assert_eq!(canceled, if found { -32002 } else { -32001 }, "{tenant}");
        let client = cluster.a2a(Service::Fire).for_tenant(tenant);
        assert_eq!(client.get(&id.parse().unwrap(), a2a::History::All).await.is_ok(), found, "{tenant}");
        let list = format!("{}/tasks", if tenant.is_empty() { String::new() } else { format!("/{tenant}") });
        let listed = get(address, &list, &[VERSION]).await.json()["totalSize"].clone();
        assert_eq!(listed, u32::from(found), "{tenant}");
    }
    // The same message id is another message for another tenant.
    let other = rpc(address, "SendMessage", json!({"tenant": "apex", "message": message("of-acme", CALL)["message"]}));
    assert_ne!(other.await.unwrap()["task"]["id"], id);
}

#[tokio::test(flavor = "multi_thread")]
async fn c84_the_card_names_interfaces_that_answer_and_a_cache_revalidates_it() {
    let cluster = Cluster::start().await;
    for service in [Service::Operator, Service::Fire, Service::Police, Service::Ambulance] {
        let address = cluster.node(service).address();
        let published = get(address, "/.well-known/agent-card.json", &[]).await;
        assert_eq!((published.status, published.header("content-type")), (200, "application/json"));
        let tag = published.header("etag").to_owned();
        let again = get(address, "/.well-known/agent-card.json", &[("if-none-match", &tag)]).await;
        assert_eq!((again.status, again.body.len()), (304, 0));
        let card = published.json();
        let interface = |binding: &str| {
            let all = card["supportedInterfaces"].as_array().unwrap();
            all.iter().find(|one| one["protocolBinding"] == binding).unwrap()["url"].as_str().unwrap().to_owned()
        };
        assert_eq!(interface("GRPC"), address.to_string());
        let path = |binding| interface(binding).strip_prefix(&format!("http://{address}")).unwrap().to_owned();
        for slash in ["", "/"] {
            let path = path("JSONRPC") + slash;
            let body = call("ListTasks", &json!({}));
            let listed = ask(address, "POST", &path, &[VERSION, JSON], body).await.whole().await.json();
            assert_eq!(listed["result"]["nextPageToken"], "", "{service:?}");
        }
        let listed = get(address, &(path("HTTP+JSON") + "/tasks"), &[VERSION]).await.json();
        assert_eq!(listed["tasks"], json!([]), "{service:?}");
    }
    let nothing = get(cluster.node(Service::Registry).address(), "/tasks", &[VERSION]).await;
    assert_eq!((nothing.status, &nothing.json()["error"]["status"]), (404, &json!("NOT_FOUND")));
}

#[tokio::test(flavor = "multi_thread")]
async fn c85_an_interrupted_task_is_watched_and_goes_on_by_its_id_alone() {
    let cluster = Cluster::start().await;
    let address = cluster.node(Service::Operator).address();
    let asked = rpc(address, "SendMessage", message("first", "There is a fire, come quickly!")).await.unwrap();
    let task = &asked["task"];
    assert_eq!(task["status"]["state"], "TASK_STATE_INPUT_REQUIRED");
    let (id, context) = (task["id"].as_str().unwrap().to_owned(), task["contextId"].clone());
    let mut watching = Wire::Rest.subscribe(address, &id, None).await;
    let first = watching.next().await.unwrap().unwrap();
    assert_eq!(first.data["task"]["status"]["state"], "TASK_STATE_INPUT_REQUIRED");
    let mut body = message("second", "It is at 12 Mill Lane.");
    body["message"]["taskId"] = json!(id);
    let answer = post(address, "/message:send", &body).await.json();
    assert_eq!((&answer["task"]["id"], &answer["task"]["contextId"]), (&json!(id), &context), "{answer}");
    let (rest, ended) = watching.rest().await;
    assert!(ended);
    assert_eq!(rest.last().unwrap().data["statusUpdate"]["status"]["state"], "TASK_STATE_COMPLETED");
    // It has ended now.
    let refused = rpc(address, "SubscribeToTask", json!({"id": id})).await.unwrap_err();
    assert_eq!((&refused["code"], &refused["data"][0]["reason"]), (&json!(-32004), &json!("UNSUPPORTED_OPERATION")));
    let mut body = message("third", "Anything new?");
    body["message"]["taskId"] = json!(id);
    assert_eq!(
        post(address, "/message:send", &body).await.json()["error"]["details"][0]["reason"],
        "UNSUPPORTED_OPERATION"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn c86_a_browser_lists_tasks_by_grpc_web_and_every_binding_is_counted() {
    let cluster = Cluster::start().await;
    let node = cluster.node(Service::Fire);
    let headers = [VERSION, ("content-type", "application/grpc-web+proto")];
    // A frame of gRPC: no flags, no bytes.
    let answer = ask(node.address(), "POST", "/lf.a2a.v1.A2AService/ListTasks", &headers, [0; 5]).await.whole().await;
    assert!(String::from_utf8_lossy(&answer.body).contains("grpc-status:0"), "{answer:?}");
    rpc(node.address(), "ListTasks", json!({})).await.unwrap();
    get(node.address(), "/tasks", &[VERSION]).await;
    get(node.address(), "/tasks?pageSize=0", &[VERSION]).await;
    cluster.a2a(Service::Fire).list(proto::a2a::ListTasksRequest::default()).await.unwrap();
    let series = |code: &str, count: u32| {
        format!(
            "watchroom_rpc_requests_total{{service=\"lf.a2a.v1.A2AService\",method=\"ListTasks\",code=\"{code}\"}} {count}"
        )
    };
    eventually("all calls are counted", async || {
        let metrics = get(node.admin(), "/metrics", &[]).await;
        let metrics = String::from_utf8(metrics.body).unwrap();
        let counted = metrics.contains(&series("OK", 4)) && metrics.contains(&series("INVALID_ARGUMENT", 1));
        counted.then_some(())
    })
    .await;
}
