//! What a pipe is told of each event, and the table of all.

use proto::a2a::AgentCard;
use proto::watchroom::registry::v1::{Bookmark, Callers, Health, Registration, Synced};

use super::*;

fn agent(instance: &str, in_flight: u32) -> Agent {
    let card = AgentCard { name: "Police Agent".to_owned(), version: "1".to_owned(), ..AgentCard::default() };
    let instance_id = instance.to_owned();
    let registration = Registration { instance_id, card: Some(card), ..Registration::default() };
    Agent {
        registration: Some(registration),
        health: Health::Serving.into(),
        in_flight,
        ttl: Some(prost_types::Duration { seconds: 10, nanos: 0 }),
        ..Agent::default()
    }
}

fn removed(instance: &str) -> Event {
    Event::Removed(Removed {
        name: "Police Agent".to_owned(),
        agent_version: "1".to_owned(),
        instance_id: instance.to_owned(),
        reason: RemoveReason::LeaseExpired.into(),
    })
}

fn report(instance: &str) -> Report {
    Report {
        name: "Police Agent".to_owned(),
        agent_version: "1".to_owned(),
        instance_id: instance.to_owned(),
        health: Health::Serving.into(),
        ..Report::default()
    }
}

#[test]
fn every_change_is_a_line_and_what_says_nothing_new_is_none() {
    let mut roster = Roster { fresh: Some(BTreeMap::new()), ..Roster::default() };
    assert!(roster.take(Event::Upsert(agent("1", 0))).is_empty(), "a snapshot is told when it is complete");
    assert_eq!(
        roster.take(Event::Synced(Synced::default())),
        ["joined: Police Agent 1 (1): serving, 0 under way, lease 10 s"]
    );
    let busy = Report { in_flight: 3, load_percent: Some(40), ..report("1") };
    assert_eq!(roster.take(Event::Report(busy.clone())), ["now: Police Agent 1 (1): serving, 3 under way, 40 % taken"]);
    assert!(roster.take(Event::Report(busy)).is_empty());
    let draining = Report { draining: true, ..report("1") };
    assert_eq!(roster.take(Event::Report(draining)), ["now: Police Agent 1 (1): draining, 0 under way"]);
    let callers = Some(Callers { calls: 9, failures: 8, failing: true, ..Callers::default() });
    let failing = Report { callers, ..report("1") };
    let line = "now: Police Agent 1 (1): serving, but 8 of 9 calls failed, 0 under way";
    assert_eq!(roster.take(Event::Report(failing)), [line]);
    let changed = "changed: Police Agent 1 (1): serving, 5 under way, lease 10 s";
    assert_eq!(roster.take(Event::Upsert(agent("1", 5))), [changed]);
    assert_eq!(roster.take(removed("1")), ["gone: Police Agent 1 (1): its lease ran out"]);
    assert!(roster.take(removed("1")).is_empty());
    assert!(roster.take(Event::Report(report("1"))).is_empty());
    assert_eq!(roster.take(Event::Bookmark(Bookmark { stale: true })), [DOUBT]);
    assert!(roster.take(Event::Bookmark(Bookmark { stale: true })).is_empty());
}

#[test]
fn a_new_snapshot_tells_what_came_and_went_meanwhile() {
    let mut roster = Roster::default();
    for instance in ["1", "2"] {
        roster.take(Event::Upsert(agent(instance, 0)));
    }
    roster.fresh = Some(BTreeMap::new());
    for instance in ["2", "3"] {
        roster.take(Event::Upsert(agent(instance, 0)));
    }
    let told = roster.take(Event::Synced(Synced::default()));
    assert_eq!(told.len(), 2);
    assert!(told[0].starts_with("gone: Police Agent 1 (1)") && told[1].starts_with("joined: Police Agent 1 (3)"));
    let table = roster.table("no agents", Some("away"));
    assert_eq!(table.lines().count(), 4, "{table}");
    assert!(table.ends_with("away") && table.contains("10 s"), "{table}");
}
