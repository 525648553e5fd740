//! When tasks want to be woken. The store keeps every timer; memory holds those of the next minute.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use parking_lot::Mutex;
use store::{Due, Timer, Wake};
use tokio::sync::Notify;
use tracing::Instrument;
use types::{Scope, TaskId, Timestamp};

use crate::driver::{Driver, Input};
use crate::handle::Handle;
use crate::kit::{Found, Kit};

/// How far ahead timers are held in memory.
const HORIZON: Duration = Duration::from_secs(60);
/// How often the store is asked for timers that have come within the horizon, and parked tasks leave memory.
const REFILL: Duration = Duration::from_secs(20);
/// Timers read from the store at once.
const PAGE: usize = 256;

/// The near timers, one per task at most.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    near: Mutex<Near>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Near {
    order: BTreeSet<(Timestamp, TaskId)>,
    of: HashMap<TaskId, Timestamp>,
}

impl Near {
    fn clear(&mut self, task: TaskId) {
        if let Some(at) = self.of.remove(&task) {
            self.order.remove(&(at, task));
        }
    }

    fn set(&mut self, task: TaskId, at: Timestamp) {
        self.clear(task);
        self.of.insert(task, at);
        self.order.insert((at, task));
    }

    /// Takes up a stored timer, unless a newer setting is known.
    fn add(&mut self, task: TaskId, at: Timestamp) {
        if !self.of.contains_key(&task) {
            self.set(task, at);
        }
    }

    fn pop(&mut self, now: Timestamp) -> Option<TaskId> {
        let &(at, task) = self.order.first()?;
        if at > now {
            return None;
        }
        self.clear(task);
        Some(task)
    }
}

impl Timers {
    /// Follows a durable change of a task's timer.
    pub(crate) fn change(&self, task: TaskId, timer: Timer, now: impl FnOnce() -> Timestamp) {
        match timer {
            Timer::Keep => {}
            Timer::Clear => self.near.lock().clear(task),
            // The store has it, and brings it back when its time is near.
            Timer::Set(at) if at > now().after(HORIZON) => self.near.lock().clear(task),
            Timer::Set(at) => {
                self.near.lock().set(task, at);
                self.changed.notify_one();
            }
        }
    }

    fn pop(&self, now: Timestamp) -> Option<TaskId> {
        self.near.lock().pop(now)
    }

    /// Waits until the earliest timer may be due, or the timers change.
    async fn wait(&self, now: Timestamp) {
        let next = self.near.lock().order.first().map(|(at, _)| at.since(now));
        let pause = next.unwrap_or(REFILL).min(REFILL).max(Duration::from_millis(1));
        tokio::select! {
            biased;
            () = tokio::time::sleep(pause) => {}
            () = self.changed.notified() => {}
        }
    }
}

impl<D: Driver> Kit<D> {
    /// Starts the task that fires timers until the service closes.
    pub(crate) fn spawn_timers(&self) {
        let (kit, closing) = (self.clone(), self.closing().clone());
        let run = async move {
            tokio::select! { biased; () = closing.cancelled() => {}, () = kit.keep_time() => {} }
        };
        self.runtime().spawn(run.instrument(tracing::debug_span!("timers")));
    }

    async fn keep_time(&self) {
        let mut refill = tokio::time::interval(REFILL);
        loop {
            tokio::select! {
                biased;
                _ = refill.tick() => {
                    self.sweep();
                    if let Err(error) = self.refill().await {
                        tracing::error!(error = &error as &dyn std::error::Error, "reading timers failed");
                    }
                }
                () = self.timers().wait(self.store().now()) => {}
            }
            while let Some(task) = self.timers().pop(self.store().now()) {
                self.fire(task).await;
            }
        }
    }

    /// Brings the timers of the coming minute into memory.
    async fn refill(&self) -> Result<(), store::Error> {
        let mut after: Option<Due> = None;
        loop {
            let page = self.store().due(self.store().now().after(HORIZON), after, PAGE).await?;
            for due in page.iter().filter(|due| due.wake == Wake::Timer) {
                self.timers().near.lock().add(due.task, due.at);
            }
            after = page.last().copied();
            if page.len() < PAGE {
                return Ok(());
            }
        }
    }

    async fn fire(&self, task: TaskId) {
        let Ok(Found::Live(live)) = self.find(&Scope::Service, task).await else { return };
        let handle = Handle::new(self.clone(), live);
        let kit = self.clone();
        let fire = async move {
            if let Err(error) = handle.input(Input::Timer).await {
                tracing::warn!(task = %handle.id(), error = &error as &dyn std::error::Error, "a timer was not taken");
                let now = kit.store().now();
                kit.timers().change(task, Timer::Set(now.after(REFILL)), || now);
            }
        };
        self.runtime().spawn(fire.instrument(tracing::debug_span!("timer", %task)));
    }
}
