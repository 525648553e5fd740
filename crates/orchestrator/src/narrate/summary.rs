//! How a run stands in one sentence.

use engine::{Counts, Ending, Held, Origin, Run, StepState, Stray};

use super::words::name;

/// The sentence of the last status, and of a run that is asked for.
pub(crate) fn summary(run: &Run) -> String {
    let counts = run.counts();
    let done = if run.ending() == Some(Ending::Cancel) { canceled(run, counts) } else { finished(run, counts) };
    format!("{done}{}{}", being_told(run), open_ends(run))
}

fn finished(run: &Run, counts: Counts) -> String {
    let dispatch = run.plan().origin == Origin::Text;
    match (dispatch, counts.total, counts.completed) {
        (true, 0, _) => "No emergency service is needed".to_owned(),
        (true, total, completed) if total == completed => {
            format!("All emergency services dispatched successfully ({completed}/{total})")
        }
        (false, total, completed) if total == completed => format!("All steps completed ({completed}/{total})"),
        (_, total, completed) if counts.left() > 0 => {
            format!("{completed} of {total} done{}", failures(run, counts))
        }
        (_, _, completed) => {
            let head = match (dispatch, completed) {
                (true, 0) => "Dispatch failed",
                (false, 0) => "Failed",
                (true, _) => "Dispatch completed with issues",
                (false, _) => "Completed with issues",
            };
            format!("{head}: {completed} successful{}", failures(run, counts))
        }
    }
}

fn canceled(run: &Run, counts: Counts) -> String {
    let Counts { completed, canceled, .. } = counts;
    let head = match (counts.left(), run.plan().origin) {
        (0, Origin::Text) => "Dispatch canceled",
        (0, Origin::Explicit) => "Canceled",
        (_, Origin::Text | Origin::Explicit) => "Being canceled",
    };
    format!("{head}: {completed} successful{}{}, {canceled} canceled", taken_back(run), failures(run, counts))
}

/// What became of the steps that take others back.
fn taken_back(run: &Run) -> String {
    let undone = run.steps().filter(|(step, status)| step.undoes().is_some() && status.completed()).count();
    let failed: Vec<&str> = run
        .steps()
        .filter(|(step, status)| step.undoes().is_some() && status.state == StepState::Failed)
        .map(|(step, _)| name(step))
        .collect();
    match (undone, failed.is_empty()) {
        (0, true) => String::new(),
        (undone, true) => format!(" ({undone} released)"),
        (undone, false) => format!(" ({undone} released, not released: {})", failed.join(", ")),
    }
}

/// How many steps failed or were skipped, which, and why.
fn failures(run: &Run, counts: Counts) -> String {
    let each = [(counts.failed, "failed"), (counts.skipped, "skipped")];
    let totals: String =
        each.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!(", {count} {what}")).collect();
    if totals.is_empty() { totals } else { format!("{totals} ({})", reasons(run)) }
}

fn reasons(run: &Run) -> String {
    let failed = run.steps().filter(|(step, status)| {
        step.undoes().is_none() && matches!(status.state, StepState::Failed | StepState::Skipped)
    });
    let lines = failed.map(|(step, status)| {
        let why = status.cause.as_ref().map_or("", |cause| &cause.text);
        format!("{}: {why}", name(step))
    });
    lines.collect::<Vec<_>>().join("; ")
}

/// Agents that are still to hear the place of what they were sent to.
fn being_told(run: &Run) -> String {
    match run.steps().filter(|(step, status)| step.tells().is_some() && !status.ended()).count() {
        0 => String::new(),
        1 => "; 1 agent is being told the place".to_owned(),
        many => format!("; {many} agents are being told the place"),
    }
}

/// Attempts that are not known to have ended.
fn open_ends(run: &Run) -> String {
    let strays = |held| {
        let strays: Vec<&Stray> = run.steps().flat_map(|(_, status)| &status.strays).collect();
        strays.into_iter().filter(|stray| stray.held == held).count()
    };
    let kinds = [(strays(Held::Reaper), "still being stopped"), (strays(Held::Nobody), "possibly still at work")];
    let told = kinds.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| match count {
        1 => format!("; 1 attempt {what}"),
        many => format!("; {many} attempts {what}"),
    });
    told.collect()
}

#[cfg(test)]
mod tests;
