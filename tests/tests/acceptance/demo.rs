//! The first command that anybody runs.

use std::process::Command;

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_dispatches_three_of_three_and_stops_everything() {
    let out = tokio::task::spawn_blocking(|| {
        let script = tests::repository().join("scripts/demo.sh");
        Command::new(script).env("DEMO_BUILD", "no").output().unwrap()
    });
    let out = out.await.unwrap();
    let (said, log) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert_eq!(out.status.code(), Some(0), "{said}\n{log}");
    assert!(said.contains("3/3"), "{said}");
    assert!(said.contains("everything has stopped"), "{said}");
}
