//! Messages of any bytes: whichever are kept as they came, what is kept and what is read of them is as if they had been
//! decoded and written anew. `PROPTEST_CASES` makes it longer, and `make fuzz` does.

use a2a::metadata::{DISPATCH, Dispatch};
use a2a::{Heard, framed_body};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::{Union, ValueTree as _};
use proptest::test_runner::TestRunner;
use prost::Message as _;
use proto::a2a::part::Content;
use proto::a2a::{Message, Part};

type Bytes = BoxedStrategy<Vec<u8>>;

const TEXTS: [&[u8]; 12] = [
    b"",
    b"",
    b"a",
    b"b",
    "\u{e9}".as_bytes(),
    DISPATCH.as_bytes(),
    b"run",
    b"attempt",
    b"turn",
    b"at_most_once",
    b"01980000-0000-7000-8000-000000000001",
    b"fire",
];

/// A field of a message, and whether it may come more than once.
struct Field(Bytes, bool);

/// A number as it is encoded, now and then longer than it must be, or negative.
fn number() -> Bytes {
    let small = (0..4_u8).prop_map(|number| vec![number]);
    let odd = select(vec![vec![0x81, 0], vec![0x80, 0x80, 1], [vec![0xff; 9], vec![1]].concat()]);
    prop_oneof![20 => small, 1 => odd].boxed()
}

fn texts() -> Bytes {
    prop_oneof![40 => select(&TEXTS[..]).prop_map(<[u8]>::to_vec), 1 => Just(vec![0xff])].boxed()
}

/// A field with these bytes, their length now and then longer than it must be.
fn field(tag: u8, content: Bytes) -> Bytes {
    let framed = move |(content, long): (Vec<u8>, bool)| {
        let mut out = vec![tag << 3 | 2];
        prost::encode_length_delimiter(content.len(), &mut out).unwrap();
        if long {
            *out.last_mut().unwrap() |= 0x80;
            out.push(0);
        }
        [out, content].concat()
    };
    (content, prop::bool::weighted(0.01)).prop_map(framed).boxed()
}

fn varint(tag: u8) -> Bytes {
    number().prop_map(move |number| [vec![tag << 3], number].concat()).boxed()
}

/// Some of these fields: most often in order and each as often as it may come.
fn fields(each: Vec<Field>, most: usize) -> Bytes {
    let repeated: Vec<bool> = each.iter().map(|field| field.1).collect();
    let one = |(place, field): (usize, Field)| field.0.prop_map(move |bytes| (place, bytes)).boxed();
    let some = prop::collection::vec(Union::new(each.into_iter().enumerate().map(one)), 0..=most);
    let put = move |(mut some, tidy): (Vec<(usize, Vec<u8>)>, bool)| {
        if tidy {
            some.sort_by_key(|field| field.0);
            some.dedup_by(|later, earlier| later.0 == earlier.0 && !repeated[later.0]);
        }
        some.into_iter().flat_map(|field| field.1).collect::<Vec<u8>>()
    };
    (some, prop::bool::weighted(0.9)).prop_map(put).boxed()
}

fn value(depth: u32) -> Bytes {
    let double = select(vec![0.0, -0.0, 1.0, 2.5, f64::NAN, f64::INFINITY]);
    let double = double.prop_map(|number: f64| [vec![0x11], number.to_le_bytes().to_vec()].concat());
    let mut kinds = vec![varint(1), double.boxed(), field(3, texts()), varint(4)];
    if depth > 0 {
        kinds.extend([field(5, object(depth - 1)), field(6, list(depth - 1))]);
    }
    let one = Union::new(kinds.clone()).boxed();
    let all = kinds.into_iter().map(|kind| Field(kind, true)).collect();
    prop_oneof![20 => one, 1 => fields(all, 2)].boxed()
}

fn list(depth: u32) -> Bytes {
    fields(vec![Field(field(1, value(depth)), true)], 2)
}

fn object(depth: u32) -> Bytes {
    let whole = (field(1, texts()), field(2, value(depth))).prop_map(|(name, value)| [name, value].concat());
    let odd = fields(vec![Field(field(1, texts()), false), Field(field(2, value(depth)), false)], 2);
    fields(vec![Field(field(1, prop_oneof![3 => whole, 1 => odd].boxed()), true)], 3)
}

fn part() -> Bytes {
    let content = prop_oneof![
        3 => field(1, texts()),
        1 => field(2, texts()),
        1 => field(3, texts()),
        3 => field(4, value(2)),
    ];
    let after = [Field(field(5, object(1)), false), Field(field(6, texts()), false), Field(field(7, texts()), false)];
    (content, fields(after.into(), 2)).prop_map(|(content, after)| [content, after].concat()).boxed()
}

fn any_message() -> Bytes {
    let odd = field(15, texts());
    let each = vec![
        Field(field(1, texts()), false),
        Field(field(2, texts()), false),
        Field(field(3, texts()), false),
        Field(varint(4), false),
        Field(field(5, part()), true),
        Field(field(6, object(2)), false),
        Field(field(7, texts()), true),
        Field(field(8, texts()), true),
    ];
    let known = fields(each, 6);
    (known, prop::option::weighted(0.02, odd))
        .prop_map(|(known, odd)| [known, odd.unwrap_or_default()].concat())
        .boxed()
}

/// The digest of a message as every version has written it, from its tree.
fn body_of(tree: &Message) -> Vec<u8> {
    let length = |length: usize| (length as u64).to_be_bytes().to_vec();
    let framed = |bytes: &[u8]| [&length(bytes.len())[..], bytes].concat();
    let mut out = vec![framed(&tree.role.to_be_bytes()), framed(tree.context_id.as_bytes())];
    out.push(framed(&length(tree.reference_task_ids.len())));
    out.extend(tree.reference_task_ids.iter().map(|id| framed(id.as_bytes())));
    out.extend(tree.parts.iter().map(|part| framed(&part.encode_to_vec())));
    out.concat()
}

fn text_of(tree: &Message) -> String {
    let words = |part: &Part| match &part.content {
        Some(Content::Text(words)) => Some(words.clone()),
        _ => None,
    };
    tree.parts.iter().filter_map(words).collect::<Vec<_>>().join("\n")
}

proptest! {
    #[test]
    fn a_message_of_any_bytes_is_what_is_written_anew_of_it(bytes in any_message()) {
        let heard = Heard::read(bytes.clone().into());
        let Ok(tree) = Message::decode(&bytes[..]) else {
            prop_assert!(heard.is_err(), "{bytes:?}");
            return Ok(());
        };
        let heard = heard.unwrap();
        // A role that no enum has is written as none, and refused.
        if tree.role >= 0 {
            prop_assert_eq!(&heard.bytes()[..], &tree.encode_to_vec()[..], "{:?}", bytes);
            prop_assert_eq!(framed_body(&heard), body_of(&tree));
            prop_assert_eq!(heard.role_number(), tree.role);
        }
        let ids = (heard.message_id(), heard.context_id(), heard.task_id());
        prop_assert_eq!(ids, (&tree.message_id[..], &tree.context_id[..], &tree.task_id[..]));
        prop_assert_eq!(heard.text(), text_of(&tree));
        prop_assert_eq!(heard.dispatch(), Dispatch::from_metadata(tree.metadata.as_ref()));
        prop_assert_eq!(heard.encode_to_vec(), tree.encode_to_vec());
        if proto::is_canonical::<Message>(&bytes) {
            let sound = tree.metadata.iter().all(|it| it.check().is_ok()) && tree.parts.iter().all(|it| it.check().is_ok());
            prop_assert!(sound, "{bytes:?}");
        }
    }
}

#[test]
fn messages_of_any_bytes_are_of_every_kind() {
    let (mut runner, messages) = (TestRunner::deterministic(), any_message());
    let (mut kept, mut anew, mut refused) = (0, 0, 0);
    for _ in 0..1000 {
        let bytes = messages.new_tree(&mut runner).unwrap().current();
        match Message::decode(&bytes[..]) {
            Ok(_) if proto::is_canonical::<Message>(&bytes) => kept += 1,
            Ok(_) => anew += 1,
            Err(_) => refused += 1,
        }
    }
    assert!(kept > 50 && anew > 50 && refused > 50, "{kept} {anew} {refused}");
}
