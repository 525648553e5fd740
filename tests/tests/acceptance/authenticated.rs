//! A cluster in which everybody says who they are.

use std::fs;
use std::path::Path;

use a2a::{Client, Reply};
use proto::a2a::TaskState;
use service::client::{Credential, Peer};
use tests::{DEADLINE, Node, binary, call, request, state};

const TOKENS: &str = r#"
[[token]]
principal = "services"
roles = ["caller", "agent", "delegate"]
secret = "token-of-the-services"
[[token]]
principal = "anna"
roles = ["caller"]
secret = "token-of-anna-0123456"
"#;

/// A service with the flags of such a cluster.
async fn started(dir: &Path, name: &'static str, registry: Option<&str>) -> Node {
    let path = |file: &str| dir.join(file).to_str().unwrap().to_owned();
    let mut flags = vec!["--tokens".to_owned(), path("tokens.toml")];
    if let Some(registry) = registry {
        flags.extend(["--registry".to_owned(), registry.to_owned(), "--token-file".to_owned(), path("services.token")]);
    }
    let mut node = Node::new(name, dir, flags);
    node.start().await;
    node
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_dispatched_from_caller_to_agents_with_everybodys_own_token() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("tokens.toml"), TOKENS).unwrap();
    fs::write(dir.path().join("services.token"), "token-of-the-services\n").unwrap();
    let registry = started(dir.path(), "registry", None).await;
    let url = format!("http://{}", registry.address());
    let mut nodes = vec![registry];
    for name in ["fire", "police", "ambulance", "operator"] {
        nodes.push(started(dir.path(), name, Some(&url)).await);
    }
    let operator = nodes.last().unwrap().address().to_string();
    let anna = Credential::token("token-of-anna-0123456").unwrap();
    let client = Client::connect(Peer::new(&operator, Some(anna))).unwrap().within(DEADLINE);
    let Reply::Task(done) = client.send(request("one", call())).await.unwrap() else { panic!("no task") };
    assert_eq!(state(&done.task), TaskState::Completed, "{:?}", done.task);
    let stranger = Client::connect(operator.as_str()).unwrap();
    let refused = stranger.send(request("two", call())).await.unwrap_err().to_string();
    assert!(refused.contains("who they are"), "{refused}");

    let watchroom = binary("watchroom");
    let token = dir.path().join("anna.token");
    fs::write(&token, "token-of-anna-0123456").unwrap();
    let flags = ["--operator", &operator, "--token-file", token.to_str().unwrap()];
    let listed = tests::Run::of(&watchroom, &[&["tasks"], &flags[..]].concat()).await.expect_ok("the list");
    assert!(listed.contains(&done.task.id), "{listed}");
    let logged = tests::Run::of(&watchroom, &[&["log", &done.task.id], &flags[..]].concat()).await;
    assert!(!logged.ok && logged.err.contains("the role admin"), "{logged:?}");
    assert!(logged.err.contains("next: call with a token that has the role"), "{logged:?}");
    for node in &nodes {
        assert!(!node.log().contains("token-of"), "{}", node.log());
    }
}
