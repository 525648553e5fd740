//! An A2A agent made with the official Python SDK, as a process that is killed and started again where it was.
//! What its messages make it do is said in `python/foreign_agent.py`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::eventually::eventually;
use crate::tools::{script, venv};

/// The agent with its directory. Dropping it kills it.
#[derive(Debug)]
pub struct Foreign {
    dir: PathBuf,
    child: Child,
    address: String,
    /// What its card lists; nothing where it publishes none.
    bindings: String,
}

impl Foreign {
    /// Starts it in a directory of its own below `home`.
    pub async fn start(home: &Path) -> Self {
        Self::listing(home, &[]).await
    }

    /// The same, with a card that lists these bindings in this order, over HTTP.
    pub async fn listing(home: &Path, bindings: &[a2a::Binding]) -> Self {
        let dir = home.join("foreign");
        fs::create_dir_all(&dir).unwrap();
        let bindings = bindings.iter().map(|binding| binding.name()).collect::<Vec<_>>().join(",");
        let (child, address) = spawn(&dir, "127.0.0.1:0", &bindings).await;
        Self { dir, child, address, bindings }
    }

    /// Where its card is.
    pub fn published(&self) -> String {
        fs::read_to_string(self.dir.join("published")).unwrap()
    }

    /// Kills it, so that it forgets its tasks, and starts it at the same address.
    pub async fn crash(&mut self) {
        self.kill();
        (self.child, self.address) = spawn(&self.dir, &self.address, &self.bindings).await;
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Lets go on what waits for it.
    pub fn open(&self) {
        fs::write(self.dir.join("gate"), "").unwrap();
    }

    /// What it has begun in all its lives: a mode and a message id each.
    pub fn begun(&self) -> Vec<String> {
        let lines = fs::read_to_string(self.dir.join("begun")).unwrap_or_default();
        lines.lines().map(str::to_owned).collect()
    }

    fn kill(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        self.child.wait().unwrap();
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("--- the foreign agent:\n{}", fs::read_to_string(self.dir.join("log")).unwrap_or_default());
        }
    }
}

async fn spawn(dir: &Path, address: &str, bindings: &str) -> (Child, String) {
    let announced = dir.join("address");
    // That of an earlier life would be taken for this one's.
    drop(fs::remove_file(&announced));
    let log = fs::File::options().create(true).append(true).open(dir.join("log")).unwrap();
    let mut command = Command::new(venv());
    command.arg(script("foreign_agent.py")).args([address, dir.to_str().unwrap(), bindings]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
    let address = eventually("the foreign agent serves", async || {
        let ended = child.try_wait().unwrap();
        assert!(ended.is_none(), "{}", fs::read_to_string(dir.join("log")).unwrap_or_default());
        fs::read_to_string(&announced).ok()
    });
    let address = address.await;
    (child, address)
}
