//! The other edge: what the catalogue holds becomes what clients read.

use std::time::Duration;

use discovery::choose::Why;
use proto::a2a::AgentInterface;
use proto::raw;
use proto::watchroom::registry::v1 as wire;
use types::{StoreId, Timestamp};

use crate::catalog::{Change, Now, Reason, Standing, keep_alive};
use crate::error::Error;
use crate::filter::Filter;
use crate::identity::Identity;
use crate::record::{Entry, Health, Interface};
use crate::resolve::Resolution;
use crate::verification::Level;
use crate::watch::{Event, Removal};

/// The grant of a registration.
pub(crate) fn grant(change: &Change) -> Result<wire::RegisterResponse, Error> {
    match &change.now {
        Now::Held(entry) => Ok(wire::RegisterResponse {
            lease_id: change.identity.lease().to_string(),
            epoch: entry.record.epoch,
            ttl: span(entry.record.ttl),
            keep_alive: span(keep_alive(entry.record.ttl)),
            version: change.version,
        }),
        Now::Gone(_) => Err(Error::Stopped),
    }
}

/// The answer to a renewal.
pub(crate) fn renewed(entry: &Entry) -> wire::KeepAliveResponse {
    wire::KeepAliveResponse { ttl: span(entry.record.ttl), keep_alive: span(keep_alive(entry.record.ttl)) }
}

/// One instance with its last renewal.
pub(crate) fn agent(entry: Entry) -> raw::Agent {
    let renewed_at = Some(instant(entry.renewed_at));
    raw::Agent { renewed_at, ..watched(entry) }
}

/// One item of a watch.
pub(crate) fn item(registry: StoreId, event: Event) -> raw::WatchAgentsResponse {
    let (version, event) = match event {
        Event::Upsert { version, entry } => (version, raw::WatchEvent::Upsert(watched(entry))),
        Event::Removed { version, identity, why } => (version, raw::WatchEvent::Removed(removed(&identity, why))),
        Event::Bookmark { version, standing } => {
            (version, raw::WatchEvent::Bookmark(wire::Bookmark { stale: standing == Standing::MassLoss }))
        }
        Event::Report(entry) => (0, raw::WatchEvent::Report(report(&entry))),
        Event::Synced { version } => {
            (version, raw::WatchEvent::Synced(wire::Synced { registry_id: registry.to_string() }))
        }
    };
    raw::WatchAgentsResponse { version, event: Some(event) }
}

/// An instance as watches see it: without renewals, which are no changes.
fn watched(entry: Entry) -> raw::Agent {
    let record = &entry.record;
    let registration = raw::Registration {
        instance_id: record.identity.instance.to_string(),
        card: Some(record.card.clone()),
        store_id: record.store_id.to_string(),
        role: record.labels.role.clone(),
        domain: record.labels.domain.clone(),
    };
    raw::Agent {
        registration: Some(registration),
        epoch: record.epoch,
        health: health(entry.vitals.health).into(),
        in_flight: entry.vitals.in_flight,
        registered_at: Some(instant(record.registered_at)),
        renewed_at: None,
        draining: entry.is_draining(),
        load_percent: entry.vitals.load,
        callers: callers(&entry),
        ttl: span(record.ttl),
        verification: level(record.verification.level).into(),
        verification_detail: record.verification.detail.clone(),
    }
}

/// Nothing where nobody said anything.
fn callers(entry: &Entry) -> Option<wire::Callers> {
    let seen = entry.outcomes.sum();
    let callers = || wire::Callers {
        calls: seen.calls,
        failures: seen.failures,
        latency: seen.latency().and_then(span),
        failing: entry.outcomes.is_failing(),
    };
    (!entry.outcomes.is_empty()).then(callers)
}

/// The answer to a question where work should go.
pub(crate) fn resolved(registry: StoreId, filter: &Filter, resolution: Resolution) -> wire::ResolveResponse {
    let all = resolution.places.len();
    let endpoints = resolution.places.iter().map(|(entry, why)| endpoint(filter, entry, *why, all));
    wire::ResolveResponse {
        endpoints: endpoints.collect(),
        draining: u32::try_from(resolution.draining).unwrap_or(u32::MAX),
        not_serving: u32::try_from(resolution.not_serving).unwrap_or(u32::MAX),
        version: resolution.version,
        registry_id: registry.to_string(),
        stale: resolution.standing == Standing::MassLoss,
    }
}

fn endpoint(filter: &Filter, entry: &Entry, why: Why, of: usize) -> wire::ResolvedEndpoint {
    let (record, identity) = (&entry.record, &entry.record.identity);
    wire::ResolvedEndpoint {
        name: identity.name.to_string(),
        agent_version: identity.version.to_string(),
        instance_id: identity.instance.to_string(),
        store_id: record.store_id.to_string(),
        epoch: record.epoch,
        interface: filter.interface(&record.offers).map(interface),
        in_flight: entry.vitals.in_flight,
        load_percent: entry.vitals.load,
        callers: callers(entry),
        reason: reason(why).into(),
        explanation: explanation(entry, why, of),
    }
}

fn interface(interface: &Interface) -> AgentInterface {
    AgentInterface {
        url: interface.url.clone(),
        protocol_binding: interface.binding.clone(),
        protocol_version: interface.protocol_version.clone(),
        tenant: interface.tenant.clone(),
    }
}

fn reason(why: Why) -> wire::PlaceReason {
    match why {
        Why::Turn => wire::PlaceReason::Turn,
        Why::LeastInFlight => wire::PlaceReason::LeastInFlight,
        Why::LessLoadedOfTwo => wire::PlaceReason::LessLoadedOfTwo,
        Why::Context => wire::PlaceReason::Context,
        Why::Failing => wire::PlaceReason::Failing,
    }
}

fn explanation(entry: &Entry, why: Why, of: usize) -> String {
    let (in_flight, seen) = (entry.vitals.in_flight, entry.outcomes.sum());
    match (why, entry.vitals.load) {
        (Why::Turn, _) => format!("its turn among {of}"),
        (Why::LeastInFlight, _) => format!("{in_flight} tasks under way; nobody behind it has fewer"),
        (Why::LessLoadedOfTwo, Some(load)) => {
            format!("{load} % taken, {in_flight} tasks; no more than the other of two")
        }
        (Why::LessLoadedOfTwo, None) => format!("{in_flight} tasks under way; no more than the other of two"),
        (Why::Context, _) => "the context belongs here while it takes work".to_owned(),
        (Why::Failing, _) => format!("{} of its last {} calls failed", seen.failures, seen.calls),
    }
}

fn removed(identity: &Identity, why: Removal) -> wire::Removed {
    let reason = match why {
        Removal::Gone(Reason::Deregistered) => wire::RemoveReason::Deregistered,
        Removal::Gone(Reason::LeaseExpired) => wire::RemoveReason::LeaseExpired,
        Removal::Filtered => wire::RemoveReason::Filtered,
    };
    wire::Removed {
        name: identity.name.to_string(),
        agent_version: identity.version.to_string(),
        instance_id: identity.instance.to_string(),
        reason: reason.into(),
    }
}

fn report(entry: &Entry) -> wire::Report {
    let identity = &entry.record.identity;
    wire::Report {
        name: identity.name.to_string(),
        agent_version: identity.version.to_string(),
        instance_id: identity.instance.to_string(),
        health: health(entry.vitals.health).into(),
        in_flight: entry.vitals.in_flight,
        draining: entry.is_draining(),
        load_percent: entry.vitals.load,
        callers: callers(entry),
    }
}

fn level(level: Level) -> wire::Verification {
    match level {
        Level::Unverified => wire::Verification::Unverified,
        Level::Reachable => wire::Verification::Reachable,
        Level::Signed => wire::Verification::Signed,
    }
}

fn health(health: Health) -> wire::Health {
    match health {
        Health::Serving => wire::Health::Serving,
        Health::NotServing => wire::Health::NotServing,
    }
}

fn span(span: Duration) -> Option<prost_types::Duration> {
    span.try_into().ok()
}

fn instant(time: Timestamp) -> prost_types::Timestamp {
    let millis = time.as_millis();
    let nanos = i32::try_from(millis % 1000 * 1_000_000).unwrap_or_default();
    prost_types::Timestamp { seconds: i64::try_from(millis / 1000).unwrap_or(i64::MAX), nanos }
}
