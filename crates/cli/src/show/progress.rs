//! How a run stands, in one line that is written over and over: steps that are done, steps under way, time.

use std::collections::BTreeMap;
use std::time::Duration;

use a2a::frame::Update;
use a2a::metadata::{self, PROGRESS};
use proto::Struct;

/// Words about steps that fit a line; more are counted.
const STEPS: usize = 3;

/// The steps that were heard of.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    of: u64,
    steps: BTreeMap<u64, (String, String)>,
}

impl Progress {
    /// Takes in what a frame says.
    pub(crate) fn see(&mut self, update: &Update) {
        let metadata = match update {
            Update::Task(task) => task.metadata.as_ref(),
            Update::Status(update) => update.metadata.as_ref(),
            Update::Artifact(_) | Update::Message(_) => None,
        };
        if let Some(fields) = metadata::as_object(metadata::member(metadata, PROGRESS)) {
            self.step(fields);
        }
    }

    fn step(&mut self, fields: &Struct) {
        let number = |name| metadata::as_integer(fields.fields.get(name));
        let word = |name| metadata::as_text(fields.fields.get(name));
        self.of = number("n").unwrap_or(self.of);
        if let (Some(k), Some(state)) = (number("k"), word("state")) {
            let who = word("agent").or(word("step")).unwrap_or_default();
            self.steps.insert(k, (who.to_owned(), state.to_owned()));
        }
    }

    /// The line after so much time.
    pub(crate) fn line(&self, elapsed: Duration) -> String {
        let open: Vec<String> = self
            .steps
            .values()
            .filter(|(_, state)| !is_over(state))
            .map(|(who, state)| format!("{who} {state}"))
            .collect();
        let over = self.steps.len() - open.len();
        let mut words = Vec::new();
        if self.of > 0 {
            words.push(format!("{over} of {} steps done", self.of));
        }
        let more = open.len().saturating_sub(STEPS);
        words.extend(open.into_iter().take(STEPS));
        if more > 0 {
            words.push(format!("{more} more"));
        }
        if words.is_empty() {
            words.push("under way".to_owned());
        }
        words.push(format!("{} s", elapsed.as_secs()));
        words.join(" · ")
    }
}

fn is_over(state: &str) -> bool {
    matches!(state, "completed" | "failed" | "skipped" | "canceled")
}

#[cfg(test)]
mod tests;
