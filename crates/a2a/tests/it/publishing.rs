//! The public card.

use http::Method;
use serde_json::json;

use crate::plain::{Heard, ask};
use crate::stage::{Served, Stage};

const PATH: &str = "/.well-known/agent-card.json";

async fn get(served: &Served, headers: &[(&str, &str)]) -> Heard {
    ask(served, Method::GET, PATH, headers, "").await
}

#[tokio::test]
async fn c60_the_card_is_public_and_names_every_binding_grpc_first() {
    let served = Served::start(Stage::new()).await;
    let heard = get(&served, &[]).await;
    assert_eq!((heard.status.as_u16(), heard.header("content-type")), (200, "application/json"));
    let card = heard.json();
    let interface =
        |url: &str, binding: &str| json!({"url": url, "protocolBinding": binding, "protocolVersion": "1.0"});
    let expected = json!([
        interface("127.0.0.1:1", "GRPC"),
        interface("http://127.0.0.1:1/rpc", "JSONRPC"),
        interface("http://127.0.0.1:1", "HTTP+JSON"),
    ]);
    assert_eq!(card["supportedInterfaces"], expected);
    assert_eq!(card["capabilities"]["streaming"], true);
    // Explicitly false is not absent.
    assert_eq!(card["capabilities"]["pushNotifications"], false);
}

#[tokio::test]
async fn c61_a_cache_revalidates_the_card_by_tag_or_by_time() {
    let served = Served::start(Stage::new()).await;
    let first = get(&served, &[]).await;
    let (tag, modified) = (first.header("etag").to_owned(), first.header("last-modified").to_owned());
    assert!(first.header("cache-control").contains("max-age="), "{first:?}");
    assert!(tag.starts_with('"') && tag.ends_with('"') && !modified.is_empty());
    let weak = format!("\"other\", W/{tag}");
    for known in [("if-none-match", tag.as_str()), ("if-none-match", "*"), ("if-none-match", &weak)] {
        let heard = get(&served, &[known]).await;
        assert_eq!((heard.status.as_u16(), heard.body.as_str(), heard.header("etag")), (304, "", tag.as_str()));
    }
    assert_eq!(get(&served, &[("if-modified-since", &modified)]).await.status, 304);
    assert_eq!(get(&served, &[("if-modified-since", "Thu, 01 Jan 1970 00:00:00 GMT")]).await.status, 200);
    assert_eq!(get(&served, &[("if-modified-since", "yesterday")]).await.status, 200);
    // A tag says more than a time.
    let both = [("if-none-match", "\"other\""), ("if-modified-since", modified.as_str())];
    assert_eq!(get(&served, &both).await.status, 200);
    let head = ask(&served, Method::HEAD, PATH, &[], "").await;
    assert_eq!((head.status.as_u16(), head.body.as_str(), head.header("etag")), (200, "", tag.as_str()));
}

#[tokio::test]
async fn c62_another_card_has_another_tag() {
    let one = Served::start(Stage::new()).await;
    let mut changed = Stage::new();
    changed.card.description = "plays another".into();
    let other = Served::start(changed).await;
    assert_ne!(get(&one, &[]).await.header("etag"), get(&other, &[]).await.header("etag"));
}
