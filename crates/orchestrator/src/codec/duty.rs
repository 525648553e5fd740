//! Duties of the reaper, and what was found of them, in rows of the store.

use engine::{Fate, Finding};
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
pub fn decode_duty(body: &[u8]) -> Result<Duty, Undecodable> {
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

/// The body of a finding's row.
pub(crate) fn encode_finding(finding: &Finding) -> bytes::Bytes {
    let fate = match &finding.fate {
        Fate::Open => wire::Fate::Open(wire::Nothing {}),
        Fate::NeverAccepted => wire::Fate::NeverAccepted(wire::Nothing {}),
        Fate::Done(done) => wire::Fate::Done((&**done).into()),
        Fate::Over => wire::Fate::Over(wire::Nothing {}),
    };
    wire::Finding { step: finding.step.to_string(), fate: Some(fate) }.encode_to_vec().into()
}

/// The finding of a row's body.
pub fn decode_finding(body: &[u8]) -> Result<Finding, Undecodable> {
    let wire = wire::Finding::decode(body).map_err(|_| Undecodable)?;
    let fate = match wire.fate.ok_or(Undecodable)? {
        wire::Fate::Open(wire::Nothing {}) => Fate::Open,
        wire::Fate::NeverAccepted(wire::Nothing {}) => Fate::NeverAccepted,
        wire::Fate::Done(done) => Fate::Done(Box::new(done.try_into()?)),
        wire::Fate::Over(wire::Nothing {}) => Fate::Over,
    };
    Ok(Finding { step: id(&wire.step)?, fate })
}
