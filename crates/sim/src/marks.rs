//! What a dispatched message says of itself. To an agent of ours it is the product's own metadata; a foreign agent
//! would not read that, so there it stands where only the simulation looks.

use a2a::SendRequest;
use a2a::metadata::{DISPATCH, Dispatch};
use proto::Struct;
use proto::a2a::Message;
use types::MessageId;

/// Where the mark of a message to a foreign agent stands.
const ASIDE: &str = "urn:watchroom:simulated-dispatch";

/// The metadata of a message that carries this mark.
pub(crate) fn marked(mark: &Dispatch) -> Struct {
    if mark.store_id.is_some() { mark.to_metadata() } else { aside(mark) }
}

/// The mark where only the simulation looks.
pub(crate) fn aside(mark: &Dispatch) -> Struct {
    renamed(&mark.to_metadata(), DISPATCH, ASIDE)
}

/// The message as a foreign agent takes it: as a new one however often it comes. Ours recognise it.
pub(crate) fn unrecognised(mut request: SendRequest) -> SendRequest {
    let foreign = mark_of(&request.message).is_some_and(|mark| mark.store_id.is_none());
    if foreign {
        request.message_id = MessageId::fresh();
        request.message.message_id = request.message_id.to_string();
    }
    request
}

/// The mark of a message.
pub(crate) fn mark_of(message: &Message) -> Option<Dispatch> {
    let metadata = message.metadata.as_ref()?;
    let ours = Dispatch::from_metadata(Some(metadata)).ok().flatten();
    ours.or_else(|| Dispatch::from_metadata(Some(&renamed(metadata, ASIDE, DISPATCH))).ok().flatten())
}

fn renamed(metadata: &Struct, from: &str, to: &str) -> Struct {
    let fields = metadata.fields.iter().map(|(key, value)| {
        let key = if key == from { to } else { key };
        (key.to_owned(), value.clone())
    });
    Struct { fields: fields.collect() }
}
