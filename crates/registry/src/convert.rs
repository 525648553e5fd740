//! The edge: requests become what the catalogue understands, or a list of what is wrong with them.

use std::time::Duration;

use a2a::Violation;
use bytes::Bytes;
use discovery::choose::Policy;
use prost::Message;
use proto::a2a::AgentCard;
use proto::raw;
use proto::watchroom::registry::v1 as wire;
use types::{StoreId, Tenant, limits};

use crate::catalog::Wish;
use crate::error::Error;
use crate::filter::{Access, Filter, Within};
use crate::handle::Observation;
use crate::identity::{Identity, LeaseId};
use crate::outcome::Tally;
use crate::page::Query;
use crate::record::{Health, Intake, Labels, Offers, Vitals};
use crate::resolve::Wanted;
use crate::token;
use crate::verification::{Level, Verification};

/// Largest card: it is kept in memory and sent to every watch.
const CARD: usize = 256 << 10;

/// Most values of one field of a filter.
const VALUES: usize = 100;

/// Longest role or domain, in bytes.
const LABEL: usize = 128;

/// Endpoints of an answer where the caller does not say.
const ENDPOINTS: usize = 10;

/// Most outcomes of one report.
const OUTCOMES: usize = 100;

/// Most calls of one outcome: a busy caller's second, and no caller's verdict for all.
const CALLS: u32 = 10_000;

/// What a call to the registry is about, once the lease is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) lease: LeaseId,
    pub(crate) epoch: u64,
}

/// A registration to make.
pub(crate) fn wish(tenant: Tenant, request: raw::RegisterRequest) -> Result<Wish, Error> {
    let missing = || Error::invalid("registration", "is required");
    let raw::Registration { instance_id, card, store_id, role, domain } = request.registration.ok_or_else(missing)?;
    let card = card.ok_or_else(|| Error::invalid("registration.card", "is required"))?;
    let parsed = parse_card(&card)?;
    let version = field("registration.card.version", checked_version(&parsed.version))?;
    let identity = Identity {
        tenant,
        name: field("registration.card.name", parsed.name.parse())?,
        version: version.into(),
        instance: field("registration.instance_id", instance_id.parse())?,
    };
    Ok(Wish {
        identity,
        store_id: field("registration.store_id", store_id.parse())?,
        labels: Labels {
            role: field("registration.role", checked_label(role))?,
            domain: field("registration.domain", checked_label(domain))?,
        },
        offers: Offers::of(&parsed),
        card,
        ttl: request.ttl.map(ttl).transpose()?.flatten(),
        verification: Verification::default(),
    })
}

fn parse_card(bytes: &Bytes) -> Result<AgentCard, Error> {
    const FIELD: &str = "registration.card";
    if bytes.len() > CARD {
        return Err(Error::invalid(FIELD, format!("has {} bytes, the limit is {CARD}", bytes.len())));
    }
    let card =
        AgentCard::decode(bytes.clone()).map_err(|error| Error::invalid(FIELD, format!("does not decode: {error}")))?;
    let within = |one: Violation| Violation { field: format!("{FIELD}.{}", one.field), ..one };
    a2a::validate_card(&card).map_err(|found| Error::Invalid(found.into_iter().map(within).collect()))?;
    Ok(card)
}

/// A version is free text, but a key too.
fn checked_version(version: &str) -> Result<&str, String> {
    match version {
        "" => Err("is required".to_owned()),
        _ if version.len() > limits::CLIENT_ID => {
            Err(format!("has {} bytes, the limit is {}", version.len(), limits::CLIENT_ID))
        }
        _ if version.chars().any(char::is_control) => Err("holds a control character".to_owned()),
        _ => Ok(version),
    }
}

/// Free text, or nothing.
fn checked_label(label: String) -> Result<String, String> {
    match label.len() {
        length if length > LABEL => Err(format!("has {length} bytes, the limit is {LABEL}")),
        _ if label.chars().any(char::is_control) => Err("holds a control character".to_owned()),
        _ => Ok(label),
    }
}

/// Unset and zero leave the choice to the registry.
fn ttl(wanted: prost_types::Duration) -> Result<Option<Duration>, Error> {
    let wanted: Duration = field("ttl", wanted.try_into())?;
    Ok(Some(wanted).filter(|wanted| !wanted.is_zero()))
}

/// A lease and its epoch.
pub(crate) fn held(lease_id: &str, epoch: u64) -> Result<Held, Error> {
    Ok(Held { lease: field("lease_id", lease_id.parse())?, epoch })
}

/// What a renewal says; an instance that says nothing of its health serves.
pub(crate) fn vitals(request: &wire::KeepAliveRequest) -> Result<Vitals, Error> {
    let health = match request.health {
        0 => Health::Serving,
        given => health("health", given)?,
    };
    Ok(Vitals {
        health,
        in_flight: request.in_flight,
        load: request.load_percent,
        intake: Intake::of(request.draining),
    })
}

/// The instance that is asked for.
pub(crate) fn identity(tenant: Tenant, name: &str, version: &str, instance: &str) -> Result<Identity, Error> {
    Ok(Identity {
        tenant,
        name: field("name", name.parse())?,
        version: field("version", checked_version(version))?.into(),
        instance: field("instance_id", instance.parse())?,
    })
}

/// The page that is asked for.
pub(crate) fn query(tenant: &Tenant, registry: StoreId, request: &wire::QueryAgentsRequest) -> Result<Query, Error> {
    let asked = request.filter.clone().unwrap_or_default();
    let from = match request.page_token.as_str() {
        "" => None,
        text => Some(field("page_token", token::read(registry, &asked, tenant, text))?),
    };
    Ok(Query { filter: filter(tenant, asked)?, size: count("page_size", request.page_size, limits::PAGE)?, from })
}

fn count(name: &str, asked: Option<i32>, usual: usize) -> Result<usize, Error> {
    let asked = asked.map_or(Ok(usual), usize::try_from);
    match asked {
        Ok(size @ 1..=limits::PAGE_MAX) => Ok(size),
        _ => Err(Error::invalid(name, format!("must be 1 to {}", limits::PAGE_MAX))),
    }
}

/// The endpoints that are asked for.
pub(crate) fn wanted(tenant: &Tenant, request: wire::ResolveRequest) -> Result<Wanted, Error> {
    let policy = match wire::Policy::try_from(request.policy) {
        Ok(wire::Policy::RoundRobin) => Policy::RoundRobin,
        Ok(wire::Policy::LeastInFlight) => Policy::LeastInFlight,
        Ok(wire::Policy::PowerOfTwo | wire::Policy::Unspecified) => Policy::PowerOfTwo,
        Ok(wire::Policy::Sticky) if request.context_id.is_empty() => {
            return Err(Error::invalid("context_id", "is required by POLICY_STICKY"));
        }
        Ok(wire::Policy::Sticky) => Policy::Sticky,
        Err(_) => return Err(Error::invalid("policy", format!("has no value {}", request.policy))),
    };
    let filter = filter(tenant, request.filter.unwrap_or_default())?;
    if filter.names.is_empty() && filter.skills.is_empty() {
        return Err(Error::invalid("filter", "must name an agent or a skill"));
    }
    Ok(Wanted { filter, policy, context: request.context_id, limit: count("limit", request.limit, ENDPOINTS)? })
}

/// What a caller saw, instance by instance.
pub(crate) fn observations(tenant: &Tenant, request: wire::ReportOutcomeRequest) -> Result<Vec<Observation>, Error> {
    let given = request.outcomes.len();
    if given > OUTCOMES {
        return Err(Error::invalid("outcomes", format!("has {given} values, the limit is {OUTCOMES}")));
    }
    request.outcomes.into_iter().enumerate().map(|(number, one)| observation(tenant, number, one)).collect()
}

fn observation(tenant: &Tenant, number: usize, outcome: wire::Outcome) -> Result<Observation, Error> {
    let within = |name: &str| format!("outcomes[{number}].{name}");
    let wire::Outcome { name, agent_version, instance_id, epoch, calls, failures, latency } = outcome;
    if !(1..=CALLS).contains(&calls) {
        return Err(Error::invalid(&within("calls"), format!("must be 1 to {CALLS}")));
    }
    if failures > calls {
        return Err(Error::invalid(&within("failures"), format!("are {failures} of {calls} calls")));
    }
    let latency: Duration = field(&within("latency"), latency.unwrap_or_default().try_into())?;
    let answered = u64::from(calls - failures);
    let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX).saturating_mul(answered);
    let identity = Identity {
        tenant: tenant.clone(),
        name: field(&within("name"), name.parse())?,
        version: field(&within("agent_version"), checked_version(&agent_version))?.into(),
        instance: field(&within("instance_id"), instance_id.parse())?,
    };
    Ok(Observation { identity, epoch, tally: Tally { calls: calls.into(), failures: failures.into(), micros } })
}

/// The filter that is asked for.
pub(crate) fn filter(tenant: &Tenant, asked: wire::Filter) -> Result<Filter, Error> {
    if let Some((name, count)) = counts(&asked).into_iter().find(|(_, count)| *count > VALUES) {
        return Err(Error::invalid(&format!("filter.{name}"), format!("has {count} values, the limit is {VALUES}")));
    }
    let interface =
        Access { bindings: asked.bindings, protocol_versions: asked.protocol_versions, tenants: asked.tenants };
    Ok(Filter {
        within: Within::Tenant(tenant.clone()),
        names: asked.names,
        skills: asked.skills,
        tags: asked.tags,
        input_modes: asked.input_modes,
        output_modes: asked.output_modes,
        extensions: asked.extensions,
        providers: asked.providers,
        roles: asked.roles,
        domains: asked.domains,
        streaming: asked.streaming,
        push_notifications: asked.push_notifications,
        interface,
        health: asked.health.into_iter().map(|given| health("filter.health", given)).collect::<Result<_, _>>()?,
        verifications: asked.verifications.into_iter().map(level).collect::<Result<_, _>>()?,
    })
}

/// How many values each field of a filter has.
fn counts(asked: &wire::Filter) -> [(&'static str, usize); 14] {
    [
        ("names", asked.names.len()),
        ("skills", asked.skills.len()),
        ("tags", asked.tags.len()),
        ("health", asked.health.len()),
        ("input_modes", asked.input_modes.len()),
        ("output_modes", asked.output_modes.len()),
        ("extensions", asked.extensions.len()),
        ("bindings", asked.bindings.len()),
        ("protocol_versions", asked.protocol_versions.len()),
        ("tenants", asked.tenants.len()),
        ("providers", asked.providers.len()),
        ("roles", asked.roles.len()),
        ("domains", asked.domains.len()),
        ("verifications", asked.verifications.len()),
    ]
}

fn health(name: &str, given: i32) -> Result<Health, Error> {
    match wire::Health::try_from(given) {
        Ok(wire::Health::Serving) => Ok(Health::Serving),
        Ok(wire::Health::NotServing) => Ok(Health::NotServing),
        Ok(wire::Health::Unspecified) | Err(_) => {
            Err(Error::invalid(name, format!("has no value {given}; it is SERVING or NOT_SERVING")))
        }
    }
}

/// The version that a watch goes on from; 0 when it starts over.
pub(crate) fn from_version(registry: StoreId, request: &wire::WatchAgentsRequest) -> Result<u64, Error> {
    let (version, named) = (request.from_version, request.registry_id.as_str());
    if version == 0 || named.is_empty() {
        return Ok(version);
    }
    let named: StoreId = field("registry_id", named.parse())?;
    if named == registry { Ok(version) } else { Err(Error::OtherRegistry { given: version, registry }) }
}

fn level(given: i32) -> Result<Level, Error> {
    match wire::Verification::try_from(given) {
        Ok(wire::Verification::Unverified) => Ok(Level::Unverified),
        Ok(wire::Verification::Reachable) => Ok(Level::Reachable),
        Ok(wire::Verification::Signed) => Ok(Level::Signed),
        Ok(wire::Verification::Unspecified) | Err(_) => Err(Error::invalid(
            "filter.verifications",
            format!("has no value {given}; it is UNVERIFIED, REACHABLE or SIGNED"),
        )),
    }
}

fn field<T, E: ToString>(name: &str, parsed: Result<T, E>) -> Result<T, Error> {
    parsed.map_err(|error| Error::invalid(name, error))
}
