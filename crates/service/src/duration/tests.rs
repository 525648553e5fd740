//! Times as people write them.

use std::time::Duration;

use proptest::prelude::*;

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

proptest! {
    #[test]
    fn any_text_is_a_time_or_is_told_why_not(
        text in prop_oneof!["[0-9]{0,24}(ms|s|m|h)", "[0-9.]{0,8} ?(ms|s|m|h|d)?", "[-+0-9.einfNa]{0,8}(ms|s|m|h)", ".{0,16}"],
    ) {
        match parse_duration(&text) {
            Ok(_) => {
                let text = text.trim();
                prop_assert!(text.starts_with(|first: char| first.is_ascii_digit() || first == '.'), "{text}");
                prop_assert!(text.ends_with(['s', 'm', 'h']), "{text}");
            }
            Err(why) => prop_assert!(!why.is_empty() && !why.chars().any(char::is_control), "{why:?}"),
        }
    }

    #[test]
    fn a_time_is_read_as_it_was_meant(number in 0..1_000_000_u64) {
        for (unit, milliseconds) in [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)] {
            prop_assert_eq!(parse_duration(&format!("{number}{unit}")), Ok(Duration::from_millis(number * milliseconds)));
        }
    }
}
