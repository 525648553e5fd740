//! `duties`: attempts that nobody accounts for yet.

use std::io::Write;

use proto::watchroom::orchestrator::v1::{Duty, ListDutiesRequest, ListDutiesResponse};

use crate::args::{Common, Duties};
use crate::call::Caller;
use crate::endpoints::Endpoint;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::screen::{Mark, Screen, proto_json};
use crate::show;

const METHOD: &str = "/watchroom.orchestrator.v1.Orchestrator/ListDuties";

/// Lists the caller's duties, those of the oldest runs first.
pub(crate) async fn run<W: Write>(args: &Duties, common: &Common, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    let endpoint = Endpoint::operator(common)?;
    let duties = all(&endpoint, args).await?;
    if screen.is_for_script() {
        for duty in &duties {
            screen.json(&proto_json(duty)?)?;
        }
    } else if duties.is_empty() {
        let whose = if endpoint.has_token() { " of what the token's own principal has begun" } else { "" };
        screen.say(Mark::None, &format!("no duties: every attempt{whose} is accounted for"))?;
    } else {
        let header = ["RUN", "STEP", "ATTEMPT", "AGENT", "ADDRESS", "TASK", "SINCE"];
        screen.say(Mark::None, &show::table(header, duties.iter().map(row)))?;
    }
    Ok(Outcome::Done)
}

async fn all(endpoint: &Endpoint, args: &Duties) -> Result<Vec<Duty>, Failure> {
    let run_id = args.run.as_ref().map(ToString::to_string).unwrap_or_default();
    let ask = |page_token| ListDutiesRequest { run_id: run_id.clone(), page_size: None, page_token };
    let read = |page: ListDutiesResponse| (page.duties, page.next_page_token);
    Caller::new(endpoint)?.pages(METHOD, ask, read).await
}

fn row(duty: &Duty) -> [String; 7] {
    let task = if duty.child_task_id.is_empty() { "not known" } else { &duty.child_task_id };
    [
        duty.run_id.clone(),
        duty.step_id.clone(),
        duty.attempt.to_string(),
        duty.agent.clone(),
        duty.endpoint.clone(),
        task.to_owned(),
        show::time(duty.since.as_ref()),
    ]
}
