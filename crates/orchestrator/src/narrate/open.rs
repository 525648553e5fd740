//! What a run leaves behind that is not known to have ended.

use std::fmt::Write as _;

use engine::{Held, Run, Step, Stray};
use proto::value::{List, Object};

/// The part of the report that lists it; empty when there is nothing.
pub(super) fn section(run: &Run) -> String {
    let mut section = String::new();
    for (step, stray) in strays(run) {
        if section.is_empty() {
            section.push_str("\n## Not accounted for\n\n");
        }
        let Stray { attempt, held } = stray;
        let child = attempt.child.as_ref().map_or("its task is not known".to_owned(), |child| format!("task {child}"));
        let (number, endpoint) = (attempt.launch.attempt, &attempt.launch.route.endpoint);
        let what = match held {
            Held::Reaper => "it has not answered and is asked to stop until it does",
            Held::Nobody => "its agent shows nothing of it, and it may be at work there",
        };
        // Writing to a String cannot fail.
        writeln!(section, "* {}, attempt {number} at {} ({endpoint}), {child}: {what}", step.id, step.agent).ok();
    }
    section
}

/// The same for programs: `[{step, attempt, agent, endpoint, store_id?, child_task_id?, state}]`.
pub(super) fn data(run: &Run, out: &mut List<'_>) {
    strays(run).for_each(|(step, stray)| _ = out.object(|out| put(step, stray, out)));
}

fn put(step: &Step, stray: &Stray, out: &mut Object<'_>) {
    let (launch, child) = (&stray.attempt.launch, &stray.attempt.child);
    let state = match stray.held {
        Held::Reaper => "duty",
        Held::Nobody => "not-found",
    };
    out.text("agent", step.agent.as_str()).number("attempt", launch.attempt);
    if let Some(child) = child {
        out.text("child_task_id", child.as_str());
    }
    out.text("endpoint", &launch.route.endpoint).text("state", state).text("step", step.id.as_str());
    if let Some(store) = launch.route.store_id {
        out.text("store_id", &store.to_string());
    }
}

fn strays(run: &Run) -> impl Iterator<Item = (&Step, &Stray)> {
    run.steps().flat_map(|(step, status)| status.strays.iter().map(move |stray| (step, stray)))
}
