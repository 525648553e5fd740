//! A plan, step by step.

use std::fmt::Write as _;

use proto::watchroom::orchestrator::v1::{Mode, PlanOnlyResponse, Step, TriageDecision};
use triage::sureness;

/// The plan as people read it.
pub(crate) fn plan(answer: &PlanOnlyResponse) -> String {
    let plan = answer.plan.clone().unwrap_or_default();
    let order = match plan.mode() {
        Mode::Parallel => "parallel",
        Mode::Sequential | Mode::Unspecified => "sequential",
    };
    let mut text = match (plan.title.as_str(), plan.steps.len()) {
        ("", 0) => "Nobody is needed".to_owned(),
        (title, 0) => title.to_owned(),
        ("", 1) => format!("1 step, {order}"),
        ("", many) => format!("{many} steps, {order}"),
        (title, 1) => format!("{title}: 1 step, {order}"),
        (title, many) => format!("{title}: {many} steps, {order}"),
    };
    for (step, k) in plan.steps.iter().zip(1..) {
        // Writing to a String cannot fail.
        write!(text, "\n  {k}. {}", line(step)).ok();
    }
    if let Some(triage) = &answer.triage {
        let kind = if triage.r#type.is_empty() { "not known" } else { &triage.r#type };
        write!(text, "\n  type: {kind}, priority {}", triage.priority).ok();
    }
    let decisions = || answer.triage.iter().flat_map(|triage| &triage.decisions);
    for decision in decisions().filter(|it| !it.service.is_empty() || it.effect == "sends-nobody") {
        write!(text, "\n  {}", reason(decision)).ok();
    }
    let place = if answer.location.is_empty() { "not named" } else { &answer.location };
    write!(text, "\n  place: {place}").ok();
    for other in decisions().filter(|it| it.effect == "also-names") {
        write!(text, "\n  also named: {}; nobody is sent there", quoted(other)).ok();
    }
    write!(text, "\n  confidence: {} of who is needed", sureness(answer.confidence, false)).ok();
    for reason in &answer.reasons {
        write!(text, "\n    {reason}").ok();
    }
    if !answer.question.is_empty() {
        write!(text, "\n  you will be asked: {}", answer.question).ok();
    }
    text
}

/// Who is sent or not, why, and by which words.
fn reason(decision: &TriageDecision) -> String {
    let TriageDecision { rule, effect, service, confidence, .. } = decision;
    let quoted = quoted(decision);
    let sure = confidence.map(|sure| format!(" ({})", sureness(sure, effect == "sends"))).unwrap_or_default();
    let because = if quoted.is_empty() { String::new() } else { format!(": {quoted}") };
    let who = if service.is_empty() { "sends nobody".to_owned() } else { format!("{effect} {service}") };
    format!("{who}, {rule}{because}{sure}")
}

fn quoted(decision: &TriageDecision) -> String {
    decision.words.iter().map(|words| format!("{words:?}")).collect::<Vec<_>>().join(", ")
}

fn line(step: &Step) -> String {
    let who = if step.skill.is_empty() { step.agent.clone() } else { format!("{}, {}", step.agent, step.skill) };
    let title = if step.title.is_empty() { &step.id } else { &step.title };
    let after =
        if step.depends_on.is_empty() { String::new() } else { format!(" after {}", step.depends_on.join(", ")) };
    format!("{title} ({who}){after}")
}

#[cfg(test)]
mod tests;
