//! `agents`: who is registered.

use std::io::Write;

use proto::watchroom::registry::v1::{Agent, Filter, Health, QueryAgentsRequest, QueryAgentsResponse};

use crate::args::{Agents, Common};
use crate::call::Caller;
use crate::endpoints::Endpoint;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::screen::{Mark, Screen, proto_json};
use crate::show;

/// Lists the registered agents that match.
pub(crate) async fn run<W: Write>(args: &Agents, common: &Common, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    let endpoint = Endpoint::registry(common)?;
    let filter = Filter { names: args.name.clone(), skills: args.skill.clone(), ..Filter::default() };
    let agents = query(&endpoint, filter).await?;
    if screen.is_for_script() {
        for agent in &agents {
            screen.json(&proto_json(agent)?)?;
        }
    } else if agents.is_empty() {
        screen.say(Mark::None, "no agents")?;
    } else {
        let header = ["NAME", "VERSION", "INSTANCE", "HEALTH", "IN FLIGHT", "ADDRESS", "SKILLS"];
        screen.say(Mark::None, &show::table(header, agents.iter().map(row)))?;
    }
    Ok(Outcome::Done)
}

/// All registered agents that match, page after page.
pub(crate) async fn query(endpoint: &Endpoint, filter: Filter) -> Result<Vec<Agent>, Failure> {
    let mut registry = Caller::new(endpoint)?;
    let mut agents = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = QueryAgentsRequest { filter: Some(filter.clone()), page_size: None, page_token };
        let page: QueryAgentsResponse = registry.unary("/watchroom.registry.v1.Registry/QueryAgents", request).await?;
        agents.extend(page.agents);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(agents);
        }
    }
}

/// Whether an agent is reached at this `host:port`.
pub(crate) fn is_at(agent: &Agent, address: &str) -> bool {
    let card = agent.registration.as_ref().and_then(|registration| registration.card.as_ref());
    card.is_some_and(|card| card.supported_interfaces.iter().any(|interface| interface.url == address))
}

fn row(agent: &Agent) -> [String; 7] {
    let health = match agent.health() {
        Health::Serving => "serving",
        Health::NotServing => "not serving",
        Health::Unspecified => "unknown",
    };
    let registration = agent.registration.clone().unwrap_or_default();
    let card = registration.card.unwrap_or_default();
    let addresses: Vec<&str> = card.supported_interfaces.iter().map(|interface| interface.url.as_str()).collect();
    let skills: Vec<&str> = card.skills.iter().map(|skill| skill.id.as_str()).collect();
    [
        card.name.clone(),
        card.version.clone(),
        registration.instance_id,
        health.to_owned(),
        agent.in_flight.to_string(),
        addresses.join(","),
        skills.join(","),
    ]
}
