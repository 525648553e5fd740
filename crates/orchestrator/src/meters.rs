//! What runs are counted by: dispatches per agent and outcome, retries, errors by code, durations.

use engine::{Event, Fact, Run, StepFact};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use service::Metrics;
use types::StepId;

/// Upper bounds of the duration buckets, in seconds.
const BUCKETS: [f64; 9] = [0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0, 120.0, 600.0];

/// Labels of one agent's steps. Callers name agents in plans, so one that nothing was ever sent to has no name here:
/// the number of label sets is bounded by the agents that are registered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    agent: String,
    outcome: &'static str,
    code: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Agent {
    agent: String,
}

/// The counters of all runs.
#[derive(Debug)]
pub(crate) struct Meters {
    steps: Family<Ended, Counter>,
    retries: Family<Agent, Counter>,
    duration: Histogram,
}

impl Default for Meters {
    fn default() -> Self {
        Self { steps: Family::default(), retries: Family::default(), duration: Histogram::new(BUCKETS) }
    }
}

impl Meters {
    /// Makes the counters readable at `/metrics`.
    pub(crate) fn register(&self, metrics: &Metrics) {
        metrics.register("watchroom_steps_ended", "Steps that ended, by agent, outcome and code", self.steps.clone());
        metrics.register("watchroom_step_retries", "Attempts after the first, by agent", self.retries.clone());
        let unit = prometheus_client::registry::Unit::Seconds;
        metrics.register_with_unit("watchroom_step_duration", "First attempt to end", unit, self.duration.clone());
    }

    /// Counts an event that has just been applied. One that is decided again after a failed commit counts twice.
    pub(crate) fn count(&self, run: &Run, event: &Event) {
        let Fact::Step(step, fact) = &event.fact else { return };
        match fact {
            StepFact::Completed { .. } => self.ended(run, step, "completed", ""),
            StepFact::AttemptFailed { cause, retry_at: None } | StepFact::Failed(cause) => {
                self.ended(run, step, "failed", cause.code.as_str());
            }
            StepFact::Skipped(cause) => self.ended(run, step, "skipped", cause.code.as_str()),
            StepFact::Canceled => self.ended(run, step, "canceled", ""),
            StepFact::AttemptFailed { retry_at: Some(_), .. } => self.retried(run, step),
            StepFact::Dispatched(_)
            | StepFact::Parked { .. }
            | StepFact::ChildKnown { .. }
            | StepFact::ChildProgressed { .. }
            | StepFact::ChildWaiting { .. }
            | StepFact::Stopping(_)
            | StepFact::LateAnswer { .. }
            | StepFact::Strayed { .. }
            | StepFact::Carried(_) => {}
        }
    }

    fn ended(&self, run: &Run, step: &StepId, outcome: &'static str, code: &'static str) {
        let Some((_, step, status)) = run.step(step) else { return };
        let agent = if status.attempts() == 0 { String::new() } else { step.agent.to_string() };
        self.steps.get_or_create(&Ended { agent, outcome, code }).inc();
        if let (Some(began), Some(ended)) = (status.started_at(), status.ended_at) {
            self.duration.observe(ended.since(began).as_secs_f64());
        }
    }

    fn retried(&self, run: &Run, step: &StepId) {
        let Some((_, step, _)) = run.step(step) else { return };
        self.retries.get_or_create(&Agent { agent: step.agent.to_string() }).inc();
    }
}
