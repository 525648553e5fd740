//! `resume`: what a run left undone is done, in a new run of the same conversation.

use std::io::Write;

use a2a::metadata::{PLAN, object, structure, truth};
use proto::a2a::{Message, Part, Role, SendMessageConfiguration, SendMessageRequest, part};
use types::MessageId;

use crate::args::{Common, Resume};
use crate::endpoints::Endpoint;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::screen::Screen;
use crate::send;

/// Asks the operator to go on from the run, and follows the new one.
pub(crate) async fn run<W: Write>(args: &Resume, common: &Common, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    let delivered = send::deliver(&Endpoint::operator(common)?, request(args), screen).await;
    delivered.map_err(|failure| failure.about(&args.id))
}

/// A message that refers to the run and says what for, as any A2A client may send it.
fn request(args: &Resume) -> SendMessageRequest {
    let wish = object([("resume".to_owned(), truth(true))].into());
    let part = Part {
        content: Some(part::Content::Text(format!("Go on from run {}", args.id))),
        media_type: "text/plain".to_owned(),
        metadata: Some(structure([(PLAN, wish)])),
        ..Part::default()
    };
    let message = Message {
        message_id: args.message_id.clone().unwrap_or_else(MessageId::fresh).to_string(),
        role: Role::User.into(),
        parts: vec![part],
        reference_task_ids: vec![args.id.to_string()],
        ..Message::default()
    };
    let configuration =
        SendMessageConfiguration { return_immediately: args.return_immediately, ..SendMessageConfiguration::default() };
    SendMessageRequest { message: Some(message), configuration: Some(configuration), ..SendMessageRequest::default() }
}
