//! What counts as public.

use super::Reach;

#[test]
fn only_public_addresses_are_reached_by_others_words() {
    let inside = [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.127.0.1",
        "192.0.0.170",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "ff02::1",
        "2001:db8::1",
        "2001::1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::1",
        "2002:a00:1::1",
        "3fff::1",
    ];
    for address in inside {
        assert!(!Reach::Public.admits(address.parse().unwrap()), "{address}");
        assert!(Reach::All.admits(address.parse().unwrap()), "{address}");
    }
    let outside =
        ["1.1.1.1", "100.63.0.1", "100.128.0.1", "172.32.0.1", "193.0.0.1", "2606:4700::1111", "64:ff9b::101:101"];
    for address in outside {
        assert!(Reach::Public.admits(address.parse().unwrap()), "{address}");
    }
}
