//! Connections to agents, one per address, shared by all runs. Registered agents get our token, foreign ones do not.

use std::collections::HashMap;

use a2a::Client;
use engine::Route;
use parking_lot::Mutex;
use service::client::{Credential, Peer};

use super::Directory;

/// Addresses that are remembered; agents move seldom, and a client that is made again only connects again.
const MOST: usize = 1024;

/// Clients by address.
#[derive(Debug)]
pub(super) struct Clients {
    credential: Option<Credential>,
    known: Mutex<HashMap<(String, Kind), Client>>,
}

/// Whether an agent is one of the registry's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Registered,
    Foreign,
}

impl Clients {
    pub(super) fn new(credential: Option<Credential>) -> Self {
        Self { credential, known: Mutex::default() }
    }

    /// A client of whoever answers for the route's store now; of the route's own endpoint when nobody is registered.
    /// Another store that is served there by now refuses its calls. `None` when the address is none.
    pub(super) fn of(&self, directory: &Directory, route: &Route) -> Option<Client> {
        let kind = if route.store_id.is_some() { Kind::Registered } else { Kind::Foreign };
        let client = self.at((directory.address(route), kind))?;
        Some(match route.store_id {
            Some(store) => client.for_store(store),
            None => client,
        })
    }

    fn at(&self, agent: (String, Kind)) -> Option<Client> {
        let mut known = self.known.lock();
        if let Some(client) = known.get(&agent) {
            return Some(client.clone());
        }
        let credential = self.credential.clone().filter(|_| agent.1 == Kind::Registered);
        match Client::connect(Peer::new(&agent.0, credential)) {
            Ok(client) => {
                if known.len() >= MOST {
                    known.clear();
                }
                known.insert(agent, client.clone());
                Some(client)
            }
            Err(error) => {
                tracing::warn!(address = agent.0, %error, "the registered address cannot be used");
                None
            }
        }
    }
}
