//! `push`: the webhooks of a service, and calling one again that was given up.

use std::io::Write;

use proto::watchroom::admin::v1::{
    ListPushRequest, ListPushResponse, PushState, PushStatus, RedrivePushRequest, RedrivePushResponse,
};

use crate::args::{Common, Push, PushAction, Webhook};
use crate::call::Caller;
use crate::endpoints::Endpoint;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::screen::{Mark, Screen, proto_json};
use crate::show;

const LIST: &str = "/watchroom.admin.v1.Admin/ListPush";
const REDRIVE: &str = "/watchroom.admin.v1.Admin/RedrivePush";

/// Lists webhooks, or redrives one.
pub(crate) async fn run<W: Write>(args: &Push, common: &Common, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    let endpoint = Endpoint::of_service(common, &args.service)?;
    match &args.action {
        None => list(&endpoint, args, screen).await,
        Some(PushAction::Redrive { webhook }) => redrive(&endpoint, webhook, screen).await,
    }
}

async fn list<W: Write>(endpoint: &Endpoint, args: &Push, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    let webhooks = all(endpoint, args).await?;
    if screen.is_for_script() {
        for webhook in &webhooks {
            screen.json(&proto_json(webhook)?)?;
        }
    } else if webhooks.is_empty() {
        let none = if args.parked { "no webhook has been given up" } else { "no webhook is owed anything" };
        screen.say(Mark::None, none)?;
    } else {
        let header = ["TASK/ID", "TARGET", "TAKEN", "STATE", "FAILING SINCE", "FAILURES"];
        screen.say(Mark::None, &show::table(header, webhooks.iter().map(row)))?;
    }
    Ok(Outcome::Done)
}

async fn all(endpoint: &Endpoint, args: &Push) -> Result<Vec<PushStatus>, Failure> {
    let ask = |page_token| ListPushRequest { parked_only: args.parked, page_size: 0, page_token };
    let read = |page: ListPushResponse| (page.configs, page.next_page_token);
    Caller::new(endpoint)?.pages(LIST, ask, read).await
}

async fn redrive<W: Write>(endpoint: &Endpoint, webhook: &Webhook, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    let mut service = Caller::new(endpoint)?;
    let request = RedrivePushRequest { task_id: webhook.task.to_string(), id: webhook.id.to_string() };
    let answer = service.unary(REDRIVE, request).await;
    let answer: RedrivePushResponse = answer.map_err(|failure| match failure {
        failure if failure.finds_no_task() => missing(endpoint, webhook),
        failure => failure,
    })?;
    if screen.is_for_script() {
        screen.json(&proto_json(&answer)?)?;
    } else {
        screen.say(Mark::Success, "it is called again, from the first event that it has not taken")?;
    }
    Ok(Outcome::Done)
}

/// A service does not tell a webhook that it does not have from a task that it does not have.
fn missing(endpoint: &Endpoint, webhook: &Webhook) -> Failure {
    Failure::Missing {
        what: format!("{endpoint} has no webhook {}/{}", webhook.task, webhook.id),
        hint: "`watchroom push` lists those that are owed something, `watchroom webhook list TASK` all of a task; \
               --service names another service"
            .to_owned(),
    }
}

fn row(webhook: &PushStatus) -> [String; 6] {
    let state = match webhook.state() {
        PushState::Flowing => "flowing",
        PushState::Failing => "failing",
        PushState::Parked => "parked",
        PushState::Unspecified => "not known",
    };
    [
        format!("{}/{}", webhook.task_id, webhook.id),
        webhook.origin.clone(),
        webhook.seq.to_string(),
        state.to_owned(),
        webhook.failing_since.as_ref().map(|since| show::time(Some(since))).unwrap_or_default(),
        webhook.failures.to_string(),
    ]
}
