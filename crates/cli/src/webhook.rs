//! `webhook`: where an agent sends the events of a task. How the deliveries of a whole service stand is `push`.

use std::io::Write;

use a2a::{ClientError, History};
use proto::a2a::{AuthenticationInfo, ListTaskPushNotificationConfigsRequest, TaskPushNotificationConfig};
use serde_json::json;
use types::{RemoteTask, TaskState};

use crate::args::{AddWebhook, Common, OneWebhook, Target, WebhookAction, Webhooks};
use crate::endpoints::Endpoint;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::pages::Pages;
use crate::screen::{Mark, Screen, proto_json};
use crate::show;

/// How credentials are shown where nobody says otherwise (RFC 6750).
const BEARER: &str = "Bearer";

/// Most pages of a task's webhooks: an agent that has more is making them up.
const PAGES: usize = 1000;

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
    let authentication = args.credentials.as_ref().map(|secret| AuthenticationInfo {
        scheme: args.scheme.clone().unwrap_or_else(|| BEARER.to_owned()),
        credentials: secret.expose().to_owned(),
    });
    let wanted = TaskPushNotificationConfig {
        tenant: String::new(),
        task_id: args.task.to_string(),
        id: args.id.as_ref().map(ToString::to_string).unwrap_or_default(),
        url: args.url.clone(),
        token: args.notification_token.as_ref().map(|secret| secret.expose().to_owned()).unwrap_or_default(),
        authentication,
    };
    let client = endpoint.client()?;
    let made = endpoint.told(client.create_push(wanted)).await;
    let made = made.map_err(|error| Failure::of_call(&endpoint, error).about(&args.task))?;
    if screen.is_for_script() {
        return Ok(screen.json(&proto_json(&made)?)?);
    }
    let (id, url, task) = (&made.id, &made.url, &args.task);
    if has_ended(&client, task).await {
        let none =
            format!("{task} has ended, so there are no events to come that {url} would be told of: webhook {id}");
        return Ok(screen.say(Mark::None, &none)?);
    }
    Ok(screen.say(Mark::Success, &format!("{url} is told of every event of {task} from now on: webhook {id}"))?)
}

/// Whether the agent says that nothing can follow. One that does not say is not asked again: the webhook is there.
async fn has_ended(client: &a2a::Client, task: &RemoteTask) -> bool {
    let snapshot = client.get(task, History::None).await.ok();
    let state =
        snapshot.and_then(|snapshot| snapshot.task.status).and_then(|status| TaskState::from_wire(status.state));
    state.is_some_and(TaskState::is_terminal)
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
    let (mut webhooks, mut page_token, mut pages) = (Vec::new(), String::new(), Pages::of(endpoint).at_most(PAGES));
    loop {
        let request = ListTaskPushNotificationConfigsRequest {
            task_id: task.to_string(),
            page_token,
            ..ListTaskPushNotificationConfigsRequest::default()
        };
        let page = endpoint.told(client.list_push(request)).await.map_err(|error| Failure::of_call(endpoint, error))?;
        webhooks.extend(page.configs);
        match pages.next(page.next_page_token)? {
            Some(next) => page_token = next,
            None => return Ok(webhooks),
        }
    }
}

/// The webhook, if the task has it. Agents say the same of a webhook that is not there and of a task that is not: which
/// one it is, its list tells.
async fn find(endpoint: &Endpoint, args: &OneWebhook) -> Result<Option<TaskPushNotificationConfig>, Failure> {
    match endpoint.told(endpoint.client()?.get_push(&args.task, &args.id)).await {
        Ok(webhook) => Ok(Some(webhook)),
        Err(ClientError::Refused(a2a::Error::TaskNotFound)) => {
            let webhooks = all(endpoint, &args.task).await?;
            Ok(webhooks.into_iter().find(|webhook| webhook.id == args.id))
        }
        Err(error) => Err(Failure::of_call(endpoint, error)),
    }
}

/// Where to look for the right one.
fn way_to_list(endpoint: &Endpoint, args: &OneWebhook) -> String {
    format!("`watchroom webhook list {}{}` lists those that it has", args.task, endpoint.flag)
}

async fn one<W: Write>(args: &OneWebhook, common: &Common, screen: &mut Screen<W>) -> Result<(), Failure> {
    let endpoint = Endpoint::of_target(common, &args.target)?;
    let webhook = find(&endpoint, args).await?.ok_or_else(|| Failure::Missing {
        what: format!("task {} has no webhook {}", args.task, args.id),
        hint: way_to_list(&endpoint, args),
    })?;
    if screen.is_for_script() {
        return Ok(screen.json(&proto_json(&webhook)?)?);
    }
    Ok(screen.say(Mark::None, &table(&[webhook]))?)
}

async fn remove<W: Write>(args: &OneWebhook, common: &Common, screen: &mut Screen<W>) -> Result<(), Failure> {
    let endpoint = Endpoint::of_target(common, &args.target)?;
    // An agent removes what is not there without a word.
    let there = find(&endpoint, args).await?.is_some();
    if there {
        let removed = endpoint.told(endpoint.client()?.delete_push(&args.task, &args.id)).await;
        removed.map_err(|error| Failure::of_call(&endpoint, error))?;
    }
    if screen.is_for_script() {
        return Ok(screen.object(&json!({"taskId": args.task.to_string(), "id": args.id, "removed": there}))?);
    }
    if !there {
        let none = format!("there was no webhook {} of {}; {}", args.id, args.task, way_to_list(&endpoint, args));
        return Ok(screen.say(Mark::None, &none)?);
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
