//! Server-sent events, read from chunks of any size, as the HTML standard has them. What is not yet an event is
//! bounded. The time to wait before connecting again is not looked at: the follower has its own.

use std::collections::VecDeque;
use std::sync::Arc;

/// An event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// Its name; empty when it has none.
    pub(super) name: String,
    /// Its data, several lines of it with line feeds between them.
    pub(super) data: String,
    /// The id of it or of the last event before it that had one; empty when none had. Events share it: a long one
    /// before many short events would otherwise be as much memory as the peer wishes.
    pub(super) id: Arc<str>,
}

/// Why a stream of events cannot be read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadEvents {
    /// An event is larger than the limit.
    TooLarge,
    /// A line is not UTF-8.
    Text,
}

/// What was read and is no event yet.
#[derive(Debug)]
pub(super) struct Parser {
    limit: usize,
    /// The line that has begun.
    line: Vec<u8>,
    /// Whether the last line ended with a carriage return, whose line feed may follow.
    returned: bool,
    /// Whether a line was read: only the first may begin with a byte order mark.
    begun: bool,
    name: String,
    data: String,
    id: Arc<str>,
}

impl Parser {
    /// A parser of events of at most `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        let (name, data, id) = (String::new(), String::new(), Arc::from(""));
        Self { limit, line: Vec::new(), returned: false, begun: false, name, data, id }
    }

    /// Reads on; adds the events that are complete.
    pub(super) fn feed(&mut self, mut chunk: &[u8], events: &mut VecDeque<Said>) -> Result<(), BadEvents> {
        while let Some(first) = chunk.first() {
            if std::mem::take(&mut self.returned) && *first == b'\n' {
                chunk = &chunk[1..];
                continue;
            }
            let Some(end) = chunk.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
                return self.keep(chunk);
            };
            self.keep(&chunk[..end])?;
            self.returned = chunk[end] == b'\r';
            chunk = &chunk[end + 1..];
            events.extend(self.end_line()?);
        }
        Ok(())
    }

    fn keep(&mut self, part: &[u8]) -> Result<(), BadEvents> {
        if self.line.len() + part.len() + self.data.len() > self.limit {
            return Err(BadEvents::TooLarge);
        }
        self.line.extend_from_slice(part);
        Ok(())
    }

    fn end_line(&mut self) -> Result<Option<Said>, BadEvents> {
        let line = std::mem::take(&mut self.line);
        let mut text = std::str::from_utf8(&line).map_err(|_| BadEvents::Text)?;
        if !std::mem::replace(&mut self.begun, true) {
            text = text.strip_prefix('\u{feff}').unwrap_or(text);
        }
        if text.is_empty() {
            return Ok(self.end_event());
        }
        let (field, value) = text.split_once(':').unwrap_or((text, ""));
        self.take(field, value.strip_prefix(' ').unwrap_or(value));
        Ok(None)
    }

    /// A field; one without a name is a comment.
    fn take(&mut self, field: &str, value: &str) {
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => {
                self.data.push_str(value);
                self.data.push('\n');
            }
            "id" if !value.contains('\0') => self.id = value.into(),
            _ => {}
        }
    }

    /// An event without data is none.
    fn end_event(&mut self) -> Option<Said> {
        let (name, mut data) = (std::mem::take(&mut self.name), std::mem::take(&mut self.data));
        data.pop()?;
        Some(Said { name, data, id: self.id.clone() })
    }
}

#[cfg(test)]
mod tests;
