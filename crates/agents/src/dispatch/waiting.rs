//! What a dispatch does while its task lives on: it waits for units, follows them, or stands down.
//! The rows are the truth: a run after a restart looks at them and goes on from what was told last.

use std::sync::Arc;

use agent::{Context, Failure, Finish, words};

use super::answer::{Answer, released_words};
use super::board::Inner;
use super::desk::{Call, Desk, conclude, report};
use super::orders::Sent;
use super::progress::{self, Mark};
use super::request::Until;
use super::unit::{Change, DispatchKey, State};

/// Up to this place of the queue each step is told; further behind only when the place has halved.
const NEAR: u32 = 10;

impl Desk {
    /// Goes on where an earlier run of the task stopped.
    pub(super) async fn go_on(&self, task: &mut Context, call: &Call, mark: Mark) -> Result<Finish, Failure> {
        match mark {
            Mark::Queue(told) => self.queue(task, call, told).await,
            Mark::Following(seq) => self.follow(task, call, seq).await,
        }
    }

    /// Waits until somebody goes, and tells how far off that is; `told` is the place that was told last.
    pub(super) async fn queue(&self, task: &mut Context, call: &Call, mut told: u32) -> Result<Finish, Failure> {
        let (mut pulse, stop) = (self.town().board.pulse(), task.canceled());
        loop {
            pulse.mark_unchanged();
            let sent = self.town().board.view(|draft| draft.sent(&call.order.dispatch));
            if !sent.units.is_empty() {
                return self.sent(task, call, sent).await;
            }
            if sent.missing.is_empty() {
                return Err(Failure("the dispatch was released before a unit was free".to_owned()));
            }
            let answer = self.answer(call, sent);
            if is_worth_telling(told, answer.position) {
                told = answer.position;
                task.progress(Some(words::say(answer.waiting())), progress::queue(&answer));
            }
            tokio::select! {
                // The sender lives in the town, so the wait cannot fail.
                _ = pulse.changed() => {}
                () = stop.cancelled() => return self.stand_down(task, call).await,
            }
        }
    }

    async fn sent(&self, task: &mut Context, call: &Call, sent: Sent) -> Result<Finish, Failure> {
        let answer = self.answer(call, sent);
        match call.incident.until {
            Until::Assigned => {
                let end = Finish::Completed(words::say(answer.words()));
                conclude(task, answer.artifact(), None, end).await
            }
            Until::Cleared => {
                task.artifact(answer.artifact());
                self.follow(task, call, 0).await
            }
        }
    }

    /// Tells each change of the dispatch's units after `seq`, until they have cleared.
    pub(super) async fn follow(&self, task: &mut Context, call: &Call, mut seq: u64) -> Result<Finish, Failure> {
        let (mut pulse, stop) = (self.town().board.pulse(), task.canceled());
        loop {
            pulse.mark_unchanged();
            let (news, busy) =
                self.town().board.look(|inner| (news(inner, call.key(), seq), is_busy(inner, call.key())));
            for change in news {
                seq = change.seq;
                let words = progress::change_words(&self.town().scenario, &change);
                task.progress(Some(words::say(words)), progress::change(&change));
            }
            if !busy {
                let sent = self.town().board.view(|draft| draft.sent(call.key()));
                return Ok(Finish::Completed(words::say(ended(&self.answer(call, sent)))));
            }
            tokio::select! {
                _ = pulse.changed() => {}
                () = stop.cancelled() => return self.stand_down(task, call).await,
            }
        }
    }

    /// Gives back everything that the dispatch has, before its task ends as canceled.
    pub(super) async fn stand_down(&self, task: &mut Context, call: &Call) -> Result<Finish, Failure> {
        let stopped = Failure("the dispatch was canceled".to_owned());
        let (released, pending) = self.free(|key| key == call.key()).await?;
        let Some(pending) = pending else { return Err(stopped) };
        let said = words::say(released_words(&released));
        report(task, said, progress::following(), None, Some(pending)).await?;
        Err(stopped)
    }
}

/// What the dispatch's units have done since.
fn news(inner: &Inner, key: &DispatchKey, seq: u64) -> Vec<Arc<Change>> {
    let ours = |change: &&Arc<Change>| change.part.as_ref().is_some_and(|part| part.dispatch == *key);
    let told = |change: &&Arc<Change>| change.after.state != State::Available;
    inner.history.after(seq).filter(ours).filter(told).cloned().collect()
}

/// Whether somebody works for the dispatch and has not cleared, or it waits for somebody.
fn is_busy(inner: &Inner, key: &DispatchKey) -> bool {
    let works =
        inner.units.values().any(|held| held.record.is_for(|of| of == key) && held.record.state != State::Cleared);
    works || inner.waits.get(key).is_some_and(|held| held.wait.is_some())
}

fn ended(answer: &Answer) -> String {
    match answer.going.len() {
        0 => "its units were called off".to_owned(),
        1 => "its unit has cleared".to_owned(),
        many => format!("all {many} units have cleared"),
    }
}

fn is_worth_telling(told: u32, position: u32) -> bool {
    position != told && (position <= NEAR || position <= told / 2 || position / 2 >= told)
}
