//! What both listeners answer.

use tonic::metadata::MetadataValue;
use tonic::service::Routes;
use tonic::{Code, Request};
use tonic_health::ServingStatus;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::{v1, v1alpha};

use crate::support::{get, process, process_with, serve, within};

async fn health(address: std::net::SocketAddr, service: &str) -> Result<i32, tonic::Status> {
    let mut client = HealthClient::new(crate::support::channel(&address.to_string()).unwrap());
    let request = HealthCheckRequest { service: service.to_owned() };
    Ok(within(client.check(request)).await?.into_inner().status)
}

#[tokio::test]
async fn readiness_shows_over_grpc_and_http() {
    let process = process();
    let store = process.readiness("store");
    let registry = process.readiness("registry");
    registry.not_ready("no answer from 127.0.0.1:7401");
    let (addresses, _served) = serve(&process, Routes::default());
    assert!(get(addresses.admin, "/healthz").await.starts_with("HTTP/1.1 200"));
    store.ready();
    let refused = get(addresses.admin, "/readyz").await;
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    assert!(refused.contains("no answer from 127.0.0.1:7401"), "{refused}");
    assert!(!refused.contains("store"), "{refused}");
    for address in [addresses.admin, addresses.protocol] {
        assert_eq!(health(address, "").await.unwrap(), ServingStatus::NotServing as i32);
    }
    registry.ready();
    assert_eq!(within(process.serving()).await, addresses);
    assert!(get(addresses.admin, "/readyz").await.starts_with("HTTP/1.1 200"));
    let mut watch = HealthClient::new(crate::support::channel(&addresses.admin.to_string()).unwrap());
    let mut watch = watch.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    let serving = async { while watch.message().await.unwrap().unwrap().status != ServingStatus::Serving as i32 {} };
    within(serving).await;
    assert_eq!(health(addresses.protocol, "grpc.health.v1.Health").await.unwrap(), ServingStatus::Serving as i32);
    assert_eq!(health(addresses.protocol, "no.Such").await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn the_admin_listener_answers_before_the_service_serves() {
    let process = process();
    let bound = process.bind().unwrap();
    let answer = get(bound.admin_address(), "/readyz").await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert_eq!(health(bound.admin_address(), "").await.unwrap(), ServingStatus::NotServing as i32);
}

#[tokio::test]
async fn metrics_count_calls_by_method_and_code() {
    let process = process();
    let (addresses, _served) = serve(&process, Routes::default());
    within(process.serving()).await;
    health(addresses.protocol, "").await.unwrap();
    health(addresses.protocol, "no.Such").await.unwrap_err();
    let text = get(addresses.admin, "/metrics").await;
    assert!(text.contains("application/openmetrics-text"), "{text}");
    for line in [
        "watchroom_build_info{name=\"inside\",version=\"0.1.0\"} 1",
        "watchroom_rpc_requests_total{service=\"grpc.health.v1.Health\",method=\"Check\",code=\"OK\"} 1",
        "watchroom_rpc_requests_total{service=\"grpc.health.v1.Health\",method=\"Check\",code=\"NOT_FOUND\"} 1",
        "watchroom_rpc_duration_seconds_count{service=\"grpc.health.v1.Health\",method=\"Check\"} 2",
        "process_start_time_seconds ",
        "# EOF",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

#[tokio::test]
async fn build_information_names_the_program() {
    let process = process();
    let bound = process.bind().unwrap();
    let answer = get(bound.admin_address(), "/").await;
    assert!(answer.contains("\"name\":\"inside\"") && answer.contains("\"version\":\"0.1.0\""), "{answer}");
    assert!(get(bound.admin_address(), "/nowhere").await.starts_with("HTTP/1.1 404"));
}

#[tokio::test]
async fn reflection_v1_lists_what_is_served_and_describes_error_details() {
    use v1::server_reflection_request::MessageRequest;
    use v1::server_reflection_response::MessageResponse;
    let process = process();
    let (addresses, _served) = serve(&process, Routes::default());
    let channel = crate::support::channel(&addresses.protocol.to_string()).unwrap();
    let mut client = v1::server_reflection_client::ServerReflectionClient::new(channel);
    let ask = [
        MessageRequest::ListServices(String::new()),
        MessageRequest::FileContainingSymbol("google.rpc.ErrorInfo".to_owned()),
        MessageRequest::FileContainingSymbol("grpc.health.v1.Health".to_owned()),
    ];
    let requests = ask.map(|message_request| v1::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(message_request),
    });
    let mut answers = client.server_reflection_info(tokio_stream::iter(requests)).await.unwrap().into_inner();
    let Some(MessageResponse::ListServicesResponse(list)) = answers.message().await.unwrap().unwrap().message_response
    else {
        panic!("no list")
    };
    let names: Vec<String> = list.service.into_iter().map(|service| service.name).collect();
    let mut sorted = names.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(
        sorted,
        ["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"]
    );
    assert_eq!(names.len(), 3, "each once");
    for _ in 0..2 {
        let answer = answers.message().await.unwrap().unwrap().message_response;
        assert!(matches!(answer, Some(MessageResponse::FileDescriptorResponse(_))), "{answer:?}");
    }
}

#[tokio::test]
async fn reflection_v1alpha_answers_on_the_admin_listener_too() {
    use v1alpha::server_reflection_request::MessageRequest;
    let process = process();
    let (addresses, _served) = serve(&process, Routes::default());
    for address in [addresses.protocol, addresses.admin] {
        let channel = crate::support::channel(&address.to_string()).unwrap();
        let mut client = v1alpha::server_reflection_client::ServerReflectionClient::new(channel);
        let ask = v1alpha::ServerReflectionRequest {
            host: String::new(),
            message_request: Some(MessageRequest::FileContainingSymbol("google.rpc.BadRequest".to_owned())),
        };
        let answers = client.server_reflection_info(tokio_stream::iter([ask])).await;
        let answer = answers.unwrap().into_inner().message().await.unwrap().unwrap().message_response;
        let file = v1alpha::server_reflection_response::MessageResponse::FileDescriptorResponse;
        assert!(
            matches!(&answer, Some(response) if std::mem::discriminant(response) == std::mem::discriminant(&file(Default::default()))),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn an_unknown_service_is_named_in_the_refusal() {
    let process = process();
    let (addresses, _served) = serve(&process, Routes::default());
    let channel = crate::support::channel(&addresses.protocol.to_string()).unwrap();
    let mut client = v1alpha::server_reflection_client::ServerReflectionClient::new(channel.clone());
    drop(client.server_reflection_info(tokio_stream::iter([])).await);
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.unwrap();
    let codec = tonic_prost_codec();
    let path = http::uri::PathAndQuery::from_static("/no.Such/Call");
    let status = client.unary(Request::new(HealthCheckRequest::default()), path, codec).await.unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
    assert!(status.message().contains("/no.Such/Call"), "{status:?}");
}

fn tonic_prost_codec() -> tonic_prost::ProstCodec<HealthCheckRequest, HealthCheckRequest> {
    tonic_prost::ProstCodec::default()
}

#[tokio::test]
async fn oversized_metadata_is_refused_and_the_connection_lives() {
    let process = process();
    let (addresses, _served) = serve(&process, Routes::default());
    let mut client = HealthClient::new(crate::support::channel(&addresses.protocol.to_string()).unwrap());
    let mut request = Request::new(HealthCheckRequest::default());
    let large = "x".repeat(service::limits::METADATA as usize + 1);
    request.metadata_mut().insert("large", MetadataValue::try_from(large).unwrap());
    within(client.check(request)).await.unwrap_err();
    within(client.check(HealthCheckRequest::default())).await.unwrap();
}

#[tokio::test]
async fn a_taken_port_is_named_with_its_flag() {
    let first = process();
    let bound = first.bind().unwrap();
    let taken = service::Args { listen: Some(bound.address()), ..service::Args::default() };
    let fatal = process_with(taken).bind().unwrap_err();
    assert_eq!(fatal.code(), 75);
    assert!(fatal.line().contains(&bound.address().to_string()) && fatal.line().contains("--listen"), "{fatal}");
    let taken = service::Args { admin_listen: Some(bound.admin_address()), ..service::Args::default() };
    assert!(process_with(taken).bind().unwrap_err().line().contains("--admin-listen"));
}
