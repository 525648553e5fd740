//! The metadata of dispatches of anything: each is a dispatch, or is refused by the member that is wrong.
//! `PROPTEST_CASES` makes it longer, and `make fuzz` does.

use std::collections::BTreeMap;

use a2a::metadata::{DISPATCH, Dispatch, object};
use proptest::prelude::*;
use proptest::sample::select;
use proto::value::Kind;
use proto::{ListValue, Struct, Value};
use types::{StoreId, TaskId, Timestamp, limits};

const MEMBERS: [&str; 8] = ["run", "step", "attempt", "turn", "not_after", "store_id", "at_most_once", "novelty"];

const TEXTS: [&str; 10] = [
    "",
    "01980000-0000-7000-8000-000000000001",
    "01980000-0000-7000-8000-00000000000",
    "{01980000-0000-7000-8000-000000000001}",
    "fire",
    "a b",
    "\u{0}",
    "1",
    "-1",
    "true",
];

/// Times that JSON's numbers tell exactly.
const EXACT: u64 = 1 << 53;

fn any_value() -> impl Strategy<Value = Value> {
    let kind = prop_oneof![
        Just(None),
        Just(Some(Kind::NullValue(0))),
        any::<bool>().prop_map(|truth| Some(Kind::BoolValue(truth))),
        any::<f64>().prop_map(|number| Some(Kind::NumberValue(number))),
        select(&[0.0, -0.0, 1.0, 1.5, -1.0, 16.0, 4_294_967_296.0, 9_007_199_254_740_993.0, 1e300, f64::NAN][..])
            .prop_map(|number| Some(Kind::NumberValue(number))),
        select(&TEXTS[..]).prop_map(|text| Some(Kind::StringValue(text.to_owned()))),
        Just(Some(Kind::ListValue(ListValue::default()))),
        Just(Some(Kind::StructValue(Struct::default()))),
    ];
    kind.prop_map(|kind| Value { kind })
}

fn any_dispatch() -> impl Strategy<Value = Dispatch> {
    let ids = (any::<[u8; 16]>(), prop::option::of(any::<[u8; 16]>()), "[a-z][a-z0-9-]{0,20}");
    (ids, 1..=limits::ATTEMPTS, any::<u32>(), 0..EXACT, any::<bool>()).prop_map(
        |((run, store, step), attempt, turn, not_after, at_most_once)| Dispatch {
            run: TaskId::from_bytes(run),
            step: step.parse().unwrap(),
            attempt,
            turn,
            not_after: Timestamp::from_millis(not_after),
            store_id: store.map(StoreId::from_bytes),
            at_most_once,
        },
    )
}

fn read(metadata: &Struct) -> Result<Option<Dispatch>, String> {
    Dispatch::from_metadata(Some(metadata)).map_err(|bad| bad.field.to_owned())
}

proptest! {
    #[test]
    fn a_dispatch_is_read_as_it_was_written(dispatch in any_dispatch()) {
        prop_assert_eq!(read(&dispatch.to_metadata()), Ok(Some(dispatch)));
    }

    #[test]
    fn what_is_spoiled_in_a_dispatch_is_named(
        dispatch in any_dispatch(),
        spoiled in prop::collection::btree_map(select(&MEMBERS[..]), any_value(), 0..3),
        missing in prop::option::of(select(&MEMBERS[..])),
    ) {
        let mut metadata = dispatch.to_metadata();
        let Some(Value { kind: Some(Kind::StructValue(members)) }) = metadata.fields.get_mut(DISPATCH) else { panic!() };
        for (name, value) in &spoiled {
            members.fields.insert((*name).to_owned(), value.clone());
        }
        if let Some(name) = missing {
            members.fields.remove(name);
        }
        let vague = spoiled.get("at_most_once").is_some_and(|it| !matches!(it.kind, Some(Kind::BoolValue(_))));
        prop_assert!(!vague || missing == Some("at_most_once") || read(&metadata).is_err());
        match read(&metadata) {
            // It is one, and is the same when it is written again.
            Ok(Some(read_as)) => prop_assert_eq!(read(&read_as.to_metadata()), Ok(Some(read_as))),
            Ok(None) => prop_assert!(false, "there is one"),
            Err(field) => {
                prop_assert!(field != "novelty", "what is not known is not looked at");
                let touched = spoiled.contains_key(field.as_str()) || missing == Some(field.as_str());
                prop_assert!(touched, "{field}");
            }
        }
    }

    #[test]
    fn metadata_of_anything_are_a_dispatch_or_say_what_is_wrong(
        members in prop::collection::btree_map(select(&MEMBERS[..]), any_value(), 0..8),
        instead in prop::option::weighted(0.2, any_value()),
    ) {
        let members: BTreeMap<String, Value> = members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let value = instead.unwrap_or_else(|| object(members));
        let metadata = Struct { fields: [(DISPATCH.to_owned(), value)].into() };
        if let Err(field) = read(&metadata) {
            prop_assert!(field == "the object" || MEMBERS.contains(&field.as_str()), "{field}");
        }
    }
}
