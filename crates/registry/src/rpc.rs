//! The gRPC face: parse, ask the owner, present.

use std::pin::Pin;
use std::sync::Arc;

use a2a::Who;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use proto::raw;
use proto::registry_server::Registry;
use proto::watchroom::registry::v1 as wire;
use tokio::time::Instant;
use tonic::{Request, Response, Status, Streaming};
use types::{StoreId, Tenant, Timestamp};

use crate::catalog::{Moment, Standing};
use crate::error::Error;
use crate::handle::Handle;
use crate::record::Intake;
use crate::trust::Trust;
use crate::{convert, present, token};

type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// The service over a handle to the owner.
#[derive(Debug, Clone)]
pub(crate) struct Rpc {
    handle: Handle,
    registry_id: StoreId,
    trust: Arc<Trust>,
}

impl Rpc {
    pub(crate) fn new(handle: Handle, registry_id: StoreId, trust: Arc<Trust>) -> Self {
        Self { handle, registry_id, trust }
    }

    async fn renew(&self, request: wire::KeepAliveRequest) -> Result<wire::KeepAliveResponse, Error> {
        let sent = Moment { at: Instant::now().into_std(), wall: Timestamp::now() };
        let held = convert::held(&request.lease_id, request.epoch)?;
        let vitals = convert::vitals(&request)?;
        let renewal = self.handle.renew(held.lease, held.epoch, vitals, sent).await?;
        Ok(present::renewed(&renewal.now))
    }
}

#[tonic::async_trait]
impl Registry for Rpc {
    type KeepAliveStream = Answers<wire::KeepAliveResponse>;
    type WatchAgentsStream = Answers<raw::WatchAgentsResponse>;

    async fn register(
        &self,
        request: Request<raw::RegisterRequest>,
    ) -> Result<Response<wire::RegisterResponse>, Status> {
        let mut wish = convert::wish(tenant(&request), request.into_inner())?;
        wish.verification = self.trust.check(&wish.card);
        let change = self.handle.register(wish).await?;
        Ok(Response::new(present::grant(&change)?))
    }

    async fn keep_alive(
        &self,
        request: Request<Streaming<wire::KeepAliveRequest>>,
    ) -> Result<Response<Self::KeepAliveStream>, Status> {
        let rpc = Self { handle: self.handle.for_tenant(tenant(&request)), ..self.clone() };
        let renewals = stream::try_unfold((rpc, request.into_inner()), |(rpc, mut inbound)| async move {
            let Some(request) = inbound.message().await? else { return Ok(None) };
            let answer = rpc.renew(request).await?;
            Ok(Some((answer, (rpc, inbound))))
        });
        Ok(Response::new(renewals.boxed()))
    }

    async fn deregister(
        &self,
        request: Request<wire::DeregisterRequest>,
    ) -> Result<Response<wire::DeregisterResponse>, Status> {
        let handle = self.handle.for_tenant(tenant(&request));
        let wire::DeregisterRequest { lease_id, epoch } = request.into_inner();
        let held = convert::held(&lease_id, epoch)?;
        let change = handle.deregister(held.lease, held.epoch).await?;
        Ok(Response::new(wire::DeregisterResponse { version: change.version }))
    }

    async fn set_draining(
        &self,
        request: Request<wire::SetDrainingRequest>,
    ) -> Result<Response<wire::SetDrainingResponse>, Status> {
        let tenant = tenant(&request);
        let wire::SetDrainingRequest { name, version, instance_id, epoch, draining } = request.into_inner();
        let identity = convert::identity(tenant, &name, &version, &instance_id)?;
        let change = self.handle.set_intake(identity, epoch, Intake::of(draining)).await?;
        Ok(Response::new(wire::SetDrainingResponse { version: change.version }))
    }

    async fn get_agent(&self, request: Request<wire::GetAgentRequest>) -> Result<Response<raw::Agent>, Status> {
        let tenant = tenant(&request);
        let wire::GetAgentRequest { name, version, instance_id } = request.into_inner();
        let identity = convert::identity(tenant, &name, &version, &instance_id)?;
        let entry = self.handle.get(identity).await?;
        Ok(Response::new(present::agent(entry)))
    }

    async fn query_agents(
        &self,
        request: Request<wire::QueryAgentsRequest>,
    ) -> Result<Response<raw::QueryAgentsResponse>, Status> {
        let (tenant, request) = (tenant(&request), request.into_inner());
        let page = self.handle.query(convert::query(&tenant, self.registry_id, &request)?).await?;
        let filter = request.filter.unwrap_or_default();
        let next = page.next.map(|cursor| token::write(self.registry_id, &filter, &cursor));
        Ok(Response::new(raw::QueryAgentsResponse {
            agents: page.entries.into_iter().map(present::agent).collect(),
            next_page_token: next.unwrap_or_default(),
            version: page.version,
            stale: page.standing == Standing::MassLoss,
            registry_id: self.registry_id.to_string(),
        }))
    }

    async fn watch_agents(
        &self,
        request: Request<wire::WatchAgentsRequest>,
    ) -> Result<Response<Self::WatchAgentsStream>, Status> {
        let (tenant, request) = (tenant(&request), request.into_inner());
        let version = convert::from_version(self.registry_id, &request)?;
        let filter = convert::filter(&tenant, request.filter.unwrap_or_default())?;
        let (watch, registry) = (self.handle.watch(filter, version).await?, self.registry_id);
        let items = watch.map_ok(move |event| present::item(registry, event)).map_err(Status::from);
        Ok(Response::new(items.boxed()))
    }

    async fn resolve(&self, request: Request<wire::ResolveRequest>) -> Result<Response<wire::ResolveResponse>, Status> {
        let wanted = convert::wanted(&tenant(&request), request.into_inner())?;
        let filter = wanted.filter.clone();
        let resolution = self.handle.resolve(wanted).await?;
        Ok(Response::new(present::resolved(self.registry_id, &filter, resolution)))
    }

    async fn report_outcome(
        &self,
        request: Request<wire::ReportOutcomeRequest>,
    ) -> Result<Response<wire::ReportOutcomeResponse>, Status> {
        let seen = convert::observations(&tenant(&request), request.into_inner())?;
        let (all, taken) = (seen.len(), self.handle.observe(seen).await?);
        let counted = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Ok(Response::new(wire::ReportOutcomeResponse { taken: counted(taken), unknown: counted(all - taken) }))
    }
}

/// Whose registrations a caller has to do with.
fn tenant<T>(request: &Request<T>) -> Tenant {
    Who::of(request.extensions()).own().tenant
}
