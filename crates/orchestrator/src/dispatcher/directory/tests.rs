//! Which changes of the view mean that a store has gone from where it was.

use std::sync::Arc;

use discovery::{Endpoint, Health};
use types::StoreId;

use super::stands;

fn replica(url: &str) -> Arc<Endpoint> {
    Arc::new(Endpoint {
        agent: "Fire Agent".parse().unwrap(),
        version: "1".to_owned(),
        instance: "1".parse().unwrap(),
        store_id: StoreId::from_bytes([5; 16]),
        url: url.to_owned(),
        health: Health::Serving,
        in_flight: 0,
        load: None,
        signed: true,
        failing: false,
        role: String::new(),
        domain: String::new(),
        epoch: 1,
        card: Arc::default(),
    })
}

#[test]
fn a_store_has_not_gone_while_it_is_served_where_it_was_whoever_comes_first() {
    let cases = [
        (&["one", "two"][..], Some("one"), true),
        // Their health has taken turns.
        (&["two", "one"], Some("one"), true),
        (&["two"], Some("one"), false),
        (&[], Some("one"), false),
        (&[], None, true),
        // Somebody who may be called is back.
        (&["one"], None, false),
    ];
    for (serving, address, expected) in cases {
        let replicas: Vec<Arc<Endpoint>> = serving.iter().map(|url| replica(url)).collect();
        assert_eq!(stands(&replicas, address), expected, "{address:?} among {serving:?}");
    }
}
