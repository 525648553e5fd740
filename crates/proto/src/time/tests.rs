//! Times are written as `prost-types` writes them, but for their milliseconds.

use proptest::prelude::*;
use prost_types::Timestamp;

use super::{YEARS, read, write};

fn nanos() -> impl Strategy<Value = i32> {
    prop_oneof![
        Just(0),
        (0..1000).prop_map(|it| it * 1_000_000),
        (0..1_000_000).prop_map(|it| it * 1000),
        0..1_000_000_000
    ]
}

proptest! {
    #[test]
    fn a_time_is_written_as_others_write_it_and_read_again(seconds in YEARS, nanos in nanos()) {
        let time = Timestamp { seconds, nanos };
        let text = write(&time).unwrap();
        prop_assert_eq!(text.replacen(".000Z", "Z", 1), time.to_string());
        prop_assert_eq!(read(&text), Some(time));
    }
}

#[test]
fn the_first_and_the_last_second_and_leap_days_are_dates() {
    let text = |seconds| write(&Timestamp { seconds, nanos: 0 });
    assert_eq!(text(*YEARS.start()).as_deref(), Some("0001-01-01T00:00:00.000Z"));
    assert_eq!(text(*YEARS.end()).as_deref(), Some("9999-12-31T23:59:59.000Z"));
    assert_eq!(text(951_782_400).as_deref(), Some("2000-02-29T00:00:00.000Z"));
    assert_eq!(text(-2_203_891_200).as_deref(), Some("1900-03-01T00:00:00.000Z"));
    assert_eq!((text(YEARS.start() - 1), text(YEARS.end() + 1)), (None, None));
}

#[test]
fn nanoseconds_that_are_no_part_of_a_second_are_no_time() {
    assert_eq!(write(&Timestamp { seconds: 0, nanos: -1 }), None);
    assert_eq!(write(&Timestamp { seconds: 0, nanos: 1_000_000_000 }), None);
}
