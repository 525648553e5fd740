//! The servers that are compared over their bindings, and where they are found.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::wire::Binding;
use crate::child::Program;
use crate::error::Error;
use crate::subject;

/// The agent on the official Python SDK.
const PYTHON: &str = include_str!("../../official/echo.py");

/// A server under load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Server {
    /// Prepared answers over gRPC.
    BareTonic,
    /// Prepared answers over HTTP.
    BareHttp,
    Memory,
    Strict,
    OfficialPython,
    OfficialRust,
}

impl Server {
    pub(super) const ALL: [Self; 6] =
        [Self::BareTonic, Self::BareHttp, Self::Memory, Self::Strict, Self::OfficialPython, Self::OfficialRust];

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::BareTonic => "bare tonic",
            Self::BareHttp => "bare HTTP",
            Self::Memory => "kit, in memory",
            Self::Strict => "kit, strict",
            Self::OfficialPython => "official Python SDK, in memory",
            Self::OfficialRust => "official Rust SDK, in memory",
        }
    }

    pub(super) const fn bindings(self) -> &'static [Binding] {
        match self {
            Self::BareTonic => &[Binding::Grpc],
            Self::BareHttp => &[Binding::JsonRpc, Binding::HttpJson],
            Self::Memory | Self::Strict | Self::OfficialPython | Self::OfficialRust => &Binding::ALL,
        }
    }

    /// What has nothing behind the same binding.
    pub(super) fn bare(binding: Binding) -> Self {
        if binding == Binding::Grpc { Self::BareTonic } else { Self::BareHttp }
    }

    /// How to start it with its data in `dir`; `None` where it is not installed.
    pub(super) fn program(self, dir: &Path) -> Result<Option<Program>, Error> {
        let kit = |subject: subject::Subject| Program::ours(subject.program(), &subject.arguments(dir, ""));
        match self {
            Self::BareTonic => kit(subject::Subject::Raw).map(Some),
            Self::BareHttp => Program::ours("bench", &["bare-json".to_owned()]).map(Some),
            Self::Memory => kit(subject::Subject::Memory).map(Some),
            Self::Strict => kit(subject::Subject::Strict).map(Some),
            Self::OfficialPython => python(dir),
            Self::OfficialRust => {
                let path = beside_target("interop/rust/release/official-echo")?;
                Ok(path.exists().then(|| Program { path, arguments: Vec::new() }))
            }
        }
    }

    /// What is said of one that is not there.
    pub(super) fn absent(self) -> String {
        format!("The {} is not installed here (`make official` does it): not measured.", self.title())
    }
}

/// The script on the interpreter that has the SDK, if there is one.
fn python(dir: &Path) -> Result<Option<Program>, Error> {
    let path = beside_target("tools/venv/bin/python")?;
    let has_sdk = Command::new(&path).args(["-c", "import a2a, grpc, starlette, uvicorn"]).output();
    if !has_sdk.is_ok_and(|output| output.status.success()) {
        return Ok(None);
    }
    let script = dir.join("echo.py");
    std::fs::write(&script, PYTHON).map_err(Error::io("write", &script))?;
    Ok(Some(Program { path, arguments: vec![script.display().to_string()] }))
}

/// A path in the target directory that this binary was built in.
fn beside_target(path: &str) -> Result<PathBuf, Error> {
    let own = std::env::current_exe().map_err(Error::io("find", "this binary"))?;
    let target = own.ancestors().nth(2).unwrap_or_else(|| Path::new("target"));
    Ok(target.join(path))
}
