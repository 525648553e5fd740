//! How far callers see by their roles.

use super::*;

fn sees_all(roles: &[Role]) -> bool {
    let mut extensions = Extensions::new();
    extensions.insert(Identity::new("anna", "north", roles));
    Who::of(&extensions).sees_all()
}

#[test]
fn who_may_act_for_all_sees_what_all_have() {
    assert!(!sees_all(&[Role::Caller, Role::Agent]));
    assert!(sees_all(&[Role::Delegate]) && sees_all(&[Role::Admin]));
    assert!(Who::of(&Extensions::new()).sees_all(), "where nobody is asked who they are");
}
