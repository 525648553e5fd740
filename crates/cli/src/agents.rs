//! `agents`: who is registered.

use std::io::Write;
use std::time::SystemTime;

use proto::a2a::{AgentCard, AgentInterface};
use proto::watchroom::registry::v1::{
    self as wire, Agent, Filter, Health, QueryAgentsRequest, QueryAgentsResponse, ResolveRequest, ResolveResponse,
    ResolvedEndpoint, Verification,
};

use crate::args::{Agents, Belief, Common, Policy, Resolve, WhichAgents};
use crate::call::Caller;
use crate::endpoints::Endpoint;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::screen::{Mark, Screen, proto_json};
use crate::{roster, show};

/// Lists the registered agents that match.
pub(crate) async fn run<W: Write>(args: &Agents, common: &Common, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    let endpoint = Endpoint::registry(common)?;
    if args.watch {
        return roster::watch(endpoint, filter(&args.which), screen).await;
    }
    let agents = query(&endpoint, filter(&args.which)).await?;
    if screen.is_for_script() {
        for agent in &agents {
            screen.json(&proto_json(agent)?)?;
        }
    } else if agents.is_empty() {
        screen.say(Mark::None, &endpoint.none("agents"))?;
    } else {
        screen.say(Mark::None, &show::table(HEADER, agents.iter().map(row)))?;
    }
    Ok(Outcome::Done)
}

/// Shows where work should go, best first.
pub(crate) async fn resolve<W: Write>(
    args: &Resolve,
    common: &Common,
    screen: &mut Screen<W>,
) -> Result<Outcome, Failure> {
    let endpoint = Endpoint::registry(common)?;
    if args.which.name.is_empty() && args.which.skill.is_empty() {
        return Err(Failure::Usage("name an agent (--name) or a skill (--skill)".to_owned()));
    }
    let request = ResolveRequest {
        filter: Some(filter(&args.which)),
        policy: policy(args.policy).into(),
        context_id: args.context.as_ref().map(ToString::to_string).unwrap_or_default(),
        limit: None,
    };
    let method = "/watchroom.registry.v1.Registry/Resolve";
    let answer: ResolveResponse = Caller::new(&endpoint)?.unary(method, request).await?;
    if screen.is_for_script() {
        screen.json(&proto_json(&answer)?)?;
        return Ok(Outcome::Done);
    }
    if answer.endpoints.is_empty() {
        screen.say(Mark::None, &endpoint.nobody())?;
    } else {
        let header = ["NAME", "VERSION", "INSTANCE", "ADDRESS", "WHY HERE"];
        screen.say(Mark::None, &show::table(header, answer.endpoints.iter().map(place)))?;
    }
    let left_out = format!("left out: {} draining, {} not serving", answer.draining, answer.not_serving);
    if answer.draining + answer.not_serving > 0 {
        screen.say(Mark::Warning, &left_out)?;
    }
    if answer.stale {
        screen.say(Mark::Warning, "the registry misses too many renewals to be sure who is there")?;
    }
    Ok(Outcome::Done)
}

fn filter(which: &WhichAgents) -> Filter {
    let WhichAgents { name, skill, role, domain, card } = which;
    Filter {
        names: name.clone(),
        skills: skill.clone(),
        roles: role.clone(),
        domains: domain.clone(),
        verifications: card.iter().map(|level| level_of(*level).into()).collect(),
        ..Filter::default()
    }
}

fn level_of(belief: Belief) -> Verification {
    match belief {
        Belief::Unverified => Verification::Unverified,
        Belief::Reachable => Verification::Reachable,
        Belief::Signed => Verification::Signed,
    }
}

fn policy(policy: Policy) -> wire::Policy {
    match policy {
        Policy::RoundRobin => wire::Policy::RoundRobin,
        Policy::LeastInFlight => wire::Policy::LeastInFlight,
        Policy::PowerOfTwo => wire::Policy::PowerOfTwo,
        Policy::Sticky => wire::Policy::Sticky,
    }
}

fn place(endpoint: &ResolvedEndpoint) -> [String; 5] {
    let address = endpoint.interface.as_ref().map(|interface| interface.url.clone()).unwrap_or_default();
    [
        endpoint.name.clone(),
        endpoint.agent_version.clone(),
        endpoint.instance_id.clone(),
        address,
        endpoint.explanation.clone(),
    ]
}

/// All registered agents that match, page after page.
pub(crate) async fn query(endpoint: &Endpoint, filter: Filter) -> Result<Vec<Agent>, Failure> {
    let method = "/watchroom.registry.v1.Registry/QueryAgents";
    let ask = |page_token| QueryAgentsRequest { filter: Some(filter.clone()), page_size: None, page_token };
    let read = |page: QueryAgentsResponse| (page.agents, page.next_page_token);
    Caller::new(endpoint)?.pages(method, ask, read).await
}

/// Whether an agent is reached at this `host:port`.
pub(crate) fn is_at(agent: &Agent, address: &str) -> bool {
    let card = agent.registration.as_ref().and_then(|registration| registration.card.as_ref());
    card.is_some_and(|card| card.supported_interfaces.iter().any(|interface| interface.url == address))
}

/// What is told of an agent, in columns.
pub(crate) const HEADER: [&str; 10] =
    ["NAME", "VERSION", "INSTANCE", "HEALTH", "IN FLIGHT", "LOAD", "LEASE", "CARD", "ADDRESS", "SKILLS"];

/// Whether it takes work, from its own word and its callers'.
pub(crate) fn condition(agent: &Agent) -> String {
    let own = match agent.health() {
        Health::NotServing => "not serving",
        _ if agent.draining => "draining",
        Health::Serving => "serving",
        Health::Unspecified => "unknown",
    };
    match agent.callers.as_ref().filter(|callers| callers.failing) {
        Some(callers) => format!("{own}, but {} of {} calls failed", callers.failures, callers.calls),
        None => own.to_owned(),
    }
}

/// How long it is held without a renewal, and how old the last one is where that is known.
pub(crate) fn lease(agent: &Agent) -> String {
    let ttl = agent.ttl.map_or_else(|| "unknown".to_owned(), |ttl| format!("{} s", ttl.seconds));
    let age = agent.renewed_at.and_then(|at| SystemTime::try_from(at).ok()).and_then(|at| at.elapsed().ok());
    age.map_or_else(|| ttl.clone(), |age| format!("{ttl}, renewed {} s ago", age.as_secs()))
}

/// How far its card can be believed, in a word; why is in the JSON.
fn verification(agent: &Agent) -> &'static str {
    match agent.verification() {
        Verification::Signed => "signed",
        Verification::Reachable => "reachable",
        Verification::Unverified => "unverified",
        Verification::Unspecified => "unknown",
    }
}

/// Where this command line reaches an agent, which is by gRPC; where it cannot, wherever others do.
fn addresses(card: &AgentCard) -> Vec<&str> {
    let urls = |wanted: fn(&AgentInterface) -> bool| {
        card.supported_interfaces.iter().filter(move |one| wanted(one)).map(|one| one.url.as_str())
    };
    let grpc: Vec<&str> = urls(|one| one.protocol_binding == a2a::GRPC).collect();
    if grpc.is_empty() { urls(|_| true).collect() } else { grpc }
}

/// An agent in those columns.
pub(crate) fn row(agent: &Agent) -> [String; 10] {
    let registration = agent.registration.clone().unwrap_or_default();
    let card = registration.card.unwrap_or_default();
    let addresses = addresses(&card);
    let skills: Vec<&str> = card.skills.iter().map(|skill| skill.id.as_str()).collect();
    [
        card.name.clone(),
        card.version.clone(),
        registration.instance_id,
        condition(agent),
        agent.in_flight.to_string(),
        agent.load_percent.map(|load| format!("{load} %")).unwrap_or_default(),
        lease(agent),
        verification(agent).to_owned(),
        addresses.join(","),
        skills.join(","),
    ]
}
