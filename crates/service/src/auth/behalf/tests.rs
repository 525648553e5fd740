//! What is written is read again, and nothing else is.

use super::{BEHALF_KEY, Behalf, HeaderMap, HeaderValue, NotBehalf};

fn read(values: &[&str]) -> Result<Option<Behalf>, NotBehalf> {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(BEHALF_KEY, HeaderValue::from_str(value).unwrap());
    }
    Behalf::of(&headers)
}

#[test]
fn every_owner_is_read_as_it_was_written() {
    let long = "x".repeat(256);
    for (tenant, principal) in
        [("north", "anna"), ("", "anna"), ("a/b", "c"), ("a", "b/c"), ("%2F", "50 %"), ("нord", "Änne"), (&long, &long)]
    {
        let behalf = Behalf::new(tenant, principal);
        let value = behalf.to_value();
        assert_eq!(read(&[value.to_str().unwrap()]), Ok(Some(behalf)), "{tenant:?} {principal:?}");
    }
}

#[test]
fn what_names_nobody_or_two_is_refused() {
    assert_eq!(read(&[]), Ok(None));
    let too_long = format!("/{}", "x".repeat(257));
    for value in ["", "anna", "north/", "north/anna/ben", "/%FF", "/a%0Ab", "north%2Fanna", &too_long] {
        assert_eq!(read(&[value]), Err(NotBehalf), "{value:?}");
    }
    assert_eq!(read(&["north/anna", "north/anna"]), Err(NotBehalf));
}
