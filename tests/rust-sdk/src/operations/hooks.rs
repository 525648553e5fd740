//! Push notifications: their configurations, and what reaches a webhook.

use std::time::Duration;

use a2a::{
    AuthenticationInfo, DeleteTaskPushNotificationConfigRequest, GetTaskPushNotificationConfigRequest,
    ListTaskPushNotificationConfigsRequest, StreamResponse, Task, TaskPushNotificationConfig, TaskState, error_code,
};
use axum::http::HeaderMap;

use super::watches::last;
use super::{Operations, Outcome, refused, said, shows, unawaited};
use crate::webhook::{Told, Webhook};

impl Operations {
    pub(super) fn hook(&self, task: &str, url: &str) -> TaskPushNotificationConfig {
        let (url, task_id) = (url.to_owned(), task.to_owned());
        TaskPushNotificationConfig { url, id: None, task_id, token: None, authentication: None, tenant: None }
    }

    pub(super) async fn keeps_webhooks(&self) -> Outcome {
        let task_id = self.done().await?.id;
        let hook = self.hook(&task_id, "https://example.com/hook");
        let made = self.client.create_push_config(&hook).await.map_err(said)?;
        shows((&made.task_id, &made.url) == (&task_id, &hook.url), &made)?;
        let id = made.id.clone().ok_or_else(|| format!("{made:?}"))?;
        let named = GetTaskPushNotificationConfigRequest { task_id: task_id.clone(), id: id.clone(), tenant: None };
        let got = self.client.get_push_config(&named).await.map_err(said)?;
        shows(got == made, got)?;
        let every = ListTaskPushNotificationConfigsRequest {
            task_id: task_id.clone(),
            page_size: None,
            page_token: None,
            tenant: None,
        };
        let listed = self.client.list_push_configs(&every).await.map_err(said)?;
        shows(listed.configs == [made], listed)?;
        let gone = DeleteTaskPushNotificationConfigRequest { task_id, id, tenant: None };
        for _ in 0..2 {
            self.client.delete_push_config(&gone).await.map_err(said)?;
        }
        refused(self.client.get_push_config(&named).await, error_code::TASK_NOT_FOUND)
    }

    pub(super) async fn pushes(&self) -> Outcome {
        let webhook = Webhook::start().await.map_err(|error| error.to_string())?;
        let authentication = AuthenticationInfo { scheme: "Bearer".into(), credentials: Some("w0rd".into()) };
        let hook = TaskPushNotificationConfig {
            token: Some("t0ken".into()),
            authentication: Some(authentication),
            ..self.hook("", &webhook.url)
        };
        let mut work = unawaited(&self.scene.work);
        if let Some(configuration) = &mut work.configuration {
            configuration.task_push_notification_config = Some(hook);
        }
        let task = self.sent(&work).await?;
        for (headers, event) in eventually(&webhook).await {
            let event = event?;
            shows(is_of(&event, &task), &event)?;
            let says = |name: &str, text: &str| header(&headers, name) == Some(text);
            let known = says("authorization", "Bearer w0rd") && says("x-a2a-notification-token", "t0ken");
            shows(known, &headers)?;
        }
        Ok(())
    }
}

/// Everything that a webhook was told, once it was told of the end.
async fn eventually(webhook: &Webhook) -> Vec<Told> {
    loop {
        let told = webhook.told();
        let ended = |event: &StreamResponse| last(std::slice::from_ref(event)) == Some(TaskState::Completed);
        if told.iter().any(|(_, event)| event.as_ref().map_or(true, ended)) {
            return told;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn is_of(event: &StreamResponse, task: &Task) -> bool {
    match event {
        StreamResponse::Task(told) => told.id == task.id,
        StreamResponse::StatusUpdate(update) => update.task_id == task.id,
        StreamResponse::ArtifactUpdate(update) => update.task_id == task.id,
        StreamResponse::Message(_) => false,
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
