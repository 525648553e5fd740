//! The four operations on configurations, and those that come with a message.

use a2a::{Call, Error, PushConfig, PushPage, SendRequest};
use bytes::Bytes;
use prost::Message as _;
use proto::a2a::{AuthenticationInfo, ListTaskPushNotificationConfigsResponse, Task, TaskPushNotificationConfig};
use push::Standing;
use store::{Lane, Refusal, RowChange};
use tokio::sync::MutexGuard;
use types::{Owner, PushId, Scope, Seq, TaskId};

use super::outbox::{Changing, Outbox};
use super::row::{Config, Kept, Life};
use crate::driver::Driver;
use crate::fault;
use crate::handle::TRIES;
use crate::kit::Kit;
use crate::live::Live;

/// Configurations of one task: each is a call per event.
const MOST: usize = 16;
/// Where a message has its configuration's URL.
const INLINE: &str = "configuration.task_push_notification_config.url";

/// What is to be written with a message, and the change that it is.
pub(crate) type Attached = (Vec<RowChange>, Option<Changing>);

impl<D: Driver> Kit<D> {
    /// Refuses a message whose events could not be sent where it wants them.
    pub(crate) fn check_push(&self, request: &SendRequest) -> Result<(), Error> {
        let Some(config) = &request.push else { return Ok(()) };
        self.outbox()?.target(config, INLINE).map(drop)
    }

    /// What a message that opens `task` brings: all events of the task, from its first.
    pub(crate) fn push_of_opening(
        &self,
        request: &SendRequest,
        task: TaskId,
        context: &str,
    ) -> Result<Attached, Error> {
        let Some(config) = &request.push else { return Ok((Vec::new(), None)) };
        let outbox = self.outbox()?;
        let config = outbox.config(config, INLINE, task, context)?;
        Ok((vec![config.change(0)], Some(outbox.changing(task, config.id))))
    }

    /// The turn to change the configurations of `task`, for a message that brings one.
    pub(crate) async fn push_turn(&self, request: &SendRequest, task: TaskId) -> Option<MutexGuard<'_, ()>> {
        match (&request.push, self.push()) {
            (Some(_), Some(outbox)) => Some(outbox.turn(task).await),
            (Some(_) | None, _) => None,
        }
    }

    /// What a further message to a task brings: the events from here on.
    pub(crate) async fn push_of_turn(&self, request: &SendRequest, live: &Live<D>) -> Result<Attached, Error> {
        let Some(config) = &request.push else { return Ok((Vec::new(), None)) };
        let outbox = self.outbox()?;
        let mut config = outbox.config(config, INLINE, live.id, live.context.as_str())?;
        config.cursor = live.mark().seq;
        let expected = outbox.place(&mut config).await?;
        Ok((vec![config.change(expected)], Some(outbox.changing(live.id, config.id))))
    }

    pub(crate) async fn create_config(&self, call: &Call, task: TaskId, config: PushConfig) -> Result<Bytes, Error> {
        let outbox = self.outbox()?;
        outbox.target(&config, "url")?;
        let shown = self.find(&Scope::Owner(call.owner.clone()), task).await?.show(self).await?;
        let (seq, ended) = (shown.seq, shown.state.is_terminal());
        let context = Task::decode(shown.bytes).map_err(|_| Error::Internal)?.context_id;
        let mut config = outbox.config(&config, "url", task, &context)?;
        let _turn = outbox.turn(task).await;
        for _ in 0..TRIES {
            config.cursor = seq;
            let expected = outbox.place(&mut config).await?;
            config.life = if ended && config.cursor >= seq { Life::Over } else { Life::Open };
            let changing = outbox.changing(task, config.id.clone());
            let written = outbox.write(Lane::Accept, config.change(expected)).await;
            changing.ended(&written);
            match written {
                Ok(_) => return Ok(shown_to(&call.owner, &config).encode_to_vec().into()),
                // The courier has been faster.
                Err(Refusal::Row { .. }) => {}
                Err(refusal) => return Err(fault::write(&refusal)),
            }
        }
        Err(fault::changing())
    }

    pub(crate) async fn get_config(&self, call: &Call, task: TaskId, id: &PushId) -> Result<Bytes, Error> {
        let kept = self.configs(call, task).await?;
        let found = kept.iter().find(|kept| kept.config.id == *id).ok_or(Error::TaskNotFound)?;
        Ok(shown_to(&call.owner, &found.config).encode_to_vec().into())
    }

    pub(crate) async fn list_configs(&self, call: &Call, task: TaskId, page: PushPage) -> Result<Bytes, Error> {
        let kept = self.configs(call, task).await?;
        let follows = |kept: &&Kept| page.after.as_ref().is_none_or(|after| kept.config.id > *after);
        let rest: Vec<&Kept> = kept.iter().filter(follows).collect();
        let configs: Vec<_> = rest.iter().take(page.size).map(|kept| shown_to(&call.owner, &kept.config)).collect();
        let more = rest.len() > configs.len();
        let next_page_token = configs.last().filter(|_| more).map(|last| last.id.clone()).unwrap_or_default();
        Ok(ListTaskPushNotificationConfigsResponse { configs, next_page_token }.encode_to_vec().into())
    }

    pub(crate) async fn delete_config(&self, call: &Call, task: TaskId, id: &PushId) -> Result<(), Error> {
        let outbox = self.outbox()?;
        for _ in 0..TRIES {
            let kept = self.configs(call, task).await?;
            let Some(found) = kept.into_iter().find(|kept| kept.config.id == *id) else { return Ok(()) };
            let changing = outbox.changing(task, id.clone());
            let written = outbox.write(Lane::Continue, found.removal()).await;
            changing.ended(&written);
            match written {
                Ok(_) => return Ok(()),
                Err(Refusal::Row { .. }) => {}
                Err(refusal) => return Err(fault::write(&refusal)),
            }
        }
        Err(fault::changing())
    }

    /// The configurations of a task that the caller sees.
    async fn configs(&self, call: &Call, task: TaskId) -> Result<Vec<Kept>, Error> {
        let outbox = self.outbox()?;
        self.find(&Scope::Owner(call.owner.clone()), task).await?;
        outbox.of_task(task).await
    }

    fn outbox(&self) -> Result<&Outbox, Error> {
        self.push().ok_or(Error::PushNotificationNotSupported)
    }
}

impl Outbox {
    fn target(&self, config: &PushConfig, field: &str) -> Result<outbound::Target, Error> {
        let target =
            config.url.expose().parse::<outbound::Target>().map_err(|bad| Error::invalid(field, bad.to_string()))?;
        let forbidden = |forbidden| Error::invalid(field, format!("{forbidden} of this agent (--push-allow)"));
        self.push().guard.check(&target).map_err(forbidden)?;
        Ok(target)
    }

    /// The configuration that a caller names, from the first event of the task on.
    fn config(&self, named: &PushConfig, field: &str, task: TaskId, context: &str) -> Result<Config, Error> {
        Ok(Config {
            task,
            id: named.id.clone().unwrap_or_else(PushId::fresh),
            context: context.to_owned(),
            target: self.target(named, field)?,
            url: named.url.clone(),
            token: named.token.clone(),
            authentication: named.authentication.clone(),
            cursor: Seq::ZERO,
            standing: Standing::Flowing,
            life: Life::Open,
        })
    }

    /// Finds the place of `config` among those of its task: the version of the one that it replaces, from whose cursor it
    /// goes on.
    async fn place(&self, config: &mut Config) -> Result<u64, Error> {
        let kept = self.of_task(config.task).await?;
        match kept.iter().find(|kept| kept.config.id == config.id) {
            Some(before) => {
                config.cursor = before.config.cursor;
                Ok(before.version)
            }
            None if kept.len() < MOST => Ok(0),
            None => Err(Error::invalid("task_id", format!("has {MOST} configurations already: delete one first"))),
        }
    }
}

/// A configuration as its owner reads it: what is secret stays with us. Left out rather than masked, so that nobody
/// takes a mask for a token and writes it back.
fn shown_to(owner: &Owner, config: &Config) -> TaskPushNotificationConfig {
    let authentication = config.authentication.as_ref();
    TaskPushNotificationConfig {
        tenant: owner.tenant.as_str().to_owned(),
        id: config.id.to_string(),
        task_id: config.task.to_string(),
        url: config.url.expose().to_owned(),
        token: String::new(),
        authentication: authentication
            .map(|it| AuthenticationInfo { scheme: it.scheme.clone(), credentials: String::new() }),
    }
}
