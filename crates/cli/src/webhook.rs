//! `webhook`: where an agent sends the events of a task. How the deliveries of a whole service stand is `push`.

use std::io::Write;

use proto::a2a::{AuthenticationInfo, ListTaskPushNotificationConfigsRequest, TaskPushNotificationConfig};
use serde_json::json;
use types::RemoteTask;

use crate::args::{AddWebhook, Common, OneWebhook, Target, WebhookAction, Webhooks};
use crate::endpoints::Endpoint;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::screen::{Mark, Screen, proto_json};
use crate::show;

/// Adds, lists, shows or removes webhooks.
pub(crate) async fn run<W: Write>(
    args: &Webhooks,
    common: &Common,
    screen: &mut Screen<W>,
) -> Result<Outcome, Failure> {
    match &args.action {
        WebhookAction::Add(args) => add(args, common, screen).await?,
        WebhookAction::List { task, target } => list(task, target, common, screen).await?,
        WebhookAction::Show(args) => one(args, common, screen).await?,
        WebhookAction::Remove(args) => remove(args, common, screen).await?,
    }
    Ok(Outcome::Done)
}

async fn add<W: Write>(args: &AddWebhook, common: &Common, screen: &mut Screen<W>) -> Result<(), Failure> {
    let endpoint = Endpoint::of_target(common, &args.target)?;
    let authentication = args.scheme.as_ref().map(|scheme| AuthenticationInfo {
        scheme: scheme.clone(),
        credentials: args.credentials.as_ref().map(|secret| secret.expose().to_owned()).unwrap_or_default(),
    });
    let wanted = TaskPushNotificationConfig {
        tenant: String::new(),
        task_id: args.task.to_string(),
        id: args.id.as_ref().map(ToString::to_string).unwrap_or_default(),
        url: args.url.clone(),
        token: args.notification_token.as_ref().map(|secret| secret.expose().to_owned()).unwrap_or_default(),
        authentication,
    };
    let made = endpoint.client()?.create_push(wanted).await.map_err(|error| Failure::of_call(&endpoint, error))?;
    if screen.is_for_script() {
        return Ok(screen.json(&proto_json(&made)?)?);
    }
    Ok(screen
        .say(Mark::Success, &format!("{} is told of every event of {}: webhook {}", made.url, args.task, made.id))?)
}

async fn list<W: Write>(
    task: &RemoteTask,
    target: &Target,
    common: &Common,
    screen: &mut Screen<W>,
) -> Result<(), Failure> {
    let endpoint = Endpoint::of_target(common, target)?;
    let webhooks = all(&endpoint, task).await?;
    if screen.is_for_script() {
        for webhook in &webhooks {
            screen.json(&proto_json(webhook)?)?;
        }
        return Ok(());
    }
    if webhooks.is_empty() {
        return Ok(screen.say(Mark::None, "no webhook is told of it")?);
    }
    Ok(screen.say(Mark::None, &table(&webhooks))?)
}

async fn all(endpoint: &Endpoint, task: &RemoteTask) -> Result<Vec<TaskPushNotificationConfig>, Failure> {
    let client = endpoint.client()?;
    let (mut webhooks, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListTaskPushNotificationConfigsRequest {
            task_id: task.to_string(),
            page_token,
            ..ListTaskPushNotificationConfigsRequest::default()
        };
        let page = client.list_push(request).await.map_err(|error| Failure::of_call(endpoint, error))?;
        webhooks.extend(page.configs);
        if page.next_page_token.is_empty() {
            return Ok(webhooks);
        }
        page_token = page.next_page_token;
    }
}

async fn one<W: Write>(args: &OneWebhook, common: &Common, screen: &mut Screen<W>) -> Result<(), Failure> {
    let endpoint = Endpoint::of_target(common, &args.target)?;
    let found = endpoint.client()?.get_push(&args.task, &args.id).await;
    let webhook = found.map_err(|error| Failure::of_call(&endpoint, error))?;
    if screen.is_for_script() {
        return Ok(screen.json(&proto_json(&webhook)?)?);
    }
    Ok(screen.say(Mark::None, &table(&[webhook]))?)
}

async fn remove<W: Write>(args: &OneWebhook, common: &Common, screen: &mut Screen<W>) -> Result<(), Failure> {
    let endpoint = Endpoint::of_target(common, &args.target)?;
    let removed = endpoint.client()?.delete_push(&args.task, &args.id).await;
    removed.map_err(|error| Failure::of_call(&endpoint, error))?;
    if screen.is_for_script() {
        return Ok(screen.object(&json!({"taskId": args.task.to_string(), "id": args.id, "removed": true}))?);
    }
    Ok(screen.say(Mark::Success, &format!("webhook {} is told nothing more of {}", args.id, args.task))?)
}

/// Tokens and credentials are not among what an agent tells.
fn table(webhooks: &[TaskPushNotificationConfig]) -> String {
    let row = |webhook: &TaskPushNotificationConfig| {
        let scheme = webhook.authentication.as_ref().map(|it| it.scheme.clone()).unwrap_or_default();
        [webhook.id.clone(), webhook.url.clone(), scheme]
    };
    show::table(["ID", "URL", "SCHEME"], webhooks.iter().map(row))
}
