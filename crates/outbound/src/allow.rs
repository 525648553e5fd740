//! What an operator allows beyond the public internet: a host by name, an address or a network, at one port or at all.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use crate::address::{plain, within};
use crate::target::Target;

/// One entry of the allow-list: `HOST-or-CIDR[:port]`.
///
/// ```
/// let allow: outbound::Allow = "10.1.0.0/16:8443".parse().unwrap();
/// assert!(allow.admits("hooks.example", "10.1.2.3:8443".parse().unwrap()));
/// assert!(!allow.admits("hooks.example", "10.1.2.3:443".parse().unwrap()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allow {
    place: Place,
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// Whatever a host of this name resolves to.
    Host(String),
    /// The same but for this machine and its links: those are not meant, whatever the name resolves to.
    Named(String),
    Net(IpAddr, u32),
}

/// Why a text is no entry of the allow-list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAllow {
    /// There is no host.
    #[error("the host is missing: write HOST, HOST:PORT or a network such as 10.0.0.0/8")]
    Empty,
    /// The part behind the slash is no length of a prefix.
    #[error("{0} is no network: the prefix has a length of 0 to 32 or 128 bits")]
    Prefix(String),
    /// The part behind the colon is no port.
    #[error("{0} is no port")]
    Port(String),
}

impl Allow {
    /// Whether a connection to `address`, which a target with this host name led to, is allowed by this entry.
    pub fn admits(&self, host: &str, address: SocketAddr) -> bool {
        let at_place = match &self.place {
            Place::Host(name) => name == host,
            Place::Named(name) => name == host && !is_own(plain(address.ip())),
            Place::Net(net, prefix) => {
                within(*net, *prefix, address.ip()) || within(*net, *prefix, plain(address.ip()))
            }
        };
        at_place && self.port.is_none_or(|port| port == address.port())
    }

    /// The host of a target, at any port. This machine has more than one name, and all of them are meant.
    pub(crate) fn host_of(target: &Target) -> Vec<Self> {
        let literal = target.literal();
        let place = match literal {
            Some(address) => Place::Net(address, bits(address)),
            None => Place::Named(target.host().to_owned()),
        };
        let mut places = vec![place];
        if target.is_local_name() || literal.is_some_and(|address| plain(address).is_loopback()) {
            places.push(Place::Net(Ipv4Addr::LOCALHOST.into(), 8));
            places.push(Place::Net(Ipv6Addr::LOCALHOST.into(), 128));
        }
        places.into_iter().map(|place| Self { place, port: None }).collect()
    }
}

/// Whether an address leads to this machine, or to what is on a link of it, such as the metadata of a cloud.
fn is_own(address: IpAddr) -> bool {
    let on_link = match address {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    on_link || address.is_loopback() || address.is_unspecified()
}

impl FromStr for Allow {
    type Err = BadAllow;

    fn from_str(text: &str) -> Result<Self, BadAllow> {
        let (place, port) = split(text.trim())?;
        let place = match place.split_once('/') {
            Some((net, prefix)) => network(net, prefix).ok_or_else(|| BadAllow::Prefix(place.to_owned()))?,
            None if place.is_empty() => return Err(BadAllow::Empty),
            None => match place.parse::<IpAddr>() {
                Ok(address) => Place::Net(address, bits(address)),
                Err(_) => Place::Host(place.trim_end_matches('.').to_ascii_lowercase()),
            },
        };
        Ok(Self { place, port })
    }
}

/// The place and the port. An IPv6 address has colons of its own: with a port it is written in brackets.
fn split(text: &str) -> Result<(&str, Option<u16>), BadAllow> {
    let port = |text: &str| text.parse().map(Some).map_err(|_| BadAllow::Port(text.to_owned()));
    if let Some((place, rest)) = text.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        return match rest.strip_prefix(':') {
            Some(number) => Ok((place, port(number)?)),
            None if rest.is_empty() => Ok((place, None)),
            None => Err(BadAllow::Port(rest.to_owned())),
        };
    }
    match text.rsplit_once(':') {
        Some((place, number)) if !place.contains(':') => Ok((place, port(number)?)),
        Some(_) | None => Ok((text, None)),
    }
}

fn network(net: &str, prefix: &str) -> Option<Place> {
    let net: IpAddr = net.parse().ok()?;
    let prefix: u32 = prefix.parse().ok()?;
    (prefix <= bits(net)).then_some(Place::Net(net, prefix))
}

const fn bits(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

impl fmt::Display for Allow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Host(name) | Place::Named(name) => f.write_str(name)?,
            Place::Net(net, prefix) if net.is_ipv6() => write!(f, "[{net}/{prefix}]")?,
            Place::Net(net, prefix) => write!(f, "{net}/{prefix}")?,
        }
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}
