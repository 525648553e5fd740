//! How things look to people: parts, states, times, tables.

mod emergency;
mod frame;
mod plan;
mod progress;
mod story;
mod task;

use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};
use proto::a2a::{Part, TaskState, part};

use crate::json;
use crate::screen::harmless;

pub(crate) use emergency::{incident, incident_line, incident_row, unit, unit_change};
pub(crate) use frame::summary;
pub(crate) use plan::plan;
pub(crate) use progress::Progress;
pub(crate) use story::{Story, asks_early};
pub(crate) use task::{task, task_row};

/// Characters of one text that people are shown; reports of several services have fewer.
const MOST: usize = 4_000;

/// The parts as text. Data is shown only where there is no text to say it. Long texts are cut.
pub(crate) fn parts(parts: &[Part]) -> String {
    let texts = parts.iter().any(|part| matches!(part.content, Some(part::Content::Text(_))));
    let shown = parts.iter().filter(|part| !(texts && matches!(part.content, Some(part::Content::Data(_)))));
    shown.filter_map(part).map(cut).collect::<Vec<_>>().join("\n")
}

/// The text up to a length that people read, and how much is missing.
fn cut(text: String) -> String {
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}… ({} more bytes; --json shows all)", &text[..at], text.len() - at),
        None => text,
    }
}

fn part(part: &Part) -> Option<String> {
    Some(match part.content.as_ref()? {
        part::Content::Text(text) => text.trim_end().to_owned(),
        part::Content::Url(url) => {
            [url, &part.filename, &part.media_type].map(String::as_str).join(" ").trim().to_owned()
        }
        part::Content::Raw(bytes) => format!("[{} bytes {} {}]", bytes.len(), part.filename, part.media_type),
        part::Content::Data(_) => data(part).unwrap_or_else(|| "[data]".to_owned()),
    })
}

/// The data of a part as JSON.
fn data(part: &Part) -> Option<String> {
    let json: serde_json::Value = serde_json::from_str(&json::integers(&proto::to_json(part).ok()?)).ok()?;
    json.get("data").map(ToString::to_string)
}

/// A2A's state as a word.
pub(crate) const fn state(state: TaskState) -> &'static str {
    match state {
        TaskState::Unspecified => "unknown",
        TaskState::Submitted => "submitted",
        TaskState::Working => "working",
        TaskState::Completed => "completed",
        TaskState::Failed => "failed",
        TaskState::Canceled => "canceled",
        TaskState::InputRequired => "input required",
        TaskState::Rejected => "rejected",
        TaskState::AuthRequired => "authorisation required",
    }
}

/// UTC, to the second.
pub(crate) fn time(time: Option<&prost_types::Timestamp>) -> String {
    time.map_or_else(String::new, |time| prost_types::Timestamp { nanos: 0, ..*time }.to_string())
}

/// Columns without borders, so that `cut` and `awk` can read them too. Cells of others are made harmless.
pub(crate) fn table<const N: usize>(header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Disabled).set_header(header);
    for row in rows {
        table.add_row(row.map(|cell| harmless(&cell).replace('\n', " ")));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 1));
    }
    table.trim_fmt()
}

/// The first line, cut to so many letters.
pub(crate) fn first_line(text: &str, most: usize) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    match line.char_indices().nth(most) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests;
