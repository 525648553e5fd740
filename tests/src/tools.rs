//! Other people's clients: the official Python SDK and grpcurl, installed by `make tools`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a command wrote, and whether it was content.
#[derive(Debug)]
pub struct Run {
    /// Whether it exited with 0.
    pub ok: bool,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Run {
    /// Standard output of a command that must succeed.
    pub fn expect_ok(self, what: &str) -> String {
        assert!(self.ok, "{what} failed\n--- stdout:\n{}\n--- stderr:\n{}", self.out, self.err);
        self.out
    }
}

/// The repository's root.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn tools() -> PathBuf {
    target().join("tools")
}

/// The target directory: of a test, which is target/PROFILE/deps/TEST, or of a harness with a `main` of its own.
fn target() -> PathBuf {
    let here = std::env::current_exe().unwrap();
    let profile = here.ancestors().skip(1).find(|dir| !dir.ends_with("deps")).unwrap();
    profile.parent().unwrap().to_owned()
}

/// Runs a script of `tests/python` with the official A2A client.
pub async fn python(script: &str, args: &[String]) -> Run {
    let mut command = Command::new(venv());
    command.arg(self::script(script)).args(args);
    run(command).await
}

/// The Python that has the official SDK.
pub(crate) fn venv() -> PathBuf {
    let program = tools().join("venv/bin/python");
    assert!(program.exists(), "{} is missing; run `make tools`", program.display());
    program
}

/// What `make interop` has built, such as `go/client`.
pub(crate) fn built(name: &str) -> PathBuf {
    let path = target().join("interop").join(name);
    assert!(path.exists(), "{} is missing; run `make interop`", path.display());
    path
}

/// A script of `tests/python`.
pub(crate) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("python").join(name)
}

/// The real grpcurl, where it could be installed.
pub(crate) fn grpcurl() -> Option<PathBuf> {
    let installed = tools().join("bin/grpcurl");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|dir| dir.join("grpcurl")).find(|path| path.exists());
    if installed.exists() { Some(installed) } else { on_path }
}

/// Runs a command to its end without blocking the test's runtime.
pub(crate) async fn run(mut command: Command) -> Run {
    let output = tokio::task::spawn_blocking(move || command.stdin(Stdio::null()).output().unwrap()).await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Run { ok: output.status.success(), out: text(output.stdout), err: text(output.stderr) }
}

impl Run {
    /// Runs a program with arguments.
    pub async fn of(program: &Path, args: &[&str]) -> Self {
        let mut command = Command::new(program);
        command.args(args);
        run(command).await
    }
}
