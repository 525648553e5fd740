//! Plans and parts as JSON values, for data parts. Written by hand: every run shows its plan and its answers as data,
//! and the way through descriptors and text takes longer than all the rest of such a decision.
//! The tests hold each field against ProtoJSON as the descriptors have it.

use std::collections::BTreeMap;

use a2a::metadata::{list, number, object, text, truth};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use prost_types::Duration;
use proto::Value;
use proto::a2a::Part;
use proto::a2a::part::Content;
use proto::value::Kind;
use proto::watchroom::orchestrator::v1::{Plan, Retry, Step, Triage, TriageDecision};
use proto::{from_json, to_json};

/// What has a JSON form: its fields by their JSON names, those that are unset left out.
pub(crate) trait Json {
    fn value(&self) -> Value;
}

/// The members of an object that are set.
#[derive(Default)]
struct Members(BTreeMap<String, Value>);

impl Members {
    fn put(mut self, name: &str, value: Option<Value>) -> Self {
        if let Some(value) = value {
            self.0.insert(name.to_owned(), value);
        }
        self
    }

    fn text(self, name: &str, value: &str) -> Self {
        self.put(name, (!value.is_empty()).then(|| text(value)))
    }

    fn count(self, name: &str, value: u32) -> Self {
        self.put(name, (value != 0).then(|| number(value)))
    }

    fn list(self, name: &str, values: impl ExactSizeIterator<Item = Value>) -> Self {
        if values.len() == 0 { self } else { self.put(name, Some(list(values))) }
    }

    fn object(self) -> Value {
        object(self.0)
    }
}

impl Json for Plan {
    fn value(&self) -> Value {
        let mode = (self.mode != 0).then(|| text(self.mode().as_str_name()));
        Members::default()
            .text("title", &self.title)
            .put("mode", mode)
            .list("steps", self.steps.iter().map(Json::value))
            .put("timeout", self.timeout.as_ref().map(Json::value))
            .object()
    }
}

impl Json for Step {
    fn value(&self) -> Value {
        let on_failure = (self.on_failure != 0).then(|| text(self.on_failure().as_str_name()));
        let on_unknown = (self.on_unknown != 0).then(|| text(self.on_unknown().as_str_name()));
        Members::default()
            .text("id", &self.id)
            .text("title", &self.title)
            .text("agent", &self.agent)
            .text("skill", &self.skill)
            .list("input", self.input.iter().map(Json::value))
            .list("dependsOn", self.depends_on.iter().map(text))
            .put("retry", self.retry.as_ref().map(Json::value))
            .put("attemptTimeout", self.attempt_timeout.as_ref().map(Json::value))
            .put("onFailure", on_failure)
            .put("atMostOnce", self.at_most_once.then(|| truth(true)))
            .put("onUnknown", on_unknown)
            .object()
    }
}

impl Json for Triage {
    fn value(&self) -> Value {
        Members::default()
            .text("type", &self.r#type)
            .count("priority", self.priority)
            .list("services", self.services.iter().map(text))
            .text("location", &self.location)
            .put("confidence", (self.confidence != 0.0).then(|| number(self.confidence)))
            .list("hazards", self.hazards.iter().map(text))
            .list("decisions", self.decisions.iter().map(Json::value))
            .object()
    }
}

impl Json for TriageDecision {
    fn value(&self) -> Value {
        Members::default()
            .text("rule", &self.rule)
            .list("words", self.words.iter().map(text))
            .text("effect", &self.effect)
            .text("service", &self.service)
            .put("confidence", self.confidence.map(number))
            .object()
    }
}

impl Json for Retry {
    fn value(&self) -> Value {
        Members::default()
            .put("attempts", self.attempts.map(number))
            .put("backoff", self.backoff.as_ref().map(Json::value))
            .put("maxBackoff", self.max_backoff.as_ref().map(Json::value))
            .object()
    }
}

impl Json for Part {
    fn value(&self) -> Value {
        let (name, content) = match &self.content {
            Some(Content::Text(words)) => ("text", Some(text(words))),
            Some(Content::Raw(bytes)) => ("raw", Some(text(BASE64_STANDARD.encode(bytes)))),
            Some(Content::Url(url)) => ("url", Some(text(url))),
            Some(Content::Data(value)) => ("data", Some(value.clone())),
            None => ("", None),
        };
        let metadata = self.metadata.clone().map(|metadata| Value { kind: Some(Kind::StructValue(metadata)) });
        Members::default()
            .put(name, content)
            .put("metadata", metadata)
            .text("filename", &self.filename)
            .text("mediaType", &self.media_type)
            .object()
    }
}

impl Json for Duration {
    /// Seconds with as many decimals as they need: none, three, six or nine.
    fn value(&self) -> Value {
        text(self.to_string())
    }
}

/// The message that a JSON value is.
pub(crate) fn message<M: prost::Message + prost::Name + Default>(value: &Value) -> Result<M, proto::JsonError> {
    let carrier = Part { content: Some(Content::Data(value.clone())), ..Part::default() };
    let text = to_json(&carrier)?;
    from_json(text.strip_prefix("{\"data\":").and_then(|text| text.strip_suffix('}')).unwrap_or(&text))
}

#[cfg(test)]
mod tests;
