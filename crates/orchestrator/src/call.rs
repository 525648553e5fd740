//! From the words of a call to a plan: triage says who is needed, this says what they are told.

use std::collections::BTreeMap;

use a2a::metadata::{as_object, as_text, list, number, object, text};
use agent::words::{data_part, text_part};
use engine::{Event, Fact, FollowUp, Mode, Origin, Payload, Plan, Question, Run, Step};
use proto::a2a::part::Content;
use proto::watchroom::orchestrator::v1 as wire;
use triage::{Decision, Effect, Service, Triage};
use types::StepId;

use crate::plan::{parts, payload, telling, title};
use crate::settings::Settings;
use crate::{question, services};

/// Most decisions of triage that are told as reasons for a doubt.
const DOUBTS: usize = 10;

/// Most decisions of triage that are told in full.
const DECISIONS: usize = 64;

/// Most quotations that one decision is told with, and the most letters of each.
const QUOTES: usize = 8;
const QUOTE: usize = 120;

/// Most letters of a decision in a line.
const LINE: usize = 200;

/// The reason for a doubt where triage has decided nothing.
const NOTHING_KNOWN: &str = "the call has no words that say what has happened";

/// The same where it has decided all that it found.
const NO_MORE: &str = "the call says no more than that";

/// A call and what triage made of it.
#[derive(Debug)]
pub(crate) struct Call {
    /// The caller's words, turn by turn.
    turns: Vec<String>,
    /// What they need.
    pub(crate) triage: Triage,
    /// The lines of its outcomes, which are told in more than one place.
    reasons: Vec<String>,
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

    /// The call of an event that tells one, which has just been applied to `run`: as it was triaged for this decision,
    /// or, where an earlier run's plan is taken over, once more.
    pub(crate) fn told_by(run: &Run, event: &Event, triaged: &mut Option<Self>) -> Option<Self> {
        let tells = matches!(event.fact, Fact::Accepted(_) | Fact::Answered(_)) && run.plan().origin == Origin::Text;
        tells.then(|| triaged.take().unwrap_or_else(|| Self::of_plan(run.plan(), None)))
    }

    fn of(turns: Vec<String>) -> Self {
        let triage = question::heard(&turns);
        let reasons = outcomes(&triage).map(|decision| reason(decision, &triage)).collect();
        Self { turns, triage, reasons }
    }

    /// The place that it names, empty when it names none.
    pub(crate) fn place(&self) -> &str {
        self.triage.place.as_ref().map_or("", |place| place.text.as_str())
    }

    /// How many are hurt, where it says a number.
    pub(crate) fn casualties(&self) -> Option<u32> {
        triage::casualties(&self.turns.join("\n"))
    }

    /// The plan that sends whoever is needed.
    pub(crate) fn plan(&self, mode: Option<Mode>, settings: &Settings) -> Plan {
        let (services, about) = (&self.triage.services, self.about());
        let steps = services.iter().map(|service| step(*service, &about, settings)).collect();
        Plan {
            mode: mode.unwrap_or(settings.mode),
            timeout: settings.timeout,
            patience: settings.patience.clone(),
            question: self.question(),
            about,
            ..Plan::new(&self.title(false), Origin::Text, steps)
        }
    }

    /// The steps of the services that `plan` lacks.
    pub(crate) fn missing(&self, plan: &Plan, settings: &Settings) -> Vec<Step> {
        let about = self.about();
        let wanted = self.triage.services.iter().map(|service| step(*service, &about, settings));
        wanted.filter(|step| plan.step(&step.id).is_none()).collect()
    }

    /// Whether it names another place than `plan` was made from.
    pub(crate) fn moves(&self, plan: &Plan) -> bool {
        !self.place().is_empty() && self.place() != place_of(&plan.about)
    }

    /// The steps that tell the place to those of `steps` whose agents may have been sent without it. What was not sent
    /// yet is sent with it. Where nobody knows whether an agent has it nobody can be told now; a run that goes on from this
    /// one, and finds that it has, tells it.
    pub(crate) fn redirects(&self, run: &Run, steps: &[StepId], settings: &Settings) -> Vec<Step> {
        let about = self.about();
        let sent = run.steps().filter(|(step, status)| steps.contains(&step.id) && status.may_be_out());
        sent.map(|(step, _)| redirect(step, &about, settings)).collect()
    }

    /// The call and its incident: what plans are made from and what agents get.
    pub(crate) fn about(&self) -> Payload {
        payload(self.turns.iter().map(text_part).chain([self.incident()]).collect())
    }

    /// Why triage is not sure, in words; none when it is. What is decided says itself, see [`Call::reasons`].
    pub(crate) fn doubts(&self) -> Vec<String> {
        if self.triage.question() != Some(triage::Question::Clarification) {
            return Vec::new();
        }
        let trace = &self.triage.trace;
        let found = trace.iter().filter(|decision| !decision.effect.is_outcome());
        let found: Vec<String> = found.take(DOUBTS).map(|decision| cut(&decision.to_string(), LINE)).collect();
        let nothing = trace.iter().all(|decision| decision.effect == Effect::SendsNobody);
        match (nothing, found.is_empty()) {
            (true, _) => vec![NOTHING_KNOWN.to_owned()],
            (false, true) => vec![NO_MORE.to_owned()],
            (false, false) => found,
        }
    }

    /// Who is sent or not, and for which words, and which places nobody is sent to; one line each.
    pub(crate) fn reasons(&self) -> &[String] {
        &self.reasons
    }

    /// The decisions of [`Self::reasons`], each with its line.
    pub(crate) fn outcomes(&self) -> impl Iterator<Item = (&Decision, &str)> {
        outcomes(&self.triage).zip(self.reasons.iter().map(String::as_str))
    }

    /// The dispatches of `plan` that the call, as it is known by now, does not ask for.
    pub(crate) fn overtaken<'p>(&self, plan: &'p Plan) -> impl Iterator<Item = &'p Step> {
        let wanted: Vec<StepId> = self.triage.services.iter().map(|service| services::step_id(*service)).collect();
        dispatches(plan).filter(move |step| !wanted.contains(&step.id))
    }

    /// What triage decided, and by which words; bounded, so that a long call leaves room for its run.
    pub(crate) fn trace(&self) -> wire::Triage {
        let Triage { services, kind, priority, hazards, confidence, trace, .. } = &self.triage;
        let (ends, found): (Vec<_>, Vec<_>) = trace.iter().partition(|decision| decision.effect.is_outcome());
        let room = DECISIONS.saturating_sub(ends.len());
        wire::Triage {
            r#type: kind.to_string(),
            priority: priority.level().into(),
            services: services.iter().map(ToString::to_string).collect(),
            location: self.place().to_owned(),
            confidence: *confidence,
            hazards: hazards.iter().map(|hazard| (*hazard).to_owned()).collect(),
            decisions: found.into_iter().take(room).chain(ends).map(told).collect(),
        }
    }

    /// What a plan for it is called; `sent` says whether somebody was sent before.
    pub(crate) fn title(&self, sent: bool) -> String {
        // The limit of a title is 256 bytes; a place may be as long as the call, and a character has up to four.
        let place: String = self.place().chars().take(58).collect();
        match (self.triage.services.is_empty() && !sent, place.as_str()) {
            (true, _) => "Nobody is needed".to_owned(),
            (false, "") => "Emergency dispatch".to_owned(),
            (false, place) => format!("Emergency dispatch to {place}"),
        }
    }

    /// What its caller is asked once the provisional steps have ended.
    pub(crate) fn question(&self) -> Option<Question> {
        question::first(&self.triage)
    }

    /// What is still to be asked after the answer to the plan's question.
    pub(crate) fn question_after(&self, plan: &Plan) -> Option<Question> {
        question::next(plan.question.as_ref()?.reason, &self.triage, &self.turns)
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

/// The step that sends a service; all of a call share what they are told.
fn step(service: Service, about: &Payload, settings: &Settings) -> Step {
    let agent = services::agent(service);
    Step {
        title: title(&agent).into(),
        skill: Some(services::dispatch()),
        undo: Some(services::release()),
        retry: settings.retry.clone(),
        attempt_timeout: settings.attempt_timeout,
        ..Step::new(services::step_id(service), agent, about.clone())
    }
}

/// The step that tells those the place whom `sent` has sent.
fn redirect(sent: &Step, about: &Payload, settings: &Settings) -> Step {
    Step {
        title: telling(&sent.agent).into(),
        skill: Some(services::redirect()),
        follow_up: Some(FollowUp::Tell(sent.id.clone())),
        retry: settings.retry.clone(),
        attempt_timeout: settings.attempt_timeout,
        ..Step::new(services::redirect_id(&sent.id), sent.agent.clone(), about.clone())
    }
}

/// The steps of a plan that send somebody.
pub(crate) fn dispatches(plan: &Plan) -> impl Iterator<Item = &Step> {
    plan.steps.iter().filter(|step| sends(step))
}

/// Whether a step sends somebody.
pub(crate) fn sends(step: &Step) -> bool {
    step.follow_up.is_none() && step.skill.as_ref() == Some(&services::dispatch())
}

/// The place that agents are told by what a plan is made from; empty when it has none.
pub(crate) fn place_of(about: &Payload) -> String {
    let place = |part: proto::a2a::Part| match part.content? {
        Content::Data(incident) => {
            let location = as_object(as_object(Some(&incident))?.fields.get("location"))?;
            as_text(location.fields.get("text")).map(str::to_owned)
        }
        Content::Text(_) | Content::Raw(_) | Content::Url(_) => None,
    };
    parts(about).into_iter().find_map(place).unwrap_or_default()
}

/// What triage decided of who goes, and of places beside the one that is in the title.
fn outcomes(triage: &Triage) -> impl Iterator<Item = &Decision> {
    triage.trace.iter().filter(|decision| decision.effect.is_outcome() && decision.effect != Effect::Locates)
}

/// An outcome in a line. Units have one place to go to, so another one that is named is told beside it.
fn reason(decision: &Decision, triage: &Triage) -> String {
    let goes = triage.place.as_ref().filter(|_| decision.effect == Effect::AlsoNames && !triage.services.is_empty());
    let line = decision.to_string();
    match goes {
        Some(place) => format!("{}; units go to {}", cut(&line, QUOTE), cut(&place.text, LINE - QUOTE - 20)),
        None => cut(&line, LINE),
    }
}

fn told(decision: &Decision) -> wire::TriageDecision {
    wire::TriageDecision {
        rule: decision.rule.to_owned(),
        words: decision.words.iter().take(QUOTES).map(|quote| cut(&quote.text, QUOTE)).collect(),
        effect: decision.effect.as_str().to_owned(),
        service: decision.effect.service().map(|service| service.to_string()).unwrap_or_default(),
        confidence: decision.confidence,
    }
}

/// The text, at most so many letters of it.
pub(crate) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
