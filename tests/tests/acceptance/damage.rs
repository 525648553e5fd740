//! A disk that lies, and a store from the future: one task is lost and says so, the others go on; nothing is overwritten.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use a2a::{Client, ClientError, History, Reply};
use rusqlite::Connection;
use tests::{Node, request};
use types::RemoteTask;

/// sysexits.h, as `service` maps it.
const IO: i32 = 74;

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_costs_one_task_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let mut agent = start(dir.path()).await;
    let spoilt = send(&agent, "spoilt").await;
    let whole = send(&agent, "whole").await;
    let before = client(&agent).get(&whole, History::All).await.unwrap();
    assert_eq!(agent.stop().await.code(), Some(0));
    flip_a_bit(&database(&agent), &spoilt);
    agent.start().await;
    let client = client(&agent);
    assert_eq!(client.get(&whole, History::All).await.unwrap(), before, "the others go on");
    let refusal = client.get(&spoilt, History::All).await;
    assert!(
        matches!(&refusal, Err(ClientError::Refused(error)) if error.to_string().contains("damaged")),
        "{refusal:?}"
    );
    assert!(agent.log().contains(&format!("the log of task {spoilt} is damaged")), "{}", agent.log());
    send(&agent, "new").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_of_a_newer_version_is_refused_and_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["registry", "operator", "fire"] {
        let mut node = node(name, dir.path());
        node.start().await;
        assert_eq!(node.stop().await.code(), Some(0));
        let file = database(&node);
        open(&file).execute("UPDATE meta SET value = 999 WHERE key = 'schema'", []).unwrap();
        let bytes = fs::read(&file).unwrap();
        node.spawn();
        let ended = node.ended().await;
        assert_eq!(ended.code(), Some(IO), "{name}: {}", ended.log);
        assert!(ended.log.contains("999") && ended.log.contains("newer version"), "{name}: {}", ended.log);
        assert_eq!(fs::read(&file).unwrap(), bytes, "{name}: the file was changed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_database_is_refused_and_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    let mut agent = start(dir.path()).await;
    agent.stop().await;
    let file = database(&agent);
    let mut bytes = fs::read(&file).unwrap();
    bytes[..16].copy_from_slice(b"not a database!!");
    fs::write(&file, &bytes).unwrap();
    agent.spawn();
    let ended = agent.ended().await;
    assert_eq!(ended.code(), Some(IO), "{}", ended.log);
    assert!(ended.log.contains(&file.display().to_string()), "{}", ended.log);
    assert_eq!(fs::read(&file).unwrap(), bytes, "the file was changed");
}

async fn start(dir: &Path) -> Node {
    let mut agent = node("fire", dir);
    agent.start().await;
    agent
}

/// A service that looks for a registry where none is.
fn node(name: &'static str, dir: &Path) -> Node {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let registry = vec!["--registry".to_owned(), format!("http://{nobody}")];
    Node::new(name, dir, if name == "registry" { Vec::new() } else { registry })
}

fn client(agent: &Node) -> Client {
    Client::connect(&agent.address().to_string()).unwrap()
}

async fn send(agent: &Node, id: &str) -> RemoteTask {
    match client(agent).send(request(id, "Smoke at 12 Mill Lane.")).await.unwrap() {
        Reply::Task(snapshot) => snapshot.task.id.parse().unwrap(),
        Reply::Message(message) => panic!("a direct message instead of a task: {message:?}"),
    }
}

fn database(node: &Node) -> std::path::PathBuf {
    node.data_dir().join("store.db")
}

fn open(file: &Path) -> Connection {
    let database = Connection::open(file).unwrap();
    // Everything in the one file, as after a clean stop.
    database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    database
}

/// Flips the lowest bit in the middle of the newest log row of a task.
fn flip_a_bit(file: &Path, task: &RemoteTask) {
    let id: types::TaskId = task.as_str().parse().unwrap();
    let newest =
        "SELECT place, body FROM log WHERE place >> 26 = (SELECT no FROM task WHERE id = ?1) ORDER BY place DESC";
    let database = open(file);
    let row = database.query_row(newest, [id.as_bytes()], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)));
    let (place, mut body) = row.unwrap();
    let middle = body.len() / 2;
    body[middle] ^= 1;
    let changed = database.execute("UPDATE log SET body = ?1 WHERE place = ?2", (body, place)).unwrap();
    assert_eq!(changed, 1);
}
