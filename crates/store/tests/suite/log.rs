//! What was written is read back: whole, from a snapshot, or from a cursor.

use bytes::Bytes;
use store::{Committed, Entry, Frame, FrameKind, Record, Snapshot};
use types::{Head, Scope, Seq, TaskState};

use super::bed::Bed;
use super::make::{CommitExt, Task};

on_every_store!(
    a_load_returns_what_was_committed,
    a_load_starts_from_the_newest_snapshot,
    frames_are_read_from_any_cursor,
    commits_that_show_nothing_do_not_disturb_a_cursor,
    the_log_is_read_from_any_commit,
    a_cursor_beyond_every_log_finds_nothing,
    large_entries_survive,
    an_unknown_task_has_nothing,
);

async fn a_load_returns_what_was_committed(bed: Bed) {
    let store = bed.store();
    let mut task = Task::new(&*store).await;
    let first = task.next(&*store, TaskState::Working, "one");
    let second = task.next(&*store, TaskState::Completed, "two");
    let entries = [&first, &second].map(|commit| commit.task.clone().unwrap().entries);
    assert_eq!(store.commit(first).await, Ok(Committed));
    assert_eq!(store.commit(second.clone()).await, Ok(Committed));
    let loaded = store.load(Scope::Service, task.id).await.unwrap().unwrap();
    assert_eq!((loaded.summary.id, &loaded.summary.owner), (task.id, &task.owner));
    assert_eq!((loaded.summary.head, loaded.summary.seq), (Head(2), Seq(2)));
    assert_eq!((loaded.summary.state, &loaded.summary.context), (TaskState::Completed, &task.context));
    assert_eq!(loaded.summary.changed_at, second.at);
    assert!(loaded.snapshot.is_none());
    assert_eq!(loaded.tail.iter().map(|row| row.head).collect::<Vec<_>>(), [Head(1), Head(2)]);
    assert_eq!(loaded.tail.into_iter().map(|row| row.entries).collect::<Vec<_>>(), entries);
}

async fn a_load_starts_from_the_newest_snapshot(bed: Bed) {
    let store = bed.store();
    let mut task = Task::new(&*store).await;
    for round in 0..7_u8 {
        let record = Record { kind: u16::MAX, bytes: Bytes::from(vec![round; 3]) };
        let snapshot = Snapshot { task: Bytes::from(vec![round; 40_000]), records: vec![record] };
        let commit = task.next(&*store, TaskState::Working, "");
        let commit = commit.changing(|change| change.snapshot = (round % 2 == 0).then_some(snapshot));
        assert_eq!(store.commit(commit).await, Ok(Committed));
        let loaded = store.load(Scope::Service, task.id).await.unwrap().unwrap();
        let taken = loaded.snapshot.unwrap();
        let newest = round - round % 2;
        assert_eq!((taken.task.len(), taken.task[0], taken.records[0].bytes[0]), (40_000, newest, newest));
        let tail: Vec<_> = (newest + 2..=round + 1).map(|head| Head(head.into())).collect();
        assert_eq!(loaded.tail.iter().map(|row| row.head).collect::<Vec<_>>(), tail);
    }
    assert_eq!(store.frames(Scope::Service, task.id, Seq(0), 100).await.unwrap().len(), 7);
}

async fn frames_are_read_from_any_cursor(bed: Bed) {
    let store = bed.store();
    let mut task = Task::new(&*store).await;
    let mut written = Vec::new();
    for round in 0..40_u64 {
        let mut commit = task.next(&*store, TaskState::Working, "");
        let change = commit.task.as_mut().unwrap();
        // Commits of none to three frames.
        change.entries = (0..round % 4).map(|_| Entry::Frame(frame(&mut written))).collect();
        change.seq = Seq(written.len() as u64);
        assert_eq!(store.commit(commit).await, Ok(Committed));
    }
    for after in 0..=written.len() + 2 {
        for limit in [0, 1, 5, 1000] {
            let expected: Vec<_> = written.iter().skip(after).take(limit).cloned().collect();
            let found = store.frames(Scope::Service, task.id, Seq(after as u64), limit).await.unwrap();
            assert_eq!(found, expected, "after {after}, limit {limit}");
        }
    }
}

fn frame(written: &mut Vec<Frame>) -> Frame {
    let seq = Seq(written.len() as u64 + 1);
    let kinds = [FrameKind::Task, FrameKind::Message, FrameKind::Status, FrameKind::Artifact];
    let time = types::Timestamp::from_millis(seq.0 * 1_000_000_000);
    let bytes = Bytes::from(format!("frame {seq}"));
    written.push(Frame { seq, time, kind: kinds[written.len() % 4], bytes });
    written[written.len() - 1].clone()
}

async fn commits_that_show_nothing_do_not_disturb_a_cursor(bed: Bed) {
    let store = bed.store();
    let mut task = Task::new(&*store).await;
    task.step(&*store, TaskState::Working).await;
    for _ in 0..5 {
        let commit = task.next(&*store, TaskState::Working, "").changing(|change| {
            change.entries.remove(0);
            change.seq = Seq(1);
        });
        task.seq = Seq(1);
        assert_eq!(store.commit(commit).await, Ok(Committed));
    }
    assert_eq!(store.frames(Scope::Service, task.id, Seq(1), 10).await.unwrap(), []);
    assert_eq!(store.log(Scope::Service, task.id, Head(1), 10).await.unwrap().len(), 5);
    task.step(&*store, TaskState::Completed).await;
    assert_eq!(store.frames(Scope::Service, task.id, Seq(1), 10).await.unwrap().len(), 1);
}

async fn the_log_is_read_from_any_commit(bed: Bed) {
    let store = bed.store();
    let mut task = Task::new(&*store).await;
    for _ in 0..9 {
        task.step(&*store, TaskState::Working).await;
    }
    for after in 0..=10_u64 {
        for limit in [0, 1, 4, 100_usize] {
            let rows = store.log(Scope::Service, task.id, Head(after), limit).await.unwrap();
            let expected: Vec<_> = (after + 1..=9).take(limit).map(Head).collect();
            assert_eq!(rows.iter().map(|row| row.head).collect::<Vec<_>>(), expected);
        }
    }
}

async fn a_cursor_beyond_every_log_finds_nothing(bed: Bed) {
    let store = bed.store();
    let mut tasks = [Task::new(&*store).await, Task::new(&*store).await, Task::new(&*store).await];
    for task in &mut tasks {
        task.step(&*store, TaskState::Working).await;
    }
    for bits in [26, 27, 28, 62, 63, 64] {
        let after = u64::MAX >> (64 - bits);
        for after in [after, after.saturating_add(1)] {
            for task in &tasks {
                assert_eq!(store.log(Scope::Service, task.id, Head(after), 9).await.unwrap(), [], "after {after}");
                assert_eq!(store.frames(Scope::Service, task.id, Seq(after), 9).await.unwrap(), [], "after {after}");
            }
        }
    }
}

async fn large_entries_survive(bed: Bed) {
    let store = bed.store();
    let mut task = Task::new(&*store).await;
    let body = "0123456789abcdef".repeat(200_000);
    assert_eq!(store.commit(task.next(&*store, TaskState::Working, &body)).await, Ok(Committed));
    task.step(&*store, TaskState::Completed).await;
    let frames = store.frames(Scope::Service, task.id, Seq(0), 10).await.unwrap();
    assert_eq!(frames.len(), 2);
    assert!(frames[0].bytes == body.as_bytes());
}

async fn an_unknown_task_has_nothing(bed: Bed) {
    let store = bed.store();
    let id = types::TaskId::fresh();
    assert!(store.load(Scope::Service, id).await.unwrap().is_none());
    assert_eq!(store.frames(Scope::Service, id, Seq(0), 10).await.unwrap(), []);
    assert_eq!(store.log(Scope::Service, id, Head(0), 10).await.unwrap(), []);
}
