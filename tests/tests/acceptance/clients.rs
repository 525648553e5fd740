//! The official Python client.

use tests::{Cluster, Service, call, python};

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
