//! Where output goes: lines for people on a terminal or in a pipe, JSON for scripts.

use std::io::{self, IsTerminal as _, Write};

use owo_colors::OwoColorize as _;
use proto::a2a::Task;
use serde::Serialize;

use crate::failure::Failure;
use crate::json::integers;

/// Who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// A person at a terminal: symbols and colours.
    Terminal,
    /// A pipe or a file: plain text.
    Pipe,
    /// A script: one JSON object per line.
    Script,
}

/// What a line is about; only a terminal shows the symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    None,
    Plan,
    Dispatch,
    Success,
    Failure,
    Warning,
}

/// The output of one command.
pub(crate) struct Screen<W = io::Stdout> {
    out: W,
    reader: Reader,
}

impl Screen {
    /// Standard output, for whoever is there.
    pub(crate) fn new(json: bool) -> Self {
        let out = io::stdout();
        let reader = match (json, out.is_terminal()) {
            (true, _) => Reader::Script,
            (false, true) => Reader::Terminal,
            (false, false) => Reader::Pipe,
        };
        Self { out, reader }
    }
}

impl<W: Write> Screen<W> {
    #[cfg(test)]
    pub(crate) fn to(out: W, reader: Reader) -> Self {
        Self { out, reader }
    }

    #[cfg(test)]
    pub(crate) fn into_inner(self) -> W {
        self.out
    }

    pub(crate) fn is_for_script(&self) -> bool {
        self.reader == Reader::Script
    }

    /// One or more lines for people. Control characters of others do not reach the terminal.
    pub(crate) fn say(&mut self, mark: Mark, text: &str) -> io::Result<()> {
        let text = harmless(text);
        match self.reader {
            Reader::Terminal => writeln!(self.out, "{}", mark.decorate(&text))?,
            Reader::Pipe | Reader::Script => writeln!(self.out, "{text}")?,
        }
        self.out.flush()
    }

    /// One line for scripts, JSON already.
    pub(crate) fn json(&mut self, json: &str) -> io::Result<()> {
        writeln!(self.out, "{json}")?;
        self.out.flush()
    }

    /// One line for scripts.
    pub(crate) fn object(&mut self, value: &impl Serialize) -> io::Result<()> {
        let json = serde_json::to_string(value).map_err(io::Error::other)?;
        self.json(&json)
    }
}

impl Mark {
    const fn symbol(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Plan => "📋 ",
            Self::Dispatch => "🚨 ",
            Self::Success => "✅ ",
            Self::Failure => "❌ ",
            Self::Warning => "⚠️  ",
        }
    }

    fn decorate(self, text: &str) -> String {
        let line = format!("{}{text}", self.symbol());
        match self {
            Self::Failure => line.red().to_string(),
            Self::Success => line.green().to_string(),
            Self::Warning => line.yellow().to_string(),
            Self::Plan => line.bold().to_string(),
            Self::None | Self::Dispatch => line,
        }
    }
}

/// A word to the person at the keyboard, beside the output.
pub(crate) fn note(text: &str) {
    // When stderr is gone there is nobody to tell.
    writeln!(io::stderr().lock(), "{}", harmless(text)).ok();
}

/// The text without control characters other than line ends and tabs.
pub(crate) fn harmless(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t')).collect()
}

/// ProtoJSON of a message; what does not encode is a fault of ours.
pub(crate) fn proto_json<M: prost::Message + prost::Name>(message: &M) -> Result<String, Failure> {
    let json = proto::to_json(message).map_err(|error| Failure::Internal(error.to_string()))?;
    Ok(integers(&json))
}

/// Id and conversation of a task, for a line.
pub(crate) fn ids(task: &Task) -> String {
    format!("task {} in conversation {}", task.id, task.context_id)
}

#[cfg(test)]
mod tests;
