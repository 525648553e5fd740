//! Who is let in where callers must say who they are, and how the others are told.

use std::path::Path;

use service::client::{Credential, Peer};
use service::{Behalf, Identity, Process, Role, Rule};
use tonic::service::Routes;
use tonic::{Code, Request, Response, Status};
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};
use tonic_types::StatusExt as _;

use crate::support::{exchange, get, process_with, serve_ruled, within};

const ANNA: &str = "annas-token-0123456789";
const ADMIN: &str = "admins-token-0123456789";
const OLD: &str = "an-old-token-0123456789";
const DELEGATE: &str = "delegates-token-0123456789";

/// Anna may call, the admin everything, the operator for others, and what is old nothing any more.
const TOKENS: &str = r#"
[[token]]
principal = "anna"
tenant = "north"
roles = ["caller"]
secret = "annas-token-0123456789"

[[token]]
principal = "root"
roles = ["admin"]
secret = "admins-token-0123456789"

[[token]]
principal = "anna"
roles = ["caller"]
secret = "an-old-token-0123456789"
expires = "2001-01-01T00:00:00Z"

[[token]]
principal = "operator"
roles = ["delegate"]
secret = "delegates-token-0123456789"
"#;

const RULES: [Rule; 1] = [Rule { path: "/test.Echo/Drain", roles: &[] }];

fn guarded(file: &Path) -> Process {
    process_with(service::Args { tokens: Some(file.to_owned()), ..service::Args::default() })
}

/// Answers with who called.
fn echo() -> Routes {
    let who = async |request: axum::extract::Request| {
        let identity = request.extensions().get::<Identity>().unwrap();
        let said = format!("{} of {}", identity.principal(), identity.tenant());
        Status::failed_precondition(said).into_http::<axum::body::Body>()
    };
    let router = axum::Router::new();
    let router = ["/test.Echo/Say", "/test.Echo/Drain"]
        .into_iter()
        .fold(router, |router, path| router.route(path, axum::routing::post(who)));
    Routes::from(router)
}

async fn call(peer: Peer, method: &'static str) -> Status {
    call_for(peer, method, None).await
}

async fn call_for(peer: Peer, method: &'static str, behalf: Option<&str>) -> Status {
    let mut request = Request::new(HealthCheckRequest::default());
    if let Some(behalf) = behalf {
        request.metadata_mut().insert(service::BEHALF_KEY, behalf.parse().unwrap());
    }
    let mut client = tonic::client::Grpc::new(peer.channel().unwrap());
    client.ready().await.unwrap();
    let codec = tonic_prost::ProstCodec::<HealthCheckRequest, HealthCheckResponse>::default();
    let path = http::uri::PathAndQuery::from_static(method);
    let answer: Result<Response<HealthCheckResponse>, Status> = within(client.unary(request, path, codec)).await;
    answer.unwrap_err()
}

fn as_caller(address: std::net::SocketAddr, token: &str) -> Peer {
    Peer::new(&address.to_string(), Some(Credential::token(token).unwrap()))
}

#[tokio::test]
async fn a_change_between_the_first_reading_and_the_first_look_is_not_missed() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("tokens.toml");
    std::fs::write(&file, TOKENS).unwrap();
    let process = guarded(&file);
    let added = "[[token]]\nprincipal = \"ben\"\nroles = [\"caller\"]\nsecret = \"bens-token-0123456789\"\n";
    std::fs::write(&file, format!("{TOKENS}{added}")).unwrap();
    let (addresses, _served) = serve_ruled(&process, echo(), axum::Router::new(), &RULES);
    within(process.serving()).await;
    let ben = || as_caller(addresses.protocol, "bens-token-0123456789");
    within(async {
        while call(ben(), "/test.Echo/Say").await.code() == Code::Unauthenticated {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_known_caller_is_told_apart_and_others_are_refused_alike() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("tokens.toml");
    std::fs::write(&file, TOKENS).unwrap();
    let process = guarded(&file);
    let (addresses, _served) = serve_ruled(&process, echo(), axum::Router::new(), &RULES);
    within(process.serving()).await;
    let at = addresses.protocol;

    assert_eq!(call(as_caller(at, ANNA), "/test.Echo/Say").await.message(), "anna of north");
    let missing = call(Peer::from(&at.to_string()), "/test.Echo/Say").await;
    assert_eq!(missing.code(), Code::Unauthenticated);
    let marked = |status: &Status| status.get_details_error_info().map(|info| (info.reason, info.domain));
    assert_eq!(marked(&missing), Some((service::NOT_ADMITTED.to_owned(), "watchroom".to_owned())));
    assert_eq!(
        marked(&call(as_caller(at, ANNA), "/test.Echo/Say").await),
        None,
        "a handler's own words are not marked"
    );
    assert_eq!(missing.metadata().get("www-authenticate").unwrap(), "Bearer realm=\"watchroom\"");
    let unknown = call(as_caller(at, "nobodys-token-0123456789"), "/test.Echo/Say").await;
    let expired = call(as_caller(at, OLD), "/test.Echo/Say").await;
    assert_eq!(unknown.code(), Code::Unauthenticated);
    assert_eq!(unknown.message(), expired.message(), "nobody learns which tokens there were");
    // Also what is not there asks first.
    assert_eq!(call(Peer::from(&at.to_string()), "/no.Such/Call").await.code(), Code::Unauthenticated);

    let denied = call(as_caller(at, ANNA), "/test.Echo/Drain").await;
    assert_eq!((denied.code(), denied.message()), (Code::PermissionDenied, "the caller lacks the role admin"));
    assert_eq!(marked(&denied), marked(&missing));
    assert_eq!(call(as_caller(at, ADMIN), "/test.Echo/Drain").await.message(), "root of ");

    let metrics = get(addresses.admin, "/metrics").await;
    assert!(metrics.contains("code=\"UNAUTHENTICATED\"") && !metrics.contains("anna"), "{metrics}");
}

#[tokio::test]
async fn only_a_delegate_calls_for_others_and_then_may_what_they_may() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("tokens.toml");
    std::fs::write(&file, TOKENS).unwrap();
    let process = guarded(&file);
    let http = axum::Router::new().route("/north/tasks", axum::routing::get(async || "tasks"));
    let (addresses, _served) = serve_ruled(&process, echo(), http, &RULES);
    within(process.serving()).await;
    let at = addresses.protocol;

    let ben = Behalf::new("no/rth", "Ben Ü").to_value();
    let ben = Some(ben.to_str().unwrap());
    for token in [DELEGATE, ADMIN] {
        assert_eq!(call_for(as_caller(at, token), "/test.Echo/Say", ben).await.message(), "Ben Ü of no/rth");
        let denied = call_for(as_caller(at, token), "/test.Echo/Drain", ben).await;
        assert_eq!(denied.message(), "the caller lacks the role admin", "what Ben may, and no more");
        let odd = call_for(as_caller(at, token), "/test.Echo/Say", Some("ben")).await;
        assert_eq!(odd.code(), Code::InvalidArgument);
        assert!(odd.message().contains("TENANT/PRINCIPAL"), "{odd}");
    }
    assert_eq!(call(as_caller(at, DELEGATE), "/test.Echo/Say").await.message(), "the caller lacks the role caller");
    // Nor on behalf of itself, nor in words that name nobody.
    for behalf in [ben, Some("north/anna"), Some("ben")] {
        let denied = call_for(as_caller(at, ANNA), "/test.Echo/Say", behalf).await;
        let why = "the caller lacks the role delegate, without which nobody calls on behalf of another";
        assert_eq!((denied.code(), denied.message()), (Code::PermissionDenied, why));
    }
    let over_http = async |token: &str, behalf: &str| {
        let head = format!(
            "GET /north/tasks HTTP/1.1\r\nauthorization: Bearer {token}\r\nwatchroom-on-behalf-of: {behalf}\r\n"
        );
        String::from_utf8(exchange(at, &head, b"").await).unwrap()
    };
    assert!(over_http(DELEGATE, "north/anna").await.ends_with("tasks"));
    assert!(over_http(DELEGATE, "anna").await.starts_with("HTTP/1.1 400"));
    assert!(over_http(ANNA, "north/anna").await.starts_with("HTTP/1.1 403"));
}

#[tokio::test]
async fn over_http_only_the_published_card_is_open_whatever_a_path_begins_with() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("tokens.toml");
    std::fs::write(&file, TOKENS).unwrap();
    let process = guarded(&file);
    // As an agent's routes are: below any tenant.
    let http = axum::Router::new()
        .route("/.well-known/agent-card.json", axum::routing::get(async || "the card"))
        .route("/{tenant}/tasks", axum::routing::get(async || "tasks"));
    let (addresses, _served) = serve_ruled(&process, Routes::default(), http, &[]);
    within(process.serving()).await;
    let at = addresses.protocol;
    assert!(get(at, "/.well-known/agent-card.json").await.ends_with("the card"));
    for tenant in ["north", ".well-known", "grpc.health.v1.Health", "grpc.reflection.v1"] {
        let refused = get(at, &format!("/{tenant}/tasks")).await;
        assert!(refused.starts_with("HTTP/1.1 401"), "{refused}");
        assert!(refused.to_lowercase().contains("www-authenticate: bearer realm=\"watchroom\""), "{refused}");
        assert!(refused.contains("\"status\":\"UNAUTHENTICATED\""), "{refused}");
        assert!(refused.contains("\"reason\":\"NOT_ADMITTED\""), "{refused}");
    }
    let head = format!("GET /north/tasks HTTP/1.1\r\nauthorization: bearer {ANNA}\r\n");
    let admitted = exchange(at, &head, b"").await;
    assert!(admitted.ends_with(b"tasks"), "{}", String::from_utf8_lossy(&admitted));
}

#[tokio::test]
async fn c135_json_rpc_is_refused_in_its_own_words_with_the_status_of_http() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("tokens.toml");
    std::fs::write(&file, TOKENS).unwrap();
    let process = guarded(&file);
    let answer = || axum::routing::post(async || "answered");
    let http = axum::Router::new().route("/rpc", answer()).route("/rpc/", answer());
    let admins: &[service::Rule] = &[service::Rule { path: "/rpc", roles: &[] }];
    let (addresses, _served) = serve_ruled(&process, Routes::default(), http, admins);
    within(process.serving()).await;
    let known = format!("authorization: Bearer {ANNA}\r\n");
    for (path, header, status, challenged) in [
        ("/rpc", "", 401, true),
        ("/rpc/", "authorization: Bearer nobody\r\n", 401, true),
        ("/rpc", &known, 403, false),
    ] {
        let head = format!("POST {path} HTTP/1.1\r\ncontent-type: application/json\r\n{header}");
        let body = br#"{"jsonrpc":"2.0","id":7,"method":"ListTasks"}"#;
        let refused = String::from_utf8(exchange(addresses.protocol, &head, body).await).unwrap();
        let (head, body) = refused.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{refused}");
        assert_eq!(head.to_lowercase().contains("www-authenticate: bearer"), challenged, "{refused}");
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!((&body["jsonrpc"], &body["id"]), (&"2.0".into(), &serde_json::Value::Null), "{body}");
        assert_eq!((body["error"]["code"].as_i64(), body.get("result")), (Some(-32000), None), "{body}");
        assert!(!body["error"]["message"].as_str().unwrap().is_empty(), "{body}");
        assert_eq!(body["error"]["data"][0]["reason"], service::NOT_ADMITTED, "{body}");
    }
}

#[tokio::test]
async fn health_and_reflection_ask_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("tokens.toml");
    std::fs::write(&file, "").unwrap();
    let process = guarded(&file);
    let (addresses, _served) = serve_ruled(&process, Routes::default(), axum::Router::new(), &[]);
    within(process.serving()).await;
    let channel = crate::support::channel(&addresses.protocol.to_string()).unwrap();
    within(HealthClient::new(channel.clone()).check(HealthCheckRequest::default())).await.unwrap();
    use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
    let mut reflection = ServerReflectionClient::new(channel);
    within(reflection.server_reflection_info(tokio_stream::iter([]))).await.unwrap();
}

#[tokio::test]
async fn tokens_come_and_go_with_their_file_and_a_broken_file_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("tokens.toml");
    std::fs::write(&file, TOKENS).unwrap();
    let process = guarded(&file);
    let (addresses, _served) = serve_ruled(&process, echo(), axum::Router::new(), &[]);
    within(process.serving()).await;
    let becomes = async |token: &str, wanted: Code| {
        while call(as_caller(addresses.protocol, token), "/test.Echo/Say").await.code() != wanted {
            tokio::task::yield_now().await;
        }
    };
    let new = "bens-token-0123456789";
    std::fs::write(&file, format!("[[token]]\nprincipal = \"ben\"\nroles = [\"caller\"]\nsecret = \"{new}\"\n"))
        .unwrap();
    within(becomes(new, Code::FailedPrecondition)).await;
    assert_eq!(call(as_caller(addresses.protocol, ANNA), "/test.Echo/Say").await.code(), Code::Unauthenticated);
    std::fs::write(&file, "no tokens").unwrap();
    let looked = tokio::time::Instant::now() + std::time::Duration::from_millis(1500);
    while tokio::time::Instant::now() < looked {
        let said = call(as_caller(addresses.protocol, new), "/test.Echo/Say").await;
        assert_eq!(said.message(), "ben of ");
    }
}

#[test]
fn a_file_that_cannot_be_used_stops_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("tokens.toml");
    let start = |file: &Path| {
        let service = service::Args { tokens: Some(file.to_owned()), ..service::Args::default() };
        Process::new(&crate::support::Args { service }).unwrap_err()
    };
    assert_eq!(start(&file).code(), 74);
    std::fs::write(&file, "secret = \"annas-token-0123456789\"").unwrap();
    let fatal = start(&file);
    assert_eq!(fatal.code(), 64);
    assert!(fatal.line().contains("--tokens") && !fatal.line().contains("annas"), "{fatal}");
}

#[test]
fn what_no_header_can_carry_is_no_token() {
    for token in ["", " ", "two words", "line\nbreak", "ümlaut"] {
        assert!(Credential::token(token).is_err(), "{token:?}");
    }
    let credential = Credential::token(ANNA).unwrap();
    assert!(!format!("{credential:?} {:?}", Peer::new("a:1", Some(credential.clone()))).contains("annas"));
    assert!(Role::Caller.to_string() == "caller" && Role::Agent.to_string() == "agent");
}
