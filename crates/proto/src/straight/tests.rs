//! What we write ourselves goes straight; what could say something else goes the other way.

use prost::Message as _;

use super::text;
use crate::a2a::{AgentCard, ListTasksRequest, SendMessageResponse, Task, TaskStatus};
use crate::members::Members;
use crate::{from_text, to_text, write_text};

const RESPONSE: &str = r#"{"task":{"id":"t","contextId":"c","status":{"state":"TASK_STATE_COMPLETED",
"timestamp":"2026-11-21T05:00:00.123Z","message":{"messageId":"t-3","role":"ROLE_AGENT","parts":[{"text":"\"done\"\n"}]}},
"artifacts":[{"artifactId":"a","parts":[{"data":{"n":[1,-0.5,null,true,"x",{}]}},{"raw":"AP8="}]},{"artifactId":"b","parts":[]}],
"history":[{"messageId":"m","role":"ROLE_USER","parts":[{"text":"hello","mediaType":"text/plain"}]}],
"metadata":{"a":{"seq":5},"b":{}}}}"#;

fn task() -> Vec<u8> {
    Task { id: "t".into(), status: Some(TaskStatus::default()), ..Task::default() }.encode_to_vec()
}

#[test]
fn what_is_encoded_in_order_is_written_without_its_message() {
    let message = from_text::<SendMessageResponse>(RESPONSE).unwrap();
    let straight = text(&message.encode_to_vec(), SendMessageResponse::FIELDS);
    assert_eq!(straight, Some(write_text(&message).unwrap()));
}

#[test]
fn what_is_required_is_there() {
    assert_eq!(text(&[], Task::FIELDS).as_deref(), Some(r#"{"id":""}"#));
    assert_eq!(
        text(&task(), Task::FIELDS).as_deref(),
        Some(r#"{"id":"t","status":{"state":"TASK_STATE_UNSPECIFIED"}}"#)
    );
}

#[test]
fn a_struct_out_of_order_is_written_as_long_as_no_member_comes_twice() {
    let metadata = |names: &[&str]| {
        let entry = |name: &&str| [&[0x0a, 5, 0x0a, 1], name.as_bytes(), &[0x12, 0]].concat();
        let entries: Vec<u8> = names.iter().flat_map(entry).collect();
        let length = u8::try_from(entries.len()).unwrap();
        text(&[&task()[..], &[0x32, length], &entries].concat(), Task::FIELDS)
    };
    assert!(metadata(&["b", "a"]).unwrap().ends_with(r#""metadata":{"b":null,"a":null}}"#));
    assert_eq!(metadata(&["b", "a", "b"]), None);
    assert_eq!(metadata(&["a", "a"]), None);
    let backwards = ["f", "e", "d", "c", "b", "a"];
    assert!(metadata(&backwards[1..]).is_some());
    assert_eq!(metadata(&backwards), None, "each of them would be looked for among all");
}

#[test]
fn a_number_that_is_zero_once_it_is_narrow_is_left_out() {
    // 2^32, and 2^32 + 1.
    let status = [0x18, 0x80, 0x80, 0x80, 0x80, 0x10];
    assert_eq!(text(&status, ListTasksRequest::FIELDS), None);
    assert_eq!(to_text::<ListTasksRequest>(&status).unwrap(), "{}");
    let (submitted, state) = ([0x18, 0x81, 0x80, 0x80, 0x80, 0x10], r#"{"status":"TASK_STATE_SUBMITTED"}"#);
    assert_eq!(text(&submitted, ListTasksRequest::FIELDS).as_deref(), Some(state));
}

#[test]
fn a_field_out_of_its_place_or_unknown_is_not_simple() {
    assert_eq!(text(&[&task()[..], &task()].concat(), Task::FIELDS), None);
    assert_eq!(text(&[0x7a, 0], Task::FIELDS), None);
    // A member that is empty is left out, and nobody who leaves it out encodes it.
    assert_eq!(text(&[0x12, 0], Task::FIELDS), None);
}

#[test]
fn a_card_with_a_map_goes_the_other_way() {
    let card = AgentCard { security_schemes: [("k".to_owned(), Default::default())].into(), ..AgentCard::default() };
    assert_eq!(text(&card.encode_to_vec(), AgentCard::FIELDS), None);
}
