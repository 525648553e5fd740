//! Timeouts as gRPC writes them.

use http::HeaderValue;
use proptest::prelude::*;

use super::*;

#[test]
fn a_timeout_is_a_number_of_at_most_eight_digits_and_a_unit() {
    let cases = [
        ("2H", Some(Duration::from_secs(7200))),
        ("3M", Some(Duration::from_secs(180))),
        ("99999999S", Some(Duration::from_secs(99_999_999))),
        ("250m", Some(Duration::from_millis(250))),
        ("7u", Some(Duration::from_micros(7))),
        ("0n", Some(Duration::ZERO)),
        ("", None),
        ("S", None),
        ("5", None),
        ("5s", None),
        ("-5S", None),
        ("+5S", None),
        ("5.0S", None),
        ("100000000S", None),
        ("5Sé", None),
        ("5é", None),
    ];
    for (text, time) in cases {
        assert_eq!(parse(text), time, "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_is_a_little_before_the_transports_and_never_before_now() {
    let of =
        |text: &'static str| Deadline::of(&HeaderMap::from_iter([(HEADER.parse().unwrap(), text.parse().unwrap())]));
    let now = Instant::now();
    assert_eq!(of("1S"), Some(Deadline(now + Duration::from_millis(995))));
    assert_eq!(of("1m"), Some(Deadline(now)));
    assert_eq!((of("soon"), Deadline::of(&HeaderMap::new())), (None, None));
}

/// The grammar of gRPC, written another way.
fn is_timeout(text: &str) -> bool {
    let mut digits = text.chars();
    let unit = digits.next_back();
    let count = digits.clone().count();
    unit.is_some_and(|unit| "HMSmun".contains(unit)) && (1..=8).contains(&count) && digits.all(|it| it.is_ascii_digit())
}

proptest! {
    #[test]
    fn what_grpc_understands_is_a_deadline_and_nothing_else_is(
        text in prop_oneof!["[0-9]{0,10}[HMSmunsh]?", "[+-]?[0-9]{1,3}[.eE]?[0-9]{0,2}[HMSmun]{0,2}", ".{0,12}"],
        bytes in prop::collection::vec(any::<u8>(), 0..12),
    ) {
        prop_assert_eq!(parse(&text).is_some(), is_timeout(&text));
        // No time is so far that it cannot be told.
        for value in [HeaderValue::from_str(&text), HeaderValue::from_bytes(&bytes)].into_iter().flatten() {
            let expected = value.to_str().is_ok_and(is_timeout);
            let headers = HeaderMap::from_iter([(HEADER.parse().unwrap(), value)]);
            prop_assert_eq!(Deadline::of(&headers).is_some(), expected);
        }
    }
}
