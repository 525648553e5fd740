//! The shared values at their edges.

use std::time::Duration;

use proptest::prelude::*;
use types::{ContextId, IdError, MessageId, Owner, Principal, RetryPolicy, Scope, StepId, TaskId, TaskState, Tenant};

#[test]
fn ids_round_trip_through_their_wire_form() {
    let task = TaskId::fresh();
    assert_eq!(task.to_string().parse(), Ok(task));
    assert_eq!("x".parse::<TaskId>(), Err(IdError::NotUuid("task id")));
}

#[test]
fn client_ids_are_bounded() {
    assert_eq!("".parse::<ContextId>(), Err(IdError::Empty("context id")));
    assert!(matches!("x".repeat(257).parse::<ContextId>(), Err(IdError::TooLong { length: 257, .. })));
    assert_eq!("a\nb".parse::<ContextId>(), Err(IdError::Control("context id")));
}

#[test]
fn a_dispatch_has_one_message_id_and_attempts_differ() {
    let (run, step): (_, StepId) = (TaskId::fresh(), "fire".parse().unwrap());
    assert_eq!(MessageId::of_dispatch(run, &step, 1, 0), MessageId::of_dispatch(run, &step, 1, 0));
    assert_ne!(MessageId::of_dispatch(run, &step, 1, 0), MessageId::of_dispatch(run, &step, 2, 0));
}

#[test]
fn states_keep_their_wire_numbers() {
    assert!(TaskState::ALL.iter().all(|state| TaskState::from_wire(state.wire()) == Some(*state)));
    assert_eq!(TaskState::from_wire(0), None);
}

#[test]
fn scopes_admit_what_they_name() {
    let other = Owner { tenant: Tenant::new("b"), principal: Principal::anonymous() };
    assert!(Scope::Owner(other.clone()).admits(&other));
    assert!(!Scope::Owner(Owner::anonymous()).admits(&other));
    assert!(!Scope::Tenant(Tenant::new("")).admits(&other));
}

proptest! {
    #[test]
    fn pauses_stay_within_the_bound(attempt in 1u32..100, jitter in -1.0f64..2.0) {
        let policy = RetryPolicy { attempts: 50, ..RetryPolicy::default() };
        let pause = policy.pause(attempt, jitter);
        prop_assert_eq!(pause.is_some(), attempt < 50);
        prop_assert!(pause.unwrap_or_default() <= Duration::from_secs(30));
    }
}
