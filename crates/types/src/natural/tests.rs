//! An order of all names that puts numbers by value.

use std::cmp::Ordering;

use super::natural;

#[test]
fn numbers_are_compared_by_value_wherever_they_stand() {
    let sorted = ["", "7", "A", "A1", "A1-2", "A1-10", "A2", "A2B", "A10", "A100", "B1", "É2", "É10"];
    for (place, a) in sorted.iter().enumerate() {
        for (other, b) in sorted.iter().enumerate() {
            assert_eq!(natural(a, b), place.cmp(&other), "{a:?} {b:?}");
        }
    }
}

#[test]
fn names_that_differ_only_in_zeros_are_not_equal() {
    assert_eq!(natural("E01", "E1"), Ordering::Less);
    assert_eq!(natural("E1", "E1"), Ordering::Equal);
    let huge = "9".repeat(60);
    assert_eq!(natural(&format!("E{huge}"), &format!("E1{huge}")), Ordering::Less);
}
