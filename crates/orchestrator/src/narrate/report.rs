//! The report: Markdown for people, data for programs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use a2a::metadata::{count, list, millis, number, object, text};
use agent::words::{data_part, text_part};
use engine::{Outcome, Run, Step, StepState, StepStatus};
use proto::Value;
use proto::a2a::part::Content;
use proto::a2a::{Artifact, Part};

use super::words::name;
use super::{open, summary, word};
use crate::json::Json;
use crate::{bounds, plan};

/// The report of a run that has just ended.
pub(super) fn artifact(run: &Run, outcome: Outcome) -> Artifact {
    let parts = vec![Part { media_type: "text/markdown".into(), ..text_part(markdown(run)) }, data(run, outcome)];
    agent::words::artifact("report", "report", parts)
}

fn markdown(run: &Run) -> String {
    let title = &run.plan().title;
    let mut report = if title.is_empty() { String::new() } else { format!("# {title}\n\n") };
    // Writing to a String cannot fail.
    writeln!(report, "{}", summary(run)).ok();
    for quote in plan::parts(&run.plan().about).iter().filter_map(words) {
        write!(report, "\n> {}\n", bounds::quote(quote).replace('\n', "\n> ")).ok();
    }
    if run.plan().steps.is_empty() {
        return report;
    }
    report.push_str("\n| # | step | state | attempts | took |\n|---|---|---|---|---|\n");
    for ((step, status), k) in run.steps().zip(1..) {
        let (state, attempts, took) = (word(&status.state), status.attempts(), took(status));
        writeln!(report, "| {k} | {} | {state} | {attempts} | {took} |", cell(&heading(step))).ok();
    }
    for (step, status) in run.steps() {
        write!(report, "\n## {}\n\n{}\n", heading(step), account(step, status)).ok();
    }
    report.push_str(&open::section(run));
    report
}

/// What a step is called in the report.
fn heading(step: &Step) -> String {
    match step.undoes {
        None => name(step).to_owned(),
        Some(_) => format!("Release of {}", name(step)),
    }
}

/// What a step's agent answered, or why it did not.
fn account(step: &Step, status: &StepStatus) -> String {
    let account = match (&status.state, &status.cause) {
        (StepState::Completed { answer }, _) => {
            let answer = plan::parts(answer);
            answer.iter().filter_map(words).collect::<Vec<_>>().join("\n\n")
        }
        (_, Some(cause)) => format!("{}: {cause}", cause.code.as_str()),
        (_, None) => word(&status.state).to_owned(),
    };
    let child = status.child().map_or(String::new(), |child| format!("\n\nTask {child} at {}", step.agent));
    let run = status.done_by.map_or(String::new(), |run| format!("\n\nDone by run {run}"));
    format!("{account}{child}{run}")
}

fn took(status: &StepStatus) -> String {
    match (status.started_at(), status.ended_at) {
        (Some(began), Some(ended)) => format!("{:.1} s", ended.since(began).as_secs_f64()),
        (_, _) => "–".to_owned(),
    }
}

fn words(part: &Part) -> Option<&str> {
    match &part.content {
        Some(Content::Text(text)) => Some(text),
        Some(Content::Raw(_) | Content::Url(_) | Content::Data(_)) | None => None,
    }
}

/// A text part with as much of it as a report quotes.
fn quoted(part: Part) -> Part {
    match words(&part).map(bounds::quote) {
        Some(text) => Part { content: Some(Content::Text(text)), ..part },
        None => part,
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

fn data(run: &Run, outcome: Outcome) -> Part {
    let outcome = match outcome {
        Outcome::Completed => "completed",
        Outcome::Failed => "failed",
        Outcome::Canceled => "canceled",
    };
    let counts = run.counts();
    data_part(object(BTreeMap::from([
        ("outcome".to_owned(), text(outcome)),
        ("summary".to_owned(), text(summary(run))),
        ("completed".to_owned(), count(counts.completed as u64)),
        ("failed".to_owned(), count(counts.failed as u64)),
        ("skipped".to_owned(), count(counts.skipped as u64)),
        ("canceled".to_owned(), count(counts.canceled as u64)),
        ("about".to_owned(), list(plan::parts(&run.plan().about).into_iter().map(|part| quoted(part).value()))),
        ("steps".to_owned(), list(run.steps().map(|(step, status)| step_data(step, status)))),
        ("open".to_owned(), open::data(run)),
    ])))
}

fn step_data(step: &Step, status: &StepStatus) -> Value {
    let mut fields = BTreeMap::from([
        ("id".to_owned(), text(step.id.as_str())),
        ("agent".to_owned(), text(step.agent.as_str())),
        ("state".to_owned(), text(word(&status.state))),
        ("attempts".to_owned(), number(status.attempts())),
    ]);
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value);
        }
    };
    put("child_task_id", status.child().map(|child| text(child.as_str())));
    put("done_by", status.done_by.map(|run| text(run.to_string())));
    put("started_at", status.started_at().map(millis));
    put("ended_at", status.ended_at.map(millis));
    put("code", status.cause.as_ref().map(|cause| text(cause.code.as_str())));
    put("error", status.cause.as_ref().map(|cause| text(&*cause.text)));
    if let StepState::Completed { answer } = &status.state {
        put("response", Some(list(plan::parts(answer).iter().map(Json::value))));
    }
    object(fields)
}
