//! Duties of the reaper, page by page: read from their rows, in the order of their keys.

use a2a::Error;
use a2a::time::to_wire as time;
use agent::Kit;
use proto::watchroom::orchestrator::v1 as wire;
use store::Row;
use types::{Owner, TaskId};

use super::parse;
use crate::codec::decode_duty;
use crate::driver::Runs;
use crate::duty::{self, Duty, Key};
use crate::read;

const FOREIGN: &str = "is not a token of this service";

/// What the caller is answered.
pub(super) async fn page(
    kit: &Kit<Runs>,
    owner: &Owner,
    request: &wire::ListDutiesRequest,
) -> Result<wire::ListDutiesResponse, Error> {
    let run = parse::run_filter(&request.run_id)?;
    let limit = parse::page_size(request.page_size)?;
    let after = if request.page_token.is_empty() { None } else { Some(place(&request.page_token)?.listed(owner)) };
    let mut rows = rows(kit, owner, run).await?;
    rows.retain(|row| after.as_ref().is_none_or(|after| row.key > *after));
    let more = rows.len() > limit;
    rows.truncate(limit);
    let duties: Vec<Duty> = rows.iter().filter_map(duty_of).collect();
    let next = duties.last().filter(|_| more).map(|last| token(&last.key()));
    Ok(wire::ListDutiesResponse {
        duties: duties.iter().map(show).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}

/// The duties of one run.
pub(super) async fn of_run(kit: &Kit<Runs>, owner: &Owner, run: TaskId) -> Result<Vec<wire::Duty>, Error> {
    let rows = rows(kit, owner, Some(run)).await?;
    Ok(rows.iter().filter_map(duty_of).map(|duty| show(&duty)).collect())
}

async fn rows(kit: &Kit<Runs>, owner: &Owner, run: Option<TaskId>) -> Result<Vec<Row>, Error> {
    kit.store().rows(duty::KIND, &duty::prefix(owner, run)).await.map_err(read::failed)
}

/// A row that cannot be read is told about at the start of the service, and stays.
fn duty_of(row: &Row) -> Option<Duty> {
    decode_duty(&row.body).inspect_err(|error| tracing::error!(%error, "a duty cannot be read")).ok()
}

fn show(duty: &Duty) -> wire::Duty {
    let Duty { run, context, step, agent, launch, sent, child, since, .. } = duty;
    wire::Duty {
        run_id: run.to_string(),
        context_id: context.to_string(),
        step_id: step.to_string(),
        attempt: launch.attempt,
        agent: agent.to_string(),
        endpoint: launch.route.endpoint.to_string(),
        store_id: launch.route.store_id.map(|store| store.to_string()).unwrap_or_default(),
        child_task_id: child.as_ref().map(ToString::to_string).unwrap_or_default(),
        dispatched_at: Some(time(*sent)),
        not_after: Some(time(launch.not_after)),
        since: Some(time(*since)),
    }
}

/// The token of the page after `key`. It names a duty, so it holds for every filter that the duty passes.
fn token(key: &Key) -> String {
    format!("{}/{}/{}", key.run, key.attempt, key.step)
}

fn place(token: &str) -> Result<Key, Error> {
    let mut parts = token.splitn(3, '/');
    let mut next = || parts.next().ok_or_else(|| Error::invalid("page_token", FOREIGN));
    let (run, attempt, step) = (next()?.parse().ok(), next()?.parse().ok(), next()?.parse().ok());
    match (run, attempt, step) {
        (Some(run), Some(attempt), Some(step)) => Ok(Key { run, step, attempt }),
        (_, _, _) => Err(Error::invalid("page_token", FOREIGN)),
    }
}
