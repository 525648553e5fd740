//! Copies: taken while the store works, checked when they are restored, and what a restored store is.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use store::{Backup, Committed, EmbeddedStore, Options, RestoreError, Seal, Store, restore};
use types::{Epoch, Scope, TaskState};

use crate::suite::bed::Bed;
use crate::suite::make::{CommitExt as _, Task};

/// The bytes of a copy of `store`, with what seals them.
async fn copy(store: &dyn Store) -> (Seal, Vec<u8>) {
    let Backup { mut file, seal, .. } = store.backup().unwrap().await.unwrap();
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).unwrap();
    (seal, bytes)
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap();
    let mut names: Vec<String> = entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// One writer: each commit of its task counts up a row, so that both say how far it is.
async fn write(store: Arc<dyn Store>, done: Arc<AtomicU64>, stop: Arc<AtomicBool>, key: String) -> Task {
    let mut task = Task::new(&*store).await;
    while !stop.load(Ordering::Relaxed) {
        let count = task.head.0;
        let next = task.next(&*store, TaskState::Working, &"x".repeat(300));
        let next = next.with_row("count", &key, count, Some(&(count + 1).to_string()));
        assert_eq!(store.commit(next).await, Ok(Committed));
        done.store(task.head.0, Ordering::Relaxed);
    }
    task
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_taken_under_load_is_the_state_of_one_moment_and_goes_on() {
    let (bed, stop) = (Bed::embedded(), Arc::new(AtomicBool::new(false)));
    let store = bed.store();
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let done = Arc::new(AtomicU64::new(0));
            let writing = write(store.clone(), done.clone(), stop.clone(), writer.to_string());
            (done, tokio::spawn(writing))
        })
        .collect();
    while writers.iter().any(|(done, _)| done.load(Ordering::Relaxed) < 20) {
        tokio::task::yield_now().await;
    }
    let before: Vec<u64> = writers.iter().map(|(done, _)| done.load(Ordering::Relaxed)).collect();
    let (seal, bytes) = copy(&*store).await;
    stop.store(true, Ordering::Relaxed);

    let dir = tempfile::tempdir().unwrap();
    restore(dir.path(), &seal, &bytes[..]).unwrap();
    let restored: Arc<dyn Store> = Arc::new(EmbeddedStore::open(Options::at(dir.path())).unwrap());
    for ((_, writer), before) in writers.into_iter().zip(before) {
        let mut task = writer.await.unwrap();
        let head = restored.load(Scope::Service, task.id).await.unwrap().unwrap().summary.head;
        assert!(before <= head.0 && head <= task.head, "{before} were durable, {head:?} are restored, {:?}", task.head);
        let all = restored.log(Scope::Service, task.id, types::Head::ZERO, usize::MAX).await.unwrap();
        assert_eq!(all.len() as u64, head.0);
        let rows = restored.rows("count", b"").await.unwrap();
        assert!(rows.iter().any(|row| row.body == head.0.to_string() && row.version == head.0));
        (task.head, task.seq) = (head, types::Seq(head.0));
        task.epoch = restored.own().await.unwrap().epoch;
        task.step(&*restored, TaskState::Completed).await;
    }
}

#[tokio::test]
async fn a_restored_store_has_a_new_id_and_goes_on_above_the_old_epoch() {
    let bed = Bed::embedded();
    drop(bed.open());
    let store = bed.store();
    let (seal, bytes) = copy(&*store).await;
    let old = store.own().await.unwrap();
    let mut ids = vec![old.store_id];
    for _ in 0..2 {
        let dir = tempfile::tempdir().unwrap();
        restore(dir.path(), &seal, &bytes[..]).unwrap();
        let own = EmbeddedStore::open(Options::at(dir.path())).unwrap().own().await.unwrap();
        assert_eq!(own.epoch, Epoch(old.epoch.0 + 1));
        assert!(!ids.contains(&own.store_id), "two stores of one copy must not be taken for each other");
        assert_eq!(EmbeddedStore::open(Options::at(dir.path())).unwrap().own().await.unwrap().store_id, own.store_id);
        ids.push(own.store_id);
    }
}

#[tokio::test]
async fn a_copy_leaves_nothing_behind_and_a_start_removes_what_a_killed_one_left() {
    let bed = Bed::embedded();
    let store = bed.store();
    let before = names(&bed.options().dir);
    let copy = store.backup().unwrap().await.unwrap();
    assert_eq!(names(&bed.options().dir), before, "the file has no name while it is read");
    drop((copy, store));
    fs::write(bed.options().dir.join("backup.7"), "half").unwrap();
    drop(bed.open());
    assert!(!bed.options().dir.join("backup.7").exists());
}

#[tokio::test]
async fn a_store_in_memory_has_no_copy() {
    assert!(Bed::memory().store().backup().is_none());
}

#[tokio::test]
async fn a_restore_replaces_nothing_and_says_what_is_in_the_way() {
    let bed = Bed::embedded();
    let store = bed.store();
    let (seal, bytes) = copy(&*store).await;
    let dir = bed.options().dir;
    let error = restore(&dir, &seal, &bytes[..]).unwrap_err();
    assert!(matches!(&error, RestoreError::Directory(_)), "a store that is open: {error}");
    drop(store);
    let before = names(&dir);
    let error = restore(&dir, &seal, &bytes[..]).unwrap_err();
    assert!(matches!(&error, RestoreError::Occupied { .. }), "{error}");
    assert_eq!(names(&dir), before);
}

#[tokio::test]
async fn a_damaged_or_newer_copy_is_refused_and_leaves_an_empty_directory() {
    let (seal, bytes) = copy(&*Bed::embedded().store()).await;
    let mut flipped = bytes.clone();
    flipped[bytes.len() / 2] ^= 1;
    let longer = [&bytes[..], b"x"].concat();
    let newer = Seal { schema: 99, ..seal };
    let cases: [(&str, Seal, &[u8]); 4] = [
        ("flipped", seal, &flipped),
        ("cut", seal, &bytes[..bytes.len() - 1]),
        ("longer", seal, &longer),
        ("newer", newer, &bytes),
    ];
    let dir = tempfile::tempdir().unwrap();
    for (case, seal, bytes) in cases {
        let error = restore(dir.path(), &seal, bytes).unwrap_err();
        let expected = matches!(&error, RestoreError::Newer { found: 99, .. }) == (case == "newer")
            && matches!(&error, RestoreError::Damaged(_)) == (case != "newer");
        assert!(expected, "{case}: {error}");
        assert!(names(dir.path()).iter().all(|name| name == "lock"), "{case}");
    }
    fs::write(dir.path().join("restore.draft"), "of a restore that was killed").unwrap();
    restore(dir.path(), &seal, &bytes[..]).unwrap();
    assert!(EmbeddedStore::open(Options::at(dir.path())).is_ok());
}
