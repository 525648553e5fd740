//! Push notifications: their configurations, and what reaches a webhook.

use a2a::Error;
use proto::a2a::{AuthenticationInfo, ListTaskPushNotificationConfigsRequest, TaskPushNotificationConfig};

use super::{Operations, Outcome, id, refused, said, shows};
use crate::receiver::Receiver;
use crate::wire::finished;

impl Operations<'_> {
    pub(super) async fn keeps_webhooks(&self) -> Outcome {
        let task = self.done().await?;
        let hook = TaskPushNotificationConfig {
            task_id: task.id.clone(),
            url: "https://example.com/hook".into(),
            ..TaskPushNotificationConfig::default()
        };
        let made = self.client.create_push(hook.clone()).await.map_err(said)?;
        shows(!made.id.is_empty() && (&made.task_id, &made.url) == (&task.id, &hook.url), &made)?;
        let got = self.client.get_push(&id(&task), &made.id).await.map_err(said)?;
        shows(got == made, got)?;
        let every = ListTaskPushNotificationConfigsRequest { task_id: task.id.clone(), ..Default::default() };
        let listed = self.client.list_push(every).await.map_err(said)?;
        shows(listed.configs == [made.clone()], listed)?;
        for _ in 0..2 {
            self.client.delete_push(&id(&task), &made.id).await.map_err(said)?;
        }
        refused(self.client.get_push(&id(&task), &made.id).await, |error| matches!(error, Error::TaskNotFound))
    }

    pub(super) async fn pushes(&self) -> Outcome {
        let receiver = Receiver::start().await;
        let authentication = AuthenticationInfo { scheme: "Bearer".into(), credentials: "w0rd".into() };
        let hook = TaskPushNotificationConfig {
            url: receiver.url(),
            authentication: Some(authentication),
            ..TaskPushNotificationConfig::default()
        };
        let mut work = self.unawaited(self.scene.work);
        work.configuration.get_or_insert_default().task_push_notification_config = Some(hook);
        self.sent(work).await?;
        crate::eventually!("the end is told", receiver.told().iter().any(|told| finished(&told.event)));
        let told = receiver.told();
        shows(told.iter().all(|told| told.head.contains("authorization: bearer w0rd")), told)
    }
}
