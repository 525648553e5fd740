//! What the client says of addresses and refusals.

use a2a::{Binding, Client, ClientError, Error};

use crate::stage::{Served, Stage, message, request};

#[tokio::test]
async fn an_address_that_is_none_is_refused_at_once() {
    for address in ["", "http://", "ftp://x:1", "a b"] {
        let made = Binding::ALL.map(|binding| Client::over(binding, address));
        for client in made.into_iter().chain([Client::connect(address), Client::at(address)]) {
            assert!(matches!(client, Err(ClientError::Address(_))), "{address}");
        }
        let found = Client::discover(address).await;
        assert!(matches!(found, Err(ClientError::Address(_))), "{address}");
    }
}

#[tokio::test]
async fn a_refusal_keeps_what_the_agent_said() {
    let served = Served::start(Stage::failing(Error::MessageIdReused("m-hello".into()))).await;
    for binding in Binding::ALL {
        let error = served.over(binding).send(request(message("hello"))).await.unwrap_err();
        assert!(matches!(&error, ClientError::Refused(Error::MessageIdReused(id)) if id == "m-hello"), "{error:?}");
    }
}

#[test]
fn bindings_are_named_as_in_cards_in_any_case() {
    for binding in Binding::ALL {
        assert_eq!(binding.name().to_lowercase().parse(), Ok(binding));
        assert_eq!(binding.to_string().parse(), Ok(binding));
    }
    assert!("soap".parse::<Binding>().is_err());
}
