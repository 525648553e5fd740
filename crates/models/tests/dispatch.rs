//! The dispatch protocol in every reachable state: it holds with all of its rules, and breaks without each of them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "clippy spares test functions but not their helpers"
)]

use std::time::Instant;

use models::{Dispatch, DispatchRule, Kind};
use stateright::{Checker, HasDiscoveries, Model};

/// Checks the whole of a model that keeps all rules.
fn holds(kind: Kind, unreachable: &[&str]) {
    let begun = Instant::now();
    let checker = Dispatch { kind, dropped: None }.checker().spawn_dfs().join();
    println!("{kind:?}: {} states in {:.1} s", checker.unique_state_count(), begun.elapsed().as_secs_f64());
    for property in checker.model().properties() {
        let found = checker.discovery(property.name);
        let failed = property.expectation.discovery_is_failure();
        let wanted = !failed && !unreachable.contains(&property.name);
        let actions = found.map(stateright::Path::into_actions);
        assert_eq!(actions.is_some(), wanted, "{}: {actions:#?}", property.name);
    }
}

/// Finds a short history in which dropping `rule` breaks `property`.
fn breaks(rule: DispatchRule, kind: Kind, property: &'static str) {
    let model = Dispatch { kind, dropped: Some(rule) };
    let wanted = HasDiscoveries::AllOf([property].into());
    let checker = model.checker().finish_when(wanted).spawn_bfs().join();
    let found = checker.discovery(property).map(stateright::Path::into_actions);
    println!("without {rule:?}, after {} states: {found:?}", checker.unique_state_count());
    assert!(found.is_some(), "without {rule:?}, {property:?} should break");
}

const TWICE: &str = "no effect happens twice";
const LATE: &str = "nothing begins after its run went on";
const UNLISTED: &str = "no live child of an ended run is unlisted";
const NEWEST: &str = "the newest attempt's result counts";

#[test]
fn all_rules_hold_for_a_step_that_fails_at_a_silent_store() {
    holds(Kind::OrFail, &[]);
}

#[test]
fn all_rules_hold_for_a_step_that_tries_another_store() {
    holds(Kind::OrAnother, &[]);
}

#[test]
fn all_rules_hold_for_an_at_most_once_step() {
    holds(Kind::AtMostOnce, &[]);
}

#[test]
fn rule_1_dropped_a_late_resend_hides_an_accepted_attempt() {
    breaks(DispatchRule::RowFirst, Kind::OrFail, TWICE);
}

#[test]
fn rule_1_dropped_a_dispatch_outlives_its_deadline() {
    breaks(DispatchRule::DeadlineIsChecked, Kind::OrFail, TWICE);
}

#[test]
fn rule_2_dropped_a_fence_does_not_keep_a_dispatch_out() {
    breaks(DispatchRule::OneRow, Kind::OrFail, TWICE);
}

#[test]
fn rule_2_dropped_a_refusal_overtakes_an_accept() {
    breaks(DispatchRule::RefusalWaits, Kind::OrFail, TWICE);
}

#[test]
fn rule_3_dropped_a_row_dies_with_its_task() {
    breaks(DispatchRule::RowsAreKept, Kind::OrFail, TWICE);
}

#[test]
fn rule_4_dropped_a_dispatch_begins_at_another_store() {
    breaks(DispatchRule::OwnStoreOnly, Kind::OrFail, TWICE);
}

#[test]
fn rule_5_dropped_a_crash_repeats_an_at_most_once_effect() {
    breaks(DispatchRule::StartIsRecorded, Kind::AtMostOnce, TWICE);
}

#[test]
fn rule_6_dropped_a_restarted_operator_resends_elsewhere() {
    breaks(DispatchRule::StoreIsRecorded, Kind::OrFail, TWICE);
}

#[test]
fn rule_7_dropped_a_new_attempt_does_not_wait_for_the_fence() {
    breaks(DispatchRule::FenceFirst, Kind::OrFail, TWICE);
}

#[test]
fn rule_7_dropped_a_completed_result_is_not_adopted() {
    breaks(DispatchRule::CompletedIsAdopted, Kind::OrFail, TWICE);
}

#[test]
fn rule_7_dropped_a_late_answer_is_applied() {
    breaks(DispatchRule::LateIsNotApplied, Kind::OrAnother, NEWEST);
}

#[test]
fn rule_8_dropped_an_at_most_once_step_goes_on_without_knowing() {
    breaks(DispatchRule::OnlyAfterNever, Kind::AtMostOnce, TWICE);
}

#[test]
fn rule_9_dropped_the_policy_decides_before_the_deadline() {
    breaks(DispatchRule::PolicyAfterDeadline, Kind::OrAnother, LATE);
}

#[test]
fn rule_9_dropped_an_unanswered_fence_is_forgotten() {
    breaks(DispatchRule::DutyIsListed, Kind::OrFail, UNLISTED);
}

#[test]
fn fence_rule_dropped_never_is_said_when_a_row_may_have_expired() {
    breaks(DispatchRule::NeverIsCertain, Kind::OrFail, TWICE);
}

#[test]
fn run_rule_dropped_a_run_ends_before_its_attempts() {
    breaks(DispatchRule::RunWaits, Kind::OrFail, UNLISTED);
}
