//! `units`: the vehicles of every emergency service, as its agent tells it.

mod board;
mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use proto::watchroom::emergency::v1::{ListUnitsRequest, ListUnitsResponse, Unit, UnitFilter};
use proto::watchroom::registry::v1::{Agent, Filter};
use tonic::Code;
use types::natural;

use crate::agents;
use crate::args::{Common, Emergency, Units, Which};
use crate::call::Caller;
use crate::endpoints::{Endpoint, Running};
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::screen::{Mark, Screen, note, proto_json};
use crate::show;

/// The skill of agents that have units.
const DISPATCH: &str = "dispatch";
const LIST: &str = "/watchroom.emergency.v1.Units/ListUnits";

/// Lists the units of all agents that can dispatch, or watches them.
pub(crate) async fn run<W: Write>(args: &Units, common: &Common, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    if args.watch {
        return watch::watch(args, common, screen).await;
    }
    let registry = Endpoint::registry(common)?;
    let agents = agents::query(&registry, able()).await?;
    let (mut units, mut asked) = (Vec::new(), BTreeSet::new());
    for (store, url) in stores(agents.iter().filter(|agent| may_tell(args, agent))) {
        match list(&Endpoint::of_service(common, &Which::At(url.clone()))?, args).await {
            Ok(listed) => {
                units.extend(listed);
                asked.extend(agents.iter().filter(|agent| is_of(agent, &store)).flat_map(services));
            }
            Err(failure) if tells_none(&failure) => note(&lacking(&url)),
            Err(failure) => return Err(failure),
        }
    }
    if args.service.is_empty() {
        unheard(&registry, &agents).iter().for_each(|line| note(line));
    }
    asked.extend(units.iter().filter_map(|unit| Emergency::named(&unit.service)).map(Emergency::name));
    let absent: Vec<_> = args.service.iter().map(|it| it.name()).filter(|service| !asked.contains(service)).collect();
    let status = |unit: &&Unit| args.status.is_empty() || args.status.contains(&unit.status());
    let shown = sorted(units.iter().filter(|unit| wanted(args, unit)).filter(status));
    if screen.is_for_script() {
        for unit in shown {
            screen.json(&proto_json(unit)?)?;
        }
    } else if absent.is_empty() || !shown.is_empty() {
        screen.say(Mark::None, &table(shown, &registry.none("units")))?;
    }
    if absent.is_empty() { Ok(Outcome::Done) } else { Err(unasked(&registry, &absent)) }
}

/// Which services of the registry's own cluster are not among the agents, and why.
fn unheard(registry: &Endpoint, agents: &[Agent]) -> Vec<String> {
    let away = |running: &Running| {
        Emergency::named(&running.name).is_some() && !agents.iter().any(|agent| agents::is_at(agent, &running.protocol))
    };
    let services = registry.cluster().into_iter().flat_map(|cluster| cluster.services).filter(away);
    let line = |Running { name, stays_down, .. }| match stays_down {
        true => format!("{name} is not among them: it was asked to stop, and `watchroom up` leaves it down"),
        false => format!("{name} is not among them: it is not registered now"),
    };
    services.map(line).collect()
}

/// That nobody tells of the units of these services.
fn unasked(registry: &Endpoint, services: &[&str]) -> Failure {
    let one = |service: &&str| format!("{service} cannot be asked: {}", registry.none(&format!("agents of {service}")));
    Failure::Missing {
        what: services.iter().map(one).collect::<Vec<_>>().join("; "),
        hint: "see who is registered with `watchroom agents`".to_owned(),
    }
}

/// Whether an agent may have units of the services that are asked for: it is of one of them, or does not say of which.
fn may_tell(args: &Units, agent: &Agent) -> bool {
    let mut of = services(agent).peekable();
    let wanted = |service: &str| args.service.iter().any(|it| it.name() == service);
    args.service.is_empty() || of.peek().is_none() || of.any(wanted)
}

/// The services that an agent says it is of.
fn services(agent: &Agent) -> impl Iterator<Item = &'static str> {
    let skills = agent.registration.iter().filter_map(|of| of.card.as_ref()).flat_map(|card| &card.skills);
    let tags = skills.filter(|skill| skill.id == DISPATCH).flat_map(|skill| &skill.tags);
    tags.filter_map(|tag| Emergency::named(tag)).map(Emergency::name)
}

fn is_of(agent: &Agent, store: &str) -> bool {
    agent.registration.as_ref().is_some_and(|registration| registration.store_id == store)
}

/// Whether an agent has no units to tell of: it can dispatch, and is not made of our kit. Perhaps it speaks no gRPC, and
/// its address is none for that.
fn tells_none(failure: &Failure) -> bool {
    failure.grpc() == Some(Code::Unimplemented) || matches!(failure, Failure::Stranger { .. } | Failure::Usage(_))
}

fn lacking(url: &str) -> String {
    format!("the agent at {url} tells of no units: it lacks the service watchroom.emergency.v1.Units")
}

/// Agents that can dispatch.
fn able() -> Filter {
    Filter { skills: vec![DISPATCH.to_owned()], ..Filter::default() }
}

/// One address for each store.
fn stores<'a>(agents: impl Iterator<Item = &'a Agent>) -> BTreeMap<String, String> {
    let mut stores = BTreeMap::new();
    for registration in agents.filter_map(|agent| agent.registration.as_ref()) {
        let interfaces = registration.card.iter().flat_map(|card| &card.supported_interfaces);
        if let Some(interface) = interfaces.into_iter().next() {
            stores.entry(registration.store_id.clone()).or_insert_with(|| interface.url.clone());
        }
    }
    stores
}

async fn list(agent: &Endpoint, args: &Units) -> Result<Vec<Unit>, Failure> {
    // Who has none in these statuses is told from who has none at all: a service that is named is asked for all of them.
    let filter = if args.service.is_empty() { filter(args) } else { UnitFilter::default() };
    let ask = |page_token| ListUnitsRequest { filter: Some(filter.clone()), page_size: Some(100), page_token };
    let read = |page: ListUnitsResponse| (page.units, page.next_page_token);
    Caller::new(agent)?.pages(LIST, ask, read).await
}

fn filter(args: &Units) -> UnitFilter {
    UnitFilter { statuses: args.status.iter().map(|status| (*status).into()).collect(), ..UnitFilter::default() }
}

fn wanted(args: &Units, unit: &Unit) -> bool {
    args.service.is_empty() || args.service.iter().any(|service| service.name() == unit.service)
}

/// By service, then by name, as people count.
fn sorted<'u>(units: impl Iterator<Item = &'u Unit>) -> Vec<&'u Unit> {
    let mut units: Vec<&Unit> = units.collect();
    units.sort_by(|a, b| a.service.cmp(&b.service).then_with(|| natural(&a.id, &b.id)));
    units
}

/// The units in columns; `none` where there are none.
fn table(units: Vec<&Unit>, none: &str) -> String {
    if units.is_empty() {
        return none.to_owned();
    }
    let rows = units.into_iter().map(show::unit);
    show::table(["UNIT", "SERVICE", "TYPE", "STATUS", "SINCE", "STATION", "PLACE", "INCIDENT"], rows)
}
