//! Calls over real sockets.

use std::time::Duration;

use bytes::Bytes;
use outbound::{DialError, Dialer, Guard, Roots, Target};
use push::{Failure, Keys, Letter, Line, Sender};
use types::Secret;

use crate::receiver::{Answer, Receiver};

const OK: Answer = Answer::Say("200 OK");

fn dialer(guard: Guard) -> Dialer {
    Dialer::new(guard, Roots::default())
}

fn sender(receiver: &Receiver) -> Sender {
    Sender::new(dialer(Guard::new([receiver.address.to_string().parse().unwrap()])), Duration::from_secs(5))
}

fn target(receiver: &Receiver) -> Target {
    receiver.url("/hook?key=1").parse().unwrap()
}

async fn post(sender: &Sender, line: &mut Line, target: &Target) -> Result<(), Failure> {
    let keys = Keys::default();
    sender.post(line, &Letter { target, keys: &keys, body: Bytes::from_static(b"{\"a\":1}") }).await
}

#[tokio::test]
async fn c91_a_call_carries_the_event_and_the_keys_under_every_name_in_use() {
    let receiver = Receiver::start(&[OK]).await;
    let secret = |text| Some(Secret::new(text));
    let keys = Keys { token: secret("t0ken"), authorization: secret("Bearer w0rd") };
    assert!(!format!("{keys:?}").contains("0"));
    let target = target(&receiver);
    let letter = Letter { target: &target, keys: &keys, body: Bytes::from_static(b"{\"a\":1}") };
    sender(&receiver).post(&mut Line::default(), &letter).await.unwrap();
    let got = receiver.got.lock().unwrap()[0].to_lowercase();
    let head = format!("post /hook?key=1 http/1.1\r\nhost: {}\r\n", receiver.address);
    assert!(got.starts_with(&head), "{got}");
    for line in [
        "content-type: application/a2a+json\r\n",
        "authorization: bearer w0rd\r\n",
        "x-a2a-notification-token: t0ken\r\n",
        "\r\na2a-notification-token: t0ken\r\n",
        "\r\n\r\n{\"a\":1}",
    ] {
        assert!(got.contains(line), "{line} in {got}");
    }
}

#[tokio::test]
async fn a_connection_is_used_again_and_replaced_when_it_has_gone() {
    let receiver = Receiver::start(&[OK, OK, Answer::Drop, OK]).await;
    let (sender, target, mut line) = (sender(&receiver), target(&receiver), Line::default());
    for _ in 0..2 {
        post(&sender, &mut line, &target).await.unwrap();
    }
    assert_eq!(*receiver.connections.lock().unwrap(), 1);
    post(&sender, &mut line, &target).await.unwrap();
    assert_eq!((*receiver.connections.lock().unwrap(), receiver.got.lock().unwrap().len()), (2, 4));
}

#[tokio::test]
async fn whatever_is_no_success_is_a_failure_and_redirects_are_not_followed() {
    let elsewhere = "302 Found\r\nlocation: http://127.0.0.1/";
    for (answer, expected) in [("500 Oops", 500), (elsewhere, 302), ("404 Nowhere", 404), ("304 Same", 304)] {
        let receiver = Receiver::start(&[Answer::Say(answer)]).await;
        let failure = post(&sender(&receiver), &mut Line::default(), &target(&receiver)).await.unwrap_err();
        assert!(matches!(failure, Failure::Status { status, .. } if status == expected), "{failure:?}");
        assert_eq!(receiver.got.lock().unwrap().len(), 1);
    }
    let receiver = Receiver::start(&[Answer::Say("503 Busy\r\nretry-after: 7")]).await;
    let failure = post(&sender(&receiver), &mut Line::default(), &target(&receiver)).await.unwrap_err();
    assert_eq!(failure.retry_after(), Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn a_receiver_that_cuts_or_says_nothing_has_failed() {
    let receiver = Receiver::start(&[Answer::Drop]).await;
    let failure = post(&sender(&receiver), &mut Line::default(), &target(&receiver)).await.unwrap_err();
    assert!(matches!(failure, Failure::Cut(_)), "{failure:?}");
    let receiver = Receiver::start(&[Answer::Silence]).await;
    let guard = Guard::new([receiver.address.to_string().parse().unwrap()]);
    let sender = Sender::new(dialer(guard), Duration::from_millis(50));
    let failure = post(&sender, &mut Line::default(), &target(&receiver)).await.unwrap_err();
    assert!(matches!(failure, Failure::Timeout), "{failure:?}");
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let receiver = Receiver::start(&[Answer::Endless]).await;
    let (sender, target, mut line) = (sender(&receiver), target(&receiver), Line::default());
    post(&sender, &mut line, &target).await.unwrap();
    post(&sender, &mut line, &target).await.unwrap();
    assert_eq!(*receiver.connections.lock().unwrap(), 2);
}

#[tokio::test]
async fn a_success_whose_body_never_comes_is_delivered_all_the_same() {
    let receiver = Receiver::start(&[Answer::Unfinished]).await;
    let guard = Guard::new([receiver.address.to_string().parse().unwrap()]);
    // The body takes longer than a whole call may: what was taken must not be sent again for that.
    let sender = Sender::new(dialer(guard), Duration::from_millis(500));
    post(&sender, &mut Line::default(), &target(&receiver)).await.unwrap();
    assert_eq!(receiver.got.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn c94_a_name_that_leads_to_a_closed_address_is_not_connected_to() {
    let receiver = Receiver::start(&[OK]).await;
    let target: Target = format!("http://localhost:{}/", receiver.address.port()).parse().unwrap();
    let sender = Sender::new(dialer(Guard::default()), Duration::from_secs(5));
    let failure = post(&sender, &mut Line::default(), &target).await.unwrap_err();
    assert!(matches!(failure, Failure::Dial(DialError::Forbidden)), "{failure:?}");
    assert_eq!(*receiver.connections.lock().unwrap(), 0);
    let sender = Sender::new(dialer(Guard::new(["localhost".parse().unwrap()])), Duration::from_secs(5));
    post(&sender, &mut Line::default(), &target).await.unwrap();
}

#[tokio::test]
async fn a_host_that_does_not_resolve_and_one_that_is_not_there_have_failed() {
    let receiver = Receiver::start(&[OK]).await;
    let target: Target = "http://nobody.invalid/".parse().unwrap();
    let failure = post(&sender(&receiver), &mut Line::default(), &target).await.unwrap_err();
    assert!(matches!(failure, Failure::Dial(DialError::Resolve(_))), "{failure:?}");
    let sender = Sender::new(dialer(Guard::new(["127.0.0.1".parse().unwrap()])), Duration::from_secs(5));
    let target: Target = "http://127.0.0.1:1/".parse().unwrap();
    let failure = post(&sender, &mut Line::default(), &target).await.unwrap_err();
    assert!(matches!(failure, Failure::Dial(DialError::Connect(_))), "{failure:?}");
}
