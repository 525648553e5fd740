//! `backup`: a service's store as a file, whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use prost::Message as _;
use proto::watchroom::admin::v1::backup_response::Part;
use proto::watchroom::admin::v1::{BackupHeader, BackupRequest, BackupResponse};
use sha2::{Digest as _, Sha256};
use tonic::Streaming;

use crate::args::{Backup, Common};
use crate::call::Caller;
use crate::endpoints::Endpoint;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::outcome::Outcome;
use crate::screen::{Mark, Screen, proto_json};

/// Copies the store of the service to the file.
pub(crate) async fn run<W: Write>(args: &Backup, common: &Common, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    let endpoint = Endpoint::of_service(common, &args.service)?;
    let mut interrupt = Interrupt::watch()?;
    let mut draft = Draft::create(&args.file)?;
    let header = tokio::select! {
        header = receive(&endpoint, &mut draft, screen) => header?,
        () = interrupt.pressed() => return Ok(Outcome::Interrupted),
    };
    draft.keep()?;
    if screen.is_for_script() {
        screen.json(&proto_json(&header)?)?;
        return Ok(Outcome::Done);
    }
    let BackupHeader { service, size, taken_at, .. } = header;
    let (size, taken_at, file) = (mebibytes(size), taken_at.unwrap_or_default(), args.file.display());
    screen.say(Mark::Success, &format!("{service} as of {taken_at}, {size}, is in {file}"))?;
    let restore = format!("{service} --restore {file} --data-dir DIR");
    screen.say(Mark::None, &format!("restore it into an empty data directory with: {restore}"))?;
    Ok(Outcome::Done)
}

/// Writes the messages as they come, and checks that they are what the header says.
async fn receive<W: Write>(
    endpoint: &Endpoint,
    draft: &mut Draft,
    screen: &mut Screen<W>,
) -> Result<BackupHeader, Failure> {
    screen.status("waiting for the copy to be taken")?;
    let mut caller = Caller::new(endpoint)?;
    let mut parts = caller.streaming("/watchroom.admin.v1.Admin/Backup", BackupRequest {}).await?;
    let broken = |what: &str| Failure::Internal(format!("{endpoint}: {what}; the file is not kept"));
    let first = next(endpoint, &mut parts).await?;
    let Some(BackupResponse { part: Some(Part::Header(header)) }) = &first else {
        return Err(broken("the copy has no header"));
    };
    let (header, mut size, mut hash) = (header.clone(), 0, Sha256::new());
    let mut part = first;
    while let Some(message) = part {
        draft.write(&message)?;
        if let Some(Part::Data(bytes)) = &message.part {
            size += bytes.len() as u64;
            hash.update(bytes);
            screen.status(&format!("{} of {}", mebibytes(size), mebibytes(header.size)))?;
        }
        part = next(endpoint, &mut parts).await?;
    }
    if size != header.size || hash.finalize().as_slice() != header.sha256.as_ref() {
        return Err(broken("the copy is not what its header says"));
    }
    Ok(header)
}

async fn next(endpoint: &Endpoint, parts: &mut Streaming<BackupResponse>) -> Result<Option<BackupResponse>, Failure> {
    parts.message().await.map_err(|status| Failure::of_status(endpoint, status))
}

fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}

/// A file that is not there until it is whole.
struct Draft {
    target: PathBuf,
    path: PathBuf,
    out: BufWriter<File>,
}

impl Draft {
    fn create(target: &Path) -> Result<Self, Failure> {
        if target.exists() {
            return Err(in_the_way(target));
        }
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let path = target.with_file_name(name);
        // For its owner alone: the keys of webhooks are in it.
        let out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let out = out.map_err(|error| failed(target, error))?;
        Ok(Self { target: target.to_owned(), path, out: BufWriter::new(out) })
    }

    fn write(&mut self, message: &BackupResponse) -> Result<(), Failure> {
        let bytes = message.encode_length_delimited_to_vec();
        self.out.write_all(&bytes).map_err(|error| failed(&self.target, error))
    }

    /// Makes it durable, then gives it its name.
    fn keep(mut self) -> Result<(), Failure> {
        let kept = self.settle();
        kept.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => in_the_way(&self.target),
            _ => failed(&self.target, error),
        })
    }

    fn settle(&mut self) -> io::Result<()> {
        self.out.flush()?;
        self.out.get_ref().sync_all()?;
        // Unlike a rename, a link does not replace what came meanwhile.
        fs::hard_link(&self.path, &self.target)?;
        let dir = self.target.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(dir)?.sync_all()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Only the name of the draft; a file that was kept has another one.
        fs::remove_file(&self.path).ok();
    }
}

fn in_the_way(target: &Path) -> Failure {
    let why = io::Error::new(io::ErrorKind::AlreadyExists, "a backup replaces nothing");
    Failure::io(format_args!("{} is there already", target.display()), why)
}

fn failed(target: &Path, error: io::Error) -> Failure {
    Failure::io(format_args!("cannot write {}", target.display()), error)
}
