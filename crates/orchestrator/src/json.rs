//! Plans and parts as JSON values, for data parts: written as they go out, member by member in the order of their names,
//! since every run shows its plan and its answers as data, and trees of values took a quarter of what a run takes.
//! The tests hold each field against ProtoJSON as the descriptors have it.

use a2a::frame::{Held, Piece};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use prost::Message as _;
use prost_types::Duration;
use proto::a2a::part::Content;
use proto::a2a::{Message, Part};
use proto::value::{List, Object, Slot};
use proto::watchroom::orchestrator::v1::{Plan, Retry, Step, Triage, TriageDecision};
use proto::{Value, from_json, to_json};

use crate::plan::heads;

/// What has a JSON form: its fields by their JSON names, those that are unset left out.
pub(crate) trait Json {
    fn put(&self, to: Slot<'_>);

    /// The same as a tree.
    fn value(&self) -> Value {
        let mut out = Vec::new();
        self.put(Slot::new(&mut out));
        Value::decode(&out[..]).expect("what goes into a plan leaves room for the levels that it adds")
    }
}

impl Json for Plan {
    fn put(&self, to: Slot<'_>) {
        let input = |step: &Step| Message { parts: step.input.clone(), ..Message::default() }.encode_to_vec();
        let inputs: Vec<Vec<u8>> = self.steps.iter().map(input).collect();
        put_plan(self, inputs.iter().map(Vec::as_slice), to);
    }
}

impl Json for engine::Plan {
    fn put(&self, to: Slot<'_>) {
        put_plan(&heads(self), self.steps.iter().map(|step| step.input.as_bytes()), to);
    }
}

/// Puts a plan whose steps get these inputs, each an encoded message.
fn put_plan<'i>(plan: &Plan, inputs: impl Iterator<Item = &'i [u8]>, to: Slot<'_>) {
    to.object(|out| {
        if plan.mode != 0 {
            out.text("mode", plan.mode().as_str_name());
        }
        if !plan.steps.is_empty() {
            out.list("steps", |out| put_steps(&plan.steps, inputs, out));
        }
        if let Some(timeout) = &plan.timeout {
            out.put("timeout", |slot| timeout.put(slot));
        }
        out.some_text("title", &plan.title);
    });
}

/// Steps of one call get the same input; what it is as JSON is written once.
fn put_steps<'i>(steps: &[Step], inputs: impl Iterator<Item = &'i [u8]>, out: &mut List<'_>) {
    let (mut written, mut items): (&[u8], Vec<u8>) = (&[], Vec::new());
    for (step, input) in steps.iter().zip(inputs) {
        if input != written {
            items.clear();
            put_pieces(&Piece::all(input), &mut List::new(&mut items));
            written = input;
        }
        out.object(|out| put_step(step, &items, out));
    }
}

fn put_step(step: &Step, input: &[u8], out: &mut Object<'_>) {
    out.some_text("agent", &step.agent);
    if step.at_most_once {
        out.put("atMostOnce", |slot| slot.truth(true));
    }
    if let Some(timeout) = &step.attempt_timeout {
        out.put("attemptTimeout", |slot| timeout.put(slot));
    }
    put_texts("dependsOn", &step.depends_on, out);
    out.some_text("id", &step.id);
    if !input.is_empty() {
        out.put("input", |slot| slot.items(input));
    }
    if step.on_failure != 0 {
        out.text("onFailure", step.on_failure().as_str_name());
    }
    if step.on_unknown != 0 {
        out.text("onUnknown", step.on_unknown().as_str_name());
    }
    if let Some(retry) = &step.retry {
        out.object("retry", |out| put_retry(retry, out));
    }
    out.some_text("skill", &step.skill).some_text("title", &step.title);
}

fn put_retry(retry: &Retry, out: &mut Object<'_>) {
    if let Some(attempts) = retry.attempts {
        out.number("attempts", attempts);
    }
    if let Some(backoff) = &retry.backoff {
        out.put("backoff", |slot| backoff.put(slot));
    }
    if let Some(max_backoff) = &retry.max_backoff {
        out.put("maxBackoff", |slot| max_backoff.put(slot));
    }
}

impl Json for Triage {
    fn put(&self, to: Slot<'_>) {
        to.object(|out| {
            if self.confidence != 0.0 {
                out.number("confidence", self.confidence);
            }
            if !self.decisions.is_empty() {
                out.list("decisions", |out| {
                    self.decisions.iter().for_each(|decision| _ = out.object(|out| put_decision(decision, out)));
                });
            }
            put_texts("hazards", &self.hazards, out);
            out.some_text("location", &self.location);
            if self.priority != 0 {
                out.number("priority", self.priority);
            }
            put_texts("services", &self.services, out);
            out.some_text("type", &self.r#type);
        });
    }
}

fn put_decision(decision: &TriageDecision, out: &mut Object<'_>) {
    if let Some(confidence) = decision.confidence {
        out.number("confidence", confidence);
    }
    out.some_text("effect", &decision.effect).some_text("rule", &decision.rule).some_text("service", &decision.service);
    put_texts("words", &decision.words, out);
}

fn put_texts(name: &str, texts: &[String], out: &mut Object<'_>) {
    if !texts.is_empty() {
        out.list(name, |out| texts.iter().for_each(|text| _ = out.text(text)));
    }
}

/// Puts parts as items.
pub(crate) fn put_pieces(pieces: &[Piece<'_>], out: &mut List<'_>) {
    pieces.iter().for_each(|piece| _ = out.object(|out| put_piece(piece, out)));
}

fn put_piece(piece: &Piece<'_>, out: &mut Object<'_>) {
    if let Some(Held::Data(value)) = piece.content {
        out.put("data", |slot| slot.written(value));
    }
    out.some_text("filename", piece.filename).some_text("mediaType", piece.media_type);
    if let Some(metadata) = piece.metadata {
        out.put("metadata", |slot| slot.members(metadata));
    }
    match piece.content {
        Some(Held::Text(words)) => _ = out.text("text", words),
        Some(Held::Raw(bytes)) => _ = out.text("raw", &BASE64_STANDARD.encode(bytes)),
        Some(Held::Url(url)) => _ = out.text("url", url),
        Some(Held::Data(_)) | None => {}
    }
}

impl Json for Duration {
    /// Seconds with as many decimals as they need: none, three, six or nine.
    fn put(&self, to: Slot<'_>) {
        to.text(&self.to_string());
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
