//! What JSON costs per message: the generated members beside the way over the descriptors, on the messages of one
//! call. `cargo bench -p proto --bench cost -- [write|read] [descriptors|generated]`; without words all four.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that cannot go on has failed")]

use std::hint::black_box;
use std::time::Instant;

use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};
use proto::a2a::{SendMessageRequest, SendMessageResponse};

const REQUEST: &str = r#"{"message":{"messageId":"0198f3c2-5e4b-7a31-9a70-0d9c7f6a1b2c","contextId":"ward-7","role":"ROLE_USER",
"parts":[{"text":"Two-storey house on fire at 12 Acacia Avenue, smoke on both floors, one person still inside."},
{"data":{"caller":"Anna","floors":2,"injured":null,"hazards":["smoke","gas"]}}],"metadata":{"urn:watchroom:ext:dispatch:v1":
{"run":"0198f3c2-5e4b-7a31-9a70-0d9c7f6a1b2d","step":"fire","attempt":1,"turn":1,"not_after":1795239000000,"at_most_once":false}}},
"configuration":{"historyLength":0,"acceptedOutputModes":["text/plain"]}}"#;

const RESPONSE: &str = r#"{"task":{"id":"0198f3c2-5e4b-7a31-9a70-0d9c7f6a1b2e","contextId":"ward-7","status":{"state":"TASK_STATE_COMPLETED",
"timestamp":"2026-11-21T05:00:00.123Z","message":{"messageId":"0198f3c2-5e4b-7a31-9a70-0d9c7f6a1b2e:3","role":"ROLE_AGENT",
"parts":[{"text":"Engine 7 is on its way."}]}},"artifacts":[{"artifactId":"report","name":"Report","parts":[{"text":
"Engine 7 with four, and ladder 2 with two, have left the station; eight minutes."},{"data":{"units":["E7","L2"],"minutes":8}}]}],
"history":[{"messageId":"0198f3c2-5e4b-7a31-9a70-0d9c7f6a1b2c","role":"ROLE_USER","parts":[{"text":
"Two-storey house on fire at 12 Acacia Avenue, smoke on both floors, one person still inside."}]}],
"metadata":{"urn:watchroom:ext:cursor:v1":{"seq":5}}}}"#;

/// Times that each way is gone.
const ROUNDS: u32 = 20_000;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let wanted = |name: &str| words.is_empty() || words.iter().all(|word| name.contains(word.as_str()));
    let pool = DescriptorPool::decode(proto::DESCRIPTORS).unwrap();
    let [asked, told] = ["SendMessageRequest", "SendMessageResponse"]
        .map(|name| pool.get_message_by_name(&format!("lf.a2a.v1.{name}")).unwrap());
    let wire = proto::from_text::<SendMessageResponse>(RESPONSE).unwrap().encode_to_vec();
    let by_descriptors = || {
        let message = DynamicMessage::decode(told.clone(), &wire[..]).unwrap();
        let options = SerializeOptions::new().skip_default_fields(true);
        let tree = message.serialize_with_options(serde_json::value::Serializer, &options).unwrap();
        serde_json::json!({"jsonrpc": "2.0", "id": 1, "result": tree}).to_string().len()
    };
    let generated = || {
        let result = proto::to_text::<SendMessageResponse>(&wire).unwrap();
        format!(r#"{{"jsonrpc":"2.0","id":1,"result":{result}}}"#).len()
    };
    let read_by_descriptors = || {
        let tree: serde_json::Value = serde_json::from_str(REQUEST).unwrap();
        let message = DynamicMessage::deserialize(asked.clone(), tree).unwrap();
        message.transcode_to::<SendMessageRequest>().unwrap().encoded_len()
    };
    let read_generated = || proto::from_text::<SendMessageRequest>(REQUEST).unwrap().encoded_len();
    let ways: [(&str, &dyn Fn() -> usize); 4] = [
        ("write descriptors", &by_descriptors),
        ("write generated", &generated),
        ("read descriptors", &read_by_descriptors),
        ("read generated", &read_generated),
    ];
    for (name, way) in ways.into_iter().filter(|(name, _)| wanted(name)) {
        let begun = Instant::now();
        let bytes: usize = (0..ROUNDS).map(|_| black_box(way())).sum();
        println!(
            "{name}\t{:.2} µs, {} bytes",
            begun.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS),
            bytes / ROUNDS as usize
        );
    }
}
