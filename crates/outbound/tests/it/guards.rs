//! Which addresses are admitted, and what an operator can open.

use std::net::SocketAddr;

use outbound::{Allow, Guard};

/// One of each block that is not the public internet, and of each way to write an address of it within another.
const CLOSED: [&str; 39] = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "192.88.99.1",
    "198.51.100.1",
    "203.0.113.1",
    "::",
    "::1",
    "fe80::1",
    "fd00:ec2::254",
    "fc00::1",
    "ff02::1",
    "fec0::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001::1",
    "2001:db8::1",
    "::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "3fff::1",
];

/// Their public neighbours.
const OPEN: [&str; 9] = [
    "8.8.8.8",
    "1.1.1.1",
    "172.32.0.1",
    "172.15.0.1",
    "100.128.0.1",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
];

#[test]
fn only_public_addresses_are_admitted_unless_allowed() {
    let guard = Guard::default();
    let at = |ip: &str| SocketAddr::new(ip.parse().unwrap(), 443);
    for ip in CLOSED {
        assert!(!guard.admits("hooks.example", at(ip)), "{ip}");
    }
    for ip in OPEN {
        assert!(guard.admits("hooks.example", at(ip)), "{ip}");
    }
}

#[test]
fn an_entry_opens_what_it_names_and_nothing_else() {
    let cases: [(&str, &str, &str, bool); 14] = [
        ("127.0.0.1", "any", "127.0.0.1:9000", true),
        ("127.0.0.1", "any", "127.0.0.2:9000", false),
        ("127.0.0.1:9000", "any", "127.0.0.1:9000", true),
        ("127.0.0.1:9000", "any", "127.0.0.1:9001", false),
        ("10.0.0.0/8", "any", "10.200.1.1:80", true),
        ("10.0.0.0/8", "any", "192.169.0.1:80", true),
        ("10.0.0.0/8", "any", "192.168.0.1:80", false),
        ("0.0.0.0/0", "any", "127.0.0.1:80", true),
        ("fd00::/8", "any", "[fd12::1]:80", true),
        ("[::1]:9000", "any", "[::1]:9000", true),
        ("[::1]:9000", "any", "[::1]:9001", false),
        ("127.0.0.1", "any", "[::ffff:127.0.0.1]:80", true),
        ("Hooks.Internal:80", "hooks.internal", "10.0.0.1:80", true),
        ("hooks.internal", "other.internal", "10.0.0.1:80", false),
    ];
    for (allow, host, address, admitted) in cases {
        let guard = Guard::new([allow.parse().unwrap()]);
        assert_eq!(guard.admits(host, address.parse().unwrap()), admitted, "{allow} {host} {address}");
    }
}

#[test]
fn what_is_no_entry_is_refused() {
    for bad in ["", ":80", "10.0.0.0/33", "fd00::/129", "host:99999", "host:port", "10.0.0.0/x", "[::1]x"] {
        assert!(bad.parse::<Allow>().is_err(), "{bad}");
    }
}

#[test]
fn a_target_whose_address_is_known_is_checked_at_once() {
    let guard = Guard::new(["127.0.0.1:9000".parse().unwrap()]);
    let check = |url: &str| guard.check(&url.parse().unwrap()).is_ok();
    assert!(check("http://127.0.0.1:9000/hook") && check("http://localhost:9000/") && check("https://hooks.example/"));
    for url in
        ["http://127.0.0.1/", "http://LOCALHOST./", "http://api.localhost/", "http://[::1]:9000/", "http://10.0.0.1/"]
    {
        assert!(!check(url), "{url}");
    }
}

#[test]
fn a_host_that_somebody_entitled_names_is_admitted_and_nothing_beside_it() {
    let cases = [
        ("http://10.0.0.1:9000", "10.0.0.1", "10.0.0.1:9001", true),
        ("http://10.0.0.1:9000", "10.0.0.2", "10.0.0.2:9000", false),
        ("https://agents.internal", "agents.internal", "10.0.0.2:443", true),
        ("https://agents.internal", "other.internal", "10.0.0.2:443", false),
        ("https://agents.internal", "agents.internal", "127.0.0.1:8400", false),
        ("https://agents.internal", "agents.internal", "169.254.169.254:80", false),
        ("https://agents.internal", "agents.internal", "[::ffff:127.0.0.1]:80", false),
        ("https://agents.internal", "agents.internal", "[fe80::1]:80", false),
        ("http://localhost:9000", "127.0.0.1", "127.0.0.1:9001", true),
        ("http://127.0.0.1:9000", "localhost", "[::1]:9001", true),
        ("http://127.0.0.1:9000", "metadata", "169.254.169.254:80", false),
    ];
    for (named, host, address, admitted) in cases {
        let guard = Guard::default().also(&named.parse().unwrap());
        assert_eq!(guard.admits(host, address.parse().unwrap()), admitted, "{named} {host} {address}");
    }
    assert!(Guard::anywhere().admits("any", "127.0.0.1:1".parse().unwrap()));
}
