//! The report: Markdown for people, data for programs.

use std::fmt::Write as _;

use a2a::frame::{Held, Made, Piece};
use engine::{Outcome, Run, Step, StepState, StepStatus};
use proto::value::{List, Object, Slot};

use super::words::name;
use super::{open, summary, word};
use crate::bounds;
use crate::json::put_pieces;

/// The report of a run that has just ended.
pub(super) fn artifact(run: &Run, outcome: Outcome) -> Made {
    let about = Piece::all(run.plan().about.as_bytes());
    let made = Made::new("report", "report").text(&markdown(run, &about), "text/markdown");
    made.json(|slot| data(run, outcome, &about, slot))
}

fn markdown(run: &Run, about: &[Piece<'_>]) -> String {
    let title = &run.plan().title;
    let mut report = if title.is_empty() { String::new() } else { format!("# {title}\n\n") };
    // Writing to a String cannot fail.
    writeln!(report, "{}", summary(run)).ok();
    for quote in about.iter().filter_map(Piece::words) {
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
    match step.undoes() {
        None => name(step).to_owned(),
        Some(_) => format!("Release of {}", name(step)),
    }
}

/// What a step's agent answered, or why it did not.
fn account(step: &Step, status: &StepStatus) -> String {
    let account = match (&status.state, &status.cause) {
        (StepState::Completed { answer }, _) => {
            let answer = Piece::all(answer.as_bytes());
            answer.iter().filter_map(Piece::words).collect::<Vec<_>>().join("\n\n")
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

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

fn data(run: &Run, outcome: Outcome, about: &[Piece<'_>], to: Slot<'_>) {
    let outcome = match outcome {
        Outcome::Completed => "completed",
        Outcome::Failed => "failed",
        Outcome::Canceled => "canceled",
    };
    let counts = run.counts();
    to.object(|out| {
        out.list("about", |out| about.iter().for_each(|piece| put_quoted(*piece, out)));
        out.count("canceled", counts.canceled as u64).count("completed", counts.completed as u64);
        out.count("failed", counts.failed as u64).list("open", |out| open::data(run, out));
        out.text("outcome", outcome).count("skipped", counts.skipped as u64);
        out.list("steps", |out| {
            run.steps().for_each(|(step, status)| _ = out.object(|out| step_data(step, status, out)));
        });
        out.text("summary", &summary(run));
    });
}

/// Puts a part with as much of its words as a report quotes.
fn put_quoted(piece: Piece<'_>, out: &mut List<'_>) {
    match piece.words().map(bounds::quote) {
        Some(words) => put_pieces(&[Piece { content: Some(Held::Text(&words)), ..piece }], out),
        None => put_pieces(&[piece], out),
    }
}

fn step_data(step: &Step, status: &StepStatus, out: &mut Object<'_>) {
    out.text("agent", step.agent.as_str()).number("attempts", status.attempts());
    if let Some(child) = status.child() {
        out.text("child_task_id", child.as_str());
    }
    if let Some(cause) = &status.cause {
        out.text("code", cause.code.as_str());
    }
    if let Some(run) = status.done_by {
        out.text("done_by", &run.to_string());
    }
    if let Some(ended) = status.ended_at {
        out.count("ended_at", ended.as_millis());
    }
    if let Some(cause) = &status.cause {
        out.text("error", &cause.text);
    }
    out.text("id", step.id.as_str());
    if let StepState::Completed { answer } = &status.state {
        out.list("response", |out| put_pieces(&Piece::all(answer.as_bytes()), out));
    }
    if let Some(started) = status.started_at() {
        out.count("started_at", started.as_millis());
    }
    out.text("state", word(&status.state));
}
