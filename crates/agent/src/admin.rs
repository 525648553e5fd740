//! `watchroom.admin.v1.Admin` over the kit's log.

use futures::stream::{self, StreamExt};
use prost::Message as _;
use proto::watchroom::admin::v1::admin_server::Admin;
use proto::watchroom::admin::v1::record::Body;
use proto::watchroom::admin::v1::{Frame, Private, Record, RecordsRequest};
use store::{Entry, LogRow};
use tonic::{Request, Response, Status};
use types::{Head, Scope, TaskId};

use crate::driver::Driver;
use crate::fault;
use crate::kit::Kit;
use crate::record;

/// Log rows read at once.
const BATCH: usize = 64;

/// Serves the log of one service's tasks to its operators.
#[derive(Debug)]
pub struct Logs<D: Driver>(Kit<D>);

type Records = std::pin::Pin<Box<dyn stream::Stream<Item = Result<Record, Status>> + Send>>;

impl<D: Driver> Logs<D> {
    /// Over the tasks of `kit`.
    pub fn new(kit: Kit<D>) -> Self {
        Self(kit)
    }

    async fn rows(&self, task: TaskId, after: Head) -> Result<Vec<LogRow>, Status> {
        let rows = self.0.store().log(Scope::Service, task, after, BATCH).await;
        rows.map_err(|error| fault::read(error).into())
    }
}

#[tonic::async_trait]
impl<D: Driver> Admin for Logs<D> {
    type RecordsStream = Records;

    async fn records(&self, request: Request<RecordsRequest>) -> Result<Response<Records>, Status> {
        let request = request.into_inner();
        let task: TaskId = request.task_id.parse().map_err(|_| a2a::Error::TaskNotFound)?;
        let first = self.rows(task, Head(request.after_head)).await?;
        if first.is_empty() && self.rows(task, Head::ZERO).await?.is_empty() {
            return Err(a2a::Error::TaskNotFound.into());
        }
        Ok(Response::new(all(Self(self.0.clone()), task, first)))
    }
}

/// The rows in hand and all that follow them.
fn all<D: Driver>(logs: Logs<D>, task: TaskId, first: Vec<LogRow>) -> Records {
    let batches = stream::unfold((logs, Some(first)), move |(logs, rows)| async move {
        let rows = rows?;
        let next = match rows.last() {
            Some(last) => logs.rows(task, last.head).await,
            None => return None,
        };
        let records = rows.into_iter().flat_map(|row| logs.records_of(row)).map(Ok).collect::<Vec<_>>();
        match next {
            Ok(next) => Some((records, (logs, Some(next)))),
            Err(status) => Some((records.into_iter().chain([Err(status)]).collect(), (logs, None))),
        }
    });
    Box::pin(batches.flat_map(stream::iter))
}

impl<D: Driver> Logs<D> {
    fn records_of(&self, row: LogRow) -> Vec<Record> {
        let LogRow { head, at, entries } = row;
        let time = Some(a2a::time::to_wire(at));
        let record = |entry| Record { head: head.0, time, body: Some(self.body(entry)) };
        entries.into_iter().map(record).collect()
    }

    fn body(&self, entry: Entry) -> Body {
        match entry {
            Entry::Frame(frame) => {
                let update = proto::a2a::StreamResponse::decode(frame.bytes).ok();
                Body::Frame(Frame { seq: frame.seq.0, update })
            }
            Entry::Record(private) => {
                let (kind, text) = match record::describe(&private) {
                    Some(own) => own,
                    None => self.0.driver().describe(&private),
                };
                Body::Private(Private { kind: kind.to_owned(), text, bytes: private.bytes })
            }
        }
    }
}
