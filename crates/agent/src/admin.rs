//! `watchroom.admin.v1.Admin`: looks into a service's log, copies its store, begins its stop.
//! Knows no tasks; what a private entry means is the service's to say.

mod copy;
mod records;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use futures::stream::Stream;
use proto::watchroom::admin::v1::admin_server::{self, AdminServer};
use proto::watchroom::admin::v1::{
    BackupRequest, BackupResponse, DrainRequest, DrainResponse, ListPushRequest, ListPushResponse,
    Record as WireRecord, RecordsRequest, RedrivePushRequest, RedrivePushResponse,
};
use service::{Draining, Process};
use store::{Record, Store};
use tonic::{Request, Response, Status};
use types::{Head, TaskId};

use crate::fault;
use crate::push::Outbox;
use crate::record;
use records::Log;

pub(crate) use copy::FORMAT;

type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;
pub(crate) type Described = (&'static str, String);
type Describe = Arc<dyn Fn(&Record) -> Described + Send + Sync>;

/// Serves one service to its operators.
pub struct Admin {
    process: Process,
    store: Arc<dyn Store>,
    push: Option<Outbox>,
    describe: Describe,
}

impl Admin {
    /// The beginning of its methods' paths.
    pub const PATH: &'static str = "/watchroom.admin.v1.Admin/";

    /// Over the store of `process`; `describe` puts the service's own entries into words: their kind and their text.
    pub fn service(
        process: Process,
        store: Arc<dyn Store>,
        describe: impl Fn(&Record) -> Described + Send + Sync + 'static,
    ) -> AdminServer<Self> {
        Self::pushing(process, store, None, describe)
    }

    /// As [`Admin::service`], with the service's push notifications.
    pub fn pushing(
        process: Process,
        store: Arc<dyn Store>,
        push: Option<Outbox>,
        describe: impl Fn(&Record) -> Described + Send + Sync + 'static,
    ) -> AdminServer<Self> {
        let describe = move |entry: &Record| record::describe(entry).unwrap_or_else(|| describe(entry));
        let admin = Self { process, store, push, describe: Arc::new(describe) };
        AdminServer::new(admin).max_decoding_message_size(service::limits::DECODE)
    }
}

#[tonic::async_trait]
impl admin_server::Admin for Admin {
    type RecordsStream = Answers<WireRecord>;
    type BackupStream = Answers<BackupResponse>;

    async fn records(&self, request: Request<RecordsRequest>) -> Result<Response<Self::RecordsStream>, Status> {
        let RecordsRequest { task_id, after_head } = request.into_inner();
        let task: TaskId = task_id.parse().map_err(|_| a2a::Error::TaskNotFound)?;
        let log = Log { store: self.store.clone(), describe: self.describe.clone(), task };
        Ok(Response::new(log.after(Head(after_head)).await?))
    }

    async fn backup(&self, _: Request<BackupRequest>) -> Result<Response<Self::BackupStream>, Status> {
        let Some(copying) = self.store.backup() else {
            return Err(Status::failed_precondition("the service keeps nothing on disk: it runs with --in-memory"));
        };
        let copy = copying.await.map_err(fault::read)?;
        tracing::info!(size = copy.seal.size, "a copy of the store goes out");
        Ok(Response::new(copy::parts(self.process.name(), copy)))
    }

    async fn list_push(&self, request: Request<ListPushRequest>) -> Result<Response<ListPushResponse>, Status> {
        let answer = match &self.push {
            Some(outbox) => outbox.list(request.into_inner()).await?,
            None => ListPushResponse::default(),
        };
        Ok(Response::new(answer))
    }

    async fn redrive_push(
        &self,
        request: Request<RedrivePushRequest>,
    ) -> Result<Response<RedrivePushResponse>, Status> {
        let outbox = self.push.as_ref().ok_or(a2a::Error::PushNotificationNotSupported)?;
        Ok(Response::new(outbox.redrive(request.into_inner()).await?))
    }

    async fn drain(&self, _: Request<DrainRequest>) -> Result<Response<DrainResponse>, Status> {
        let Draining { already, pause, limit } = self.process.begin_drain();
        let wire = |span: std::time::Duration| prost_types::Duration::try_from(span).ok();
        Ok(Response::new(DrainResponse {
            service: self.process.name().to_owned(),
            already_draining: already,
            pause: wire(pause),
            limit: wire(limit),
        }))
    }
}

impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admin").field("process", &self.process).finish_non_exhaustive()
    }
}
