//! The edge: requests become what the catalogue understands, or a list of what is wrong with them.

use std::time::Duration;

use a2a::Violation;
use bytes::Bytes;
use prost::Message;
use proto::a2a::AgentCard;
use proto::raw;
use proto::watchroom::registry::v1 as wire;
use types::{StoreId, Tenant, limits};

use crate::catalog::Wish;
use crate::error::Error;
use crate::filter::{Access, Filter};
use crate::identity::{Identity, LeaseId};
use crate::page::Query;
use crate::record::{Health, Intake, Offers, Vitals};
use crate::token;

/// Largest card: it is kept in memory and sent to every watch.
const CARD: usize = 256 << 10;

/// Most values of one field of a filter.
const VALUES: usize = 100;

/// What a call to the registry is about, once the lease is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) lease: LeaseId,
    pub(crate) epoch: u64,
}

/// A registration to make.
pub(crate) fn wish(request: raw::RegisterRequest) -> Result<Wish, Error> {
    let missing = || Error::invalid("registration", "is required");
    let raw::Registration { instance_id, card, store_id } = request.registration.ok_or_else(missing)?;
    let card = card.ok_or_else(|| Error::invalid("registration.card", "is required"))?;
    let parsed = parse_card(&card)?;
    let version = field("registration.card.version", checked_version(&parsed.version))?;
    let identity = Identity {
        tenant: tenant(),
        name: field("registration.card.name", parsed.name.parse())?,
        version: version.into(),
        instance: field("registration.instance_id", instance_id.parse())?,
    };
    Ok(Wish {
        identity,
        store_id: field("registration.store_id", store_id.parse())?,
        offers: Offers::of(&parsed),
        card,
        ttl: request.ttl.map(ttl).transpose()?.flatten(),
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
    Ok(Vitals { health, in_flight: request.in_flight, intake: Intake::of(request.draining) })
}

/// The instance that is asked for.
pub(crate) fn identity(name: &str, version: &str, instance: &str) -> Result<Identity, Error> {
    Ok(Identity {
        tenant: tenant(),
        name: field("name", name.parse())?,
        version: field("version", checked_version(version))?.into(),
        instance: field("instance_id", instance.parse())?,
    })
}

/// The page that is asked for.
pub(crate) fn query(registry: StoreId, request: &wire::QueryAgentsRequest) -> Result<Query, Error> {
    let asked = request.filter.clone().unwrap_or_default();
    let from = match request.page_token.as_str() {
        "" => None,
        text => Some(field("page_token", token::read(registry, &asked, &tenant(), text))?),
    };
    Ok(Query { filter: filter(asked)?, size: page_size(request.page_size)?, from })
}

fn page_size(asked: Option<i32>) -> Result<usize, Error> {
    let asked = asked.map_or(Ok(limits::PAGE), usize::try_from);
    match asked {
        Ok(size @ 1..=limits::PAGE_MAX) => Ok(size),
        _ => Err(Error::invalid("page_size", format!("must be 1 to {}", limits::PAGE_MAX))),
    }
}

/// The filter that is asked for.
pub(crate) fn filter(asked: wire::Filter) -> Result<Filter, Error> {
    if let Some((name, count)) = counts(&asked).into_iter().find(|(_, count)| *count > VALUES) {
        return Err(Error::invalid(&format!("filter.{name}"), format!("has {count} values, the limit is {VALUES}")));
    }
    let interface =
        Access { bindings: asked.bindings, protocol_versions: asked.protocol_versions, tenants: asked.tenants };
    Ok(Filter {
        names: asked.names,
        skills: asked.skills,
        tags: asked.tags,
        input_modes: asked.input_modes,
        output_modes: asked.output_modes,
        extensions: asked.extensions,
        providers: asked.providers,
        streaming: asked.streaming,
        push_notifications: asked.push_notifications,
        interface,
        health: asked.health.into_iter().map(|given| health("filter.health", given)).collect::<Result<_, _>>()?,
    })
}

/// How many values each field of a filter has.
fn counts(asked: &wire::Filter) -> [(&'static str, usize); 11] {
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

/// Everybody is of the default tenant until callers are authenticated.
fn tenant() -> Tenant {
    Tenant::new("")
}

fn field<T, E: ToString>(name: &str, parsed: Result<T, E>) -> Result<T, Error> {
    parsed.map_err(|error| Error::invalid(name, error))
}
