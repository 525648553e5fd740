//! `backup` and `completions`; `drain` is shown on the real services by the acceptance tests.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use axum::Router;
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream;
use prost::Message as _;
use proto::watchroom::admin::v1::backup_response::Part;
use proto::watchroom::admin::v1::{BackupHeader, BackupRequest, BackupResponse};
use sha2::{Digest as _, Sha256};
use tonic::{Request, Status};

use crate::support::{run, serve, streaming};

fn header(size: u64) -> BackupHeader {
    let sha256 = Bytes::copy_from_slice(&Sha256::digest(b"one two"));
    BackupHeader { format: 1, service: "fire".to_owned(), size, sha256, ..BackupHeader::default() }
}

/// A service whose copy has these parts, and the error that ends it.
async fn service(parts: Vec<Part>, error: Option<Status>) -> String {
    let handler = move |_: Request<BackupRequest>| {
        let parts: Vec<_> = parts.iter().map(|part| Ok(BackupResponse { part: Some(part.clone()) })).collect();
        Ok(stream::iter(parts.into_iter().chain(error.clone().map(Err))).boxed())
    };
    serve(Router::new().route("/watchroom.admin.v1.Admin/Backup", streaming(handler))).await
}

fn data(text: &'static str) -> Part {
    Part::Data(Bytes::from_static(text.as_bytes()))
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn a_backup_is_the_messages_as_they_came() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("fire.backup");
    let url = service(vec![Part::Header(header(7)), data("one "), data("two")], None).await;
    let ended = run(&["backup", &url, file.to_str().unwrap()]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.out.contains(&format!("fire --restore {} --data-dir DIR\n", file.display())), "{ended:?}");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "keys are in it");
    let mut bytes = Bytes::from(fs::read(&file).unwrap());
    let mut parts = Vec::new();
    while !bytes.is_empty() {
        parts.push(BackupResponse::decode_length_delimited(&mut bytes).unwrap().part.unwrap());
    }
    assert_eq!(parts, [Part::Header(header(7)), data("one "), data("two")]);
    assert_eq!(names(dir.path()), ["fire.backup"]);
}

#[tokio::test]
async fn a_backup_for_scripts_says_what_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let url = service(vec![Part::Header(header(7)), data("one two")], None).await;
    let ended = run(&["backup", &url, dir.path().join("b").to_str().unwrap(), "--json"]).await;
    assert_eq!(ended.json()[0]["service"], "fire", "{ended:?}");
}

#[tokio::test]
async fn a_backup_replaces_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("kept");
    fs::write(&file, "older").unwrap();
    let url = service(vec![Part::Header(header(7)), data("one two")], None).await;
    let ended = run(&["backup", &url, file.to_str().unwrap()]).await;
    assert_eq!(ended.code, Some(74), "{ended:?}");
    assert_eq!(ended.err, format!("error: {} is there already: a backup replaces nothing\n", file.display()));
    assert_eq!(fs::read_to_string(&file).unwrap(), "older");
    assert_eq!(names(dir.path()), ["kept"]);
}

#[tokio::test]
async fn a_backup_that_is_not_whole_is_not_kept() {
    let cut = Status::unavailable("the service is stopping");
    for (case, parts, error, code) in [
        ("short", vec![Part::Header(header(7)), data("one ")], None, 70),
        ("other bytes", vec![Part::Header(header(7)), data("one too")], None, 70),
        ("headless", vec![data("one two")], None, 70),
        ("nothing", Vec::new(), None, 70),
        ("cut", vec![Part::Header(header(7)), data("one ")], Some(cut), 69),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let url = service(parts, error).await;
        let ended = run(&["backup", &url, dir.path().join("b").to_str().unwrap()]).await;
        assert_eq!(ended.code, Some(code), "{case}: {ended:?}");
        assert!(names(dir.path()).is_empty(), "{case}: {:?}", names(dir.path()));
    }
}

#[tokio::test]
async fn shells_get_a_script_that_knows_commands_and_services() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ended = run(&["completions", shell]).await;
        assert_eq!(ended.code, Some(0), "{shell}: {ended:?}");
        for word in ["watchroom", "backup", "return-immediately"] {
            assert!(ended.out.contains(word), "{shell}: {word}");
        }
    }
    let bash = run(&["completions", "bash"]).await.out;
    assert!(bash.contains("registry fire police ambulance operator"), "{bash}");
}
