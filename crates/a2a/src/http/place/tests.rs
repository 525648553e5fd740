//! What a path says is not lost.

use proto::a2a::{GetTaskRequest, ListTasksRequest};

use super::{Error, Field, put};

#[test]
fn a_path_fills_a_field_that_is_empty_or_says_the_same() {
    let mut request = GetTaskRequest { tenant: "north".into(), ..GetTaskRequest::default() };
    for field in [Field::Tenant, Field::Id] {
        assert_eq!(put(&mut request, field, "north".into()), Ok(()));
    }
    assert_eq!((request.tenant.as_str(), request.id.as_str()), ("north", "north"));
    assert!(matches!(put(&mut request, Field::Id, "south".into()), Err(Error::Validation(_))));
}

#[test]
fn a_field_that_the_request_has_not_is_our_fault() {
    assert_eq!(put(&mut ListTasksRequest::default(), Field::Id, "t".into()), Err(Error::Internal));
}
