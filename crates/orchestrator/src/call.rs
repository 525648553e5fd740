//! From the words of a call to a plan: triage says who is needed, this says what they are told.

use std::collections::BTreeMap;

use a2a::metadata::{list, number, object, text};
use agent::words::{data_part, text_part};
use engine::{Mode, Origin, Payload, Plan, Question, Reason, Step};
use proto::a2a::part::Content;
use triage::{Service, Triage, triage};

use crate::plan::{parts, payload, title};
use crate::services;
use crate::settings::Settings;

/// Most decisions of triage that are told as reasons for a doubt.
const DOUBTS: usize = 10;

/// The reason for a doubt where triage has decided nothing.
const NOTHING_KNOWN: &str = "the call has no words that say what has happened";

/// A call and what triage made of it.
#[derive(Debug)]
pub(crate) struct Call {
    /// The caller's words, turn by turn.
    turns: Vec<String>,
    /// What they need.
    pub(crate) triage: Triage,
}

impl Call {
    /// Triages a call.
    pub(crate) fn new(words: String) -> Self {
        Self::of(vec![words])
    }

    /// Triages the call that `plan` was made from, together with what its caller has said since.
    pub(crate) fn of_plan(plan: &Plan, since: Option<String>) -> Self {
        let said = parts(&plan.about).into_iter().filter_map(|part| match part.content {
            Some(Content::Text(text)) => Some(text),
            Some(Content::Raw(_) | Content::Url(_) | Content::Data(_)) | None => None,
        });
        Self::of(said.chain(since).collect())
    }

    fn of(turns: Vec<String>) -> Self {
        let triage = triage(&turns.join("\n"));
        Self { turns, triage }
    }

    /// The place that it names, empty when it names none.
    pub(crate) fn place(&self) -> &str {
        self.triage.place.as_ref().map_or("", |place| place.text.as_str())
    }

    /// The plan that sends whoever is needed.
    pub(crate) fn plan(&self, mode: Option<Mode>, settings: &Settings) -> Plan {
        let services = &self.triage.services;
        let steps = services.iter().map(|service| self.step(*service, settings)).collect();
        Plan {
            mode: mode.unwrap_or(settings.mode),
            timeout: settings.timeout,
            patience: settings.patience.clone(),
            question: self.question(),
            about: self.about(),
            ..Plan::new(&self.title(), Origin::Text, steps)
        }
    }

    /// The steps of the services that `plan` lacks.
    pub(crate) fn missing(&self, plan: &Plan, settings: &Settings) -> Vec<Step> {
        let wanted = self.triage.services.iter().map(|service| self.step(*service, settings));
        wanted.filter(|step| plan.step(&step.id).is_none()).collect()
    }

    /// The call and its incident: what plans are made from and what agents get.
    pub(crate) fn about(&self) -> Payload {
        payload(self.turns.iter().map(text_part).chain([self.incident()]).collect())
    }

    /// Why triage is not sure, in words; none when it is.
    pub(crate) fn doubts(&self) -> Vec<String> {
        let trace = &self.triage.trace;
        match self.triage.question() {
            Some(triage::Question::Clarification) if trace.is_empty() => vec![NOTHING_KNOWN.to_owned()],
            Some(triage::Question::Clarification) => trace.iter().take(DOUBTS).map(ToString::to_string).collect(),
            Some(triage::Question::Location) | None => Vec::new(),
        }
    }

    fn step(&self, service: Service, settings: &Settings) -> Step {
        let agent = services::agent(service);
        Step {
            title: title(&agent).into(),
            skill: Some(services::dispatch()),
            undo: Some(services::release()),
            retry: settings.retry.clone(),
            attempt_timeout: settings.attempt_timeout,
            ..Step::new(services::step_id(service), agent, self.about())
        }
    }

    /// What a plan for it is called.
    pub(crate) fn title(&self) -> String {
        // The limit of a title is 256 bytes; a place may be as long as the call, and a character has up to four.
        let place: String = self.place().chars().take(58).collect();
        match (self.triage.services.is_empty(), place.as_str()) {
            (true, _) => "Nobody is needed".to_owned(),
            (false, "") => "Emergency dispatch".to_owned(),
            (false, place) => format!("Emergency dispatch to {place}"),
        }
    }

    /// What its caller is asked once the provisional steps have ended.
    pub(crate) fn question(&self) -> Option<Question> {
        self.triage.question().map(|question| match question {
            triage::Question::Location => Question { reason: Reason::Location, text: "Where is help needed?".into() },
            triage::Question::Clarification => {
                Question { reason: Reason::Clarification, text: "What has happened, and is anybody hurt?".into() }
            }
        })
    }

    /// The incident as data: `{type, priority, location, confidence, services}`.
    fn incident(&self) -> proto::a2a::Part {
        let Triage { services, kind, priority, confidence, .. } = &self.triage;
        let mut fields = BTreeMap::from([
            ("type".to_owned(), text(kind.as_str())),
            ("priority".to_owned(), number(priority.level())),
            ("confidence".to_owned(), number(*confidence)),
            ("services".to_owned(), list(services.iter().map(|service| text(service.as_str())))),
        ]);
        if !self.place().is_empty() {
            fields.insert("location".to_owned(), object(BTreeMap::from([("text".to_owned(), text(self.place()))])));
        }
        data_part(object(fields))
    }
}
