//! What a dispatch does while its task lives on: it waits for units, follows them, or stands down.
//! The rows are the truth: a run after a restart looks at them and goes on from what was told last.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use agent::{Context, Failure, Finish, words};
use types::Timestamp;

use super::answer::{Answer, released_words};
use super::desk::{Call, Desk, conclude, report};
use super::draft::Draft;
use super::ears::{Heard, Listener, is_worth_telling};
use super::keeper;
use super::orders::Sent;
use super::progress::{self, Mark, Waits};
use super::request::Until;
use super::town::Town;
use super::unit::{Change, DispatchKey, Record, State};

/// One dispatch while its task lives on.
pub(super) struct Vigil<'v> {
    desk: &'v Desk,
    task: &'v mut Context,
    call: &'v Call,
    listener: Listener<'v>,
    /// The newest change that was told.
    seq: u64,
    /// Whether it was told that nobody came in time.
    overdue: bool,
}

/// How a dispatch stands, and what was heard of it since the last look.
pub(super) struct Stand {
    heard: Heard,
    sent: Sent,
    /// Who works for it.
    working: Vec<(String, Record)>,
    /// Whether it waits for units, or for one to clear.
    busy: bool,
    /// Who is on scene or has been there.
    arrived: BTreeSet<String>,
    /// When its call came, by the town's clock.
    called: Option<Timestamp>,
    /// The newest change of the board.
    seq: u64,
    now: Timestamp,
}

impl Stand {
    fn of(key: &DispatchKey, heard: Heard, draft: &Draft<'_>, now: Timestamp) -> Self {
        let (sent, working, wait) = (draft.sent(key), draft.seen_of(key), draft.wait(key));
        Self {
            heard,
            busy: wait.is_some() || working.iter().any(|(_, record)| record.state != State::Cleared),
            arrived: draft.arrived(key, sent.at.as_ref()),
            called: wait.map(|wait| wait.called).or(sent.units.first().map(|(_, part)| part.called)),
            sent,
            working,
            seq: draft.inner.history.current(),
            now,
        }
    }

    /// Whether a unit has come to where the dispatch goes now.
    fn is_there(&self, change: &Change) -> bool {
        let scene = change.part.as_ref().and_then(|part| part.scene);
        self.sent.at.as_ref().is_none_or(|at| scene == Some(at.scene))
    }
}

impl Desk {
    /// Goes on where an earlier run of the task stopped.
    /// The mark and the place are what it told last.
    pub(super) async fn go_on(
        &self,
        task: &mut Context,
        call: &Call,
        mark: Mark,
        place: String,
    ) -> Result<Finish, Failure> {
        let vigil = self.vigil(task, call, mark.seq).await;
        let vigil = Vigil { overdue: mark.overdue, ..vigil };
        match mark.waits {
            Waits::Queue(told) => vigil.queue(told, place).await,
            Waits::Following => vigil.follow(None).await,
        }
    }

    /// Listens for what happens to a dispatch after the change `seq`, once what was decided before is visible.
    pub(super) async fn vigil<'v>(&'v self, task: &'v mut Context, call: &'v Call, seq: u64) -> Vigil<'v> {
        let board = &self.town().board;
        board.caught_up().await;
        Vigil { desk: self, task, call, listener: Listener::start(board, call.key(), seq), seq, overdue: false }
    }

    /// Gives back everything that the dispatch has, before its task ends as canceled.
    pub(super) async fn stand_down(&self, task: &mut Context, call: &Call) -> Result<Finish, Failure> {
        let stopped = Failure("the dispatch was canceled".to_owned());
        let (released, pending) = self.free(|key| key == call.key()).await?;
        let Some(pending) = pending else { return Err(stopped) };
        let said = words::say(released_words(&released));
        let mark = Mark { waits: Waits::Following, seq: 0, overdue: false };
        report(task, said, mark.following(), None, Some(pending)).await?;
        Err(stopped)
    }
}

impl Vigil<'_> {
    /// Waits until somebody goes, and tells how far off that is, and where to; `told` and `to` are what was told last.
    pub(super) async fn queue(mut self, mut told: u32, mut to: String) -> Result<Finish, Failure> {
        let stop = self.task.canceled();
        self.listener.told(told);
        loop {
            let stand = self.glance();
            if !stand.sent.units.is_empty() {
                return self.sent(stand).await;
            }
            if stand.sent.missing.is_empty() {
                return Err(Failure("the dispatch was released before a unit was free".to_owned()));
            }
            let (late, answer) = (self.is_late(&stand), self.answer(&stand));
            if late || to != answer.incident.place || is_worth_telling(told, answer.position) {
                told = answer.position;
                to.clone_from(&answer.incident.place);
                self.listener.told(told);
                self.overdue |= late;
                let said = if late { answer.overdue() } else { answer.waiting() };
                let mark = Mark { waits: Waits::Queue(told), seq: self.seq, overdue: self.overdue };
                self.task.progress(Some(words::say(said)), mark.queue(&answer));
            }
            tokio::select! {
                () = self.listener.rung() => {}
                () = self.deadline(&stand) => {}
                () = stop.cancelled() => return self.desk.stand_down(self.task, self.call).await,
            }
        }
    }

    async fn sent(self, stand: Stand) -> Result<Finish, Failure> {
        match self.call.incident.until {
            Until::Assigned => {
                let answer = self.answer(&stand);
                let end = Finish::Completed(words::say(answer.words()));
                conclude(self.task, vec![answer.artifact()], None, end).await
            }
            Until::Cleared => self.follow(None).await,
        }
    }

    /// Tells each change of the dispatch's units until they have cleared, and keeps the artifact at who is on it;
    /// `told` is what that says, where it is known.
    pub(super) async fn follow(mut self, mut told: Option<Sent>) -> Result<Finish, Failure> {
        let stop = self.task.canceled();
        loop {
            let stand = self.look();
            // First, so that a run after a crash in between puts it out again.
            self.renew(&stand, &mut told);
            self.tell(&stand);
            if !stand.busy {
                return Ok(Finish::Completed(words::say(ended(&self.answer(&stand)))));
            }
            tokio::select! {
                () = self.listener.rung() => {}
                () = self.deadline(&stand) => {}
                () = stop.cancelled() => return self.desk.stand_down(self.task, self.call).await,
            }
        }
    }

    /// Puts out who is on the dispatch now, unless that was told.
    fn renew(&mut self, stand: &Stand, told: &mut Option<Sent>) {
        let is = &stand.sent;
        if told.as_ref().is_some_and(|told| told.units == is.units && told.missing == is.missing) {
            return;
        }
        self.task.artifact(self.answer(stand).artifact());
        *told = Some(is.clone());
    }

    fn tell(&mut self, stand: &Stand) {
        if stand.heard.behind {
            self.seq = stand.seq;
            let said = progress::missed_words(&self.desk.town().scenario, &stand.working, stand.now);
            self.task.progress(Some(words::say(said)), self.mark().missed(&stand.working));
        }
        if self.is_late(stand) {
            self.overdue = true;
            self.task.progress(Some(words::say(self.answer(stand).overdue())), self.mark().following());
        }
        for change in stand.heard.news.iter().filter(|change| change.after.state != State::Available) {
            self.seq = self.seq.max(change.seq);
            let said = progress::change_words(&self.desk.town().scenario, change);
            self.task.progress(Some(words::say(said)), self.mark().change(change));
        }
    }

    fn mark(&self) -> Mark {
        Mark { waits: Waits::Following, seq: self.seq, overdue: self.overdue }
    }

    fn answer(&self, stand: &Stand) -> Answer {
        self.desk.answer(self.call, stand.sent.clone())
    }

    /// How it stands, with what was heard.
    fn look(&self) -> Stand {
        let now = self.desk.town().now();
        self.listener.look(|heard, draft| Stand::of(self.call.key(), heard, draft, now))
    }

    /// How it stands; what was heard is kept for whoever tells it.
    fn glance(&self) -> Stand {
        let now = self.desk.town().now();
        self.desk.town().board.look(|inner| Stand::of(self.call.key(), Heard::default(), &inner.draft(), now))
    }

    /// When somebody should be on scene.
    fn due(&self, stand: &Stand) -> Option<Timestamp> {
        let sla = self.call.sla.filter(|_| !self.overdue)?;
        stand.called.map(|called| called.after(sla))
    }

    /// Whether it has to be told now that nobody came in time.
    fn is_late(&self, stand: &Stand) -> bool {
        let Some(due) = self.due(stand) else { return false };
        let arrived = |change: &&Arc<Change>| change.after.state == State::OnScene && stand.is_there(change);
        let mut arrivals = stand.heard.news.iter().filter(arrived).peekable();
        let Some(first) = arrivals.peek().map(|change| change.after.since) else {
            return stand.arrived.is_empty() && stand.now >= due;
        };
        let new: BTreeSet<&String> = arrivals.map(|change| &change.unit).collect();
        // Who was there before was there in time, or it was told.
        first > due && stand.arrived.iter().all(|unit| new.contains(unit))
    }

    /// Resolves when somebody should be on scene and nobody is.
    fn deadline(&self, stand: &Stand) -> impl Future<Output = ()> + use<> {
        let due = self.due(stand).filter(|_| stand.arrived.is_empty());
        let wait = due.map(|due| wait(self.desk.town(), due));
        async move {
            match wait {
                Some(wait) => tokio::time::sleep(wait).await,
                None => std::future::pending().await,
            }
        }
    }
}

fn wait(town: &Town, until: Timestamp) -> Duration {
    town.clock.until(town.store.now(), until).clamp(Duration::from_millis(1), keeper::LONGEST)
}

fn ended(answer: &Answer) -> String {
    match answer.going.len() {
        0 => "its units were called off".to_owned(),
        1 => "its unit has cleared".to_owned(),
        many => format!("all {many} units have cleared"),
    }
}
