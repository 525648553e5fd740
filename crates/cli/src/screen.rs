//! Where output goes: lines for people on a terminal or in a pipe, JSON for scripts.

use std::io::{self, IsTerminal as _, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use owo_colors::OwoColorize as _;
use proto::a2a::Task;
use serde::Serialize;
use serde_json::json;

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
    /// The line at the bottom that is written over; only a terminal has one.
    status: Option<String>,
    /// Lines above it that are written over.
    board: usize,
}

/// Back to the beginning of the line, and the line away.
const CLEAR: &str = "\r\u{1b}[2K";

/// For terminals that do not say how large they are.
const SIZE: (usize, usize) = (80, 24);

impl Screen {
    /// Standard output, for whoever is there.
    pub(crate) fn new(json: bool) -> Self {
        let out = io::stdout();
        let reader = match (json, out.is_terminal()) {
            (true, _) => Reader::Script,
            (false, true) => Reader::Terminal,
            (false, false) => Reader::Pipe,
        };
        Self { out, reader, status: None, board: 0 }
    }
}

impl<W: Write> Screen<W> {
    #[cfg(test)]
    pub(crate) fn to(out: W, reader: Reader) -> Self {
        Self { out, reader, status: None, board: 0 }
    }

    #[cfg(test)]
    pub(crate) fn into_inner(self) -> W {
        self.out
    }

    pub(crate) fn is_for_script(&self) -> bool {
        self.reader == Reader::Script
    }

    pub(crate) fn is_terminal(&self) -> bool {
        self.reader == Reader::Terminal
    }

    /// Lines instead of those of the last board; what does not fit is left out. Pipes and scripts get none.
    pub(crate) fn board(&mut self, text: &str) -> io::Result<()> {
        if self.reader != Reader::Terminal {
            return Ok(());
        }
        let (width, height) = size();
        let text = harmless(text);
        // One line too many would scroll, and one that wraps is two: neither could be written over any more.
        let room = height.max(3) - 2;
        let all = text.lines().count();
        let mut lines: Vec<String> =
            text.lines().take(room).map(|line| line.chars().take(width.max(2) - 1).collect()).collect();
        if all > room {
            lines.push(format!("… and {} more lines", all - room));
        }
        if self.board > 0 {
            write!(self.out, "\r\u{1b}[{}A\u{1b}[J", self.board)?;
        }
        lines.iter().try_for_each(|line| writeln!(self.out, "{line}"))?;
        self.board = lines.len();
        self.out.flush()
    }

    /// One or more lines for people. Control characters of others do not reach the terminal.
    pub(crate) fn say(&mut self, mark: Mark, text: &str) -> io::Result<()> {
        let text = harmless(text);
        match self.reader {
            Reader::Terminal => {
                let status = self.status.take();
                let clear = if status.is_some() { CLEAR } else { "" };
                writeln!(self.out, "{clear}{}", mark.decorate(&text))?;
                if let Some(status) = status {
                    self.status(&status)?;
                }
            }
            Reader::Pipe | Reader::Script => writeln!(self.out, "{text}")?,
        }
        self.out.flush()
    }

    /// The line at the bottom of a terminal, instead of the one before. Pipes and scripts get none.
    pub(crate) fn status(&mut self, text: &str) -> io::Result<()> {
        if self.reader != Reader::Terminal {
            return Ok(());
        }
        let (width, _) = size();
        // A line that wraps could not be cleared any more.
        let line: String = harmless(text).chars().filter(|letter| *letter != '\n').take(width.max(2) - 1).collect();
        write!(self.out, "{CLEAR}{}", line.dimmed())?;
        self.status = Some(line);
        self.out.flush()
    }

    /// Takes the line at the bottom away.
    pub(crate) fn clear(&mut self) -> io::Result<()> {
        if self.status.take().is_none() {
            return Ok(());
        }
        write!(self.out, "{CLEAR}")?;
        self.out.flush()
    }

    /// Bytes for a file or a program, as they are.
    pub(crate) fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
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

/// Columns and lines of the terminal.
fn size() -> (usize, usize) {
    terminal_size::terminal_size().map_or(SIZE, |(width, height)| (width.0.into(), height.0.into()))
}

/// Whether notes are JSON: like standard error itself, this is the whole process's.
static NOTES_ARE_JSON: AtomicBool = AtomicBool::new(false);

/// From here on a script reads what is noted.
pub(crate) fn note_in_json() {
    NOTES_ARE_JSON.store(true, Ordering::Relaxed);
}

/// A word to the person at the keyboard, beside the output; to a script an object in one line, as a failure is one.
pub(crate) fn note(text: &str) {
    if NOTES_ARE_JSON.load(Ordering::Relaxed) {
        tell(&json!({"note": text}).to_string());
    } else {
        tell(text);
    }
}

/// A failure in the words that it has for its reader, beside the output.
pub(crate) fn tell(text: &str) {
    let mut err = io::stderr().lock();
    // The line at the bottom of the same terminal may be in the way; it is drawn again in a moment.
    let clear = if err.is_terminal() { CLEAR } else { "" };
    // When stderr is gone there is nobody to tell.
    writeln!(err, "{clear}{}", harmless(text)).ok();
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
