//! Opening: who may, what is checked first, and what stays.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use rusqlite::Connection;
use store::{EmbeddedStore, OpenError, Options, Refusal, Store};
use types::{Epoch, TaskState};

use crate::suite::bed::Bed;
use crate::suite::make::Task;

#[tokio::test]
async fn the_epoch_rises_and_the_id_stays() {
    let bed = Bed::embedded();
    let mut owners = Vec::new();
    for _ in 0..3 {
        owners.push(bed.open().own().await.unwrap());
    }
    assert_eq!(owners.iter().map(|own| own.epoch).collect::<Vec<_>>(), [Epoch(1), Epoch(2), Epoch(3)]);
    assert!(owners.iter().all(|own| own.store_id == owners[0].store_id));
    assert_ne!(Bed::embedded().open().own().await.unwrap().store_id, owners[0].store_id);
}

#[tokio::test]
async fn the_owner_before_a_restart_is_fenced() {
    let bed = Bed::embedded();
    let store: std::sync::Arc<dyn Store> = bed.store();
    let mut task = Task::new(&*store).await;
    task.step(&*store, TaskState::Working).await;
    drop(store);
    let store = bed.store();
    let outcome = store.commit(task.next(&*store, TaskState::Working, "")).await;
    assert_eq!(outcome, Err(Refusal::Fenced { expected: Epoch(1), found: Epoch(2) }));
}

#[tokio::test]
async fn the_last_number_of_a_task_is_followed_by_none() {
    let bed = Bed::embedded();
    drop(bed.open());
    let conn = Connection::open(bed.options().dir.join("store.db")).unwrap();
    // As if 2^37 - 4 tasks had been there: the next is the last but one.
    let (first, last) = (((1_i64 << 37) - 4) << 26, ((1_i64 << 37) - 4) << 26 | 1);
    conn.execute("INSERT INTO trash VALUES (?1, ?2)", [first, last]).unwrap();
    drop(conn);
    let retention = Options { sweep_every: std::time::Duration::from_hours(1), ..bed.options() };
    let store: std::sync::Arc<dyn Store> = std::sync::Arc::new(EmbeddedStore::open(retention).unwrap());
    for _ in 0..2 {
        let mut task = Task::new(&*store).await;
        task.step(&*store, TaskState::Working).await;
        task.step(&*store, TaskState::Completed).await;
        assert_eq!(store.load(types::Scope::Service, task.id).await.unwrap().unwrap().tail.len(), 2);
    }
    let mut task = Task::new(&*store).await;
    assert_eq!(store.commit(task.next(&*store, TaskState::Working, "")).await, Err(Refusal::NoSpace));
}

#[test]
fn a_directory_has_one_store_at_a_time() {
    let bed = Bed::embedded();
    let first = bed.open();
    let error = EmbeddedStore::open(bed.options()).unwrap_err();
    assert!(matches!(&error, OpenError::Locked { dir } if *dir == bed.options().dir), "{error}");
    drop(first);
    drop(bed.open());
}

#[test]
fn a_directory_is_made_with_those_above_it() {
    let bed = Bed::embedded();
    let dir = bed.options().dir.join("above").join("store");
    drop(EmbeddedStore::open(Options::at(&dir)).unwrap());
    assert!(dir.join("store.db").is_file());
    for made in [dir.as_path(), dir.parent().unwrap()] {
        let mode = fs::metadata(made).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}: what is in it is for its owner alone", made.display());
    }
    drop(EmbeddedStore::open(Options::at(&dir)).unwrap());
}

#[test]
fn a_directory_that_is_there_keeps_its_mode() {
    let bed = Bed::embedded();
    let dir = bed.options().dir.join("shared");
    fs::create_dir(&dir).unwrap();
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o750)).unwrap();
    drop(EmbeddedStore::open(Options::at(&dir)).unwrap());
    assert_eq!(fs::metadata(&dir).unwrap().permissions().mode() & 0o777, 0o750);
}

#[test]
fn a_directory_that_cannot_be_written_is_named() {
    let bed = Bed::embedded();
    let file = bed.options().dir.join("file");
    fs::write(&file, "in the way").unwrap();
    let dir = file.join("store");
    let error = EmbeddedStore::open(Options::at(&dir)).unwrap_err();
    assert!(matches!(&error, OpenError::Unwritable { dir: named, .. } if *named == dir), "{error}");
    assert!(error.to_string().contains(dir.to_str().unwrap()));
}

#[test]
fn a_newer_schema_is_left_alone() {
    let bed = Bed::embedded();
    drop(bed.open());
    let file = bed.options().dir.join("store.db");
    let conn = Connection::open(&file).unwrap();
    conn.execute("UPDATE meta SET value = 99 WHERE key = 'schema'", []).unwrap();
    drop(conn);
    let before = fs::read(&file).unwrap();
    let error = EmbeddedStore::open(bed.options()).unwrap_err();
    assert!(matches!(&error, OpenError::Newer { found: 99, known: 2, .. }), "{error}");
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[test]
fn a_file_that_is_no_database_is_named() {
    let bed = Bed::embedded();
    let file = bed.options().dir.join("store.db");
    fs::write(&file, "this was never a database, but it is long enough to be asked".repeat(100)).unwrap();
    let error = EmbeddedStore::open(bed.options()).unwrap_err();
    assert!(matches!(&error, OpenError::Damaged { file: named, .. } if *named == file), "{error}");
}

#[tokio::test]
async fn a_damaged_page_stops_the_start() {
    let bed = Bed::embedded();
    let store = bed.store();
    for _ in 0..200 {
        Task::new(&*store).await.step(&*store, TaskState::Working).await;
    }
    store.close().await.unwrap();
    drop(store);
    let file = bed.options().dir.join("store.db");
    let conn = Connection::open(&file).unwrap();
    let root = "SELECT rootpage FROM sqlite_schema WHERE name = 'task_list'";
    let page: usize = conn.query_row(root, [], |row| row.get::<_, u32>(0)).unwrap() as usize;
    drop(conn);
    let mut bytes = fs::read(&file).unwrap();
    bytes[(page - 1) * 4096..][..64].fill(0xa5);
    fs::write(&file, bytes).unwrap();
    let error = EmbeddedStore::open(bed.options()).unwrap_err();
    assert!(matches!(&error, OpenError::Damaged { file: named, .. } if *named == file), "{error}");
}
