//! `log`: every record of a task.

use std::io::Write;

use proto::watchroom::admin::v1::{Record, RecordsRequest, record};

use crate::args::{Common, Log};
use crate::call::Caller;
use crate::endpoints::Endpoint;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::screen::{Mark, Screen, proto_json};
use crate::show;

/// Shows the log of a task as the service that has it keeps it.
pub(crate) async fn run<W: Write>(args: &Log, common: &Common, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    let endpoint = Endpoint::of_agent(common, args.agent.as_ref())?;
    let failed = |status| Failure::of_status(&endpoint, status);
    let request = RecordsRequest { task_id: args.id.to_string(), after_head: args.after };
    let mut records = Caller::new(&endpoint)?.streaming("/watchroom.admin.v1.Admin/Records", request).await?;
    while let Some(record) = records.message().await.map_err(failed)? {
        if screen.is_for_script() {
            screen.json(&proto_json(&record)?)?;
        } else {
            screen.say(Mark::None, &line(record))?;
        }
    }
    Ok(Outcome::Done)
}

/// Commit, time, and what was written.
fn line(record: Record) -> String {
    let Record { head, time, body } = record;
    let time = time.map_or_else(String::new, |time| time.to_string());
    let what = match body {
        Some(record::Body::Frame(frame)) => {
            let update = frame.update.map(a2a::frame::Event::try_from);
            let text = match update {
                Some(Ok(event)) => show::summary(&event.update),
                Some(Err(_)) | None => "unreadable".to_owned(),
            };
            format!("frame {:<4} {text}", frame.seq)
        }
        Some(record::Body::Private(private)) => format!("{:<10} {}", private.kind, private.text),
        None => "of a kind that this command does not know".to_owned(),
    };
    format!("{head:>4}  {time}  {what}")
}
