//! `--restore`: makes a service's store of a backup file, offline and before anything is served.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use bytes::{Buf as _, Bytes};
use prost::Message as _;
use proto::watchroom::admin::v1::backup_response::Part;
use proto::watchroom::admin::v1::{BackupHeader, BackupResponse};
use service::Fatal;
use store::Seal;

use crate::admin::FORMAT;

/// Longest message that is read; those of a backup have less than half of it.
const MESSAGE: u64 = 1 << 20;

/// Why a file is no backup of this service.
#[derive(Debug, thiserror::Error)]
enum NoBackup {
    /// It does not begin as one.
    #[error("the file is not a backup: it does not begin with the header of one")]
    Headless,
    /// It was written by a newer program.
    #[error("the backup has format {found}, this version knows {FORMAT}: restore it with the newer version")]
    Newer {
        /// The format of the file.
        found: u32,
    },
    /// It is of another service.
    #[error("the backup is of {found}, this is {own}")]
    Other {
        /// Whose it is.
        found: String,
        /// Who asks.
        own: String,
    },
}

/// Makes the store of `service` in `dir` of the backup in `file`. The directory must not hold a store; the restored
/// one gets a new id and a higher epoch with its first start.
///
/// # Errors
/// [`Fatal::Io`], with nothing changed in `dir`.
pub fn restore(file: &Path, service: &str, dir: &Path) -> Result<(), Fatal> {
    let header = make(file, service, dir)
        .map_err(|source| Fatal::io(format_args!("cannot restore {} to {}", file.display(), dir.display()), source))?;
    let taken_at = header.taken_at.unwrap_or_default();
    tracing::info!(%taken_at, dir = %dir.display(), "restored; start the service again without --restore");
    Ok(())
}

fn make(file: &Path, service: &str, dir: &Path) -> Result<BackupHeader, Box<dyn std::error::Error + Send + Sync>> {
    let mut parts = Parts { from: BufReader::new(File::open(file)?), rest: Bytes::new() };
    let header = parts.header()?;
    if header.service != service {
        return Err(NoBackup::Other { found: header.service, own: service.to_owned() }.into());
    }
    let digest = header.sha256.as_ref().try_into().map_err(|_| NoBackup::Headless)?;
    store::restore(dir, &Seal { size: header.size, digest, schema: header.schema }, parts)?;
    Ok(header)
}

/// The messages of a backup file; reads as the bytes of the copy.
struct Parts<R> {
    from: R,
    rest: Bytes,
}

impl<R: Read> Parts<R> {
    fn header(&mut self) -> Result<BackupHeader, NoBackup> {
        let Ok(Some(Part::Header(header))) = self.part() else { return Err(NoBackup::Headless) };
        if header.format > FORMAT { Err(NoBackup::Newer { found: header.format }) } else { Ok(header) }
    }

    /// The next message; `None` at the end of the file.
    fn part(&mut self) -> io::Result<Option<Part>> {
        let Some(length) = self.length()? else { return Ok(None) };
        let mut message = Vec::new();
        (&mut self.from).take(length).read_to_end(&mut message)?;
        if message.len() as u64 != length {
            return Err(malformed("it ends within a message"));
        }
        let part = BackupResponse::decode(Bytes::from(message)).map_err(|error| malformed(&error.to_string()))?.part;
        part.map(Some).ok_or_else(|| malformed("a message is empty"))
    }

    /// The length of the next message, a varint.
    fn length(&mut self) -> io::Result<Option<u64>> {
        let mut varint = Vec::new();
        loop {
            let mut byte = [0];
            if self.from.read(&mut byte)? == 0 {
                return if varint.is_empty() { Ok(None) } else { Err(malformed("it ends within a length")) };
            }
            varint.push(byte[0]);
            if byte[0] < 0x80 || varint.len() > 4 {
                break;
            }
        }
        let length = prost::decode_length_delimiter(&varint[..]).ok().map(|length| length as u64);
        length.filter(|length| *length <= MESSAGE).map(Some).ok_or_else(|| malformed("a message has no usable length"))
    }
}

impl<R: Read> Read for Parts<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.part()? {
                Some(Part::Data(bytes)) => self.rest = bytes,
                Some(Part::Header(_)) => return Err(malformed("it has two headers")),
                None => return Ok(0),
            }
        }
        let count = self.rest.len().min(out.len());
        self.rest.copy_to_slice(&mut out[..count]);
        Ok(count)
    }
}

fn malformed(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the backup is damaged: {what}"))
}
