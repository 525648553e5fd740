//! What every call of a client says of whom it is for.

use service::BEHALF_KEY;
use types::{Owner, Principal, Tenant};

use crate::client::Client;

#[tokio::test]
async fn a_client_says_whom_it_calls_for_only_where_it_does() {
    let client = Client::connect("localhost:1").unwrap();
    assert_eq!(client.terms(None).headers().get(BEHALF_KEY), None);
    let owner = Owner { tenant: Tenant::new("no/rth"), principal: Principal::new("Ben Ü") };
    let headers = client.on_behalf_of(&owner).terms(None).headers();
    assert_eq!(headers.get(BEHALF_KEY).unwrap(), "no%2Frth/Ben%20%C3%9C");
}
