//! Waiting for something to become true: by looking again, never by guessing how long it takes.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Long enough for a busy machine; nothing waits as long unless it is broken.
pub const DEADLINE: Duration = Duration::from_secs(60);

const PAUSE: Duration = Duration::from_millis(20);

/// Asks `probe` until it answers, and panics with `what` when it never does.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let mut looks = 0;
/// tests::eventually("the third look", async || {
///     looks += 1;
///     (looks == 3).then_some(())
/// })
/// .await;
/// # }
/// ```
pub async fn eventually<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(Instant::now() < deadline, "{what}: not within {} s", DEADLINE.as_secs());
        sleep(PAUSE).await;
    }
}

/// Looks at an expression until it is true: `eventually!("the run has ended", run.ended().await)`.
#[macro_export]
macro_rules! eventually {
    ($what:expr, $condition:expr) => {
        $crate::eventually($what, async || $condition.then_some(())).await
    };
}
