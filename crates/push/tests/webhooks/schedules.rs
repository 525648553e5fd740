//! The state machine of a receiver: its table, and what holds for every history.

use std::time::Duration;

use proptest::prelude::*;
use push::{News, Policy, Standing};
use types::Timestamp;

const START: u64 = 1_000_000;

fn policy() -> Policy {
    let secs = Duration::from_secs;
    Policy { backoff: secs(1), max_backoff: secs(60), patience: secs(600) }
}

fn failed(at: u64) -> News {
    News::Failed { at: Timestamp::from_millis(at), retry_after: None, chance: 1.0 }
}

fn failing(since: u64, failures: u32, until: u64) -> Standing {
    let (since, until) = (Timestamp::from_millis(since), Timestamp::from_millis(until));
    Standing::Failing { since, failures, until }
}

#[test]
fn the_table_is_kept() {
    let at = Timestamp::from_millis(START);
    let parked = Standing::Parked { since: at, failures: 9, at };
    let over = START + 600_000;
    let cases = [
        (Standing::Flowing, News::Delivered, Standing::Flowing),
        (Standing::Flowing, failed(START), failing(START, 1, START + 1000)),
        (Standing::Flowing, News::Redriven, Standing::Flowing),
        (failing(START, 3, START), News::Delivered, Standing::Flowing),
        (failing(START, 1, START), failed(START + 5), failing(START, 2, START + 2005)),
        (failing(START, 20, START), failed(START + 5), failing(START, 21, START + 60_005)),
        (
            failing(START, 8, START),
            failed(over),
            Standing::Parked { since: at, failures: 9, at: Timestamp::from_millis(over) },
        ),
        (failing(START, 8, START), News::Redriven, Standing::Flowing),
        (parked, News::Delivered, Standing::Flowing),
        (parked, failed(over), parked),
        (parked, News::Redriven, Standing::Flowing),
    ];
    for (before, news, after) in cases {
        assert_eq!(before.after(news, &policy()), after, "{before:?} {news:?}");
    }
}

#[test]
fn a_receiver_that_asks_for_time_gets_it_within_bounds() {
    let pause = |asked| {
        let news =
            News::Failed { at: Timestamp::default(), retry_after: Some(Duration::from_secs(asked)), chance: 0.0 };
        Standing::Flowing.after(news, &policy()).rest(Timestamp::default())
    };
    assert_eq!(pause(0), Some(Duration::from_millis(500)));
    assert_eq!(pause(30), Some(Duration::from_secs(30)));
    assert_eq!(pause(1_000_000), Some(Duration::from_secs(60)));
}

proptest! {
    #[test]
    fn pauses_are_bounded_and_failing_ends_parked_within_patience_and_a_pause(
        chances in prop::collection::vec(0.0..=1.0f64, 1..2000),
    ) {
        let (mut standing, mut now) = (Standing::Flowing, Timestamp::from_millis(START));
        for chance in chances {
            standing = standing.after(News::Failed { at: now, retry_after: None, chance }, &policy());
            let Some(rest) = standing.rest(now) else { break };
            prop_assert!(rest >= Duration::from_millis(500) && rest <= Duration::from_secs(60));
            now = now.after(rest);
        }
        let passed = now.since(Timestamp::from_millis(START));
        prop_assert!(passed <= Duration::from_secs(660), "{passed:?}");
        prop_assert!(!standing.is_parked() || passed >= Duration::from_secs(600));
    }

    #[test]
    fn a_delivery_forgets_every_failure(failures in 0u32..50) {
        let mut standing = Standing::Flowing;
        for n in 0..failures {
            standing = standing.after(failed(START + u64::from(n)), &policy());
        }
        prop_assert_eq!(standing.after(News::Delivered, &policy()), Standing::Flowing);
    }
}
