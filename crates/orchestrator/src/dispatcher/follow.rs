//! Follows one child to its end and tells its run: the end at once, what comes before it in batches,
//! so that a quick child costs its run one commit.

use std::time::Duration;

use a2a::frame::{Event, Update, Work};
use a2a::{Client, ClientError, Error, Followed, History, Snapshot, fold};
use discovery::Seen;
use engine::{Answer, Cause, ChildNews, Code, Payload};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use proto::a2a::Task;
use tokio::time::Instant;
use types::{RemoteTask, Seq};

use super::child::{Standing, answer, has_ended, note, replied, said, standing};
use super::{Attempt, Barred, Dispatcher, pause};

/// How long news that decide nothing wait for others of the same child. The kit lets them wait as long again for those of
/// other children, which share their commit.
const BATCH: Duration = Duration::from_millis(100);

/// Most news that wait; a child that says more is told about sooner.
const WAITING: usize = 32;

/// Why nothing is known of the child of a message that was sent.
pub(super) enum Unheard {
    /// The call came to nothing.
    Failed(ClientError),
    /// Whoever was asked is not to be asked any more. It may have got the message.
    Moved,
}

/// Whether there is more to follow.
enum Step {
    On,
    Over,
}

/// The state of following.
pub(super) struct Follow<'d> {
    dispatcher: &'d Dispatcher,
    attempt: &'d Attempt,
    /// Where its agent was when it was asked last.
    address: Option<String>,
    items: BoxStream<'static, Result<Followed, ClientError>>,
    child: Option<RemoteTask>,
    /// The child as far as it was seen.
    task: Option<Task>,
    /// Whether it was seen from its beginning, or as a whole.
    whole: bool,
    cursor: Seq,
    waiting: Vec<ChildNews>,
    flush_at: Instant,
    failures: u32,
    /// When the message went out, until its agent has answered.
    asked: Option<Instant>,
}

impl<'d> Follow<'d> {
    /// Sends `work` and follows what it becomes.
    pub(super) fn sent(dispatcher: &'d Dispatcher, attempt: &'d Attempt, work: Work) -> Result<Self, Barred> {
        let following = Self::new(dispatcher, attempt, futures::stream::empty().boxed(), None, Seq::ZERO);
        let client = following.client()?;
        // What a foreign agent makes of "return immediately" is not known.
        let items = match attempt.route.store_id {
            Some(_) => client.delegate(work),
            None => client.send_following(work.into()),
        };
        Ok(Self { items, asked: Some(Instant::now()), ..following })
    }

    /// Follows `child`, whose events are known up to `after`.
    pub(super) fn resumed(dispatcher: &'d Dispatcher, attempt: &'d Attempt, child: RemoteTask, after: Seq) -> Self {
        let items = futures::stream::empty().boxed();
        Self::new(dispatcher, attempt, items, Some(child), after)
    }

    fn new(
        dispatcher: &'d Dispatcher,
        attempt: &'d Attempt,
        items: BoxStream<'static, Result<Followed, ClientError>>,
        child: Option<RemoteTask>,
        cursor: Seq,
    ) -> Self {
        let address = dispatcher.directory.address(&attempt.route);
        let (waiting, flush_at) = (Vec::new(), Instant::now());
        let (task, whole, failures) = (None, false, 0);
        let asked = None;
        Self { dispatcher, attempt, address, items, child, task, whole, cursor, waiting, flush_at, failures, asked }
    }

    /// Follows to the end; or says why it has not come to the first frame.
    pub(super) async fn run(mut self) -> Option<Unheard> {
        if self.child.is_some() {
            self.reopen();
        }
        loop {
            let item = tokio::select! {
                biased;
                () = self.dispatcher.directory.moved(&self.attempt.route, &self.address) => match self.child {
                    Some(_) => {
                        self.reopen();
                        continue;
                    }
                    None => return Some(Unheard::Moved),
                },
                () = tokio::time::sleep_until(self.flush_at), if !self.waiting.is_empty() => {
                    self.flush().await;
                    continue;
                }
                item = self.items.next() => item,
            };
            let step = match item {
                Some(Ok(Followed::Event(event))) => self.event(event).await,
                Some(Ok(Followed::Gap(snapshot))) => self.snapshot(snapshot).await,
                Some(Ok(Followed::Lost(error))) => self.lost(&error),
                Some(Err(error)) if self.child.is_none() => return Some(Unheard::Failed(error)),
                Some(Err(error)) => self.refused(error).await,
                None => self.drained().await,
            };
            if let Step::Over = step {
                return None;
            }
        }
    }

    async fn event(&mut self, event: Event) -> Step {
        self.failures = 0;
        if let Some(asked) = self.asked.take() {
            self.dispatcher.directory.saw(&self.attempt.route, Seen::Answered { after: asked.elapsed() });
        }
        let cursor = event.cursor.map_or(self.cursor, |cursor| cursor.seq);
        // Of its last words the answer makes what it needs.
        let said = if has_ended(&event.update) { Payload::default() } else { note(&event.update) };
        let metadata = match &event.update {
            Update::Message(message) => return self.replied(message.clone()).await,
            Update::Status(update) => update.metadata.clone(),
            Update::Task(task) => task.metadata.clone(),
            Update::Artifact(_) => None,
        };
        let moved = !matches!(event.update, Update::Artifact(_));
        let first = self.task.is_none();
        if !self.fold(event.update) {
            return Step::On;
        }
        self.cursor = cursor;
        if first {
            self.catch_up();
        }
        let status = self.task.as_ref().and_then(|task| task.status.as_ref());
        match standing(status, metadata.as_ref()) {
            Standing::Ended => self.finish().await,
            Standing::Waits(on) if moved => {
                let news = |child| ChildNews::Waiting { child, cursor, on, note: said };
                self.waiting.extend(self.child.clone().map(news));
                self.flush().await;
                Step::On
            }
            Standing::Waits(_) | Standing::Working => self.progress(said).await,
        }
    }

    /// Takes an update into what is known of the child. False when it is about something else.
    fn fold(&mut self, update: Update) -> bool {
        match (update, &mut self.task) {
            (Update::Task(task), known) => {
                self.child = task.id.parse().ok().or(self.child.take());
                (*known, self.whole) = (Some(task), true);
                true
            }
            (update @ (Update::Status(_) | Update::Artifact(_)), Some(known)) => fold::apply(known, update).is_ok(),
            // Resumed behind the beginning: only the newest status is known, the rest is asked for at the end.
            (Update::Status(update), known @ None) => {
                *known = Some(Task { id: update.task_id, status: update.status, ..Task::default() });
                true
            }
            (Update::Artifact(_) | Update::Message(_), _) => true,
        }
    }

    /// A child that ended before it was first seen has said in its history what it would have said on the way.
    fn catch_up(&mut self) {
        let (Some(task), Some(child), cursor) = (&self.task, &self.child, self.cursor) else { return };
        self.waiting.extend(said(task).map(|note| ChildNews::Progress { child: child.clone(), cursor, note }));
    }

    async fn progress(&mut self, note: Payload) -> Step {
        let (Some(child), cursor) = (self.child.clone(), self.cursor) else { return Step::On };
        self.drop_silent();
        if self.waiting.is_empty() {
            self.flush_at = Instant::now() + BATCH;
        }
        self.waiting.push(ChildNews::Progress { child, cursor, note });
        if self.waiting.len() >= WAITING {
            self.flush().await;
        }
        Step::On
    }

    /// What says nothing but how far the child is need not be told when something newer is.
    fn drop_silent(&mut self) {
        let silent = |news: &ChildNews| matches!(news, ChildNews::Progress { note, .. } if note.as_bytes().is_empty());
        if self.waiting.last().is_some_and(silent) {
            self.waiting.pop();
        }
    }

    async fn flush(&mut self) {
        let news = std::mem::take(&mut self.waiting);
        self.attempt.tell(news).await;
    }

    /// Tells the end with all that came before it.
    async fn end(&mut self, answer: Answer) -> Step {
        self.drop_silent();
        self.waiting.push(ChildNews::Ended { child: self.child.clone(), answer });
        self.flush().await;
        Step::Over
    }

    async fn replied(&mut self, message: proto::a2a::Message) -> Step {
        self.end(replied(message)).await
    }

    /// The child has ended: what it made is in hand, or is asked for.
    async fn finish(&mut self) -> Step {
        match self.task.take() {
            Some(task) if self.whole => self.end(answer(task)).await,
            Some(_) | None => self.drained().await,
        }
    }

    /// The state replaces what was followed so far.
    async fn snapshot(&mut self, snapshot: Snapshot) -> Step {
        let cursor = snapshot.seq.map(|seq| a2a::metadata::Cursor { seq, prev: None });
        self.event(Event { cursor, update: Update::Task(snapshot.task) }).await
    }

    /// The stream has nothing more: the child has ended, or is to be followed anew.
    async fn drained(&mut self) -> Step {
        let Some(child) = self.child.clone() else { return Step::Over };
        self.address = self.dispatcher.directory.address(&self.attempt.route);
        let client = match self.client() {
            Ok(client) => client,
            // Who is not signed now may be in a moment, and an address that cannot be used may be mended: until then the run's
            // own time counts.
            Err(barred) => {
                tracing::info!(step = %self.attempt.step, %barred, "following the child again");
                return self.again().await;
            }
        };
        let asked = tokio::select! {
            biased;
            () = self.dispatcher.directory.moved(&self.attempt.route, &self.address) => return self.again().await,
            asked = client.get(&child, History::None) => asked,
        };
        match asked {
            Ok(snapshot) => match standing(snapshot.task.status.as_ref(), None) {
                Standing::Ended => self.end(answer(snapshot.task)).await,
                Standing::Waits(_) | Standing::Working => self.again().await,
            },
            Err(error) => self.refused(error).await,
        }
    }

    /// The agent says no, or cannot say anything: only "no such task" is an end.
    async fn refused(&mut self, error: ClientError) -> Step {
        if let ClientError::Refused(Error::TaskNotFound) = error {
            if self.attempt.route.store_id.is_none() {
                return self.forgotten().await;
            }
            let text = "the agent does not know its task any more";
            return self.end(Answer::Failed(Cause::new(Code::AgentFailed, text))).await;
        }
        tracing::info!(step = %self.attempt.step, %error, "following the child again");
        self.again().await
    }

    /// A foreign agent that forgets its task has not said how it ended.
    async fn forgotten(&mut self) -> Step {
        self.waiting.push(ChildNews::NotFound);
        self.flush().await;
        Step::Over
    }

    async fn again(&mut self) -> Step {
        self.failures = self.failures.saturating_add(1);
        pause(self.failures).await;
        self.reopen();
        Step::On
    }

    /// The connection is gone. The follower goes on by itself, unless the store is served elsewhere now.
    fn lost(&mut self, error: &ClientError) -> Step {
        tracing::debug!(step = %self.attempt.step, %error, "lost the child's agent");
        if self.dispatcher.directory.address(&self.attempt.route) != self.address {
            self.reopen();
        }
        Step::On
    }

    fn reopen(&mut self) {
        self.address = self.dispatcher.directory.address(&self.attempt.route);
        let from = Some(self.cursor).filter(|cursor| *cursor > Seq::ZERO);
        self.items = match (self.child.clone(), self.client()) {
            (Some(child), Ok(client)) => client.follow(child, from),
            _ => futures::stream::empty().boxed(),
        };
    }

    /// At the address that is noted: it is the one that is watched.
    fn client(&self) -> Result<Client, Barred> {
        self.dispatcher.client_at(self.attempt.handle.owner(), &self.attempt.route, self.address.as_deref())
    }
}
