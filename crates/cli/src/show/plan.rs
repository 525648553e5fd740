//! A plan, step by step.

use std::fmt::Write as _;

use proto::watchroom::orchestrator::v1::{Mode, PlanOnlyResponse, Step};

/// The plan as people read it.
pub(crate) fn plan(answer: &PlanOnlyResponse) -> String {
    let plan = answer.plan.clone().unwrap_or_default();
    let order = match plan.mode() {
        Mode::Parallel => "in parallel",
        Mode::Sequential | Mode::Unspecified => "one after the other",
    };
    let mut text = match plan.steps.len() {
        0 => "nobody is needed".to_owned(),
        1 => "1 step".to_owned(),
        many => format!("{many} steps, {order}"),
    };
    if !plan.title.is_empty() {
        text = format!("{}: {text}", plan.title);
    }
    for (step, k) in plan.steps.iter().zip(1..) {
        // Writing to a String cannot fail.
        write!(text, "\n  {k}. {}", line(step)).ok();
    }
    let place = if answer.location.is_empty() { "not named" } else { &answer.location };
    write!(text, "\n  place: {place}\n  confidence: {:.2}", answer.confidence).ok();
    text
}

fn line(step: &Step) -> String {
    let who = if step.skill.is_empty() { step.agent.clone() } else { format!("{}, {}", step.agent, step.skill) };
    let title = if step.title.is_empty() { &step.id } else { &step.title };
    let after =
        if step.depends_on.is_empty() { String::new() } else { format!(" after {}", step.depends_on.join(", ")) };
    format!("{title} ({who}){after}")
}
