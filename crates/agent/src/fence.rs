//! `watchroom.agent.v1.Steps`: settles what became of a dispatched attempt, by the row that its acceptance would write.

use std::time::Duration;

use a2a::{Error, Fence, Who};
use prost::Message as _;
use proto::a2a::{Message, Task};
use proto::watchroom::agent::v1::fence_response::Outcome;
use proto::watchroom::agent::v1::steps_server::Steps as Service;
use proto::watchroom::agent::v1::{FenceRequest, FenceResponse, NeverAccepted, NothingLive};
use store::{Accept, Commit, Lane, Refusal, SeenKey, SeenReply};
use tonic::{Request, Response, Status};
use types::{Owner, Scope, TaskId, TaskState};

use crate::accept::REMEMBERED;
use crate::driver::{Driver, Input};
use crate::fault;
use crate::handle::Handle;
use crate::kit::{Found, Kit};

/// How long a fence waits for a live task to end before its caller has to ask again.
const PATIENCE: Duration = Duration::from_secs(20);

/// Serves the fences of one service's dispatches.
#[derive(Debug)]
pub(crate) struct Steps<D: Driver>(Kit<D>);

impl<D: Driver> Steps<D> {
    /// Over the tasks of `kit`.
    pub(crate) fn new(kit: Kit<D>) -> Self {
        Self(kit)
    }
}

#[tonic::async_trait]
impl<D: Driver> Service for Steps<D> {
    async fn fence(&self, request: Request<FenceRequest>) -> Result<Response<FenceResponse>, Status> {
        let who = Who::of(request.extensions());
        let request = request.into_inner();
        let owner = who.owner(&request.tenant)?;
        let outcome = self.0.fence(&owner, &Fence::try_from(&request)?).await?;
        Ok(Response::new(FenceResponse { outcome: Some(outcome) }))
    }
}

impl<D: Driver> Kit<D> {
    /// Writes the row that the attempt's acceptance would write, or learns what wrote it.
    pub async fn fence(&self, owner: &Owner, fence: &Fence) -> Result<Outcome, Error> {
        self.check_store(Some(fence.store_id))?;
        let now = self.store().now();
        // A row of this deadline is kept until then: while it would still be there, its absence says everything.
        let kept_until = fence.not_after.after(REMEMBERED);
        let accept =
            Accept::fence(SeenKey::new(owner, None, &fence.message_id()), kept_until.max(now.after(REMEMBERED)));
        let commit = Commit {
            epoch: self.epoch(),
            lane: Lane::Continue,
            at: now,
            task: None,
            accept: Some(accept),
            rows: Vec::new(),
        };
        let absent = if now <= kept_until {
            Outcome::NeverAccepted(NeverAccepted {})
        } else {
            Outcome::NothingLive(NothingLive {})
        };
        match self.store().commit(commit).await {
            Ok(_) => Ok(absent),
            Err(Refusal::Seen(seen)) => match seen.reply {
                SeenReply::Fence => Ok(absent),
                SeenReply::Message(bytes) => Ok(Outcome::Replied(Message::decode(bytes).map_err(|_| Error::Internal)?)),
                SeenReply::Task(task) => self.ended(owner, task).await,
            },
            Err(refusal) => Err(fault::write(&refusal)),
        }
    }

    /// Cancels a task that is live, and says how it ended.
    async fn ended(&self, owner: &Owner, task: TaskId) -> Result<Outcome, Error> {
        let found = match self.find(&Scope::Owner(owner.clone()), task).await {
            // Retention took it; its row outlives it.
            Err(Error::TaskNotFound) => return Ok(Outcome::NothingLive(NothingLive {})),
            found => found?,
        };
        if let Found::Live(live) = &found {
            match Handle::new(self.clone(), live.clone()).input(Input::Cancel).await {
                Ok(()) | Err(Error::TaskNotCancelable) => {}
                Err(error) => return Err(error),
            }
            let over = live.wait_until(TaskState::is_terminal);
            let waited = tokio::time::timeout(PATIENCE, self.unless_closing(over)).await;
            waited.map_err(|_| fault::unavailable("the task is being canceled and has not ended yet; ask again"))??;
        }
        let shown = found.show(self).await?;
        Ok(Outcome::Ended(Task::decode(shown.bytes).map_err(|_| Error::Internal)?))
    }
}
