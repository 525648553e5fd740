//! Connections to agents, one per address, shared by all runs.

use std::collections::HashMap;

use a2a::Client;
use engine::Route;
use parking_lot::Mutex;

use super::Directory;

/// Addresses that are remembered; agents move seldom, and a client that is made again only connects again.
const MOST: usize = 1024;

/// Clients by address.
#[derive(Debug, Default)]
pub(super) struct Clients(Mutex<HashMap<String, Client>>);

impl Clients {
    /// A client of whoever answers for the route's store now; of the route's own endpoint when nobody is registered.
    /// Another store that is served there by now refuses its calls. `None` when the address is none.
    pub(super) fn of(&self, directory: &Directory, route: &Route) -> Option<Client> {
        let client = self.at(&directory.address(route))?;
        Some(match route.store_id {
            Some(store) => client.for_store(store),
            None => client,
        })
    }

    fn at(&self, address: &str) -> Option<Client> {
        let mut known = self.0.lock();
        if let Some(client) = known.get(address) {
            return Some(client.clone());
        }
        match Client::connect(address) {
            Ok(client) => {
                if known.len() >= MOST {
                    known.clear();
                }
                known.insert(address.to_owned(), client.clone());
                Some(client)
            }
            Err(error) => {
                tracing::warn!(address, %error, "the registered address cannot be used");
                None
            }
        }
    }
}
