//! `plan`: what a text would become.

use std::io::Write;

use proto::watchroom::orchestrator::v1::{self as orchestrator, PlanOnlyRequest, PlanOnlyResponse};

use crate::args::{Common, Mode, Plan};
use crate::call::Caller;
use crate::endpoints::Endpoint;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::said;
use crate::screen::{Mark, Screen, proto_json};
use crate::show;

/// Asks the operator for the plan.
pub(crate) async fn run<W: Write>(args: &Plan, common: &Common, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    let endpoint = Endpoint::operator(common)?;
    let mode = match args.mode {
        None => orchestrator::Mode::Unspecified,
        Some(Mode::Sequential) => orchestrator::Mode::Sequential,
        Some(Mode::Parallel) => orchestrator::Mode::Parallel,
    };
    let request = PlanOnlyRequest { text: said::words(&args.text)?, mode: mode.into() };
    let method = "/watchroom.orchestrator.v1.Orchestrator/PlanOnly";
    let answer: PlanOnlyResponse = Caller::new(&endpoint)?.unary(method, request).await?;
    if screen.is_for_script() {
        screen.json(&proto_json(&answer)?)?;
    } else {
        screen.say(Mark::Plan, &show::plan(&answer))?;
    }
    Ok(Outcome::Done)
}
