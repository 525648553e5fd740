//! What a request costs between the transport and the disk: every layer below HTTP's own, without a socket, so that
//! instructions can be counted. `cargo bench -p bench --bench cost -- [grpc|rpc|rest] [send|dispatch|stream|get]`;
//! without words all of them. `COUNT` is how often each is asked for: two runs under callgrind that differ in nothing
//! else tell what one request is. Requests are made beforehand but for their ids, so that little is counted but the agent.
//! What it says is kept of each is how much the process has grown; of ended tasks the agent keeps many.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that cannot go on has failed")]

use std::sync::Arc;
use std::time::Instant;

use a2a::metadata::Dispatch;
use agent::{Idempotency, Kit, Parts, Turns};
use axum::body::Body as Plain;
use bench::Echo;
use bytes::{BufMut as _, Bytes};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use prost::Message as _;
use proto::a2a::{GetTaskRequest, Message, Part, Role, SendMessageConfiguration, SendMessageRequest, part::Content};
use serde_json::Value;
use store::MemoryStore;
use tonic::body::Body;
use tonic::service::Routes;
use tower::ServiceExt as _;
use types::{StepId, TaskId, Timestamp};

const TEXT: &str = "Smoke from the second floor at 170 London Road, two people still inside.";
/// Stands for the number of a message.
const NUMBER: &str = "00000000";
const WORKS: [&str; 4] = ["send", "dispatch", "stream", "get"];
const WAYS: [&str; 3] = ["grpc", "rpc", "rest"];

/// An agent as its listener would ask it.
struct Agent {
    grpc: axum::Router,
    http: axum::Router,
    /// A task that has ended.
    ended: String,
}

/// A request but for the number in its message's id.
struct Draft {
    body: Vec<u8>,
    /// Where the digits of the number are; nowhere, in a request without a message.
    digits: Option<usize>,
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let named = |names: &[&str]| names.iter().any(|name| words.iter().any(|word| word == name));
    let wanted = |name: &str, among: &[&str]| !named(among) || words.iter().any(|word| word == name);
    let count = std::env::var("COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(20_000_u32);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let agent = Agent::start().await;
        for way in WAYS.into_iter().filter(|way| wanted(way, &WAYS)) {
            for work in WORKS.into_iter().filter(|work| wanted(work, &WORKS)) {
                let draft = agent.draft(way, work);
                let (begun, resident_before) = (Instant::now(), resident());
                let mut bytes = 0;
                for number in 0..count {
                    bytes = agent.ask(way, work, draft.numbered(number)).await;
                }
                let each = begun.elapsed().as_secs_f64() * 1e6 / f64::from(count);
                let kept = resident().saturating_sub(resident_before) / u64::from(count.max(1));
                println!("{way} {work}\t{each:.2} µs, {bytes} bytes, {kept} kept");
            }
        }
    });
}

impl Agent {
    async fn start() -> Self {
        let skill = proto::a2a::AgentSkill {
            id: "echo".into(),
            name: "Echo".into(),
            description: "Says what it was told".into(),
            tags: vec!["echo".into()],
            ..Default::default()
        };
        let card = a2a::Card {
            name: "Echo".into(),
            description: "measured".into(),
            version: "1".into(),
            url: "localhost:1".into(),
            skills: vec![skill],
            extensions: Vec::new(),
        };
        let kit = Kit::start(Parts {
            driver: Turns::new(Echo::new("Echo", "echo")),
            store: Arc::new(MemoryStore::new()),
            card: card.build().unwrap(),
            idempotency: Idempotency::Always,
            closing: tokio_util::sync::CancellationToken::new(),
        });
        let kit = Arc::new(kit.await.unwrap());
        let grpc = Routes::new(a2a::routes(kit.clone())).prepare().into_axum_router();
        let mut agent = Self { grpc, http: a2a::http_routes(kit), ended: String::new() };
        let answer = agent.answer(request(Method::POST, "/message:send", message("kept"))).await;
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(answer["task"]["status"]["state"], "TASK_STATE_COMPLETED");
        agent.ended = answer["task"]["id"].as_str().unwrap().to_owned();
        agent
    }

    fn draft(&self, way: &str, work: &str) -> Draft {
        let id = format!("{way}-{work}-{NUMBER}");
        let body = match way {
            "grpc" => self.call(work, &id),
            "rpc" => self.rpc(work, &id).into_bytes(),
            _ => self.resource(work, &id).into_bytes(),
        };
        let digits = body.windows(NUMBER.len()).position(|digits| digits == NUMBER.as_bytes());
        Draft { body, digits }
    }

    async fn ask(&self, way: &str, work: &str, body: Vec<u8>) -> usize {
        let answer = match (way, work) {
            ("grpc", _) => self.exchange(work, body.into()).await,
            ("rpc", _) => self.answer(request(Method::POST, "/rpc", body)).await,
            (_, "get") => self.answer(request(Method::GET, &format!("/tasks/{}", self.ended), body)).await,
            (_, "stream") => self.answer(request(Method::POST, "/message:stream", body)).await,
            _ => self.answer(request(Method::POST, "/message:send", body)).await,
        };
        assert!(answer.len() > 100, "the answer is no task: {answer:?}");
        answer.len()
    }

    fn call(&self, work: &str, id: &str) -> Vec<u8> {
        let message = match work {
            "get" => GetTaskRequest { id: self.ended.clone(), ..Default::default() }.encode_to_vec(),
            _ => asked(id, work == "dispatch").encode_to_vec(),
        };
        let mut body = Vec::with_capacity(5 + message.len());
        body.put_u8(0);
        body.put_u32(u32::try_from(message.len()).unwrap());
        body.extend_from_slice(&message);
        body
    }

    async fn exchange(&self, work: &str, body: Bytes) -> Bytes {
        let method = match work {
            "get" => "/lf.a2a.v1.A2AService/GetTask",
            "stream" => "/lf.a2a.v1.A2AService/SendStreamingMessage",
            _ => "/lf.a2a.v1.A2AService/SendMessage",
        };
        let request = Request::post(method)
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .header("a2a-version", "1.0")
            .body(Body::new(Full::new(body)))
            .unwrap();
        let answer = self.grpc.clone().oneshot(request).await.unwrap();
        answer.into_body().collect().await.unwrap().to_bytes()
    }

    fn rpc(&self, work: &str, id: &str) -> String {
        let (method, params) = match work {
            "get" => ("GetTask", format!(r#"{{"id":"{}"}}"#, self.ended)),
            "stream" => ("SendStreamingMessage", message(id)),
            "dispatch" => ("SendMessage", dispatched(id)),
            _ => ("SendMessage", message(id)),
        };
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#)
    }

    fn resource(&self, work: &str, id: &str) -> String {
        match work {
            "get" => String::new(),
            "dispatch" => dispatched(id),
            _ => message(id),
        }
    }

    async fn answer(&self, request: Request<Plain>) -> Bytes {
        let answer = self.http.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer.into_body().collect().await.unwrap().to_bytes()
    }
}

/// Bytes of memory that the process has, where the system tells.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or_default() * 4096
}

impl Draft {
    fn numbered(&self, number: u32) -> Vec<u8> {
        let mut body = self.body.clone();
        if let Some(from) = self.digits {
            let mut rest = number;
            for digit in body[from..from + NUMBER.len()].iter_mut().rev() {
                (*digit, rest) = (b'0' + u8::try_from(rest % 10).unwrap(), rest / 10);
            }
        }
        body
    }
}

fn request(method: Method, path: &str, body: impl Into<Bytes>) -> Request<Plain> {
    let request = Request::builder().method(method).uri(path).header("host", "localhost:1");
    let request = request.header("content-type", "application/json").header("a2a-version", "1.0");
    request.body(Plain::from(body.into())).unwrap()
}

fn message(id: &str) -> String {
    format!(r#"{{"message":{{"messageId":"{id}","role":"ROLE_USER","parts":[{{"text":"{TEXT}"}}]}}}}"#)
}

fn dispatched(id: &str) -> String {
    proto::to_text::<SendMessageRequest>(&asked(id, true).encode_to_vec()).unwrap()
}

/// A message as a client sends it, or as an operator does.
fn asked(id: &str, dispatched: bool) -> SendMessageRequest {
    let text = Part { content: Some(Content::Text(TEXT.to_owned())), ..Part::default() };
    let message =
        Message { message_id: id.to_owned(), role: Role::User.into(), parts: vec![text], ..Message::default() };
    if !dispatched {
        return SendMessageRequest { message: Some(message), ..SendMessageRequest::default() };
    }
    let dispatch = Dispatch {
        run: TaskId::fresh(),
        step: "echo".parse::<StepId>().unwrap(),
        attempt: 1,
        turn: 1,
        not_after: Timestamp::now().after(std::time::Duration::from_secs(60)),
        store_id: None,
        at_most_once: false,
    };
    let message = Message { metadata: Some(dispatch.to_metadata()), ..message };
    let configuration = SendMessageConfiguration { return_immediately: true, ..Default::default() };
    SendMessageRequest { message: Some(message), configuration: Some(configuration), ..Default::default() }
}
