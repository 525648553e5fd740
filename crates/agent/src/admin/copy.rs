//! A copy of a store on the wire: its header, then its bytes.

use std::fs::File;
use std::io::{self, Read as _};

use bytes::Bytes;
use futures::stream::{self, StreamExt as _};
use proto::watchroom::admin::v1::backup_response::Part;
use proto::watchroom::admin::v1::{BackupHeader, BackupResponse};
use store::Backup;
use tonic::Status;

use super::Answers;

/// Of the header and the file.
pub(crate) const FORMAT: u32 = 1;

/// Bytes of one message: enough to make its frame cheap, and all that a slow reader makes us hold.
const PART: u64 = 256 << 10;

/// The messages of `copy`, read as they are wanted.
pub(super) fn parts(service: &str, copy: Backup) -> Answers<BackupResponse> {
    let header = Part::Header(header(service, &copy));
    let data = stream::try_unfold(copy.file, |file| async move {
        let read = tokio::task::spawn_blocking(move || next(file)).await;
        let (file, bytes) = read.map_err(io::Error::from).flatten().map_err(unreadable)?;
        Ok((!bytes.is_empty()).then_some((part(Part::Data(bytes)), file)))
    });
    Box::pin(stream::iter([Ok(part(header))]).chain(data))
}

fn header(service: &str, copy: &Backup) -> BackupHeader {
    BackupHeader {
        format: FORMAT,
        service: service.to_owned(),
        store_id: copy.own.store_id.to_string(),
        epoch: copy.own.epoch.0,
        schema: copy.seal.schema,
        taken_at: Some(a2a::time::to_wire(copy.taken_at)),
        size: copy.seal.size,
        sha256: Bytes::copy_from_slice(&copy.seal.digest),
    }
}

fn part(part: Part) -> BackupResponse {
    BackupResponse { part: Some(part) }
}

/// The next bytes; none at the end.
fn next(file: File) -> io::Result<(File, Bytes)> {
    let mut bytes = Vec::new();
    (&file).take(PART).read_to_end(&mut bytes)?;
    Ok((file, bytes.into()))
}

fn unreadable(error: io::Error) -> Status {
    tracing::error!(%error, "a copy of the store cannot be read");
    a2a::Error::Internal.into()
}
