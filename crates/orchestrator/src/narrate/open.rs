//! What a run leaves behind that is not known to have ended.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use a2a::metadata::{list, number, object, text};
use engine::{Held, Run, Step, Stray};
use proto::Value;

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
pub(super) fn data(run: &Run) -> Value {
    list(strays(run).map(|(step, stray)| {
        let (launch, child) = (&stray.attempt.launch, &stray.attempt.child);
        let state = match stray.held {
            Held::Reaper => "duty",
            Held::Nobody => "not-found",
        };
        let mut fields = BTreeMap::from([
            ("step".to_owned(), text(step.id.as_str())),
            ("attempt".to_owned(), number(launch.attempt)),
            ("agent".to_owned(), text(step.agent.as_str())),
            ("endpoint".to_owned(), text(&*launch.route.endpoint)),
            ("state".to_owned(), text(state)),
        ]);
        let store = launch.route.store_id.map(|store| ("store_id".to_owned(), text(store.to_string())));
        let child = child.as_ref().map(|child| ("child_task_id".to_owned(), text(child.as_str())));
        fields.extend(store.into_iter().chain(child));
        object(fields)
    }))
}

fn strays(run: &Run) -> impl Iterator<Item = (&Step, &Stray)> {
    run.steps().flat_map(|(step, status)| status.strays.iter().map(move |stray| (step, stray)))
}
