//! The JSON that is written by hand is that of the descriptors, field by field.

use std::collections::BTreeMap;

use a2a::frame::Piece;
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, ReflectMessage};
use prost_types::Duration;
use proto::a2a::part::Content;
use proto::a2a::{Message, Part};
use proto::value::{List, Slot};
use proto::watchroom::orchestrator::v1::{Plan, Step, Triage, TriageDecision};
use proto::{Struct, Value};
use proto::{from_json, to_json};

use super::{Json, put_piece, put_pieces, put_step};

/// As the descriptors have it.
fn described<M: prost::Message + prost::Name>(message: &M) -> Value {
    let text = to_json(message).unwrap();
    let carrier: Part = from_json(&format!("{{\"data\":{text}}}")).unwrap();
    let Some(Content::Data(value)) = carrier.content else { panic!("{text} is no data") };
    value
}

#[track_caller]
fn agree<M: Json + std::fmt::Debug + prost::Message + prost::Name>(message: &M) {
    let mut written = Vec::new();
    message.put(Slot::new(&mut written));
    assert_eq!(written, described(message).encode_to_vec(), "{message:?}");
}

impl Json for Part {
    fn put(&self, to: Slot<'_>) {
        to.object(|out| put_piece(&Piece::of(&self.encode_to_vec()).unwrap(), out));
    }
}

impl Json for Step {
    fn put(&self, to: Slot<'_>) {
        let mut items = Vec::new();
        let message = Message { parts: self.input.clone(), ..Message::default() }.encode_to_vec();
        put_pieces(&Piece::all(&message), &mut List::new(&mut items));
        to.object(|out| put_step(self, &items, out));
    }
}

/// A message with every field set, and every repeated one twice; `depth` bounds what holds itself.
fn full(message: &MessageDescriptor, depth: usize) -> DynamicMessage {
    let mut full = DynamicMessage::new(message.clone());
    for field in message.fields() {
        if let Some(value) = some_value(&field, depth) {
            full.set_field(&field, value);
        }
    }
    full
}

fn some_value(field: &FieldDescriptor, depth: usize) -> Option<prost_reflect::Value> {
    use prost_reflect::Value as Dynamic;
    if field.is_map() {
        let Kind::Message(entry) = field.kind() else { return None };
        let value = some_value(&entry.map_entry_value_field(), depth)?;
        return Some(Dynamic::Map([(MapKey::String("member".to_owned()), value)].into()));
    }
    let one = match field.kind() {
        Kind::String => Dynamic::String("words".to_owned()),
        Kind::Bytes => Dynamic::Bytes(vec![0xfb, 0xff, 7].into()),
        Kind::Bool => Dynamic::Bool(true),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Dynamic::I32(7),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Dynamic::I64(7),
        Kind::Uint32 | Kind::Fixed32 => Dynamic::U32(7),
        Kind::Uint64 | Kind::Fixed64 => Dynamic::U64(7),
        Kind::Float => Dynamic::F32(0.5),
        Kind::Double => Dynamic::F64(0.5),
        Kind::Enum(kinds) => Dynamic::EnumNumber(kinds.values().last()?.number()),
        Kind::Message(inner) if depth > 0 => Dynamic::Message(full(&inner, depth - 1)),
        Kind::Message(_) => return None,
    };
    Some(if field.is_list() { Dynamic::List(vec![one.clone(), one]) } else { one })
}

#[test]
fn every_field_of_a_plan_and_of_its_trace_has_its_json() {
    let pool = DescriptorPool::decode(proto::DESCRIPTORS).unwrap();
    let triage = pool.get_message_by_name("watchroom.orchestrator.v1.Triage").unwrap();
    agree(&full(&triage, 2).transcode_to::<Triage>().unwrap());
    let plan = pool.get_message_by_name("watchroom.orchestrator.v1.Plan").unwrap();
    for depth in 1..=6 {
        let plan = full(&plan, depth);
        assert!(plan.descriptor().fields().all(|field| plan.has_field(&field)), "{plan:?}");
        agree(&plan.transcode_to::<Plan>().unwrap());
    }
}

#[test]
fn what_is_unset_is_left_out() {
    agree(&Plan::default());
    agree(&Triage { decisions: vec![TriageDecision::default()], ..Triage::default() });
    agree(&Step::default());
    agree(&Part::default());
    agree(&Plan { steps: vec![Step { input: vec![Part::default()], ..Step::default() }], ..Plan::default() });
}

#[test]
fn a_part_keeps_what_it_carries_even_when_that_is_empty() {
    use proto::value::Kind;
    let part = |content| Part { content: Some(content), ..Part::default() };
    let value = |kind| Content::Data(Value { kind: Some(kind) });

    let fields = BTreeMap::from([("a".to_owned(), Value { kind: Some(Kind::BoolValue(true)) })]);
    for content in [
        Content::Text(String::new()),
        Content::Raw(Default::default()),
        Content::Raw(vec![0xfb, 0xff, 1, 2].into()),
        Content::Url(String::new()),
        value(Kind::NullValue(0)),
        value(Kind::NumberValue(1.5)),
        value(Kind::StructValue(Struct { fields })),
    ] {
        agree(&part(content));
    }
}

#[test]
fn a_duration_has_as_many_decimals_as_it_needs() {
    for (seconds, nanos) in [(30, 0), (0, 0), (1, 500_000_000), (2, 1_000), (3, 7), (-1, -250_000_000)] {
        agree(&Plan { timeout: Some(Duration { seconds, nanos }), ..Plan::default() });
    }
}
