//! Messages of any kind, made from their descriptors: every field there and not there, with values at their edges.

use prost_reflect::{
    Cardinality, DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, ReflectMessage as _, Value,
};
use rand::RngExt as _;
use rand::rngs::StdRng;

/// Messages within each other; below that only what is not a message.
const DEPTH: usize = 6;

/// Years 1 to 9999, in seconds since 1970.
const TIMES: [i64; 8] = [-62_135_596_800, -1, 0, 1, 951_782_400, 1_795_000_000, 4_107_542_400, 253_402_300_799];
const NANOS: [i32; 8] = [0, 1, 1_000, 123_456_000, 1_000_000, 123_000_000, 999_999_999, 500_000_000];

const NUMBERS: [f64; 21] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.1,
    1.5,
    1e15,
    1e16,
    1e21,
    1e-7,
    5e-324,
    f64::MAX,
    f64::MIN,
    f64::EPSILON,
    9_007_199_254_740_991.0,
    9_007_199_254_740_992.0,
    9_007_199_254_740_994.0,
    -9_007_199_254_740_992.0,
    123_456_789.125,
    f64::INFINITY,
    f64::NAN,
];

const TEXTS: [&str; 14] = [
    "",
    "a",
    "null",
    "0",
    "-",
    "caf\u{e9} \u{1f692}",
    "\u{0}\u{1f}\u{7f}",
    "\"\\/\u{8}\u{c}\n\r\t",
    "\u{2028}\u{2029}\u{feff}",
    "<script>&amp;</script>",
    "2026-11-21T05:00:00Z",
    "TASK_STATE_WORKING",
    "@type",
    "a longer text, of the length that an address or a sentence has, so that it lies on the heap in any case",
];

pub(crate) fn message(rng: &mut StdRng, kind: &MessageDescriptor, depth: usize) -> DynamicMessage {
    let mut message = DynamicMessage::new(kind.clone());
    match kind.full_name() {
        "google.protobuf.Timestamp" => {
            let seconds = *pick(rng, &TIMES);
            moment(rng, &mut message, seconds);
        }
        "google.protobuf.Duration" => {
            let seconds = *pick(rng, &[0, 1, 30, 315_576_000_000, 86_399]);
            moment(rng, &mut message, seconds);
        }
        _ => fill(rng, kind, depth, &mut message),
    }
    message
}

fn fill(rng: &mut StdRng, kind: &MessageDescriptor, depth: usize, message: &mut DynamicMessage) {
    let share = if depth < 2 { 0.7 } else { 0.4 };
    let in_oneof = |field: &FieldDescriptor| field.containing_oneof().is_some_and(|oneof| !oneof.is_synthetic());
    for field in kind.fields().filter(|field| !in_oneof(field)) {
        if rng.random_bool(share) {
            set(rng, &field, depth, message);
        }
    }
    for oneof in kind.oneofs().filter(|oneof| !oneof.is_synthetic()) {
        let cases: Vec<FieldDescriptor> = oneof.fields().collect();
        if rng.random_bool(0.9) {
            let case = pick(rng, &cases);
            set(rng, case, depth, message);
        }
    }
}

fn set(rng: &mut StdRng, field: &FieldDescriptor, depth: usize, message: &mut DynamicMessage) {
    let Some(value) = member(rng, field, depth) else { return };
    message.set_field(field, value);
}

/// Nothing where a message would be nested too deep.
fn member(rng: &mut StdRng, field: &FieldDescriptor, depth: usize) -> Option<Value> {
    let count = rng.random_range(0..4);
    match field.kind() {
        Kind::Message(_) if depth >= DEPTH => None,
        Kind::Message(entry) if field.is_map() => {
            let value = entry.map_entry_value_field().kind();
            let one = |rng: &mut StdRng| (MapKey::String(text(rng)), scalar(rng, &value, depth + 1));
            Some(Value::Map((0..count).map(|_| one(rng)).collect()))
        }
        kind if field.cardinality() == Cardinality::Repeated => {
            Some(Value::List((0..count).map(|_| scalar(rng, &kind, depth)).collect()))
        }
        kind => Some(scalar(rng, &kind, depth)),
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "any number will do")]
fn scalar(rng: &mut StdRng, kind: &Kind, depth: usize) -> Value {
    let whole = *pick(rng, &[0, 1, -1, 50, i64::from(i32::MAX), i64::from(i32::MIN), i64::MAX, i64::MIN, 1 << 53, 77]);
    match kind {
        Kind::Message(kind) => Value::Message(message(rng, kind, depth + 1)),
        Kind::Enum(kind) if kind.full_name() == "google.protobuf.NullValue" => Value::EnumNumber(0),
        Kind::Enum(kind) => {
            let known: Vec<i32> = kind.values().map(|value| value.number()).collect();
            Value::EnumNumber(if rng.random_bool(0.9) { *pick(rng, &known) } else { *pick(rng, &[99, -1, i32::MAX]) })
        }
        Kind::String => Value::String(text(rng)),
        Kind::Bytes => Value::Bytes((0..rng.random_range(0..9)).map(|_| rng.random::<u8>()).collect::<Vec<_>>().into()),
        Kind::Bool => Value::Bool(rng.random()),
        Kind::Double => Value::F64(number(rng)),
        Kind::Float => Value::F32(*pick(rng, &[0.0, 1.5, f32::MAX, f32::MIN_POSITIVE])),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(whole as i32),
        Kind::Uint32 | Kind::Fixed32 => Value::U32(whole as u32),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(whole),
        Kind::Uint64 | Kind::Fixed64 => Value::U64(whole as u64),
    }
}

fn number(rng: &mut StdRng) -> f64 {
    match rng.random_range(0..4) {
        // What JSON has no number for comes seldom: such a message is written by one side alone.
        0 if rng.random_bool(0.02) => *pick(rng, &NUMBERS[19..]),
        0 => *pick(rng, &NUMBERS[..19]),
        1 => f64::from(rng.random::<i32>()),
        2 => Some(f64::from_bits(rng.random())).filter(|number| number.is_finite()).unwrap_or(0.5),
        _ => f64::from(rng.random::<i16>()) / 8.0,
    }
}

fn moment(rng: &mut StdRng, message: &mut DynamicMessage, seconds: i64) {
    let outside = rng.random_bool(0.01);
    message.set_field_by_name("seconds", Value::I64(if outside { i64::MAX } else { seconds }));
    message.set_field_by_name("nanos", Value::I32(*pick(rng, &NANOS)));
    if message.descriptor().name() == "Duration" && seconds == 315_576_000_000 {
        message.clear_field_by_name("nanos");
    }
}

pub(crate) fn text(rng: &mut StdRng) -> String {
    if rng.random_bool(0.8) {
        return (*pick(rng, &TEXTS)).to_owned();
    }
    (0..rng.random_range(0..12)).map(|_| rng.random::<char>()).collect()
}

pub(crate) fn pick<'a, T>(rng: &mut StdRng, from: &'a [T]) -> &'a T {
    &from[rng.random_range(0..from.len())]
}
