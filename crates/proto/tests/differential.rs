//! Our ProtoJSON against Python's over generated messages, in both directions. What each side makes of a message and
//! of a text is compared by what Python reads of it; where the two differ, `differential/table.rs` says why.
//! `SEED` repeats a run, `CASES` says how long it is.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests may unwrap as tests do")]

#[path = "differential/generate.rs"]
mod generate;
#[path = "differential/python.rs"]
mod python;
#[path = "differential/subjects.rs"]
mod subjects;
#[path = "differential/table.rs"]
mod table;
#[path = "differential/vary.rs"]
mod vary;

use std::collections::BTreeMap;

use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::Value;

use crate::python::Python;
use crate::subjects::{SUBJECTS, Subject};
use crate::table::{DIFFERENCES, Side};

/// Messages of a run that is part of the tests; each is written and read by both sides, its text also varied.
const CASES: usize = 1500;

/// Texts of one message.
const VARIATIONS: usize = 4;

#[test]
fn every_message_of_a2a_is_compared() {
    let pool = DescriptorPool::decode(proto::DESCRIPTORS).unwrap();
    let all = pool.all_messages().filter(|it| it.package_name() == "lf.a2a.v1" && !it.is_map_entry());
    let missing: Vec<_> = all
        .filter(|it| !SUBJECTS.iter().any(|subject| subject.name == it.full_name()))
        .map(|it| it.full_name().to_owned())
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_table_of_differences_is_as_it_is() {
    let Some(mut python) = Python::start() else { return };
    for difference in &DIFFERENCES {
        let subject = SUBJECTS.iter().find(|subject| subject.name == difference.message).unwrap();
        let (ours, theirs) = ((subject.read)(difference.text), python.read(subject.name, difference.text));
        let text = difference.text;
        match difference.refuses {
            Side::Ours => assert!(ours.unwrap_err().contains(difference.saying) && theirs.is_ok(), "{text} {theirs:?}"),
            Side::Python => assert!(theirs.unwrap_err().contains(difference.saying) && ours.is_ok(), "{text} {ours:?}"),
        }
    }
}

#[test]
fn messages_are_written_and_read_as_python_does() {
    let Some(python) = Python::start() else { return };
    let seed = std::env::var("SEED").map_or_else(|_| rand::random(), |seed| seed.parse().unwrap());
    let cases = std::env::var("CASES").map_or(CASES, |cases| cases.parse().unwrap());
    eprintln!("SEED={seed} CASES={cases}");
    let pool = DescriptorPool::decode(proto::DESCRIPTORS).unwrap();
    let mut run =
        Run { python, rng: StdRng::seed_from_u64(seed), pool, texts: 0, known: BTreeMap::new(), found: Vec::new() };
    for case in 0..cases {
        run.case(&SUBJECTS[case % SUBJECTS.len()]);
        assert!(run.found.len() < 20, "SEED={seed}\n{}", run.found.join("\n"));
    }
    eprintln!("{cases} messages, {} texts; differences of the table: {:?}", run.texts, run.known);
    assert!(run.found.is_empty(), "SEED={seed}\n{}", run.found.join("\n"));
}

/// Whatever the bytes are: in order, or with a field out of its place, twice, cut off, or changed.
#[test]
fn bytes_are_written_as_what_they_decode_to() {
    let seed = std::env::var("SEED").map_or_else(|_| rand::random(), |seed| seed.parse().unwrap());
    let (mut rng, mut written) = (StdRng::seed_from_u64(seed), 0);
    let pool = DescriptorPool::decode(proto::DESCRIPTORS).unwrap();
    for case in 0..CASES {
        let subject = &SUBJECTS[case % SUBJECTS.len()];
        let kind = pool.get_message_by_name(subject.name).unwrap();
        let wire = generate::message(&mut rng, &kind, 0).encode_to_vec();
        let other = generate::message(&mut rng, &kind, 0).encode_to_vec();
        let variations = (0..VARIATIONS).map(|_| vary::bytes(&mut rng, &wire, &other)).collect::<Vec<_>>();
        for bytes in variations.into_iter().chain([wire]) {
            match ((subject.write)(&bytes), (subject.write_decoded)(&bytes)) {
                (Ok(straight), Ok(decoded)) => {
                    assert_eq!(tree(&straight), tree(&decoded), "SEED={seed} {} {bytes:?}", subject.name);
                    written += 1;
                }
                (Err(_), Err(_)) => {}
                differing => panic!("SEED={seed} {} {bytes:?} {differing:?}", subject.name),
            }
        }
    }
    assert!(written > CASES, "most of what is tried can be written: {written}");
}

/// Whatever their order is, and also where some come twice.
#[test]
fn members_of_a_struct_are_written_as_what_they_decode_to() {
    let seed = std::env::var("SEED").map_or_else(|_| rand::random(), |seed| seed.parse().unwrap());
    let mut rng = StdRng::seed_from_u64(seed);
    for _ in 0..CASES {
        let members: Vec<(String, f64)> = (0..rng.random_range(0..9))
            .map(|_| {
                (generate::pick(&mut rng, &["", "a", "b", "c", "d", "e", "f", "g", "h"]).to_string(), rng.random())
            })
            .collect();
        let one = |(name, number): &(String, f64)| {
            let value = proto::Value { kind: Some(proto::value::Kind::NumberValue(*number)) };
            proto::Struct { fields: [(name.clone(), value)].into() }.encode_to_vec()
        };
        let mut wire = proto::a2a::Task { id: "t".into(), ..Default::default() }.encode_to_vec();
        proto::value::delimited(&mut wire, 6, &members.iter().flat_map(one).collect::<Vec<u8>>());
        let decoded = proto::a2a::Task::decode(&wire[..]).unwrap();
        let (straight, decoded) = (proto::to_text::<proto::a2a::Task>(&wire), proto::write_text(&decoded));
        assert_eq!(tree(&straight.unwrap()), tree(&decoded.unwrap()), "SEED={seed} {members:?}");
    }
}

/// What a text says; ours refuses a member that comes twice.
fn tree(text: &str) -> proto::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

struct Run {
    python: Python,
    rng: StdRng,
    pool: DescriptorPool,
    texts: usize,
    /// How often each entry of the table was met.
    known: BTreeMap<&'static str, usize>,
    found: Vec<String>,
}

impl Run {
    fn case(&mut self, subject: &Subject) {
        let kind = self.pool.get_message_by_name(subject.name).unwrap();
        let wire = generate::message(&mut self.rng, &kind, 0).encode_to_vec();
        let (ours, theirs) = ((subject.write)(&wire), self.python.write(subject.name, &wire));
        match (&ours, &theirs) {
            (Ok(ours), Ok(theirs)) => self.both_wrote(subject, &kind, ours, theirs),
            (Err(_), Err(_)) => {}
            // Only numbers that JSON has none for are written by one side alone: `null` is what ours says then.
            (Ok(_), Err(why)) if why.contains("Fail to serialize") => self.note("numbers that JSON has not"),
            _ => self.found.push(format!("{} written: ours {ours:?}, python {theirs:?}", subject.name)),
        }
    }

    fn both_wrote(&mut self, subject: &Subject, kind: &MessageDescriptor, ours: &str, theirs: &str) {
        let read = |bytes: Vec<u8>| DynamicMessage::decode(kind.clone(), &bytes[..]).unwrap();
        let expected = read(self.python.read(subject.name, theirs).unwrap());
        let all = [
            ("theirs by ours", (subject.read)(theirs)),
            ("ours by ours", (subject.read)(ours)),
            ("ours by theirs", self.python.read(subject.name, ours)),
        ];
        for (way, got) in all {
            match got.map(read) {
                Ok(got) if same(&got, &expected) => {}
                got => self.found.push(format!("{} {way}: {got:?}\n ours {ours}\n theirs {theirs}", subject.name)),
            }
        }
        let tree: Value = serde_json::from_str(ours).unwrap();
        if let Some(missing) = required(&tree, kind).filter(|_| subject.name.starts_with("lf.a2a")) {
            self.found.push(format!("{} lacks {missing}: {ours}", subject.name));
        }
        // What only the command line prints is read by nobody but those who get it as it was written.
        let variations = if subject.name.starts_with("lf.a2a") { VARIATIONS } else { 0 };
        for _ in 0..variations {
            let start = if self.rng.random_bool(0.5) { ours } else { theirs };
            let text = vary::text(&mut self.rng, &serde_json::from_str(start).unwrap(), kind);
            self.text(subject, kind, &text);
        }
    }

    /// Both read the same from a text, or both refuse it, or the table knows.
    fn text(&mut self, subject: &Subject, kind: &MessageDescriptor, text: &str) {
        self.texts += 1;
        let read = |bytes: Vec<u8>| DynamicMessage::decode(kind.clone(), &bytes[..]).unwrap();
        let (ours, theirs) = ((subject.read)(text), self.python.read(subject.name, text));
        match (ours, theirs) {
            (Ok(ours), Ok(theirs)) => {
                let (ours, theirs) = (read(ours), read(theirs));
                if !same(&ours, &theirs) {
                    self.found.push(format!("{} {text}\n ours {ours:?}\n theirs {theirs:?}", subject.name));
                }
            }
            (Err(_), Err(_)) => {}
            (Err(ours), Ok(_)) => self.differs(Side::Ours, &ours, text),
            (Ok(_), Err(theirs)) => self.differs(Side::Python, &theirs, text),
        }
    }

    fn differs(&mut self, refuses: Side, saying: &str, text: &str) {
        let known = DIFFERENCES.iter().find(|known| known.refuses == refuses && saying.contains(known.saying));
        match known {
            Some(known) => self.note(known.saying),
            None => self.found.push(format!("only {refuses:?} refuses: {saying}\n {text}")),
        }
    }

    fn note(&mut self, known: &'static str) {
        *self.known.entry(known).or_default() += 1;
    }
}

/// Equal, or the same bytes in the order of another encoder: what is no number equals nothing.
fn same(one: &DynamicMessage, other: &DynamicMessage) -> bool {
    let bytes = |message: &DynamicMessage| {
        let mut bytes = message.encode_to_vec();
        bytes.sort_unstable();
        bytes
    };
    one == other || bytes(one) == bytes(other)
}

/// The first REQUIRED member that is not there although its message is.
fn required(value: &Value, kind: &MessageDescriptor) -> Option<String> {
    let Value::Object(members) = value else { return None };
    if kind.package_name() != "lf.a2a.v1" {
        return None;
    }
    kind.fields().find_map(|field| {
        let member = members.get(field.json_name());
        let inner = field.kind().as_message().cloned();
        match (member, inner) {
            (None, inner) if proto::required_fields(kind.name()).contains(&field.name()) => {
                (inner.is_none() || field.is_list() || field.is_map()).then(|| field.full_name().to_owned())
            }
            (Some(Value::Array(items)), Some(inner)) => items.iter().find_map(|item| required(item, &inner)),
            (Some(Value::Object(entries)), Some(inner)) if field.is_map() => {
                let inner = inner.map_entry_value_field().kind().as_message().cloned()?;
                entries.values().find_map(|entry| required(entry, &inner))
            }
            (Some(member), Some(inner)) => required(member, &inner),
            (Some(_), None) | (None, _) => None,
        }
    })
}
