//! The accepted messages of one shard, in memory.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use types::{TaskId, Timestamp};

use crate::commit::{Accept, Refusal};
use crate::seen::{Seen, SeenKey, SeenReply};

/// Rows looked at per commit: two, so that the queue shrinks faster than it grows.
const PER_COMMIT: usize = 2;

/// When a dispatch that found no room may come again: rows go one by one as their time is over.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// A part of the idempotency rows and the order in which they are looked at again.
#[derive(Debug, Default)]
pub(super) struct SeenShard {
    rows: HashMap<SeenKey, Kept>,
    /// By the time of the next look; the span is the same for all, so the queue is in order.
    queue: VecDeque<(Timestamp, SeenKey)>,
    /// How many of the rows a fence may ask about.
    fenceable: usize,
}

#[derive(Debug)]
struct Kept {
    seen: Seen,
    until: Timestamp,
    fenceable: bool,
}

impl SeenShard {
    pub(super) fn get(&self, key: &SeenKey) -> Option<&Seen> {
        self.rows.get(key).map(|kept| &kept.seen)
    }

    /// Whether it is new and in time.
    pub(super) fn check(&self, accept: &Accept, now: impl FnOnce() -> Timestamp) -> Result<(), Refusal> {
        match self.get(&accept.key) {
            Some(seen) => Err(Refusal::Seen(seen.clone())),
            None if accept.expired(now) => Err(Refusal::Expired),
            None => Ok(()),
        }
    }

    /// Refuses one more row that must not be forgotten before its time, when there are `most` of them.
    pub(super) fn has_room(&self, accept: &Accept, most: usize) -> Result<(), Refusal> {
        if accept.is_fenceable() && self.fenceable >= most {
            return Err(Refusal::Full { retry_after: RETRY_AFTER });
        }
        Ok(())
    }

    /// Adds a row that `get` did not find; it is looked at again after `span`.
    pub(super) fn insert(&mut self, accept: Accept, now: Timestamp, span: Duration) {
        let fenceable = accept.is_fenceable();
        let Accept { key, digest, reply, keep_until, not_after: _, older: _ } = accept;
        self.fenceable += usize::from(fenceable);
        self.rows.insert(key, Kept { seen: Seen { digest, reply }, until: keep_until, fenceable });
        self.queue.push_back((now.after(span), key));
    }

    /// Drops old rows that nobody needs, and beyond `most` rows also younger ones; never those of tasks that `exists`,
    /// nor those that a fence may still ask about.
    pub(super) fn expire(&mut self, now: Timestamp, span: Duration, most: usize, exists: impl Fn(TaskId) -> bool) {
        for _ in 0..PER_COMMIT {
            let crowded = self.rows.len() > most;
            let Some((_, key)) = self.queue.pop_front_if(|(at, _)| crowded || *at <= now) else { return };
            let Some(kept) = self.rows.get(&key) else { continue };
            let of_task = matches!(kept.seen.reply, SeenReply::Task(task) if exists(task));
            if of_task || (kept.until > now && (kept.fenceable || !crowded)) {
                self.queue.push_back((now.after(span), key));
            } else {
                self.fenceable -= usize::from(kept.fenceable);
                self.rows.remove(&key);
            }
        }
    }
}
