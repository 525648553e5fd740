//! The service's own rows: compare-and-set, by kind and prefix.

use store::{Commit, Committed, Refusal, Row, RowChange};

use super::bed::Bed;
use super::make::{CommitExt, bare};

on_every_store!(
    a_row_is_written_when_its_version_fits,
    a_deleted_row_can_be_made_again,
    a_commit_changes_one_row_more_than_once,
    a_row_that_nobody_else_changes_is_written_whatever_is_there,
    rows_come_by_kind_and_prefix_in_order,
);

fn conflict(key: &'static str, found: u64) -> store::Outcome {
    Err(Refusal::Row { kind: "unit", key: key.into(), found })
}

async fn a_row_is_written_when_its_version_fits(bed: Bed) {
    let store = bed.store();
    let write = async |expected, body| {
        let commit: Commit = bare(&*store).await.with_row("unit", "a", expected, Some(body));
        store.commit(commit).await
    };
    assert_eq!(write(1, "no").await, conflict("a", 0));
    assert_eq!(write(0, "one").await, Ok(Committed));
    assert_eq!(write(0, "no").await, conflict("a", 1));
    assert_eq!(write(1, "two").await, Ok(Committed));
    assert_eq!(write(1, "no").await, conflict("a", 2));
    let row = Row { key: "a".into(), version: 2, body: "two".into() };
    assert_eq!(store.rows("unit", b"a").await.unwrap(), [row]);
}

async fn a_deleted_row_can_be_made_again(bed: Bed) {
    let store = bed.store();
    let change = async |expected, body| store.commit(bare(&*store).await.with_row("unit", "a", expected, body)).await;
    assert_eq!(change(0, Some("one")).await, Ok(Committed));
    assert_eq!(change(0, None).await, conflict("a", 1));
    assert_eq!(change(1, None).await, Ok(Committed));
    assert_eq!(store.rows("unit", b"").await.unwrap(), []);
    assert_eq!(change(1, Some("no")).await, conflict("a", 0));
    assert_eq!(change(0, Some("again")).await, Ok(Committed));
}

async fn a_commit_changes_one_row_more_than_once(bed: Bed) {
    let store = bed.store();
    let change = async |changes: &[(u64, Option<&str>)]| {
        let commit: Commit = bare(&*store).await;
        let each = |commit: Commit, (expected, body): &(u64, Option<&str>)| {
            commit.with_row("unit", "b", 0, None).with_row("unit", "a", *expected, *body)
        };
        store.commit(changes.iter().fold(commit, each)).await
    };
    assert_eq!(change(&[(0, Some("one")), (0, Some("no"))]).await, conflict("a", 1));
    assert_eq!(store.rows("unit", b"").await.unwrap(), [], "all of it or nothing");
    assert_eq!(change(&[(0, Some("one")), (1, Some("two"))]).await, Ok(Committed));
    assert_eq!(change(&[(2, None), (2, Some("no"))]).await, conflict("a", 0));
    assert_eq!(change(&[(2, None), (0, Some("again"))]).await, Ok(Committed));
    let row = Row { key: "a".into(), version: 1, body: "again".into() };
    assert_eq!(store.rows("unit", b"").await.unwrap(), [row]);
    assert_eq!(change(&[(1, Some("more")), (2, None)]).await, Ok(Committed));
    assert_eq!(store.rows("unit", b"").await.unwrap(), []);
}

async fn a_row_that_nobody_else_changes_is_written_whatever_is_there(bed: Bed) {
    let store = bed.store();
    let change = async |changes: &[(u64, Option<&str>)]| {
        let commit: Commit = bare(&*store).await;
        let each =
            |commit: Commit, (expected, body): &(u64, Option<&str>)| commit.with_row("unit", "a", *expected, *body);
        store.commit(changes.iter().fold(commit, each)).await
    };
    let row = |version, body: &'static str| [Row { key: "a".into(), version, body: body.into() }];
    assert_eq!(change(&[(RowChange::ANY, None)]).await, Ok(Committed));
    assert_eq!(change(&[(RowChange::ANY, Some("one"))]).await, Ok(Committed));
    assert_eq!(change(&[(1, Some("two"))]).await, Ok(Committed));
    assert_eq!(change(&[(RowChange::ANY, Some("three"))]).await, Ok(Committed));
    assert_eq!(store.rows("unit", b"").await.unwrap(), row(1, "three"));
    assert_eq!(change(&[(RowChange::ANY, Some("four")), (0, Some("no"))]).await, conflict("a", 1));
    assert_eq!(change(&[(RowChange::ANY, None), (1, Some("no"))]).await, conflict("a", 0));
    assert_eq!(store.rows("unit", b"").await.unwrap(), row(1, "three"), "all of it or nothing");
    assert_eq!(change(&[(RowChange::ANY, None)]).await, Ok(Committed));
    assert_eq!(store.rows("unit", b"").await.unwrap(), []);
}

async fn rows_come_by_kind_and_prefix_in_order(bed: Bed) {
    let store = bed.store();
    let mut commit = bare(&*store).await;
    for key in ["b", "a/2", "a", "a/10", "a/1", "aa", ""] {
        commit = commit.with_row("unit", key, 0, Some(key));
    }
    commit = commit.with_row("other", "a/3", 0, Some("x"));
    assert_eq!(store.commit(commit).await, Ok(Committed));
    let keys = async |kind, prefix: &[u8]| -> Vec<String> {
        let rows = store.rows(kind, prefix).await.unwrap();
        rows.into_iter().map(|row| String::from_utf8(row.key.to_vec()).unwrap()).collect()
    };
    assert_eq!(keys("unit", b"a/").await, ["a/1", "a/10", "a/2"]);
    assert_eq!(keys("unit", b"").await, ["", "a", "a/1", "a/10", "a/2", "aa", "b"]);
    assert_eq!(keys("other", b"").await, ["a/3"]);
    assert_eq!(keys("none", b"").await, Vec::<String>::new());
}
