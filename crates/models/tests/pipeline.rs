//! The commit pipeline in every reachable state: it holds with all of its rules, and breaks without each of them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "clippy spares test functions but not their helpers"
)]

use std::time::Instant;

use models::{Pipeline, PipelineRule};
use stateright::{Checker, HasDiscoveries, Model};

/// Finds a short history in which dropping `rule` breaks `property`.
fn breaks(rule: PipelineRule, property: &'static str) {
    let model = Pipeline { dropped: Some(rule) };
    let wanted = HasDiscoveries::AllOf([property].into());
    let checker = model.checker().finish_when(wanted).spawn_bfs().join();
    let found = checker.discovery(property).map(stateright::Path::into_actions);
    println!("without {rule:?}, after {} states: {found:?}", checker.unique_state_count());
    assert!(found.is_some(), "without {rule:?}, {property:?} should break");
}

#[test]
fn all_rules_hold() {
    let begun = Instant::now();
    let checker = Pipeline::default().checker().spawn_dfs().join();
    println!("pipeline: {} states in {:.1} s", checker.unique_state_count(), begun.elapsed().as_secs_f64());
    for property in checker.model().properties() {
        let found = checker.discovery(property.name).map(stateright::Path::into_actions);
        let wanted = !property.expectation.discovery_is_failure();
        assert_eq!(found.is_some(), wanted, "{}: {found:#?}", property.name);
    }
}

#[test]
fn dropped_effects_do_not_wait_for_the_commit() {
    breaks(PipelineRule::EffectsAfterCommit, "no effect without its commit");
}

#[test]
fn dropped_a_receipt_comes_before_the_sync() {
    breaks(PipelineRule::ReceiptAfterSync, "what is acknowledged stays");
}

#[test]
fn dropped_a_read_does_not_wait() {
    breaks(PipelineRule::ReadsWait, "what is read stays");
}

#[test]
fn dropped_a_refusal_does_not_wait() {
    breaks(PipelineRule::RefusalsWait, "a refusal is true");
}

#[test]
fn dropped_a_ticket_overtakes_those_before_it() {
    breaks(PipelineRule::TicketsInOrder, "what is read stays");
}

#[test]
fn dropped_a_failed_generation_writes_on() {
    breaks(PipelineRule::OldGenerationFails, "nothing follows the end");
}

#[test]
fn dropped_an_old_ticket_drops_a_new_head() {
    breaks(PipelineRule::OldTicketDropsNothing, "what is read stays");
}

#[test]
fn dropped_the_head_is_not_compared() {
    breaks(PipelineRule::HeadIsCompared, "nothing follows the end");
}

#[test]
fn dropped_a_repetition_is_only_looked_up_early() {
    breaks(PipelineRule::AcceptIsACondition, "no input is applied twice");
}

#[test]
fn dropped_the_state_counts_before_the_repetition() {
    breaks(PipelineRule::SeenBeforeState, "an accepted input is not refused");
}

#[test]
fn dropped_a_signal_is_taken_again_after_a_crash() {
    breaks(PipelineRule::KeysAreKept, "no input is applied twice");
}

#[test]
fn dropped_a_row_is_written_unread() {
    breaks(PipelineRule::RowIsCompared, "no row is overwritten unread");
}

#[test]
fn dropped_a_failed_head_is_kept() {
    breaks(PipelineRule::HeadIsDropped, "every input is answered");
}
