//! One run as a pure state machine: plans, steps, `decide` and `apply`.
//! No clock, no randomness, no I/O: times, jitter and routes come in with the input, effects go out as data.
//!
//! ```
//! use engine::{Input, News, Origin, Outcome, Plan, Run};
//! use types::Timestamp;
//!
//! let plan = Plan::new("Nobody is needed", Origin::Text, Vec::new());
//! let mut run = Run::default();
//! let events = run.decide(Timestamp::from_millis(1), Input::of(News::Accept(plan)))?;
//! for event in &events {
//!     run.apply(event);
//! }
//! assert_eq!(run.outcome(), Some(Outcome::Completed));
//! # Ok::<(), engine::Refused>(())
//! ```

mod apply;
mod cause;
mod check;
mod decide;
mod effect;
mod event;
mod fold;
mod input;
mod outlook;
mod plan;
mod resume;
mod run;
mod step;

pub use cause::{Cause, Code};
pub use check::PlanError;
pub use effect::{Dispatch, Effect, Fence, Sent};
pub use event::{Done, Event, Fact, Launch, StepFact};
pub use input::{Answer, ChildEnd, ChildNews, Input, Missing, News, Refused, Reply, Routes};
pub use plan::{FollowUp, Mode, OnFailure, OnUnknown, Origin, Patience, Payload, Plan, Question, Reason, Route, Step};
pub use resume::{Earlier, Fate, Finding, NotResumable, Resume};
pub use run::{Counts, Ending, Outcome, Phase, Run};
pub use step::{Attempt, Held, StepState, StepStatus, StopReason, Stray, WaitsOn};
