//! Duties of the reaper in rows of the store.

use prost::Message as _;
use types::{ContextId, Owner, Principal, TaskId, Tenant, Timestamp};

use super::{Undecodable, id, wire};
use crate::duty::Duty;

/// The body of a duty's row.
pub(crate) fn encode_duty(duty: &Duty) -> bytes::Bytes {
    let wire = wire::Duty {
        tenant: duty.owner.tenant.as_str().to_owned(),
        principal: duty.owner.principal.as_str().to_owned(),
        run: duty.run.as_bytes().to_vec(),
        context: duty.context.to_string(),
        step: duty.step.to_string(),
        agent: duty.agent.to_string(),
        launch: Some((&duty.launch).into()),
        sent: duty.sent.as_millis(),
        child: duty.child.as_ref().map(ToString::to_string),
        since: duty.since.as_millis(),
    };
    wire.encode_to_vec().into()
}

/// The duty of a row's body.
pub(crate) fn decode_duty(body: &[u8]) -> Result<Duty, Undecodable> {
    let wire = wire::Duty::decode(body).map_err(|_| Undecodable)?;
    Ok(Duty {
        owner: Owner { tenant: Tenant::new(&wire.tenant), principal: Principal::new(&wire.principal) },
        run: TaskId::from_bytes(wire.run.try_into().map_err(|_| Undecodable)?),
        context: id::<ContextId>(&wire.context)?,
        step: id(&wire.step)?,
        agent: id(&wire.agent)?,
        launch: wire.launch.ok_or(Undecodable)?.try_into()?,
        sent: Timestamp::from_millis(wire.sent),
        child: wire.child.as_deref().map(id).transpose()?,
        since: Timestamp::from_millis(wire.since),
    })
}
