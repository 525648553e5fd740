//! Times as people write them.

use std::time::Duration;

use super::parse_duration;

#[test]
fn times_need_a_unit() {
    let ms = |n| Ok(Duration::from_millis(n));
    for (text, want) in [("500ms", ms(500)), ("1s", ms(1000)), (" 2 m ", ms(120_000)), ("0.5h", ms(1_800_000))] {
        assert_eq!(parse_duration(text), want, "{text}");
    }
    for bad in ["", "10", "s", "-1s", "1 day", "1e99h", "1.2.3s", "99999999999999999999999h"] {
        assert!(parse_duration(bad).is_err(), "{bad}");
    }
}
