//! Wrong input on the wire: a typed error that says what to do, and nothing is lost or half done.

use bytes::Bytes;
use proto::a2a::{
    GetTaskRequest, ListTasksRequest, Message, Part, Role, SendMessageRequest, SubscribeToTaskRequest, part,
};
use tests::{Cluster, Problem, Service, VERSION, raw, request};
use tonic::Code;

use crate::story::tasks;

const SEND: &str = "lf.a2a.v1.A2AService/SendMessage";
const STREAM: &str = "lf.a2a.v1.A2AService/SendStreamingMessage";
const GET: &str = "lf.a2a.v1.A2AService/GetTask";
const LIST: &str = "lf.a2a.v1.A2AService/ListTasks";
const SUBSCRIBE: &str = "lf.a2a.v1.A2AService/SubscribeToTask";
const UNKNOWN: &str = "019b0000-0000-7000-8000-00000000dead";

/// A wrong call and what it must be told.
struct Case {
    name: &'static str,
    method: &'static str,
    body: Bytes,
    metadata: Vec<(&'static str, &'static str)>,
    code: Code,
    reason: &'static str,
    /// A field that the details must name, or a word that the message must hold.
    names: &'static str,
}

fn encoded(message: &impl prost::Message) -> Bytes {
    message.encode_to_vec().into()
}

fn ok(text: &str) -> Bytes {
    encoded(&request("wrong", text))
}

fn without(change: impl FnOnce(&mut Message)) -> Bytes {
    let mut request = request("wrong", "Smoke at 12 Mill Lane.");
    change(request.message.as_mut().unwrap());
    encoded(&request)
}

/// A message with a text that is no UTF-8, which no honest encoder writes.
fn invalid_utf8() -> Bytes {
    const MARK: &[u8] = b"\x2a\x2a\x2a\x2a";
    let mut bytes = ok("****").to_vec();
    let at = bytes.windows(MARK.len()).position(|window| window == MARK).unwrap();
    bytes[at..at + MARK.len()].fill(0xff);
    bytes.into()
}

fn case(name: &'static str, method: &'static str, body: Bytes, code: Code, names: &'static str) -> Case {
    Case { name, method, body, metadata: vec![VERSION], code, reason: "INVALID_PARAMS", names }
}

/// Refused below the protocol, where only the codec knows what is wrong.
fn undecodable(name: &'static str, body: Bytes) -> Case {
    Case { reason: "", ..case(name, SEND, body, Code::InvalidArgument, "decode") }
}

fn messages() -> Vec<Case> {
    let invalid = Code::InvalidArgument;
    vec![
        case("nothing at all", SEND, encoded(&SendMessageRequest::default()), invalid, "message"),
        case("a message without parts", SEND, without(|message| message.parts.clear()), invalid, "message.parts"),
        case("no message id", SEND, without(|message| message.message_id.clear()), invalid, "message.message_id"),
        case(
            "a part with nothing in it",
            SEND,
            without(|it| it.parts = vec![Part::default()]),
            invalid,
            "message.parts[0]",
        ),
        case(
            "the role of an agent",
            SEND,
            without(|message| message.role = Role::Agent.into()),
            invalid,
            "message.role",
        ),
        undecodable("bytes that are no message", Bytes::from_static(b"\x0a\xff\xff\xff")),
        undecodable("text that is no UTF-8", invalid_utf8()),
        Case {
            reason: "TOO_LARGE",
            ..case("five mebibytes", SEND, ok(&"x".repeat(5 << 20)), Code::ResourceExhausted, "limit")
        },
        Case {
            reason: "TASK_NOT_FOUND",
            ..case("a task that is not there", SEND, without(|it| it.task_id = UNKNOWN.into()), Code::NotFound, "")
        },
        Case {
            reason: "CONTENT_TYPE_NOT_SUPPORTED",
            ..case("an image", SEND, without(|message| message.parts = vec![image()]), invalid, "image/x-unheard-of")
        },
    ]
}

fn image() -> Part {
    let content = Some(part::Content::Raw(Bytes::from_static(b"GIF89a")));
    Part { content, media_type: "image/x-unheard-of".into(), ..Part::default() }
}

fn reads() -> Vec<Case> {
    let unknown = encoded(&GetTaskRequest { id: UNKNOWN.into(), ..GetTaskRequest::default() });
    let gone = encoded(&SubscribeToTaskRequest { id: UNKNOWN.into(), ..SubscribeToTaskRequest::default() });
    let garbled = encoded(&GetTaskRequest { id: "no uuid".into(), ..GetTaskRequest::default() });
    let negative =
        encoded(&GetTaskRequest { id: UNKNOWN.into(), history_length: Some(-1), ..GetTaskRequest::default() });
    let huge = encoded(&ListTasksRequest { page_size: Some(101), ..ListTasksRequest::default() });
    let token = encoded(&ListTasksRequest { page_token: "made up".into(), ..ListTasksRequest::default() });
    let not_found =
        |name, method, body| Case { reason: "TASK_NOT_FOUND", ..case(name, method, body, Code::NotFound, "") };
    vec![
        not_found("an unknown task", GET, unknown),
        not_found("an unknown task to follow", SUBSCRIBE, gone),
        not_found("an id of another shape", GET, garbled),
        case("a negative history", GET, negative, Code::InvalidArgument, "history_length"),
        case("a page of 101", LIST, huge, Code::InvalidArgument, "page_size"),
        case("a made-up page token", LIST, token, Code::InvalidArgument, "page_token"),
    ]
}

fn parameters() -> Vec<Case> {
    let smoke = || ok("Smoke at 12 Mill Lane.");
    let version = |name, metadata| Case {
        metadata,
        reason: "VERSION_NOT_SUPPORTED",
        ..case(name, SEND, smoke(), Code::FailedPrecondition, "-H 'a2a-version: 1.0'")
    };
    let cursor = |name, value| Case {
        metadata: vec![VERSION, ("watchroom-cursor", value)],
        ..case(name, STREAM, smoke(), Code::InvalidArgument, "watchroom-cursor")
    };
    vec![
        version("no version", vec![]),
        version("an empty version", vec![("a2a-version", "")]),
        version("version 99.0", vec![("a2a-version", "99.0")]),
        version("version 1.7", vec![("a2a-version", "1.7")]),
        version("version 0.3", vec![("a2a-version", "0.3")]),
        cursor("a cursor of letters", "yesterday"),
        cursor("a negative cursor", "-1"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_input_gets_a_typed_error_and_changes_nothing() {
    let cluster = Cluster::start().await;
    for service in [Service::Operator, Service::Fire] {
        let channel = cluster.channel(service);
        let before = tasks(&cluster, service).await.len();
        let mut wrong = Vec::new();
        for case in messages().into_iter().chain(reads()).chain(parameters()) {
            let answer = raw(&channel, case.method, case.body.clone(), &case.metadata).await;
            wrong.extend(complaint(&case, answer));
        }
        assert!(wrong.is_empty(), "{}:\n{}", service.name(), wrong.join("\n"));
        assert_eq!(tasks(&cluster, service).await.len(), before, "{}: a refused message left a task", service.name());
        // The id of a refused message is still free.
        raw(&channel, SEND, ok("Smoke at 12 Mill Lane."), &[VERSION]).await.unwrap();
        assert_eq!(tasks(&cluster, service).await.len(), before + 1);
    }
}

/// What is wrong with an answer, if anything.
fn complaint(case: &Case, answer: Result<Bytes, Problem>) -> Option<String> {
    let Err(problem) = answer else { return Some(format!("{}: was not refused", case.name)) };
    let named = problem.message.contains(case.names) || problem.fields.iter().any(|field| field.contains(case.names));
    let right = problem.code == case.code && problem.reason == case.reason && named;
    (!right).then(|| format!("{}: {problem:?}, expected {:?} {:?} {:?}", case.name, case.code, case.reason, case.names))
}
