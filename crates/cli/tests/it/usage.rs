//! Flags, help, and where addresses come from.

use std::path::Path;

use crate::answers::Agent;
use crate::frames::TASK;
use crate::support::{end, run, watchroom};

#[tokio::test]
async fn wrong_usage_ends_64() {
    for (args, word) in [
        (&[][..], "Usage"),
        (&["bogus"], "bogus"),
        (&["send"], "TEXT"),
        (&["send", "  "], "say something"),
        (&["send", "x", "--agent", "http://a:1", "--operator", "http://b:1"], "--operator"),
        (&["send", "x", "--agent", "ftp://a:1"], "http"),
        (&["send", "x", "--agent", "::"], "::"),
        (&["tasks", "--state", "asleep"], "input-required"),
        (&["tasks", "--limit", "0"], "--limit"),
        (&["task", ""], "empty"),
        (&["up", "--without", "dogs"], "dogs"),
        (&["tasks", "--operator", ""], "\"\" is not an address"),
        (&["tasks", "--operator", "ftp://a:1"], "\"ftp://a:1\": an address begins with http"),
        (&["watch", "x", "--from", "-1"], "not a frame number"),
        (&["watch", "x", "--from", "abc"], "not a frame number"),
        (&["task", "x", "--history", "-1"], "not a count"),
        (&["log", "x", "--after", "-1"], "not the number of a commit"),
        (&["backup", "nosuch", "file"], "ambulance"),
        (&["backup", "nosuch", "file"], "host:port"),
        (&["drain", "nosuch"], "host:port"),
        (&["units", "--status", "asleep"], "there are available, assigned"),
        (&["incidents", "--status", "asleep"], "there are active"),
        (&["send", "-"], "standard input has no text"),
        (&["send", "x", "--plan", "y"], "--plan"),
        (&["send", "--plan", "-", "--mode", "parallel"], "--mode"),
        (&["send", "--plan", "-"], "standard input holds no plan"),
    ] {
        let ended = run(args).await;
        assert_eq!(ended.code, Some(64), "{args:?}: {ended:?}");
        assert!(ended.err.contains(word), "{args:?}: {ended:?}");
    }
}

#[tokio::test]
async fn scripts_get_errors_as_json() {
    let (_agent, url) = Agent::start([]).await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    for (args, code, exit) in [
        (&["task", "unknown", "--agent", &url, "--json"][..], "NOT_FOUND", 1),
        (&["tasks", "--operator", &free, "--json"], "UNREACHABLE", 69),
        (&["tasks", "--data-dir", "/nowhere", "--json"], "NO_CLUSTER", 69),
        (&["watch", "x", "--from", "abc", "--json"], "USAGE", 64),
        (&["tasks", "--operator", "ftp://a:1", "--json"], "USAGE", 64),
    ] {
        let ended = run(args).await;
        assert_eq!(ended.code, Some(exit), "{args:?}: {ended:?}");
        let error = serde_json::from_str::<serde_json::Value>(&ended.err).unwrap()["error"].take();
        assert_eq!((error["code"].as_str(), error["exit"].as_i64()), (Some(code), Some(exit.into())), "{args:?}");
        assert!(!error["message"].as_str().unwrap().is_empty() && error["next"].is_string(), "{args:?}: {error}");
        assert_eq!(error["reason"].as_str(), (code == "NOT_FOUND").then_some("TASK_NOT_FOUND"));
    }
}

#[tokio::test]
async fn help_names_commands_variables_defaults_and_exit_codes() {
    let ended = run(&["--help"]).await;
    assert_eq!(ended.code, Some(0));
    for word in [
        "up",
        "send",
        "plan",
        "tasks",
        "task",
        "watch",
        "cancel",
        "agents",
        "resolve",
        "units",
        "incidents",
        "eval",
        "log",
    ] {
        assert!(ended.out.contains(&format!("  {word} ")), "{word}: {}", ended.out);
    }
    for word in [
        "WATCHROOM_OPERATOR",
        "http://127.0.0.1:7400",
        "WATCHROOM_REGISTRY",
        "2 input needed",
        "74 a file",
        "75 `up`",
        "130 ",
    ] {
        assert!(ended.out.contains(word), "{word}: {}", ended.out);
    }
    let version = run(&["--version"]).await;
    assert_eq!((version.code, version.out), (Some(0), format!("watchroom {}\n", env!("CARGO_PKG_VERSION"))));
}

/// Writes the list of a cluster that has an operator and nothing else.
fn cluster(dir: &Path, url: &str) {
    let address = url.strip_prefix("http://").unwrap();
    let service = serde_json::json!({"name": "operator", "pid": 1, "protocol": address, "admin": "-"});
    let cluster = serde_json::json!({"pid": 1, "services": [service]});
    std::fs::create_dir_all(dir).unwrap();
    std::fs::write(dir.join("endpoints.json"), cluster.to_string()).unwrap();
}

#[tokio::test]
async fn a_cluster_in_the_usual_place_is_found_without_a_word() {
    let (_agent, url) = Agent::start([]).await;
    let home = tempfile::tempdir().unwrap();
    cluster(&home.path().join("watchroom-data"), &url);
    let found = watchroom(&["task", TASK]).current_dir(home.path()).output().await.unwrap();
    assert_eq!(found.status.code(), Some(0), "{found:?}");
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    cluster(&home.path().join("watchroom-data"), &format!("http://{free}"));
    let stale = end(watchroom(&["tasks"]).current_dir(home.path()).spawn().unwrap()).await;
    assert_eq!(stale.code, Some(69), "{stale:?}");
    assert!(stale.err.contains("the cluster in watchroom-data"), "{stale:?}");
}

#[tokio::test]
async fn a_directory_without_a_running_cluster_ends_69_and_says_how_to_start_one() {
    let ended = run(&["tasks", "--data-dir", "/nowhere"]).await;
    assert_eq!(ended.code, Some(69), "{ended:?}");
    for words in ["no cluster is running in /nowhere", "watchroom up --data-dir /nowhere"] {
        assert!(ended.err.contains(words), "{words}: {ended:?}");
    }
}

#[tokio::test]
async fn addresses_come_from_the_environment_and_from_a_cluster() {
    let (_agent, url) = Agent::start([]).await;
    let by_variable = watchroom(&["task", TASK]).env("WATCHROOM_OPERATOR", &url).output().await.unwrap();
    assert_eq!(by_variable.status.code(), Some(0), "{by_variable:?}");
    let dir = tempfile::tempdir().unwrap();
    cluster(dir.path(), &url);
    let dir = dir.path().to_str().unwrap();
    assert_eq!(run(&["task", TASK, "--data-dir", dir]).await.code, Some(0));
    let ended = run(&["agents", "--data-dir", dir]).await;
    assert_eq!(ended.code, Some(64), "{ended:?}");
    assert!(ended.err.contains("no registry"), "{ended:?}");
}

#[tokio::test]
async fn a_reader_that_has_seen_enough_is_no_failure() {
    let (_agent, url) = Agent::start([]).await;
    let mut child = watchroom(&["tasks", "--agent", &url, "--json"]).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().await.unwrap().code(), Some(0));
}
