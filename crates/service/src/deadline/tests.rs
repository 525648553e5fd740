//! Timeouts as gRPC writes them.

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
