//! What follows from each try, by what was known before it.

use a2a::{ClientError, Error};
use engine::{Cause, Code, Sent};
use tonic::Status;

use super::{Next, Try, sort, stopped};
use crate::dispatcher::Barred;

fn refused(code: tonic::Code, reason: Option<&str>, message: &str) -> ClientError {
    ClientError::Refused(Error::Other { code, reason: reason.map(str::to_owned), message: message.to_owned() })
}

fn denied(reason: Option<&str>) -> ClientError {
    refused(tonic::Code::PermissionDenied, reason, "no")
}

/// Tries after which nobody says whether an earlier copy was taken.
fn unseen() -> Vec<Try> {
    let address = ClientError::Address(service::client::UrlError::Malformed("x".to_owned()));
    let mut unseen = vec![stopped(Barred::Address), sort(address), sort(denied(None))];
    // Of whatever is between, as far as anybody knows: ours all give a reason.
    let others = [tonic::Code::NotFound, tonic::Code::InvalidArgument, tonic::Code::Unimplemented];
    unseen.extend(others.map(|code| sort(refused(code, None, "no"))));
    unseen.push(sort(refused(tonic::Code::ResourceExhausted, None, "the request is too large: go away")));
    unseen
}

#[test]
fn what_nobody_has_looked_at_declines_only_what_was_never_sent_before() {
    for tried in unseen() {
        assert!(matches!(tried.next(Sent::Never, true, false), Next::Decline(_)), "{tried:?}");
        assert!(matches!(tried.next(Sent::Never, false, false), Next::Decline(_)), "{tried:?}");
        assert_eq!(tried.next(Sent::Perhaps, true, false), Next::Again(Sent::Perhaps), "{tried:?}");
        assert!(matches!(tried.next(Sent::Perhaps, true, true), Next::Settle(_)), "the fence decides: {tried:?}");
    }
    let said = Next::Decline(Cause::new(Code::Unreachable, Barred::Address.to_string()));
    assert_eq!(stopped(Barred::Address).next(Sent::Never, true, false), said);
}

#[test]
fn what_an_agent_has_looked_at_and_refused_is_declined_whenever() {
    for sent in [Sent::Never, Sent::Perhaps] {
        for refusal in [denied(Some("NOT_OURS")), ClientError::Refused(Error::DispatchFenced)] {
            assert!(matches!(sort(refusal).next(sent, true, false), Next::Decline(_)));
        }
    }
}

#[test]
fn what_may_have_got_through_is_sent_again_to_ours_and_looked_for_at_others() {
    let unknown = || Try::Unknown(ClientError::Timeout);
    assert_eq!(unknown().next(Sent::Never, true, true), Next::Again(Sent::Perhaps));
    assert_eq!(unknown().next(Sent::Never, false, true), Next::Adopt);
    let unreached = || sort(ClientError::Unreachable(Status::unavailable("nobody")));
    assert_eq!(unreached().next(Sent::Never, true, false), Next::Again(Sent::Never));
    assert!(matches!(unreached().next(Sent::Never, true, true), Next::Decline(_)));
    assert_eq!(unreached().next(Sent::Perhaps, true, true), Next::Again(Sent::Perhaps));
    let busy = || sort(ClientError::Refused(Error::WrongStore));
    assert_eq!(busy().next(Sent::Never, true, false), Next::Again(Sent::Perhaps));
    assert_eq!(busy().next(Sent::Never, false, false), Next::Again(Sent::Never));
    assert!(matches!(busy().next(Sent::Never, true, true), Next::Settle(_)));
}

#[test]
fn what_somebody_between_has_too_much_for_is_sent_again_and_never_taken_for_refused() {
    let limited = || sort(refused(tonic::Code::ResourceExhausted, None, "too many requests"));
    for sent in [Sent::Never, Sent::Perhaps] {
        assert_eq!(limited().next(sent, true, false), Next::Again(Sent::Perhaps));
        let Next::Settle(cause) = limited().next(sent, true, true) else { panic!("the fence decides") };
        assert_eq!(cause.code, Code::Overloaded);
    }
    assert_eq!(limited().next(Sent::Never, false, false), Next::Again(Sent::Never));
}
