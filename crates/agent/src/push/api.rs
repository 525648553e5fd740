//! What an operator sees of webhooks, and does for them.

use a2a::Error;
use proto::watchroom::admin::v1::{
    ListPushRequest, ListPushResponse, PushState, PushStatus, RedrivePushRequest, RedrivePushResponse,
};
use push::{News, Standing};
use store::{Lane, Refusal};
use types::{PushId, TaskId};

use super::outbox::Outbox;
use super::row::{Config, Kept, Life};
use crate::fault;
use crate::handle::TRIES;

/// Webhooks of a page, when the caller names no size, and at most.
const PAGE: usize = 100;
const PAGE_MAX: usize = 1000;

impl Outbox {
    /// One page of the webhooks that have something left to be told.
    ///
    /// # Errors
    /// When the page is not one of ours, or the store does not answer.
    pub async fn list(&self, request: ListPushRequest) -> Result<ListPushResponse, Error> {
        let size = page_size(request.page_size)?;
        let after = Some(request.page_token.as_str()).filter(|token| !token.is_empty()).map(place).transpose()?;
        let all = self.read(&[]).await.map_err(fault::read)?;
        let wanted = |kept: &Kept| match request.parked_only {
            true => kept.config.standing.is_parked(),
            false => kept.config.life == Life::Open,
        };
        let follows =
            |config: &Config| after.as_ref().is_none_or(|after| (config.task, &config.id) > (after.0, &after.1));
        let mut rest = all.iter().filter(|kept| wanted(kept) && follows(&kept.config)).map(|kept| status(&kept.config));
        let configs: Vec<PushStatus> = rest.by_ref().take(size).collect();
        let last = configs.last().filter(|_| rest.next().is_some());
        let next_page_token = last.map(|last| format!("{}/{}", last.task_id, last.id)).unwrap_or_default();
        Ok(ListPushResponse { configs, next_page_token })
    }

    /// Calls a webhook again from its cursor, without waiting.
    ///
    /// # Errors
    /// [`Error::TaskNotFound`] when there is no such configuration; when the store does not answer.
    pub async fn redrive(&self, request: RedrivePushRequest) -> Result<RedrivePushResponse, Error> {
        let (task, id) = named(&request.task_id, &request.id).ok_or(Error::TaskNotFound)?;
        for _ in 0..TRIES {
            let kept = self.of_task(task).await?;
            let Some(mut kept) = kept.into_iter().find(|kept| kept.config.id == id) else {
                return Err(Error::TaskNotFound);
            };
            let before = state(&kept.config.standing);
            kept.config.standing = kept.config.standing.after(News::Redriven, &self.push().policy);
            let changing = self.changing(task, id.clone());
            let written = self.write(Lane::Continue, kept.config.change(kept.version)).await;
            changing.ended(&written);
            match written {
                Ok(_) => {
                    tracing::info!(%task, config = %id, origin = kept.config.target.origin(), "a webhook is redriven");
                    return Ok(RedrivePushResponse { before: before.into() });
                }
                Err(Refusal::Row { .. }) => {}
                Err(refusal) => return Err(fault::write(&refusal)),
            }
        }
        Err(fault::changing())
    }
}

fn page_size(asked: i32) -> Result<usize, Error> {
    match usize::try_from(asked) {
        Ok(0) => Ok(PAGE),
        Ok(size) if size <= PAGE_MAX => Ok(size),
        Ok(_) | Err(_) => Err(Error::invalid("page_size", format!("must be from 1 to {PAGE_MAX}"))),
    }
}

fn place(token: &str) -> Result<(TaskId, PushId), Error> {
    let place = token.split_once('/').and_then(|(task, id)| named(task, id));
    place.ok_or_else(|| Error::invalid("page_token", "is not a token of this service"))
}

fn named(task: &str, id: &str) -> Option<(TaskId, PushId)> {
    Some((task.parse().ok()?, id.parse().ok()?))
}

fn status(config: &Config) -> PushStatus {
    let (failing_since, failures, at) = match config.standing {
        Standing::Flowing => (None, 0, None),
        Standing::Failing { since, failures, until } => (Some(since), failures, Some(until)),
        Standing::Parked { since, failures, at } => (Some(since), failures, Some(at)),
    };
    PushStatus {
        task_id: config.task.to_string(),
        id: config.id.to_string(),
        origin: config.target.origin(),
        seq: config.cursor.0,
        state: state(&config.standing).into(),
        failing_since: failing_since.map(a2a::time::to_wire),
        failures,
        at: at.map(a2a::time::to_wire),
    }
}

const fn state(standing: &Standing) -> PushState {
    match standing {
        Standing::Flowing => PushState::Flowing,
        Standing::Failing { .. } => PushState::Failing,
        Standing::Parked { .. } => PushState::Parked,
    }
}
