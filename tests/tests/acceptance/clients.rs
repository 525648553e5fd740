//! Other people's clients: the official Python SDK, and its descriptors.

use tests::{Cluster, Service, call, python, repository};

#[tokio::test]
async fn our_protocol_is_wire_identical_to_the_official_one() {
    let descriptors = repository().join("crates/proto/src/gen/descriptors.bin");
    let out = python("wire.py", &[descriptors.display().to_string()]).await.expect_ok("the comparison");
    println!("{out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_python_client_talks_to_the_operator() {
    let cluster = Cluster::start().await;
    // Without a place the operator asks back, so the task stays open.
    talk(&cluster, Service::Operator, call(), "There is a fire, come quickly!").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_python_client_talks_to_an_agent() {
    let cluster = Cluster::start().await;
    talk(&cluster, Service::Fire, "Smoke at 12 Mill Lane.", "Smoke, come quickly!").await;
}

async fn talk(cluster: &Cluster, service: Service, text: &str, open: &str) {
    let address = cluster.node(service).address().to_string();
    let args = [address, text.to_owned(), open.to_owned()];
    let out = python("client.py", &args).await.expect_ok("the Python client");
    println!("{out}");
}
