//! Our values against those of prost-types.

use proptest::prelude::*;
use prost::Message as _;

use super::{Kind, List, ListValue, Object, Slot, Struct, Value};

fn any_value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(None),
        Just(Some(Kind::NullValue(0))),
        any::<f64>()
            .prop_filter("equal to itself", |number| !number.is_nan())
            .prop_map(|it| Some(Kind::NumberValue(it))),
        ".{0,200}".prop_map(|text| Some(Kind::StringValue(text))),
        any::<bool>().prop_map(|truth| Some(Kind::BoolValue(truth))),
    ];
    scalar.prop_map(|kind| Value { kind }).prop_recursive(5, 100, 8, |inner| {
        let list = prop::collection::vec(inner.clone(), 0..8);
        let object = prop::collection::btree_map(".{0,6}", inner, 0..8);
        prop_oneof![
            list.prop_map(|values| Value { kind: Some(Kind::ListValue(ListValue { values })) }),
            object.prop_map(|fields| Value { kind: Some(Kind::StructValue(Struct { fields })) }),
        ]
    })
}

/// Puts a tree piece by piece, as whoever has none does.
fn put(value: &Value, slot: Slot<'_>) {
    match &value.kind {
        None => {}
        Some(Kind::NullValue(_)) => slot.written(&value.encode_to_vec()),
        Some(Kind::NumberValue(number)) => slot.number(*number),
        Some(Kind::StringValue(words)) => slot.text(words),
        Some(Kind::BoolValue(truth)) => slot.truth(*truth),
        Some(Kind::StructValue(object)) => slot.object(|out| put_members(object, out)),
        Some(Kind::ListValue(list)) => slot.list(|out| put_items(list, out)),
    }
}

fn put_members(object: &Struct, out: &mut Object<'_>) {
    for (name, value) in &object.fields {
        match &value.kind {
            Some(Kind::StringValue(words)) => _ = out.text(name, words),
            Some(Kind::NumberValue(number)) => _ = out.number(name, *number),
            Some(Kind::StructValue(inner)) => _ = out.object(name, |out| put_members(inner, out)),
            Some(Kind::ListValue(inner)) => _ = out.list(name, |out| put_items(inner, out)),
            _ => _ = out.put(name, |slot| put(value, slot)),
        }
    }
}

fn put_items(list: &ListValue, out: &mut List<'_>) {
    for value in &list.values {
        match &value.kind {
            Some(Kind::StringValue(words)) => _ = out.text(words),
            Some(Kind::StructValue(inner)) => _ = out.object(|out| put_members(inner, out)),
            _ => _ = out.put(|slot| put(value, slot)),
        }
    }
}

proptest! {
    #[test]
    fn what_is_put_piece_by_piece_is_what_the_tree_is_written_as(value in any_value()) {
        let (mut put_out, mut copied) = (Vec::new(), Vec::new());
        put(&value, Slot::new(&mut put_out));
        prop_assert_eq!(&put_out, &value.encode_to_vec());
        match &value.kind {
            Some(Kind::StructValue(object)) => Slot::new(&mut copied).members(&object.encode_to_vec()),
            Some(Kind::ListValue(list)) => Slot::new(&mut copied).items(&list.encode_to_vec()),
            _ => Slot::new(&mut copied).written(&put_out),
        }
        prop_assert_eq!(copied, put_out);
    }

    #[test]
    fn a_value_is_written_as_generated_code_reads_it(value in any_value()) {
        let bytes = value.encode_to_vec();
        prop_assert_eq!(bytes.len(), value.encoded_len());
        let theirs = prost_types::Value::decode(&bytes[..]).unwrap();
        prop_assert_eq!(Value::decode(&theirs.encode_to_vec()[..]).unwrap(), value.clone());
        prop_assert_eq!(Value::decode(&bytes[..]).unwrap(), value);
    }
}

#[test]
fn a_value_that_is_nested_too_deep_is_refused() {
    let deep = (0..200)
        .fold(Value::default(), |inner, _| Value { kind: Some(Kind::ListValue(ListValue { values: vec![inner] })) });
    Value::decode(&deep.encode_to_vec()[..]).unwrap_err();
}

#[test]
fn of_two_members_with_one_name_the_later_counts() {
    let member = |number| Struct { fields: [("a".to_owned(), Value { kind: Some(Kind::NumberValue(number)) })].into() };
    let bytes = [member(1.0).encode_to_vec(), member(2.0).encode_to_vec()].concat();
    assert_eq!(Struct::decode(&bytes[..]).unwrap(), member(2.0));
}
