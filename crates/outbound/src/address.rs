//! Which addresses are of the public internet. Whatever is not certainly public is not.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Networks of IPv4 that are not public: first address and length of the prefix (IANA's special-purpose registry).
const CLOSED_V4: [(Ipv4Addr, u32); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    // Carrier-grade NAT; a cloud's metadata lives here too.
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // Link-local, with the metadata of most clouds.
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// What of the global unicast block 2000::/3 is not public: protocol assignments with Teredo, and documentation.
const CLOSED_V6: [(Ipv6Addr, u32); 3] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether an address is one of the public internet. An address that carries another one is judged by that.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match plain(address) {
        IpAddr::V4(v4) => !CLOSED_V4.iter().any(|(net, prefix)| within((*net).into(), *prefix, v4.into())),
        IpAddr::V6(v6) => {
            let global = within(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0).into(), 3, v6.into());
            global && !CLOSED_V6.iter().any(|(net, prefix)| within((*net).into(), *prefix, v6.into()))
        }
    }
}

/// The IPv4 address that an IPv6 one carries: mapped (::ffff:0:0/96), by NAT64 (64:ff9b::/96) or by 6to4 (2002::/16).
pub(crate) fn plain(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    let octets = v6.octets();
    let carried =
        |from: usize| IpAddr::V4(Ipv4Addr::new(octets[from], octets[from + 1], octets[from + 2], octets[from + 3]));
    match v6.segments() {
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => carried(12),
        [0x2002, ..] => carried(2),
        _ => address,
    }
}

/// Whether `address` is in the network of `prefix` bits at `net`.
pub(crate) fn within(net: IpAddr, prefix: u32, address: IpAddr) -> bool {
    match (net, address) {
        (IpAddr::V4(net), IpAddr::V4(it)) => {
            let mask = u32::MAX.checked_shl(32 - prefix).unwrap_or(0);
            net.to_bits() & mask == it.to_bits() & mask
        }
        (IpAddr::V6(net), IpAddr::V6(it)) => {
            let mask = u128::MAX.checked_shl(128 - prefix).unwrap_or(0);
            net.to_bits() & mask == it.to_bits() & mask
        }
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
    }
}
