//! The baseline: the registry's service with nothing behind it. What it costs is what gRPC costs.

use std::pin::Pin;

use futures::{Stream, StreamExt as _};
use proto::raw;
use proto::registry_server::{Registry, RegistryServer};
use proto::watchroom::registry::v1 as wire;
use tonic::transport::Server;
use tonic::{Request, Response, Status, Streaming};

use crate::args::ServeArgs;
use crate::error::Error;
use crate::raw::listen;

/// Serves until it is killed.
pub(crate) fn serve(args: &ServeArgs) -> Result<(), Error> {
    let runtime = tokio::runtime::Runtime::new().map_err(Error::io("start", "a runtime"))?;
    runtime.block_on(async {
        let incoming = listen("bare-registry", args)?;
        Ok(Server::builder().add_service(RegistryServer::new(Bare)).serve_with_incoming(incoming).await?)
    })
}

/// Answers a deregistration as a plain call and a renewal as a stream; both prepared.
struct Bare;

type Answer<T> = Result<Response<T>, Status>;
type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

fn unused<T>() -> Answer<T> {
    Err(Status::unimplemented("the baseline only renews and deregisters"))
}

#[tonic::async_trait]
impl Registry for Bare {
    type KeepAliveStream = Answers<wire::KeepAliveResponse>;
    type WatchAgentsStream = Answers<raw::WatchAgentsResponse>;

    async fn keep_alive(&self, request: Request<Streaming<wire::KeepAliveRequest>>) -> Answer<Self::KeepAliveStream> {
        let seconds = |seconds| Some(prost_types::Duration { seconds, nanos: 0 });
        let answer = wire::KeepAliveResponse { ttl: seconds(10), keep_alive: seconds(3) };
        Ok(Response::new(request.into_inner().map(move |renewal| renewal.map(|_| answer)).boxed()))
    }

    async fn deregister(&self, _: Request<wire::DeregisterRequest>) -> Answer<wire::DeregisterResponse> {
        Ok(Response::new(wire::DeregisterResponse { version: 1 }))
    }

    async fn register(&self, _: Request<raw::RegisterRequest>) -> Answer<wire::RegisterResponse> {
        unused()
    }

    async fn set_draining(&self, _: Request<wire::SetDrainingRequest>) -> Answer<wire::SetDrainingResponse> {
        unused()
    }

    async fn get_agent(&self, _: Request<wire::GetAgentRequest>) -> Answer<raw::Agent> {
        unused()
    }

    async fn query_agents(&self, _: Request<wire::QueryAgentsRequest>) -> Answer<raw::QueryAgentsResponse> {
        unused()
    }

    async fn watch_agents(&self, _: Request<wire::WatchAgentsRequest>) -> Answer<Self::WatchAgentsStream> {
        unused()
    }

    async fn resolve(&self, _: Request<wire::ResolveRequest>) -> Answer<wire::ResolveResponse> {
        unused()
    }

    async fn report_outcome(&self, _: Request<wire::ReportOutcomeRequest>) -> Answer<wire::ReportOutcomeResponse> {
        unused()
    }
}
