//! `watchroom.emergency.v1.Units` over the board: parse, look, present.

mod error;
mod filter;
mod present;
mod request;
mod sight;
mod watch;

use std::pin::Pin;
use std::sync::Arc;

use a2a::Who;
use futures::{Stream, StreamExt as _};
use proto::watchroom::emergency::v1 as wire;
use proto::watchroom::emergency::v1::units_server::{self, UnitsServer};
use tonic::{Request, Response, Status};

use self::error::Error;
use self::request::Page;
use self::sight::Sight;
use super::town::Town;

type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// The units of one service.
#[derive(Debug)]
pub(crate) struct Units(Arc<Town>);

impl Units {
    /// Over `town`.
    pub(crate) fn service(town: Arc<Town>) -> UnitsServer<Self> {
        UnitsServer::new(Self(town)).max_decoding_message_size(service::limits::DECODE)
    }

    async fn page(&self, sight: &Sight, request: wire::ListUnitsRequest) -> Result<wire::ListUnitsResponse, Error> {
        let town = &self.0;
        let Page { filter, asked, size, after } = request::page(town.own.store_id, request)?;
        // What a caller was told of before shows in what it asks for now.
        town.board.caught_up().await;
        let present = present::Present { town, sight, now: town.now() };
        Ok(town.board.look(|inner| {
            let matching = || inner.units.values().filter(|held| filter.admits(sight, &held.unit, &held.record));
            let rest = inner.in_order(&after).filter(|held| filter.admits(sight, &held.unit, &held.record));
            let mut units: Vec<wire::Unit> =
                rest.take(size + 1).map(|held| present.unit(&held.unit, &held.record)).collect();
            let more = units.len() > size;
            units.truncate(size);
            let last = units.last().filter(|_| more);
            wire::ListUnitsResponse {
                next_page_token: last
                    .map(|unit| request::token(town.own.store_id, &asked, &unit.id))
                    .unwrap_or_default(),
                units,
                total_size: i32::try_from(matching().count()).unwrap_or(i32::MAX),
                version: inner.history.current(),
                clock: Some(present.clock()),
                queued: u32::try_from(inner.queued()).unwrap_or(u32::MAX),
            }
        }))
    }
}

#[tonic::async_trait]
impl units_server::Units for Units {
    type WatchUnitsStream = Answers<wire::WatchUnitsResponse>;

    async fn list_units(
        &self,
        request: Request<wire::ListUnitsRequest>,
    ) -> Result<Response<wire::ListUnitsResponse>, Status> {
        let sight = Sight::of(&Who::of(request.extensions()));
        Ok(Response::new(self.page(&sight, request.into_inner()).await?))
    }

    async fn watch_units(
        &self,
        request: Request<wire::WatchUnitsRequest>,
    ) -> Result<Response<Self::WatchUnitsStream>, Status> {
        let sight = Sight::of(&Who::of(request.extensions()));
        let start = request::watch(self.0.own.store_id, request.into_inner())?;
        self.0.board.caught_up().await;
        let watch = watch::Watch::start(self.0.clone(), sight, start)?;
        Ok(Response::new(watch.map(|item| item.map_err(Status::from)).boxed()))
    }
}
