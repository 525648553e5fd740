//! A process that cannot serve says why and exits with a code of its own; one that can, serves.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use proto::a2a::TaskState;
use proto::watchroom::orchestrator::v1::RunState;
use tests::{Cluster, Node, Run, Service, binary, call, request, state};

use crate::duties::{children, ended, scene, start};

/// sysexits.h, as `service` maps them.
const USAGE: i32 = 64;
const UNREACHABLE: i32 = 69;
const IO: i32 = 74;
const PORT_IN_USE: i32 = 75;

const BINARIES: [&str; 5] = ["registry", "operator", "fire", "police", "ambulance"];

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_flag_is_named_and_exits_with_64() {
    for name in BINARIES.into_iter().chain(["watchroom"]) {
        let ended = run(name, &["--no-such-flag"]).await;
        assert_eq!(ended.0, Some(USAGE), "{name}: {}", ended.1);
        assert!(ended.1.contains("--no-such-flag"), "{name}: {}", ended.1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn help_names_every_variable_and_version_is_the_workspaces() {
    for name in BINARIES {
        let help = Run::of(&binary(name), &["--help"]).await.expect_ok("--help");
        for word in ["--listen", "WATCHROOM_LISTEN", "--data-dir", "WATCHROOM_DATA_DIR", "default: 127.0.0.1:"] {
            assert!(help.contains(word), "{name}: {word} is missing in\n{help}");
        }
        let version = Run::of(&binary(name), &["--version"]).await.expect_ok("--version");
        assert!(version.contains(env!("CARGO_PKG_VERSION")), "{version}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_is_named_and_exits_with_75() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for name in BINARIES {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().display().to_string();
        let ended = run(name, &["--listen", &address, "--admin-listen", "127.0.0.1:0", "--data-dir", &data]).await;
        assert_eq!(ended.0, Some(PORT_IN_USE), "{name}: {}", ended.1);
        assert!(ended.1.contains(&address) && ended.1.contains("--listen"), "{name}: {}", ended.1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unwritable_data_directory_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "not a directory").unwrap();
    let data = file.join("data").display().to_string();
    for name in BINARIES {
        let ended = start_in(name, &data).await;
        assert_eq!(ended.0, Some(IO), "{name}: {}", ended.1);
        assert!(ended.1.contains(&data), "{name}: {}", ended.1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_data_directory_is_refused_and_the_owner_serves_on() {
    for name in BINARIES {
        let dir = tempfile::tempdir().unwrap();
        let mut owner = Node::new(name, dir.path(), Vec::new());
        owner.start().await;
        let ended = start_in(name, &owner.data_dir().display().to_string()).await;
        assert!(matches!(ended.0, Some(IO | PORT_IN_USE)), "{name}: {:?} {}", ended.0, ended.1);
        assert!(ended.1.contains("another process"), "{name}: {}", ended.1);
        let stopped = owner.stop().await;
        assert_eq!(stopped.code(), Some(0), "{name}:\n{}", stopped.log);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_registry_stops_no_service_and_fails_no_step_for_ever() {
    let dir = tempfile::tempdir().unwrap();
    // Bound and never listened to by anybody else: nothing will answer there.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let registry = vec!["--registry".to_owned(), format!("http://{nobody}")];
    let mut operator = Node::new("operator", dir.path(), registry);
    operator.start().await;
    let client = a2a::Client::connect(&operator.address().to_string()).unwrap().within(tests::DEADLINE);
    let mut events = client.stream(request("call", call()), None).await.unwrap();
    let seen = tests::collect(&mut events, |_| false).await;
    assert!(seen.error.is_none(), "{:?}", seen.error);
    assert!(tests::finished(seen.events.last().unwrap()));
    let task = crate::story::ended(&client, &crate::story::task_of(&seen.events[0])).await;
    assert_eq!(state(&task), TaskState::Failed, "{task:?}");
    assert!(format!("{seen:?}").contains("NO_ENDPOINT"), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_restarted_without_its_registry_goes_on_with_what_is_in_flight() {
    let (mut cluster, echo) = scene("30s").await;
    let run = start(&cluster, &echo, 2_000, |_| {}).await;
    cluster.node_mut(Service::Registry).kill();
    cluster.crash(Service::Operator).await;
    let run = ended(&cluster, &run.id).await;
    assert_eq!((run.state(), run.steps[0].attempts), (RunState::Completed, 1), "{run:?}");
    let children = children(&echo).await.unwrap();
    assert_eq!(children.iter().map(|task| &task.id).collect::<Vec<_>>(), [&run.steps[0].child_task_id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_says_that_nothing_answers_and_exits_with_69() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{nobody}");
    for args in [["agents", "--registry", &url], ["tasks", "--operator", &url]] {
        let ended = run("watchroom", &args).await;
        assert_eq!(ended.0, Some(UNREACHABLE), "{args:?}: {}", ended.1);
        assert!(ended.1.contains(&nobody.to_string()), "{args:?}: {}", ended.1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_ends_every_service_cleanly_also_in_the_middle_of_a_stream() {
    let mut cluster = Cluster::start().await;
    let channel = cluster.a2a(Service::Operator);
    let mut events = channel.stream(request("call", "There is a fire, come quickly!"), None).await.unwrap();
    tests::collect(&mut events, |_| true).await;
    for service in Service::ALL.into_iter().rev() {
        let ended = cluster.node_mut(service).stop().await;
        assert_eq!(ended.code(), Some(0), "{}:\n{}", service.name(), ended.log);
    }
}

async fn start_in(name: &str, data: &str) -> (Option<i32>, String) {
    run(name, &["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--data-dir", data]).await
}

/// Runs a binary that is expected to end, and returns its code and what it said on stderr.
async fn run(name: &str, args: &[&str]) -> (Option<i32>, String) {
    let mut command = std::process::Command::new(binary(name));
    command.args(args).stdin(std::process::Stdio::null()).current_dir(Path::new("/"));
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    let output = tokio::time::timeout(tests::DEADLINE, output).await.expect("it ends by itself").unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}
