//! The A2A operations over the kit's tasks.

use std::sync::Arc;
use std::time::Duration;

use a2a::frame::{Ids, Update, wrap_message, wrap_task};
use a2a::{Artifacts, Backend, Call, Error, History, ListQuery, PushConfig, PushPage, SendRequest, Wait};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use prost::Message as _;
use proto::Struct;
use proto::a2a::{AgentCard, Task, TaskStatus};
use store::{Listing, PageKey, Query, Summary};
use types::{PushId, Scope, Seq, TaskId, TaskState};

use crate::accept::{Accepted, Asked, Audience};
use crate::answer::{self, Shown};
use crate::driver::{Driver, Input};
use crate::fault;
use crate::frames::{self, Frames, Until};
use crate::handle::Handle;
use crate::kit::{Found, Kit};
use crate::page::{self, Listed};

/// How long an answer to a cancel waits for the work to stop before it says that the stop is under way.
const CANCEL_WAIT: Duration = Duration::from_secs(2);
/// Tasks of a page that are read at once.
const LISTED_AT_ONCE: usize = 16;
/// Frames that are looked at first for the status at a cursor.
const LOOK_BACK: u64 = 32;

impl<D: Driver> Backend for Kit<D> {
    type Frames = Frames;

    fn send(&self, call: Call, request: SendRequest) -> impl Future<Output = Result<Bytes, Error>> + Send {
        self.answer(Asked::new(call, request))
    }

    fn stream(&self, call: Call, request: SendRequest) -> impl Future<Output = Result<Frames, Error>> + Send {
        self.follow(Asked::new(call, request))
    }

    async fn get(&self, call: Call, task: TaskId, history: History) -> Result<Bytes, Error> {
        self.check_store(call.store)?;
        self.excerpt(&Scope::Owner(call.owner), task, history, Artifacts::Include).await
    }

    async fn list(&self, call: Call, query: ListQuery) -> Result<Bytes, Error> {
        self.check_store(call.store)?;
        let scope = Scope::Owner(call.owner);
        let listing = self.page(&scope, &query).await?;
        let shown = stream::iter(listing.tasks).map(|summary| self.listed(&scope, summary, &query));
        let shown: Vec<Listed> = shown.buffered(LISTED_AT_ONCE).try_collect().await?;
        let (tasks, cut) = page::fitting(shown);
        let next = cut.or(listing.next).map(|key| page::token(key, listing.total)).unwrap_or_default();
        Ok(a2a::frame::page(&tasks, &next, query.page_size, listing.total))
    }

    async fn cancel(&self, call: Call, task: TaskId, metadata: Option<Struct>) -> Result<Bytes, Error> {
        let wanted =
            a2a::metadata::store_of(metadata.as_ref()).map_err(|bad| Error::invalid("metadata", bad.to_string()))?;
        self.check_store(call.store)?;
        self.check_store(wanted)?;
        let found = self.find(&Scope::Owner(call.owner), task).await?;
        let Found::Live(live) = &found else { return Err(Error::TaskNotCancelable) };
        Handle::new(self.clone(), live.clone()).input(Input::Cancel).await?;
        // Not stopped in time is no failure: the answer then shows a task whose stop is under way.
        drop(tokio::time::timeout(CANCEL_WAIT, live.wait_until(TaskState::is_terminal)).await);
        Ok(found.show(self).await?.bytes)
    }

    async fn subscribe(&self, call: Call, task: TaskId) -> Result<Frames, Error> {
        self.check_store(call.store)?;
        let found = self.find(&Scope::Owner(call.owner.clone()), task).await?;
        if call.cursor.is_none() && found.show(self).await?.state.is_terminal() {
            return Err(Error::UnsupportedOperation("the task has ended; read it with GetTask".to_owned()));
        }
        self.view(&call, task, found, Until::Terminal).await
    }

    async fn create_push(&self, call: Call, task: TaskId, config: PushConfig) -> Result<Bytes, Error> {
        self.create_config(&call, task, config).await
    }

    async fn get_push(&self, call: Call, task: TaskId, id: PushId) -> Result<Bytes, Error> {
        self.get_config(&call, task, &id).await
    }

    async fn list_push(&self, call: Call, task: TaskId, page: PushPage) -> Result<Bytes, Error> {
        self.list_configs(&call, task, page).await
    }

    async fn delete_push(&self, call: Call, task: TaskId, id: PushId) -> Result<(), Error> {
        self.delete_config(&call, task, &id).await
    }

    fn card(&self) -> Arc<AgentCard> {
        Self::card(self).clone()
    }

    fn extended_card(&self) -> Option<AgentCard> {
        Self::extended_card(self).cloned()
    }
}

impl<D: Driver> Kit<D> {
    async fn answer(&self, asked: Asked) -> Result<Bytes, Error> {
        self.check_store(asked.call.store)?;
        let (found, id) = match self.accept(&asked, Audience::Caller).await? {
            Accepted::Opened(live) => (Found::Live(live.clone()), live.id),
            Accepted::Joined(found, id) => (found, id),
            Accepted::Replied(message) => return Ok(wrap_message(&message)),
        };
        if let (Wait::Blocking, Found::Live(live)) = (asked.request.wait, &found) {
            let waits = |state: TaskState| state.is_terminal() || state.is_interrupted();
            self.unless_closing(live.wait_until(waits)).await?;
        }
        let shown = found.show(self).await?;
        Ok(wrap_task(&answer::excerpt(id, shown, asked.request.history, Artifacts::Include)?))
    }

    async fn follow(&self, asked: Asked) -> Result<Frames, Error> {
        self.check_store(asked.call.store)?;
        match self.accept(&asked, Audience::Reader).await? {
            Accepted::Opened(live) => {
                let id = live.id;
                Ok(frames::frames(self, id, Found::Live(live), None, Seq::ZERO, Until::InputRequired))
            }
            Accepted::Joined(found, id) => Box::pin(self.view(&asked.call, id, found, Until::InputRequired)).await,
            Accepted::Replied(message) => Ok(frames::single(wrap_message(&message))),
        }
    }

    /// The stream of a task that exists: its present state and what follows, or what follows the cursor.
    async fn view(&self, call: &Call, id: TaskId, found: Found<D>, until: Until) -> Result<Frames, Error> {
        let Shown { bytes, seq, .. } = found.show(self).await?;
        let (opening, after) = match call.cursor {
            None => (wrap_task(&bytes), seq),
            // Past the log's end: a snapshot at an earlier position, which the client sees as a gap.
            Some(cursor) if cursor > seq => (wrap_task(&bytes), seq),
            Some(cursor) => {
                let task = Task::decode(bytes).map_err(|_| Error::Internal)?;
                (wrap_task(&self.bare(&task, id, cursor).await?), cursor)
            }
        };
        Ok(frames::frames(self, id, found, Some(opening), after, until))
    }

    /// The task as it stood at `cursor`, without what the client has already.
    async fn bare(&self, shown: &Task, id: TaskId, cursor: Seq) -> Result<Bytes, Error> {
        let status = self.status_at(id, cursor).await?;
        let ids = Ids { task: &shown.id, context: &shown.context_id };
        Ok(a2a::frame::bare(ids, &status, cursor))
    }

    /// The status that was in force at `cursor`, found by going back through the log in growing steps.
    async fn status_at(&self, id: TaskId, cursor: Seq) -> Result<TaskStatus, Error> {
        let mut span = LOOK_BACK;
        loop {
            let from = Seq(cursor.0.saturating_sub(span));
            let wanted = usize::try_from(cursor.0 - from.0).unwrap_or(usize::MAX);
            let frames = self.store().frames(Scope::Service, id, from, wanted).await.map_err(fault::read)?;
            for frame in frames.into_iter().rev().filter(|frame| frame.seq <= cursor) {
                if let Some(status) = status_of(frame.bytes)? {
                    return Ok(status);
                }
            }
            if from == Seq::ZERO {
                return Ok(TaskStatus { state: TaskState::Submitted.wire(), ..TaskStatus::default() });
            }
            span *= 8;
        }
    }

    async fn page(&self, scope: &Scope, query: &ListQuery) -> Result<Listing, Error> {
        let (after, total) = query.page_token.as_deref().map(page::parse).transpose()?.unzip();
        let query = Query {
            context: query.context.clone(),
            state: query.state,
            changed_since: query.since,
            after,
            limit: query.page_size,
            total,
        };
        self.store().list(scope.clone(), query).await.map_err(fault::read)
    }

    async fn listed(&self, scope: &Scope, summary: Summary, query: &ListQuery) -> Result<Listed, Error> {
        let key = PageKey { changed_at: summary.changed_at, id: summary.id };
        let task = match self.excerpt(scope, summary.id, query.history, query.artifacts).await {
            // Retention took it between the page and this read.
            Err(Error::TaskNotFound) => None,
            // One task that cannot be read hides no other; where it was found out, it was logged.
            Err(Error::TaskDamaged) => None,
            read => Some(read?),
        };
        Ok(Listed { key, task })
    }

    /// What is to be shown of a task.
    async fn excerpt(&self, scope: &Scope, id: TaskId, history: History, artifacts: Artifacts) -> Result<Bytes, Error> {
        let shown = self.find(scope, id).await?.show(self).await?;
        answer::excerpt(id, shown, history, artifacts)
    }

    /// Waits for `done` as long as the service does not stop.
    pub(crate) async fn unless_closing(&self, done: impl Future<Output = Result<(), Error>>) -> Result<(), Error> {
        tokio::select! {
            biased;
            result = done => result,
            () = self.closing().cancelled() => {
                Err(fault::unavailable("the service is stopping; the task goes on, send the same message again"))
            }
        }
    }
}

fn status_of(frame: Bytes) -> Result<Option<TaskStatus>, Error> {
    match a2a::frame::open(frame).map_err(|_| Error::Internal)?.update {
        Update::Task(task) => Ok(task.status),
        Update::Status(update) => Ok(update.status),
        Update::Artifact(_) | Update::Message(_) => Ok(None),
    }
}
