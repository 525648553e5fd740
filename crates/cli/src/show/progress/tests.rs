//! What the line says as steps come and go.

use std::time::Duration;

use a2a::frame::Update;
use a2a::metadata::{PROGRESS, count, object, structure, text};
use proto::a2a::TaskStatusUpdateEvent;

use super::Progress;

fn step(k: u64, agent: &str, state: &str) -> Update {
    let fields = [("k", count(k)), ("n", count(5)), ("agent", text(agent)), ("state", text(state))];
    let fields = object(fields.map(|(key, value)| (key.to_owned(), value)).into());
    Update::Status(TaskStatusUpdateEvent { metadata: Some(structure([(PROGRESS, fields)])), ..Default::default() })
}

#[test]
fn the_line_counts_what_is_done_and_names_what_is_not() {
    let mut progress = Progress::default();
    assert_eq!(progress.line(Duration::from_millis(1_900)), "under way · 1 s");
    for (k, agent, state, line) in [
        (1, "Fire Agent", "dispatching", "0 of 5 steps done · Fire Agent dispatching · 2 s"),
        (1, "Fire Agent", "completed", "1 of 5 steps done · 2 s"),
        (2, "Police Agent", "backoff", "1 of 5 steps done · Police Agent backoff · 2 s"),
        (3, "A", "working", "1 of 5 steps done · Police Agent backoff · A working · 2 s"),
        (4, "B", "working", "1 of 5 steps done · Police Agent backoff · A working · B working · 2 s"),
        (5, "C", "working", "1 of 5 steps done · Police Agent backoff · A working · B working · 1 more · 2 s"),
    ] {
        progress.see(&step(k, agent, state));
        assert_eq!(progress.line(Duration::from_secs(2)), line);
    }
}
