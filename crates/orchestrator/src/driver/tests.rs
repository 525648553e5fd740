//! What a run makes of what comes after its end, while that is still on its way to the disk.

use a2a::Error;
use agent::{Driver as _, Input, View};
use discovery::{Filter, Outcomes, View as Registry};
use tokio_util::sync::CancellationToken;
use types::{ContextId, Head, Owner, Seq, TaskId, TaskState, Timestamp};

use super::{Runs, Signal};
use crate::settings::Settings;
use crate::state::RunState;

#[tokio::test]
async fn a_run_that_has_ended_takes_no_message_and_no_cancel_and_ignores_news() {
    let (closing, nobody) = (CancellationToken::new(), "http://127.0.0.1:1");
    let registry = Registry::watch(nobody, Filter::default(), closing.clone()).unwrap();
    let runs = Runs::new(Settings::default(), registry, Outcomes::report(nobody, closing.clone()).unwrap());
    let (owner, context) = (Owner::anonymous(), ContextId::fresh());
    let view = View {
        id: TaskId::fresh(),
        owner: &owner,
        context: &context,
        state: TaskState::Canceled,
        commit: Head(4),
        seq: Seq(4),
        room: usize::MAX,
        now: Timestamp::from_millis(1),
    };
    let decide = |input| runs.decide(&view, &mut RunState::default(), input);
    assert!(matches!(decide(Input::Message(std::sync::Arc::default())), Err(Error::UnsupportedOperation(_))));
    assert!(matches!(decide(Input::Cancel), Err(Error::TaskNotCancelable)));
    assert!(decide(Input::Timer).unwrap().is_empty());
    assert!(decide(Input::Signal(Signal::Routes)).unwrap().is_empty());
}
