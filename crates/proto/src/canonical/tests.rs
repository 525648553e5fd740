//! What is kept as it came is what would be written of it; property over bytes that are changed, too.

use prost::Message as _;

use super::is_canonical;
use crate::a2a::{Message, Part, part::Content};
use crate::from_text;
use crate::value::{Kind, MAX_LEVELS, Value};

const FULL: &str = r#"{"messageId":"m","contextId":"c","taskId":"t","role":"ROLE_USER","parts":[{"text":""},
{"data":{"":1,"a":[null,true,false,"x",{"b":{}}],"b":-0.5},"metadata":{},"mediaType":"application/json"},
{"raw":"AP8=","filename":"f"},{"url":"u"}],"metadata":{"k":{"a":1},"l":"é"},"extensions":["x",""],
"referenceTaskIds":["r"]}"#;

fn full() -> Vec<u8> {
    from_text::<Message>(FULL).unwrap().encode_to_vec()
}

fn with_metadata(bytes: &[u8]) -> Vec<u8> {
    [&[0x0a, 1, b'm', 0x32, u8::try_from(bytes.len()).unwrap()], bytes].concat()
}

#[test]
fn what_is_encoded_here_is_canonical() {
    assert!(is_canonical::<Message>(&full()));
    assert!(is_canonical::<Message>(&[]));
}

#[test]
fn bytes_that_are_canonical_are_those_that_are_written_anew() {
    let (full, mut kept) = (full(), 0);
    for at in 0..full.len() {
        for change in [0, 1, 2, 8, 0x0a, 0x12, 0x7f, 0x80, 0xff, full[at].wrapping_add(1), full[at].wrapping_sub(1)] {
            let mut changed = full.clone();
            changed[at] = change;
            for bytes in [
                &changed[..],
                &changed[..at],
                &[&full[..at], &changed[at..]].concat(),
                &[&full[..], &changed[at..]].concat(),
            ] {
                if is_canonical::<Message>(bytes) {
                    let read = Message::decode(bytes).unwrap();
                    assert_eq!(read.encode_to_vec(), bytes, "{bytes:?}");
                    assert!(read.metadata.iter().all(|it| it.check().is_ok()));
                    assert!(read.parts.iter().all(|it| it.check().is_ok()));
                    kept += 1;
                }
            }
        }
    }
    assert!(kept > 100, "{kept}");
}

#[test]
fn what_could_be_written_otherwise_is_not() {
    let canonical = |bytes: &[u8]| is_canonical::<Message>(bytes);
    assert!(canonical(&[0x0a, 1, b'm', 0x20, 1]));
    assert!(!canonical(&[0x20, 1, 0x0a, 1, b'm']), "out of order");
    assert!(!canonical(&[0x0a, 1, b'm', 0x0a, 1, b'm']), "twice");
    assert!(!canonical(&[0x0a, 0]), "empty");
    assert!(!canonical(&[0x20, 0]), "zero");
    assert!(!canonical(&[0x20, 0x81, 0]), "a number longer than it must be");
    assert!(!canonical(&[0x0a, 0x81, 0, b'm']), "a length longer than it must be");
    assert!(!canonical(&[0x7a, 0]), "unknown");
    assert!(!canonical(&[0x0a, 1, 0xff]), "not UTF-8");
    assert!(!canonical(&[0x0a, 2, b'm']), "cut off");
    assert!(canonical(&with_metadata(&[0x0a, 5, 0x0a, 1, b'a', 0x12, 0, 0x0a, 5, 0x0a, 1, b'b', 0x12, 0])));
    assert!(!canonical(&with_metadata(&[0x0a, 5, 0x0a, 1, b'b', 0x12, 0, 0x0a, 5, 0x0a, 1, b'a', 0x12, 0])));
    assert!(!canonical(&with_metadata(&[0x0a, 5, 0x0a, 1, b'a', 0x12, 0, 0x0a, 5, 0x0a, 1, b'a', 0x12, 0])));
    assert!(!canonical(&with_metadata(&[0x0a, 3, 0x0a, 1, b'a'])), "a member without a value");
    assert!(!canonical(&with_metadata(&[0x0a, 4, 0x0a, 0, 0x12, 0])), "a name that says nothing");
    assert!(canonical(&with_metadata(&[0x0a, 2, 0x12, 0])));
    assert!(!canonical(&with_metadata(&[0x0a, 2, 0x0a, 0])), "a name that says nothing, and no value");
}

#[test]
fn what_has_no_place_in_json_is_not_canonical() {
    let held = |value: Value| {
        let part = Part { content: Some(Content::Data(value)), ..Part::default() };
        let refused = part.check().is_err();
        (refused, is_canonical::<Message>(&Message { parts: vec![part], ..Message::default() }.encode_to_vec()))
    };
    assert_eq!(held(Value { kind: Some(Kind::NumberValue(f64::NAN)) }), (true, false));
    let mut nested = Value { kind: Some(Kind::BoolValue(true)) };
    for depth in (0..=MAX_LEVELS).step_by(2) {
        assert_eq!(held(nested.clone()), (depth > MAX_LEVELS, depth <= MAX_LEVELS), "{depth}");
        nested = Value { kind: Some(Kind::ListValue(crate::ListValue { values: vec![nested] })) };
    }
    assert_eq!(held(nested), (true, false));
}
