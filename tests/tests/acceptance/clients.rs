//! The official Python client.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use prost::Message as _;
use prost_types::FileDescriptorSet;
use tests::{Cluster, Node, Service, call, python};

#[tokio::test(flavor = "multi_thread")]
async fn c92_the_official_python_client_talks_to_the_operator() {
    let cluster = Cluster::start().await;
    // Without a place the operator asks back, so the task stays open.
    let address = cluster.node(Service::Operator).address();
    talk(address, &[call(), "There is a fire, come quickly!"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c92_the_official_python_client_talks_to_a_dispatching_agent() {
    let cluster = Cluster::start().await;
    let address = cluster.node(Service::Fire).address();
    // Its tasks end at once, so there is none to subscribe to or to cancel.
    talk(address, &["Smoke at 12 Mill Lane."]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c92_the_official_python_client_talks_to_an_agent_that_works_for_long() {
    let cluster = Cluster::start().await;
    let registry = format!("http://{}", cluster.node(Service::Registry).address());
    let mut agent = Node::new("echo", cluster.dir(), vec!["--registry".to_owned(), registry]);
    agent.start().await;
    talk(agent.address(), &["Is anybody there?", "wait"]).await;
}

/// The whole conversation over each binding.
async fn talk(address: SocketAddr, texts: &[&str]) {
    for binding in ["GRPC", "JSONRPC", "HTTP+JSON"] {
        let args = [binding.to_owned(), address.to_string()].into_iter().chain(texts.iter().map(|it| (*it).to_owned()));
        let out = python("client.py", &args.collect::<Vec<_>>()).await.expect_ok("the Python client");
        println!("{binding}\n{out}");
    }
}

#[tokio::test]
async fn c70_our_table_of_required_fields_is_that_of_the_official_descriptors() {
    let theirs = python("required.py", &[]).await.expect_ok("the Python descriptors");
    let theirs: BTreeSet<&str> = theirs.lines().collect();
    let set = FileDescriptorSet::decode(proto::DESCRIPTORS).unwrap();
    let ours = set.file.iter().filter(|file| file.package() == "lf.a2a.v1").flat_map(|file| &file.message_type);
    let ours: BTreeSet<String> = ours
        .flat_map(|message| {
            proto::required_fields(message.name()).iter().map(|field| format!("{}.{field}", message.name()))
        })
        .collect();
    assert_eq!(ours.iter().map(String::as_str).collect::<BTreeSet<_>>(), theirs);
}
