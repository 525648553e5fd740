//! Follows a task's stream to its end, over connections that break, and shows it.

use std::io::Write;
use std::time::Duration;

use a2a::frame::{Event, Update};
use a2a::metadata::{CURSOR, Cursor, count, object, structure};
use a2a::{ClientError, Followed, Snapshot};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use outbound::TlsError;
use proto::Struct;
use proto::a2a::stream_response::Payload;
use proto::a2a::{StreamResponse, Task, TaskState, TaskStatus};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use types::Seq;

use crate::endpoints::Endpoint;
use crate::failure::{Failure, unanswered};
use crate::interrupt::Interrupt;
use crate::outcome::{Outcome, Tally};
use crate::screen::{Screen, note, proto_json};
use crate::show::{self, Progress, Story};
use crate::waiting::{self, Limit, QUIET};

/// How long a lost connection is tried again before the command gives up; the task goes on without it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// For somebody who did not wait for the first answer.
pub(crate) const UNKNOWN: &str = "interrupted before the task was known; it may have begun: see `watchroom tasks`";

/// Between two drawings of the line at the bottom.
const REDRAW: Duration = Duration::from_secs(1);

/// How following ended.
#[derive(Debug)]
pub(crate) enum End {
    /// With an outcome to report.
    Outcome(Outcome),
    /// Before anything was heard.
    Unheard(ClientError),
}

/// One task's story on one screen.
pub(crate) struct Follow<'a, W: Write> {
    endpoint: &'a Endpoint,
    screen: &'a mut Screen<W>,
    story: Story,
    tally: Tally,
    task: Option<String>,
    seq: Option<Seq>,
    lost: Option<Instant>,
    progress: Progress,
    since: Instant,
    /// Whether nobody has answered, and that is still to be told.
    unheard: bool,
    /// Whether it was said how an open question is answered.
    invited: bool,
    /// Up to this frame no question is open any more.
    past: Option<Seq>,
}

type Items = BoxStream<'static, Result<Followed, ClientError>>;

impl<'a, W: Write> Follow<'a, W> {
    pub(crate) fn new(endpoint: &'a Endpoint, screen: &'a mut Screen<W>) -> Self {
        Self {
            endpoint,
            screen,
            story: Story::default(),
            tally: Tally::default(),
            task: None,
            seq: None,
            lost: None,
            progress: Progress::default(),
            since: Instant::now(),
            unheard: true,
            invited: false,
            past: None,
        }
    }

    /// The same where somebody has said already that there is no answer.
    pub(crate) fn quietly(self, quietly: bool) -> Self {
        Self { unheard: !quietly, ..self }
    }

    /// The same where up to this frame no question is open any more.
    pub(crate) fn past(self, past: Option<Seq>) -> Self {
        Self { past, ..self }
    }

    /// The task is known from the start.
    pub(crate) fn of_task(self, task: String) -> Self {
        Self { task: Some(task), ..self }
    }

    /// Shows what comes until the task ends or asks for an answer. After a question more of `items` may follow.
    pub(crate) async fn run(&mut self, items: &mut Items, interrupt: &mut Interrupt) -> Result<End, Failure> {
        let end = self.show(items, interrupt).await;
        self.screen.clear()?;
        end
    }

    async fn show(&mut self, items: &mut Items, interrupt: &mut Interrupt) -> Result<End, Failure> {
        let mut redraw = interval(REDRAW);
        redraw.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let patience = self.lost.map(|lost| lost + PATIENCE);
            let item = tokio::select! {
                item = items.next() => item,
                _ = redraw.tick() => {
                    self.screen.status(&self.progress.line(self.since.elapsed()))?;
                    continue;
                }
                () = interrupt.pressed() => return Ok(self.interrupted()),
                () = sleep_until(self.since + QUIET), if self.unheard => {
                    self.unheard = false;
                    waiting::say(self.endpoint, Limit::Unanswered(PATIENCE));
                    continue;
                }
                () = sleep_until(patience.unwrap_or_else(Instant::now)), if patience.is_some() => {
                    return Err(self.lost_for_good());
                }
            };
            self.unheard = false;
            match item {
                Some(Ok(followed)) => self.take(followed)?,
                Some(Err(error)) if self.tally.state().is_none() => {
                    return Ok(End::Unheard(error));
                }
                Some(Err(error)) => return Err(Failure::of_call(self.endpoint, error)),
                None => return Ok(End::Outcome(self.tally.outcome())),
            }
            if self.asks() {
                return Ok(End::Outcome(self.tally.outcome()));
            }
        }
    }

    fn take(&mut self, followed: Followed) -> Result<(), Failure> {
        match followed {
            Followed::Event(event) => self.event(event),
            Followed::Gap(snapshot) => {
                note("some events are no longer to be had; going on from the task as it stands");
                let cursor = snapshot.seq.map(|seq| Cursor { seq, prev: None });
                self.event(Event { cursor, update: Update::Task(snapshot.task) })
            }
            // No later attempt mends that, and there was no connection yet to wait for.
            Followed::Lost(error) if self.tally.state().is_none() && is_final(&error) => {
                Err(Failure::of_call(self.endpoint, error))
            }
            Followed::Lost(error) => {
                if self.lost.is_none() {
                    self.lost = Some(Instant::now());
                    note(&format!("the connection is lost ({}); trying again", unanswered(&error)));
                }
                Ok(())
            }
        }
    }

    fn event(&mut self, event: Event) -> Result<(), Failure> {
        if self.lost.take().is_some() {
            note("connected again");
        }
        self.tally.see(&event.update);
        self.progress.see(&event.update);
        self.learn(&event);
        let is_past = event.cursor.is_some_and(|cursor| self.past.is_some_and(|past| cursor.seq <= past));
        let waits = self.tally.state() == Some(TaskState::InputRequired);
        let open = !is_past && !waits && show::asks_early(&event.update);
        if self.screen.is_for_script() {
            let json = proto_json(&response(event))?;
            self.screen.json(&json)?;
        } else {
            for (mark, text) in self.story.tell(&event.update) {
                self.screen.say(mark, &text)?;
            }
        }
        if open {
            self.invite();
        }
        Ok(())
    }

    /// Says once how a question is answered that is open and that nobody is asked yet.
    fn invite(&mut self) {
        let Some(task) = self.task.as_ref().filter(|_| !self.invited) else { return };
        note(&format!("answer at any time with: watchroom send --task {task}{} \"...\"", self.endpoint.flag));
        self.invited = true;
    }

    fn learn(&mut self, event: &Event) {
        self.seq = event.cursor.map(|cursor| cursor.seq).or(self.seq);
        let id = match &event.update {
            Update::Task(task) => Some(&task.id),
            Update::Status(update) => Some(&update.task_id),
            Update::Artifact(update) => Some(&update.task_id),
            Update::Message(_) => None,
        };
        if let Some(id) = id {
            self.task = Some(id.clone());
        }
    }

    /// The end of a task is the stream's own end; a question is not: the stream stays open for what follows it.
    fn asks(&self) -> bool {
        self.tally.state() == Some(TaskState::InputRequired)
    }

    /// Who has the task.
    pub(crate) fn endpoint(&self) -> &'a Endpoint {
        self.endpoint
    }

    /// The newest frame that was shown, of agents that number them.
    pub(crate) fn seq(&self) -> Option<Seq> {
        self.seq
    }

    /// Takes over a listener's place: what came up to this frame was shown before.
    pub(crate) fn after(self, seq: Option<Seq>) -> Self {
        Self { seq, ..self }
    }

    /// Shows the task as it stands.
    pub(crate) fn begin(&mut self, snapshot: Snapshot) -> Result<Outcome, Failure> {
        let cursor = snapshot.seq.map(|seq| Cursor { seq, prev: None });
        self.event(Event { cursor, update: Update::Task(snapshot.task) })?;
        Ok(self.tally.outcome())
    }

    /// Takes in the task as it stands, without showing it: what came before the first frame counts too.
    /// Where nothing was shown, it says how the task ended.
    pub(crate) fn review(&mut self, task: Task) -> Outcome {
        if self.tally.state().is_none() {
            let state = task.status.as_ref().map(TaskStatus::state).unwrap_or_default();
            note(&format!("nothing follows; the task's state is: {}", show::state(state)));
        }
        self.tally.see(&Update::Task(task));
        self.tally.outcome()
    }

    /// What to do about a task that waits, or that has left something undone.
    pub(crate) fn advise(&self) {
        let (Some(state), Some(task), flag) = (self.tally.state(), &self.task, &self.endpoint.flag) else { return };
        match (state, self.tally.outcome()) {
            (TaskState::InputRequired, _) => note(&format!("answer with: watchroom send --task {task}{flag} \"...\"")),
            (TaskState::Completed | TaskState::Failed, Outcome::Failed) if self.endpoint.is_operator() => {
                note(&format!("do what is left with: watchroom resume {task}{flag}"));
            }
            _ => {}
        }
    }

    fn interrupted(&self) -> End {
        match &self.task {
            Some(task) => note(&format!("the task goes on{}; {}", self.place(), self.how_to_watch(task))),
            None => note(UNKNOWN),
        }
        End::Outcome(Outcome::Interrupted)
    }

    fn lost_for_good(&self) -> Failure {
        let hint = self.task.as_ref().map_or_else(|| self.endpoint.hint(), |task| self.how_to_watch(task));
        Failure::Unreachable {
            what: self.endpoint.to_string(),
            why: format!("no connection for {} s", PATIENCE.as_secs()),
            hint: format!("the task goes on; {hint}"),
        }
    }

    /// How far the story was shown.
    fn place(&self) -> String {
        self.seq.map(|seq| format!(" after frame {seq}")).unwrap_or_default()
    }

    fn how_to_watch(&self, task: &str) -> String {
        let from = self.seq.map(|seq| format!(" --from {seq}")).unwrap_or_default();
        format!("watch it with: watchroom watch {task}{from}{}", self.endpoint.flag)
    }
}

/// Whether what is there speaks something else.
fn is_final(error: &ClientError) -> bool {
    TlsError::behind(error).is_some() || error.stranger().is_some()
}

/// The frame as it came: its cursor back in the metadata.
fn response(event: Event) -> StreamResponse {
    let Event { cursor, mut update } = event;
    if let Some(cursor) = cursor {
        let metadata = match &mut update {
            Update::Task(task) => &mut task.metadata,
            Update::Message(message) => &mut message.metadata,
            Update::Status(update) => &mut update.metadata,
            Update::Artifact(update) => &mut update.metadata,
        };
        metadata.get_or_insert_with(Struct::default).fields.extend(structure([(CURSOR, position(cursor))]).fields);
    }
    let payload = match update {
        Update::Task(task) => Payload::Task(task),
        Update::Message(message) => Payload::Message(message),
        Update::Status(update) => Payload::StatusUpdate(update),
        Update::Artifact(update) => Payload::ArtifactUpdate(update),
    };
    StreamResponse { payload: Some(payload) }
}

fn position(cursor: Cursor) -> proto::Value {
    let seq = Some(("seq".to_owned(), count(cursor.seq.0)));
    let prev = cursor.prev.map(|prev| ("prev".to_owned(), count(prev.0)));
    object(seq.into_iter().chain(prev).collect())
}
