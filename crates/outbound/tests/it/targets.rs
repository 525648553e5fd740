//! URLs as targets.

use outbound::{BadTarget, Target};

#[test]
fn a_target_has_a_host_a_port_and_shows_only_its_origin() {
    let cases = [
        ("http://Hooks.Example/a?secret=1", "hooks.example", "http://hooks.example:80"),
        ("https://hooks.example", "hooks.example", "https://hooks.example:443"),
        ("https://hooks.example.:8443/a", "hooks.example", "https://hooks.example:8443"),
        ("http://[fd00::1]/", "fd00::1", "http://[fd00::1]:80"),
        ("http://[fd00::1]:81?x", "fd00::1", "http://[fd00::1]:81"),
    ];
    for (url, host, origin) in cases {
        let target: Target = url.parse().unwrap();
        assert_eq!((target.host(), target.origin().as_str()), (host, origin), "{url}");
        assert_eq!(format!("{target:?}"), format!("Target({origin})"));
    }
}

#[test]
fn what_cannot_be_posted_to_says_why() {
    let cases = [
        ("", BadTarget::Syntax),
        ("hooks.example", BadTarget::Scheme),
        ("/hook", BadTarget::Scheme),
        ("ftp://hooks.example/", BadTarget::Scheme),
        ("file:///etc/passwd", BadTarget::Syntax),
        ("http://user:word@hooks.example/", BadTarget::User),
        ("http://hooks.example@10.0.0.1/", BadTarget::User),
        ("http://hooks.example:0/", BadTarget::Syntax),
        ("http://hooks.example:99999/", BadTarget::Syntax),
        ("http://hooks .example/", BadTarget::Syntax),
    ];
    for (url, bad) in cases {
        assert_eq!(url.parse::<Target>().unwrap_err(), bad, "{url}");
    }
    let long = format!("http://hooks.example/{}", "a".repeat(2048));
    assert_eq!(long.parse::<Target>().unwrap_err(), BadTarget::TooLong);
}
