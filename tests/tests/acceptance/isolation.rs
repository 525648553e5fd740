//! What one caller has is to every other as if it did not exist: all operations, seen from outside, by what is answered.
//! Each binding is a row.

use std::fs;
use std::net::SocketAddr;

use bytes::Bytes;
use prost::{Message, Name};
use proto::a2a::{
    AgentCard, CancelTaskRequest, DeleteTaskPushNotificationConfigRequest, GetExtendedAgentCardRequest,
    GetTaskPushNotificationConfigRequest, GetTaskRequest, ListTaskPushNotificationConfigsRequest, ListTasksRequest,
    ListTasksResponse, SendMessageConfiguration, SendMessageRequest, SendMessageResponse, SubscribeToTaskRequest, Task,
    TaskPushNotificationConfig, send_message_response,
};
use tests::{Node, VERSION, Whole, ask, raw, request};
use tonic::Code;
use tonic::transport::Channel;

const UNKNOWN: &str = "019b0000-0000-7000-8000-00000000dead";
const SECRET: &str = "wait";
const HOOK: &str = "https://example.com/hook";

/// Two of one tenant, one of another, and one of that other tenant who has the name of the first.
const TOKENS: &str = r#"
[[token]]
principal = "anna"
tenant = "north"
roles = ["caller"]
secret = "token-of-anna-of-north"
[[token]]
principal = "ben"
tenant = "north"
roles = ["caller"]
secret = "token-of-ben-of-north"
[[token]]
principal = "carl"
tenant = "south"
roles = ["caller"]
secret = "token-of-carl-of-south"
[[token]]
principal = "anna"
tenant = "south"
roles = ["caller"]
secret = "token-of-anna-of-south"
[[token]]
principal = "operator"
roles = ["delegate"]
secret = "token-of-the-operator"
"#;
const ANNA: &str = "token-of-anna-of-north";
/// Who may call for her, and for everybody else.
const OPERATOR: &str = "token-of-the-operator";
/// Everybody else.
const OTHERS: [&str; 3] = ["token-of-ben-of-north", "token-of-carl-of-south", "token-of-anna-of-south"];

/// One of the operations, about a task and for a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Send,
    Stream,
    Get,
    List,
    Cancel,
    Subscribe,
    CreatePush,
    GetPush,
    ListPush,
    DeletePush,
    ExtendedCard,
}

const ALL: [Operation; 11] = [
    Operation::Send,
    Operation::Stream,
    Operation::Get,
    Operation::List,
    Operation::Cancel,
    Operation::Subscribe,
    Operation::CreatePush,
    Operation::GetPush,
    Operation::ListPush,
    Operation::DeletePush,
    Operation::ExtendedCard,
];

/// A call of one operation.
#[derive(Debug, Clone)]
struct Asked {
    operation: Operation,
    token: String,
    tenant: String,
    task: String,
    context: String,
    /// On whose behalf, where it is said.
    behalf: Option<&'static str>,
}

/// Everything that a caller can tell answers apart by, without the ids that it has named itself.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answer(String);

/// The binding of one agent.
#[derive(Debug)]
enum Wire {
    Grpc(Channel),
    Rpc(SocketAddr),
    Rest(SocketAddr),
}

/// A request of gRPC and of JSON-RPC, which have the same names and fields.
struct Request {
    method: &'static str,
    bytes: Bytes,
    json: String,
}

impl Request {
    fn of<M: Message + Name>(method: &'static str, message: &M) -> Self {
        Self { method, bytes: message.encode_to_vec().into(), json: proto::to_json(message).unwrap() }
    }
}

impl Asked {
    fn request(&self) -> Request {
        let (tenant, id, task_id) = (self.tenant.clone(), self.task.clone(), self.task.clone());
        let config = || "1".to_owned();
        match self.operation {
            Operation::Send => Request::of("SendMessage", &self.send()),
            Operation::Stream => Request::of("SendStreamingMessage", &self.send()),
            Operation::Get => Request::of("GetTask", &GetTaskRequest { tenant, id, history_length: None }),
            Operation::List => {
                let context_id = self.context.clone();
                Request::of("ListTasks", &ListTasksRequest { tenant, context_id, ..Default::default() })
            }
            Operation::Cancel => Request::of("CancelTask", &CancelTaskRequest { tenant, id, ..Default::default() }),
            Operation::Subscribe => Request::of("SubscribeToTask", &SubscribeToTaskRequest { tenant, id }),
            Operation::CreatePush => {
                let config = TaskPushNotificationConfig { tenant, task_id, url: HOOK.to_owned(), ..Default::default() };
                Request::of("CreateTaskPushNotificationConfig", &config)
            }
            Operation::GetPush => {
                let asked = GetTaskPushNotificationConfigRequest { tenant, task_id, id: config() };
                Request::of("GetTaskPushNotificationConfig", &asked)
            }
            Operation::ListPush => {
                let asked = ListTaskPushNotificationConfigsRequest { tenant, task_id, ..Default::default() };
                Request::of("ListTaskPushNotificationConfigs", &asked)
            }
            Operation::DeletePush => {
                let asked = DeleteTaskPushNotificationConfigRequest { tenant, task_id, id: config() };
                Request::of("DeleteTaskPushNotificationConfig", &asked)
            }
            Operation::ExtendedCard => Request::of("GetExtendedAgentCard", &GetExtendedAgentCardRequest { tenant }),
        }
    }

    /// Verb, path and body over HTTP+JSON.
    fn resource(&self) -> (&'static str, String, String) {
        let task = format!("/tasks/{}", self.task);
        let (verb, path, body) = match self.operation {
            Operation::Send => ("POST", "/message:send".to_owned(), self.request().json),
            Operation::Stream => ("POST", "/message:stream".to_owned(), self.request().json),
            Operation::Get => ("GET", task, String::new()),
            Operation::List => ("GET", format!("/tasks?contextId={}", self.context), String::new()),
            Operation::Cancel => ("POST", format!("{task}:cancel"), String::new()),
            Operation::Subscribe => ("GET", format!("{task}:subscribe"), String::new()),
            Operation::CreatePush => {
                ("POST", format!("{task}/pushNotificationConfigs"), format!("{{\"url\":\"{HOOK}\"}}"))
            }
            Operation::GetPush => ("GET", format!("{task}/pushNotificationConfigs/1"), String::new()),
            Operation::ListPush => ("GET", format!("{task}/pushNotificationConfigs"), String::new()),
            Operation::DeletePush => ("DELETE", format!("{task}/pushNotificationConfigs/1"), String::new()),
            Operation::ExtendedCard => ("GET", "/extendedAgentCard".to_owned(), String::new()),
        };
        let below = if self.tenant.is_empty() { String::new() } else { format!("/{}", self.tenant) };
        (verb, below + &path, body)
    }

    /// A turn of the task, always under the same message id.
    fn send(&self) -> SendMessageRequest {
        let mut asked = request("the-same-message", "Are you there?");
        asked.tenant.clone_from(&self.tenant);
        asked.message.as_mut().unwrap().task_id.clone_from(&self.task);
        asked
    }
}

impl Wire {
    async fn ask(&self, asked: &Asked) -> Answer {
        let bearer = format!("Bearer {}", asked.token);
        let mut metadata = vec![VERSION, ("authorization", bearer.as_str())];
        metadata.extend(asked.behalf.map(|behalf| (service::BEHALF_KEY, behalf)));
        let headers = [&metadata[..], &[("content-type", "application/json")]].concat();
        let told = match self {
            Self::Grpc(channel) => {
                let Request { method, bytes, .. } = asked.request();
                let answer = raw(channel, &format!("lf.a2a.v1.A2AService/{method}"), bytes, &metadata).await;
                answer.map_or_else(|problem| format!("{problem:?}"), |bytes| String::from_utf8_lossy(&bytes).into())
            }
            Self::Rpc(address) => {
                let Request { method, json, .. } = asked.request();
                let body = format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"{method}\",\"params\":{json}}}");
                whole(ask(*address, "POST", "/rpc", &headers, body).await.whole().await)
            }
            Self::Rest(address) => {
                let (verb, path, body) = asked.resource();
                whole(ask(*address, verb, &path, &headers, body).await.whole().await)
            }
        };
        Answer(told.replace(&asked.task, "TASK").replace(&asked.context, "CONTEXT"))
    }
}

fn whole(answer: Whole) -> String {
    format!("{} {}", answer.status, String::from_utf8_lossy(&answer.body))
}

/// An agent that asks who calls, and a task of Anna's that stays open.
struct Stage {
    /// Held as long as the agent lives.
    _dir: tempfile::TempDir,
    agent: Node,
    channel: Channel,
    task: Task,
}

impl Stage {
    async fn set() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let tokens = dir.path().join("tokens.toml");
        fs::write(&tokens, TOKENS).unwrap();
        let flags = ["--registry", "http://127.0.0.1:1", "--tokens", tokens.to_str().unwrap()];
        let mut agent = Node::new("echo", dir.path(), flags.map(str::to_owned).to_vec());
        agent.start().await;
        let channel = Channel::from_shared(format!("http://{}", agent.address())).unwrap().connect().await.unwrap();
        let configuration = SendMessageConfiguration { return_immediately: true, ..Default::default() };
        let mut open = request("annas-message", SECRET);
        open.configuration = Some(configuration);
        let bearer = format!("Bearer {ANNA}");
        let metadata = [VERSION, ("authorization", bearer.as_str())];
        let method = "lf.a2a.v1.A2AService/SendMessage";
        let answer = raw(&channel, method, open.encode_to_vec().into(), &metadata).await.unwrap();
        let answer = SendMessageResponse::decode(answer).unwrap();
        let Some(send_message_response::Payload::Task(task)) = answer.payload else { panic!("{answer:?}") };
        Self { _dir: dir, agent, channel, task }
    }

    /// One agent over all its bindings.
    fn wires(&self) -> [Wire; 3] {
        let address = self.agent.address();
        [Wire::Grpc(self.channel.clone()), Wire::Rpc(address), Wire::Rest(address)]
    }

    fn asked(&self, operation: Operation, token: &str, tenant: &str) -> Asked {
        let (token, tenant) = (token.to_owned(), tenant.to_owned());
        let (task, context) = (self.task.id.clone(), self.task.context_id.clone());
        Asked { operation, token, tenant, task, context, behalf: None }
    }

    /// What Anna sees of her task.
    async fn seen(&self) -> Task {
        let Request { method, bytes, .. } = self.asked(Operation::Get, ANNA, "north").request();
        let bearer = format!("Bearer {ANNA}");
        let metadata = [VERSION, ("authorization", bearer.as_str())];
        let answer = raw(&self.channel, &format!("lf.a2a.v1.A2AService/{method}"), bytes, &metadata).await.unwrap();
        Task::decode(answer).unwrap()
    }
}

fn unknown(asked: &Asked) -> Asked {
    Asked { task: UNKNOWN.to_owned(), context: "no-such-context".to_owned(), ..asked.clone() }
}

#[tokio::test(flavor = "multi_thread")]
async fn c88_what_is_anothers_looks_like_what_does_not_exist_by_every_operation() {
    let stage = Stage::set().await;
    let before = tests::eventually("the task works", async || {
        let seen = stage.seen().await;
        (tests::state(&seen) == proto::a2a::TaskState::Working).then_some(seen)
    })
    .await;
    for wire in stage.wires() {
        for operation in ALL {
            for token in OTHERS {
                // In the caller's own tenant.
                let asked = stage.asked(operation, token, "");
                let (foreign, none) = (wire.ask(&asked).await, wire.ask(&unknown(&asked)).await);
                assert_eq!(foreign, none, "{wire:?} {operation:?} by {token}");
            }
            // In a tenant that is not the caller's: as in one that is nobody's.
            for token in &OTHERS[1..] {
                let (named, nowhere) =
                    (stage.asked(operation, token, "north"), stage.asked(operation, token, "nowhere"));
                let (named, nowhere) = (wire.ask(&named).await, wire.ask(&nowhere).await);
                assert_eq!(named, nowhere, "{wire:?} {operation:?} by {token}");
                assert!(named.0.contains("TASK_NOT_FOUND"), "{wire:?} {operation:?}: {}", named.0);
                assert!(named.0.contains("name none to mean your own"), "{wire:?} {operation:?}: {}", named.0);
            }
        }
    }
    assert_eq!(stage.seen().await, before, "and nothing has happened to it");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_calls_for_another_without_the_role_is_refused_by_every_operation() {
    let stage = Stage::set().await;
    for wire in stage.wires() {
        for operation in ALL {
            for token in [ANNA, OTHERS[1]] {
                for behalf in ["north/anna", "south/carl", "nobody"] {
                    let asked = Asked { behalf: Some(behalf), ..stage.asked(operation, token, "") };
                    let Answer(told) = wire.ask(&asked).await;
                    let refused = told.contains("PermissionDenied") || told.starts_with("403 ");
                    assert!(refused && told.contains("lacks the role delegate"), "{wire:?} {operation:?}: {told}");
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_calls_for_another_with_the_role_is_told_what_that_one_is() {
    let stage = Stage::set().await;
    let reading = [Operation::Get, Operation::List, Operation::ListPush, Operation::GetPush];
    let callers =
        [("north/anna", ANNA), ("north/ben", OTHERS[0]), ("south/carl", OTHERS[1]), ("south/anna", OTHERS[2])];
    tests::eventually("the task works", async || {
        (tests::state(&stage.seen().await) == proto::a2a::TaskState::Working).then_some(())
    })
    .await;
    for wire in stage.wires() {
        for operation in reading {
            for (behalf, token) in callers {
                let own = stage.asked(operation, token, "");
                let through = Asked { behalf: Some(behalf), ..stage.asked(operation, OPERATOR, "") };
                assert_eq!(wire.ask(&through).await, wire.ask(&own).await, "{wire:?} {operation:?} for {behalf}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c88_a_list_has_the_callers_own_tasks_only() {
    let stage = Stage::set().await;
    for (token, count) in [(ANNA, 1), (OTHERS[0], 0), (OTHERS[1], 0), (OTHERS[2], 0)] {
        let body = ListTasksRequest::default().encode_to_vec().into();
        let bearer = format!("Bearer {token}");
        let metadata = [VERSION, ("authorization", bearer.as_str())];
        let answer = raw(&stage.channel, "lf.a2a.v1.A2AService/ListTasks", body, &metadata).await.unwrap();
        let page = ListTasksResponse::decode(answer).unwrap();
        assert_eq!((page.tasks.len(), page.total_size), (count, i32::try_from(count).unwrap()), "{token}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c133_the_extended_card_is_for_known_callers_and_says_what_calls_need() {
    let stage = Stage::set().await;
    let Request { method, bytes, .. } = stage.asked(Operation::ExtendedCard, ANNA, "").request();
    let (method, bearer) = (format!("lf.a2a.v1.A2AService/{method}"), format!("Bearer {ANNA}"));
    let answer = raw(&stage.channel, &method, bytes, &[VERSION, ("authorization", &bearer)]).await.unwrap();
    let card = AgentCard::decode(answer).unwrap();
    assert!(card.security_schemes.contains_key("bearer"), "{card:?}");
    assert_eq!(card.security_requirements[0].schemes["bearer"].list, ["caller"]);
    assert!(card.capabilities.unwrap().extended_agent_card());
}

#[tokio::test(flavor = "multi_thread")]
async fn c135_who_says_not_who_it_is_gets_nothing_and_no_role_looks_into_stores_but_admin() {
    let stage = Stage::set().await;
    for operation in ALL {
        let asked = stage.asked(operation, "", "");
        let Request { method, bytes, .. } = asked.request();
        let method = format!("lf.a2a.v1.A2AService/{method}");
        let refused = raw(&stage.channel, &method, bytes, &[VERSION]).await.unwrap_err();
        assert_eq!(refused.code, Code::Unauthenticated, "{operation:?}");
        for wire in &stage.wires()[1..] {
            let Answer(refused) = wire.ask(&asked).await;
            assert!(refused.starts_with("401 "), "{wire:?} {operation:?}: {refused}");
        }
    }
    let bearer = format!("Bearer {ANNA}");
    for method in ["Records", "Backup", "Drain"] {
        let method = format!("watchroom.admin.v1.Admin/{method}");
        let refused = raw(&stage.channel, &method, Bytes::new(), &[("authorization", &bearer)]).await.unwrap_err();
        assert_eq!(refused.code, Code::PermissionDenied, "{method}");
        assert!(refused.message.contains("admin"), "{refused:?}");
    }
    assert!(!stage.agent.log().contains("token-of"), "no token is in the log");
}
