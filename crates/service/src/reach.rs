//! Which addresses a service may be sent to by somebody else's words: a card's URL, a webhook's.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use clap::ValueEnum;

/// How far a request goes whose address came from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Reach {
    /// Only addresses of the public network: no loopback, no private or link-local one, no metadata service
    Public,
    /// Every address, also of this machine and its network
    All,
}

impl Reach {
    /// Whether a request may go there.
    pub fn admits(self, address: IpAddr) -> bool {
        match self {
            Self::All => true,
            Self::Public => is_public(address),
        }
    }
}

fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

/// The special-purpose blocks of RFC 6890 and its successors are not public.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        [0 | 127 | 240..=255, ..] => true,
        [100, second, ..] => second & 0xc0 == 64,
        [192, 0, 0 | 2, _] | [198, 18 | 19, ..] | [198, 51, 100, _] | [203, 0, 113, _] => true,
        _ => address.is_private() || address.is_link_local() || address.is_multicast(),
    };
    !special
}

/// Global unicast (2000::/3) without what only looks like it: documentation, Teredo, and the ways to an IPv4 address,
/// which are as public as that.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let inner = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        [0x2001, 0..=0x1ff | 0xdb8, ..] => false,
        [0x3fff, 0..=0xfff, ..] => false,
        [0x2002, high, low, ..] => inner(high, low),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => inner(high, low),
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests;
