//! What names an origin.

use super::Origin;

#[test]
fn an_origin_has_a_scheme_a_host_and_perhaps_a_port() {
    for good in ["*", "https://panel.example", "http://localhost:5173", "https://[::1]:8080", "HTTPS://Panel.Example"] {
        assert!(good.parse::<Origin>().is_ok(), "{good}");
    }
    for bad in
        ["", "panel.example", "https://panel.example/", "https://panel.example/a", "https://a@b", "https://", "null"]
    {
        assert!(bad.parse::<Origin>().is_err(), "{bad}");
    }
}
