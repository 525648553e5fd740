//! Connections to agents, one per address, shared by all runs. Registered agents are ours: they are asked over gRPC, with
//! our token and in the name of whose run it is. A foreign one gets neither, and is asked over the binding that its card
//! says, at addresses of the public internet, of the host that the settings name, and of what they allow beside it.

use std::collections::HashMap;

use a2a::{Client, ClientError};
use engine::Route;
use outbound::Dialer;
use parking_lot::Mutex;
use service::client::{Credential, Peer};
use tonic::Status;
use types::Owner;

use crate::settings::Settings;

/// Addresses that are remembered; agents move seldom, and a client that is made again only connects again.
const MOST: usize = 1024;

/// Why an agent is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Barred {
    /// Its address is none.
    #[error("the registered address cannot be used")]
    Address,
    /// Nobody whose card is signed answers from its store now.
    #[error("nobody with a signed card is registered for its store, and others are not called (--only-signed)")]
    Unsigned,
}

impl From<Barred> for ClientError {
    /// Nothing has reached the agent.
    fn from(barred: Barred) -> Self {
        Self::Unreachable(Status::unavailable(barred.to_string()))
    }
}

/// Clients by address.
#[derive(Debug)]
pub(super) struct Clients {
    credential: Option<Credential>,
    dialer: Dialer,
    beyond: Dialer,
    ours: Known,
    foreign: Known,
}

#[derive(Debug, Default)]
struct Known(Mutex<HashMap<String, Client>>);

impl Clients {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            credential: settings.credential.clone(),
            dialer: settings.dialer(),
            beyond: Dialer::new(settings.foreign_reach.clone(), settings.roots.clone()),
            ours: Known::default(),
            foreign: Known::default(),
        }
    }

    /// A client of whoever answers for the route's store at `address`, for calls on behalf of `owner`. Another store that
    /// is served there by now refuses its calls.
    pub(super) fn of(&self, owner: &Owner, route: &Route, address: &str) -> Result<Client, Barred> {
        let registered = |url: &str| Client::connect(Peer::new(url, self.credential.clone()).via(self.dialer.clone()));
        let Some(store) = route.store_id else {
            return self.foreign.at(address, |url| self.foreign(url)).ok_or(Barred::Address);
        };
        let client = self.ours.at(address, registered).ok_or(Barred::Address)?.for_store(store);
        // Nobody would believe a caller that does not say who it is.
        Ok(if self.credential.is_some() { client.on_behalf_of(owner) } else { client })
    }

    /// Where a card sends us is the agent's word; the address that the settings name is ours.
    fn foreign(&self, url: &str) -> Result<Client, ClientError> {
        let named = Client::target(url)?;
        Client::at(Peer::new(url, None).via(self.beyond.clone().also(&named)))
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
