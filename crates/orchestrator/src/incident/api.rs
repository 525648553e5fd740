//! `watchroom.emergency.v1.Incidents`: parse, look, present. A caller sees its own.

use std::pin::Pin;
use std::sync::Arc;

use futures::Stream;
use proto::watchroom::emergency::v1 as wire;
use proto::watchroom::emergency::v1::incidents_server::{self, IncidentsServer};
use tonic::{Request, Response, Status};
use types::{Owner, StoreId};

use super::book::Key;
use super::desk::Shared;
use super::fault::Fault;
use super::filter::Filter;
use super::page;
use super::record::Record;
use super::watch;
use crate::api::caller;

type Items = Pin<Box<dyn Stream<Item = Result<wire::WatchIncidentsResponse, Status>> + Send>>;

/// The incidents of this operator.
#[derive(Debug)]
pub struct Incidents {
    pub(super) shared: Arc<Shared>,
    pub(super) store: StoreId,
}

impl Incidents {
    pub(super) fn service(self) -> IncidentsServer<Self> {
        IncidentsServer::new(self).max_decoding_message_size(service::limits::DECODE)
    }

    fn page(&self, owner: &Owner, request: &wire::ListIncidentsRequest) -> Result<wire::ListIncidentsResponse, Fault> {
        let (filter, page) = (Filter::read(request.filter.clone())?, page::Page::read(request)?);
        let book = self.shared.book.read();
        let mut matching: Vec<&Arc<Record>> = book.of(owner).filter(|record| filter.admits(&record.shown)).collect();
        matching.sort_by_key(|record| page::place(&record.shown));
        let total_size = i32::try_from(matching.len()).unwrap_or(i32::MAX);
        let mut rest = matching.into_iter().filter(|record| page.follows(&record.shown));
        let incidents: Vec<wire::Incident> = rest.by_ref().take(page.size).map(|record| bare(record)).collect();
        let more = rest.next().and(incidents.last());
        let next_page_token = more.map(|last| page::token(request, last)).unwrap_or_default();
        Ok(wire::ListIncidentsResponse { next_page_token, incidents, total_size, version: book.version() })
    }
}

/// An incident as lists show it.
pub(super) fn bare(record: &Record) -> wire::Incident {
    wire::Incident { log: Vec::new(), ..record.shown.clone() }
}

#[tonic::async_trait]
impl incidents_server::Incidents for Incidents {
    type WatchIncidentsStream = Items;

    async fn list_incidents(
        &self,
        request: Request<wire::ListIncidentsRequest>,
    ) -> Result<Response<wire::ListIncidentsResponse>, Status> {
        Ok(Response::new(self.page(&caller(&request).owner, request.get_ref())?))
    }

    async fn get_incident(
        &self,
        request: Request<wire::GetIncidentRequest>,
    ) -> Result<Response<wire::Incident>, Status> {
        let key = Key { owner: caller(&request).owner, context: request.into_inner().id };
        let found = self.shared.book.read().get(&key).map(|held| held.record.shown.clone());
        Ok(Response::new(found.ok_or(Fault::NotFound)?))
    }

    async fn watch_incidents(&self, request: Request<wire::WatchIncidentsRequest>) -> Result<Response<Items>, Status> {
        let owner = caller(&request).owner;
        let items = watch::start(&self.shared, self.store, owner, request.into_inner())?;
        Ok(Response::new(Box::pin(items)))
    }
}
