//! What the listener sets on each connection.

use std::net::SocketAddr;

use futures::StreamExt as _;
use tokio::net::TcpStream;

use super::listen;

#[tokio::test]
async fn accepted_connections_have_nodelay() {
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    let (mut incoming, address) = listen(any, "--listen").unwrap();
    let _client = TcpStream::connect(address).await.unwrap();
    let accepted = incoming.next().await.unwrap().unwrap();
    assert!(accepted.nodelay().unwrap());
}
