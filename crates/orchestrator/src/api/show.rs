//! Runs and steps on the wire.

use a2a::time::to_wire as time;
use engine::{Plan, Step, StepState, StepStatus};
use proto::watchroom::orchestrator::v1 as wire;
use types::TaskState;

use crate::call::Call;
use crate::narrate::summary;
use crate::plan;
use crate::read::Found;

/// What a text would become, and why.
pub(super) fn planned(call: &Call, plan: &Plan) -> wire::PlanOnlyResponse {
    wire::PlanOnlyResponse {
        plan: Some(plan::to_wire(plan)),
        location: call.place().to_owned(),
        confidence: call.triage.confidence,
        question: plan.question.as_ref().map(|question| question.text.to_string()).unwrap_or_default(),
        reasons: call.doubts(),
        triage: Some(call.trace()),
    }
}

/// A run as it stands, with the duties that it left.
pub(super) fn run(found: &Found, duties: Vec<wire::Duty>) -> wire::Run {
    let Found { summary: row, run } = found;
    wire::Run {
        id: row.id.to_string(),
        context_id: row.context.to_string(),
        state: state(row.state).into(),
        plan: Some(plan::to_wire(run.plan())),
        steps: run.steps().map(|(step, status)| step_status(step, status)).collect(),
        created_at: Some(time(run.accepted_at())),
        changed_at: Some(time(row.changed_at)),
        summary: summary(run),
        resumes: run.plan().resumes.map(|run| run.to_string()).unwrap_or_default(),
        duties,
    }
}

fn state(state: TaskState) -> wire::RunState {
    match state {
        TaskState::Submitted => wire::RunState::Accepted,
        TaskState::Working | TaskState::AuthRequired => wire::RunState::Running,
        TaskState::InputRequired => wire::RunState::InputRequired,
        TaskState::Completed => wire::RunState::Completed,
        TaskState::Failed => wire::RunState::Failed,
        TaskState::Canceled => wire::RunState::Canceled,
        TaskState::Rejected => wire::RunState::Rejected,
    }
}

fn step_status(step: &Step, status: &StepStatus) -> wire::StepStatus {
    let response = match &status.state {
        StepState::Completed { answer } => plan::parts(answer),
        StepState::Pending
        | StepState::Parked { .. }
        | StepState::Dispatching
        | StepState::Working
        | StepState::Waiting { .. }
        | StepState::Backoff { .. }
        | StepState::Stopping { .. }
        | StepState::Failed
        | StepState::Skipped
        | StepState::Canceled => Vec::new(),
    };
    wire::StepStatus {
        id: step.id.to_string(),
        state: step_state(&status.state).into(),
        attempts: status.attempts(),
        child_task_id: status.child().map(ToString::to_string).unwrap_or_default(),
        started_at: status.started_at().map(time),
        ended_at: status.ended_at.map(time),
        response,
        error_code: status.cause.as_ref().map(|cause| cause.code.as_str().to_owned()).unwrap_or_default(),
        error: status.cause.as_ref().map(ToString::to_string).unwrap_or_default(),
        done_by: status.done_by.map(|run| run.to_string()).unwrap_or_default(),
    }
}

/// A step that is parked has not begun; one that is stopping is still at work.
fn step_state(state: &StepState) -> wire::StepState {
    match state {
        StepState::Pending | StepState::Parked { .. } => wire::StepState::Pending,
        StepState::Dispatching => wire::StepState::Dispatching,
        StepState::Working | StepState::Stopping { .. } => wire::StepState::Working,
        StepState::Waiting { .. } => wire::StepState::Waiting,
        StepState::Backoff { .. } => wire::StepState::Backoff,
        StepState::Completed { .. } => wire::StepState::Completed,
        StepState::Failed => wire::StepState::Failed,
        StepState::Skipped => wire::StepState::Skipped,
        StepState::Canceled => wire::StepState::Canceled,
    }
}
