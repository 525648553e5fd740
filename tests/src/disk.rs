//! A disk of a few megabytes for one service, which a test can fill and free again.
//!
//! It is a tmpfs in a mount namespace of its own, made as root or within a user namespace. Where neither is allowed, as
//! in many containers, the container's small `/dev/shm` serves instead, for one test at a time.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use tokio::sync::{Mutex, MutexGuard};

/// Who may make a mount namespace, and how another process enters it.
const WAYS: [(&str, &[&str]); 2] = [("-m", &["-m"]), ("-rm", &["-U", "--preserve-credentials", "-m"])];
/// Largest `/dev/shm`, in kilobytes, that a test may fill.
const SHARED: u64 = 256 << 10;

static TURN: Mutex<()> = Mutex::const_new(());

/// The disk. Dropping it unmounts it, once no service is on it any more.
#[derive(Debug)]
pub struct SmallDisk {
    kind: Kind,
    /// Where it is, seen from here.
    path: PathBuf,
}

#[derive(Debug)]
enum Kind {
    Mounted { keeper: Child, enter: Vec<String> },
    Shared { _dir: TempDir, _turn: MutexGuard<'static, ()> },
}

impl SmallDisk {
    /// A disk of so many megabytes at `place`, for services that are started [`SmallDisk::under`] it.
    pub async fn at(place: &Path, megabytes: u32) -> Self {
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        let mut reasons = Vec::new();
        for (how, enter) in WAYS {
            match mount(place, megabytes, how) {
                Ok(keeper) => return Self::mounted(keeper, enter, place),
                Err(reason) => reasons.push(format!("unshare {how}: {}", reason.trim())),
            }
        }
        eprintln!("no mount namespace here ({}); filling /dev/shm instead", reasons.join("; "));
        Self::shared(place, &reasons).await
    }

    fn mounted(keeper: Child, enter: &[&str], place: &Path) -> Self {
        let pid = keeper.id().to_string();
        let words = ["nsenter", "-t", &pid].into_iter().chain(enter.iter().copied()).chain(["--"]);
        let enter = words.map(str::to_owned).collect();
        let path = PathBuf::from(format!("/proc/{pid}/root")).join(place.strip_prefix("/").unwrap());
        Self { kind: Kind::Mounted { keeper, enter }, path }
    }

    async fn shared(place: &Path, reasons: &[String]) -> Self {
        let size = Command::new("df").args(["-k", "--output=size", "/dev/shm"]).output().unwrap().stdout;
        let size = String::from_utf8_lossy(&size).lines().nth(1).and_then(|line| line.trim().parse::<u64>().ok());
        assert!(
            size.is_some_and(|size| size <= SHARED),
            "nowhere to have a full disk: {}; /dev/shm has {size:?} KiB, too much to fill",
            reasons.join("; ")
        );
        // The mount point of the tries before.
        fs::remove_dir(place).unwrap();
        let turn = TURN.lock().await;
        let dir = tempfile::tempdir_in("/dev/shm").unwrap();
        symlink(dir.path(), place).unwrap();
        let path = dir.path().to_owned();
        Self { kind: Kind::Shared { _dir: dir, _turn: turn }, path }
    }

    /// The command that starts a service on it.
    pub fn under(&self) -> Vec<String> {
        match &self.kind {
            Kind::Mounted { enter, .. } => enter.clone(),
            Kind::Shared { .. } => Vec::new(),
        }
    }

    /// Takes all the room that there is.
    pub fn fill(&self) {
        let mut file = File::options().create(true).append(true).open(self.filler()).unwrap();
        let mut block = 1 << 20;
        while block > 0 {
            match file.write_all(&vec![0; block]) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => block /= 2,
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// Gives it back.
    pub fn free(&self) {
        fs::remove_file(self.filler()).unwrap();
    }

    fn filler(&self) -> PathBuf {
        self.path.join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if let Kind::Mounted { keeper, .. } = &mut self.kind {
            // It ends with its input; the mount ends with the last process in its namespace.
            drop(keeper.stdin.take());
            drop(keeper.wait());
        }
    }
}

/// Starts a process that holds the mount, or says why that cannot be.
fn mount(place: &Path, megabytes: u32, how: &str) -> Result<Child, String> {
    fs::create_dir_all(place).unwrap();
    let script = format!("mount -t tmpfs -o size={megabytes}m,mode=700 small \"$1\" && echo mounted && exec cat");
    let mut keeper = Command::new("unshare")
        .args([how, "sh", "-c", &script, "sh"])
        .arg(place)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    let mut line = String::new();
    BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut line).unwrap();
    if line.trim() == "mounted" {
        return Ok(keeper);
    }
    let mut reason = String::new();
    keeper.stderr.take().unwrap().read_to_string(&mut reason).unwrap();
    keeper.wait().unwrap();
    Err(reason)
}
