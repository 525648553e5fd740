//! Connections to agents, one per address, shared by all runs. Registered agents are ours: they are asked over gRPC, with
//! our token. A foreign one gets no token, and is asked over the binding that its card says.

use std::collections::HashMap;

use a2a::{Client, ClientError};
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
    ours: Known,
    foreign: Known,
}

#[derive(Debug, Default)]
struct Known(Mutex<HashMap<String, Client>>);

impl Clients {
    pub(super) fn new(credential: Option<Credential>) -> Self {
        Self { credential, ours: Known::default(), foreign: Known::default() }
    }

    /// A client of whoever answers for the route's store now; of the route's own endpoint when nobody is registered.
    /// Another store that is served there by now refuses its calls. `None` when the address is none.
    pub(super) fn of(&self, directory: &Directory, route: &Route) -> Option<Client> {
        let address = directory.address(route);
        let registered = |url: &str| Client::connect(Peer::new(url, self.credential.clone()));
        match route.store_id {
            Some(store) => Some(self.ours.at(&address, registered)?.for_store(store)),
            None => self.foreign.at(&address, |url| Client::at(url)),
        }
    }
}

impl Known {
    fn at(&self, address: &str, make: impl FnOnce(&str) -> Result<Client, ClientError>) -> Option<Client> {
        let mut known = self.0.lock();
        if let Some(client) = known.get(address) {
            return Some(client.clone());
        }
        match make(address) {
            Ok(client) => {
                if known.len() >= MOST {
                    known.clear();
                }
                known.insert(address.to_owned(), client.clone());
                Some(client)
            }
            Err(error) => {
                tracing::warn!(address, %error, "the agent's address cannot be used");
                None
            }
        }
    }
}
