//! Where cards are looked for.

use cards::published_at;
use proto::a2a::{AgentCard, AgentInterface};

#[test]
fn a_card_is_published_at_the_origin_of_its_first_interface() {
    for (url, place) in [
        ("127.0.0.1:7411", Some("http://127.0.0.1:7411/.well-known/agent-card.json")),
        ("http://host:80/rpc?a=b", Some("http://host:80/.well-known/agent-card.json")),
        ("https://host", Some("https://host/.well-known/agent-card.json")),
        ("[::1]:7411", Some("http://[::1]:7411/.well-known/agent-card.json")),
        ("ftp://host", None),
        ("http:///path", None),
        ("", None),
    ] {
        let interface = AgentInterface { url: url.into(), ..AgentInterface::default() };
        let card = AgentCard { supported_interfaces: vec![interface], ..AgentCard::default() };
        assert_eq!(published_at(&card).as_deref(), place, "{url}");
    }
    assert_eq!(published_at(&AgentCard::default()), None);
}
