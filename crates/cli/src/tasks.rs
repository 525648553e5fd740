//! `tasks`, `task` and `cancel`: plain A2A, to any agent.

use std::io::Write;

use a2a::History;
use proto::a2a::{ListTasksRequest, Task};
use types::RemoteTask;

use crate::args::{self, Cancel, Common, Tasks};
use crate::endpoints::Endpoint;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::pages::Pages;
use crate::screen::{Mark, Screen, note, proto_json};
use crate::show;

/// A2A's largest page.
const PAGE: u32 = 100;

/// Lists tasks, page after page up to the limit.
pub(crate) async fn list<W: Write>(args: &Tasks, common: &Common, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    let endpoint = Endpoint::of_target(common, &args.target)?;
    let client = endpoint.client()?;
    let mut tasks: Vec<Task> = Vec::new();
    let (mut page_token, mut pages) = (String::new(), Pages::of(&endpoint));
    let mut total = None;
    loop {
        let missing = args.limit.saturating_sub(u32::try_from(tasks.len()).unwrap_or(u32::MAX));
        let request = ListTasksRequest {
            context_id: args.context.as_ref().map(ToString::to_string).unwrap_or_default(),
            status: args.state.unwrap_or_default().into(),
            page_size: i32::try_from(missing.min(PAGE)).ok(),
            page_token,
            history_length: Some(0),
            ..ListTasksRequest::default()
        };
        let page = endpoint.told(client.list(request)).await;
        let page = page.map_err(|error| Failure::of_call(&endpoint, error))?;
        tasks.extend(page.tasks);
        let total = *total.get_or_insert(page.total_size);
        if tasks.len() >= args.limit as usize {
            if !page.next_page_token.is_empty() {
                note(&more(tasks.len(), total));
            }
            break;
        }
        match pages.next(page.next_page_token)? {
            Some(next) => page_token = next,
            None => break,
        }
    }
    print(&tasks, &endpoint.none_begun("tasks"), screen)?;
    Ok(Outcome::Done)
}

/// That there are more than so many. Not every agent counts them.
fn more(shown: usize, total: i32) -> String {
    match usize::try_from(total) {
        Ok(total) if total > shown => format!("{shown} of {total} tasks are shown; all of them with --limit {total}"),
        Ok(_) | Err(_) => format!("{shown} tasks are shown, and there are more; --limit N shows up to N"),
    }
}

/// Shows one task.
pub(crate) async fn show<W: Write>(
    args: &args::Task,
    common: &Common,
    screen: &mut Screen<W>,
) -> Result<Outcome, Failure> {
    let endpoint = Endpoint::of_target(common, &args.target)?;
    let history = match args.history {
        None | Some(0) => History::None,
        Some(count) => History::Last(count),
    };
    let found = endpoint.told(endpoint.client()?.get(&args.id, history)).await;
    let snapshot = found.map_err(|error| Failure::of_call(&endpoint, error))?;
    one(&snapshot.task, screen)?;
    Ok(Outcome::Done)
}

/// Asks a task to stop. Ours ends once its children have; the answer may still say that it works.
pub(crate) async fn cancel<W: Write>(
    args: &Cancel,
    common: &Common,
    screen: &mut Screen<W>,
) -> Result<Outcome, Failure> {
    let endpoint = Endpoint::of_target(common, &args.target)?;
    let task: &RemoteTask = &args.id;
    let answer = endpoint.told(endpoint.client()?.cancel(task, None)).await;
    let snapshot = answer.map_err(|error| Failure::of_call(&endpoint, error).about(task))?;
    one(&snapshot.task, screen)?;
    Ok(Outcome::Done)
}

fn one<W: Write>(task: &Task, screen: &mut Screen<W>) -> Result<(), Failure> {
    if screen.is_for_script() {
        return Ok(screen.json(&proto_json(task)?)?);
    }
    Ok(screen.say(Mark::None, &show::task(task))?)
}

fn print<W: Write>(tasks: &[Task], none: &str, screen: &mut Screen<W>) -> Result<(), Failure> {
    if screen.is_for_script() {
        for task in tasks {
            screen.json(&proto_json(task)?)?;
        }
        return Ok(());
    }
    if tasks.is_empty() {
        return Ok(screen.say(Mark::None, none)?);
    }
    let rows = tasks.iter().map(show::task_row);
    Ok(screen.say(Mark::None, &show::table(["TASK", "STATE", "CHANGED", "CONVERSATION", "MESSAGE"], rows))?)
}
