//! The other side: a Python process that writes and reads with the official protobuf.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

pub(crate) struct Python {
    child: Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Python {
    /// `make test` installs the SDK first; without it nothing can be compared.
    pub(crate) fn start() -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("../../target"), PathBuf::from);
        let python = target.join("tools/venv/bin/python");
        if !python.exists() {
            eprintln!("not compared: there is no {}", python.display());
            return None;
        }
        let mut command = Command::new(python);
        command.arg(root.join("tests/differential.py")).arg(root.join("src/gen/descriptors.bin"));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (asks, answers) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Some(Self { child, asks, answers })
    }

    /// The JSON of an encoded message.
    pub(crate) fn write(&mut self, message: &str, wire: &[u8]) -> Result<String, String> {
        self.ask(&json!({"message": message, "wire": STANDARD.encode(wire)}), "text")
    }

    /// The encoding of the message in a text.
    pub(crate) fn read(&mut self, message: &str, text: &str) -> Result<Vec<u8>, String> {
        let wire = self.ask(&json!({"message": message, "text": text}), "wire")?;
        Ok(STANDARD.decode(wire).unwrap())
    }

    fn ask(&mut self, case: &Value, wanted: &str) -> Result<String, String> {
        writeln!(self.asks, "{case}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        let answer: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("no answer to {case}: {line}"));
        match answer[wanted].as_str() {
            Some(said) => Ok(said.to_owned()),
            None => Err(answer["error"].as_str().unwrap().to_owned()),
        }
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
