//! One task's log on the wire, batch by batch.

use std::sync::Arc;

use futures::stream::{self, StreamExt};
use prost::Message as _;
use proto::watchroom::admin::v1::record::Body;
use proto::watchroom::admin::v1::{Frame, Private, Record};
use store::{Entry, LogRow, Store};
use tonic::Status;
use types::{Head, Scope, TaskId};

use super::{Answers, Describe};
use crate::fault;

/// Log rows read at once.
const BATCH: usize = 64;

/// Where one task's log is, and how its private entries are read.
pub(super) struct Log {
    pub(super) store: Arc<dyn Store>,
    pub(super) describe: Describe,
    pub(super) task: TaskId,
}

impl Log {
    /// The entries of the commits after `head`.
    pub(super) async fn after(self, head: Head) -> Result<Answers<Record>, Status> {
        let first = self.rows(head).await?;
        if first.is_empty() && self.rows(Head::ZERO).await?.is_empty() {
            return Err(a2a::Error::TaskNotFound.into());
        }
        Ok(self.all(first))
    }

    /// The rows in hand and all that follow them.
    fn all(self, first: Vec<LogRow>) -> Answers<Record> {
        let batches = stream::unfold((self, Some(first)), move |(log, rows)| async move {
            let rows = rows?;
            let next = log.rows(rows.last()?.head).await;
            let records = rows.into_iter().flat_map(|row| log.records(row)).map(Ok).collect::<Vec<_>>();
            match next {
                Ok(next) => Some((records, (log, Some(next)))),
                Err(status) => Some((records.into_iter().chain([Err(status)]).collect(), (log, None))),
            }
        });
        Box::pin(batches.flat_map(stream::iter))
    }

    async fn rows(&self, after: Head) -> Result<Vec<LogRow>, Status> {
        let rows = self.store.log(Scope::Service, self.task, after, BATCH).await;
        rows.map_err(|error| fault::read(error).into())
    }

    fn records(&self, row: LogRow) -> Vec<Record> {
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
                let (kind, text) = (self.describe)(&private);
                Body::Private(Private { kind: kind.to_owned(), text, bytes: private.bytes })
            }
        }
    }
}
