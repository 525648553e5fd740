//! The raw messages are the same on the wire as the generated ones, and keep what those forget.

#![allow(clippy::unwrap_used, reason = "helpers of tests may unwrap as tests do")]

use std::time::{Duration, Instant};

use prost::Message;
use proto::raw;
use proto::watchroom::registry::v1 as typed;

fn card() -> proto::a2a::AgentCard {
    proto::a2a::AgentCard { name: "fire".into(), version: "1".into(), ..Default::default() }
}

fn registration() -> typed::Registration {
    typed::Registration {
        instance_id: "one".into(),
        card: Some(card()),
        store_id: "store".into(),
        role: "responder".into(),
        domain: "emergency".into(),
    }
}

fn agent() -> typed::Agent {
    typed::Agent {
        registration: Some(registration()),
        epoch: 7,
        health: typed::Health::NotServing.into(),
        in_flight: 3,
        registered_at: Some(prost_types::Timestamp { seconds: 5, nanos: 6 }),
        renewed_at: Some(prost_types::Timestamp { seconds: 8, nanos: 9 }),
        draining: true,
        load_percent: Some(0),
        callers: Some(callers()),
        ttl: Some(prost_types::Duration { seconds: 10, nanos: 0 }),
        verification: typed::Verification::Signed.into(),
        verification_detail: "by one".into(),
    }
}

fn callers() -> typed::Callers {
    let latency = Some(prost_types::Duration { seconds: 0, nanos: 5 });
    typed::Callers { calls: 7, failures: 3, latency, failing: true }
}

/// Through the raw form and back.
fn survives<Typed: Message + PartialEq + Default + std::fmt::Debug, Raw: Message + Default>(message: Typed) {
    let raw = Raw::decode(message.encode_to_vec().as_slice()).unwrap();
    let bytes = raw.encode_to_vec();
    assert_eq!(bytes, message.encode_to_vec());
    assert_eq!(Typed::decode(bytes.as_slice()).unwrap(), message);
}

#[test]
fn raw_messages_are_wire_identical_to_the_generated_ones() {
    survives::<_, raw::RegisterRequest>(typed::RegisterRequest {
        registration: Some(registration()),
        ttl: Some(prost_types::Duration { seconds: 10, nanos: 1 }),
    });
    survives::<_, raw::Agent>(agent());
    survives::<_, raw::QueryAgentsResponse>(typed::QueryAgentsResponse {
        agents: vec![agent(), agent()],
        next_page_token: "next".into(),
        version: 9,
        registry_id: "registry".into(),
        stale: true,
    });
}

#[test]
fn raw_watch_events_are_wire_identical_to_the_generated_ones() {
    use typed::watch_agents_response::Event;
    let (name, agent_version, instance_id) = ("fire".to_owned(), "1".to_owned(), "one".to_owned());
    let removed = typed::Removed {
        name: name.clone(),
        agent_version: agent_version.clone(),
        instance_id: instance_id.clone(),
        reason: typed::RemoveReason::LeaseExpired.into(),
    };
    let report = typed::Report {
        name,
        agent_version,
        instance_id,
        health: 1,
        in_flight: 2,
        draining: true,
        load_percent: Some(120),
        callers: Some(callers()),
    };
    let synced = typed::Synced { registry_id: "registry".into() };
    let bookmark = Event::Bookmark(typed::Bookmark { stale: true });
    let told = [Event::Upsert(agent()), Event::Removed(removed), Event::Synced(synced), Event::Report(report)];
    for event in told.into_iter().chain([bookmark]) {
        survives::<_, raw::WatchAgentsResponse>(typed::WatchAgentsResponse { version: 4, event: Some(event) });
    }
}

#[test]
fn a_raw_registration_keeps_fields_that_the_card_does_not_know() {
    let mut bytes = card().encode_to_vec();
    // Field 1000, a varint.
    bytes.extend([0xC0, 0x3E, 0x2A]);
    let raw = raw::Registration {
        instance_id: "one".into(),
        card: Some(bytes.clone().into()),
        ..raw::Registration::default()
    };
    let back = raw::Registration::decode(raw.encode_to_vec().as_slice()).unwrap();
    assert_eq!(back.card.unwrap(), bytes);
    assert_eq!(typed::Registration::decode(raw.encode_to_vec().as_slice()).unwrap().card, Some(card()));
}

#[test]
fn a_request_keeps_its_message_as_it_came() {
    use proto::a2a::{Message as Said, SendMessageConfiguration, SendMessageRequest};
    let metadata = Some(proto::Struct { fields: [("k".to_owned(), proto::Value::default())].into() });
    let said = Said { message_id: "m".into(), metadata: metadata.clone(), ..Said::default() };
    survives::<_, raw::SendMessageRequest>(SendMessageRequest::default());
    survives::<_, raw::SendMessageRequest>(SendMessageRequest {
        tenant: "t".into(),
        message: Some(said.clone()),
        configuration: Some(SendMessageConfiguration { return_immediately: true, ..Default::default() }),
        metadata,
    });
    // Twice the same field is one message, merged.
    let piece =
        |said: &Said| raw::SendMessageRequest { message: Some(said.encode_to_vec().into()), ..Default::default() };
    let other = Said { context_id: "c".into(), message_id: "n".into(), ..Said::default() };
    let both = [piece(&said).encode_to_vec(), piece(&other).encode_to_vec()].concat();
    let merged = SendMessageRequest::decode(&both[..]).unwrap().message.unwrap();
    assert_eq!((&merged.message_id[..], &merged.context_id[..]), ("n", "c"));
    let kept = raw::SendMessageRequest::decode(&both[..]).unwrap().message.unwrap();
    assert_eq!(Said::decode(kept).unwrap(), merged);
}

#[test]
fn a_field_that_is_cut_off_does_not_go_on_in_the_next_piece() {
    let pieces: [&[u8]; 2] = [&[0x12, 1, 0x0a], &[0x12, 2, 1, b'm']];
    let request = pieces.concat();
    proto::a2a::SendMessageRequest::decode(&request[..]).unwrap_err();
    raw::SendMessageRequest::decode(&request[..]).unwrap_err();
}

#[test]
fn a_message_in_as_many_pieces_as_there_is_room_for_is_put_together_in_a_moment() {
    // Each a field that nobody knows, so that what is put together grows with each.
    let piece = [0x12, 2, 0x7a, 0];
    let request = piece.repeat((4 << 20) / piece.len());
    let begun = Instant::now();
    let kept = raw::SendMessageRequest::decode(&request[..]).unwrap().message.unwrap();
    assert_eq!(kept.len(), request.len() / 2);
    // Minutes, where all of it is copied for each piece.
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}
