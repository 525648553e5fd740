//! Which incidents a caller wants: fields are joined by AND, the values of one field by OR, none matches all.

use proto::watchroom::emergency::v1 as wire;

use super::fault::Fault;

/// Most values of one field of a filter.
const VALUES: usize = 100;

/// A checked filter.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter(wire::IncidentFilter);

impl Filter {
    pub(super) fn read(filter: Option<wire::IncidentFilter>) -> Result<Self, Fault> {
        let filter = filter.unwrap_or_default();
        let wire::IncidentFilter { statuses, types, services, ids } = &filter;
        let sizes =
            [("statuses", statuses.len()), ("types", types.len()), ("services", services.len()), ("ids", ids.len())];
        if let Some((field, _)) = sizes.into_iter().find(|(_, size)| *size > VALUES) {
            return Err(Fault::invalid(&format!("filter.{field}"), format!("has more than {VALUES} values")));
        }
        let unknown = |status: &&i32| {
            !wire::IncidentStatus::try_from(**status).is_ok_and(|status| status != wire::IncidentStatus::Unspecified)
        };
        match statuses.iter().find(unknown) {
            Some(status) => Err(Fault::invalid("filter.statuses", format!("there is no status {status}"))),
            None => Ok(Self(filter)),
        }
    }

    /// Whether incidents are named, so that few are shown, each in full.
    pub(super) fn is_narrow(&self) -> bool {
        !self.0.ids.is_empty()
    }

    pub(super) fn admits(&self, incident: &wire::Incident) -> bool {
        any(&self.0.statuses, &incident.status) && self.describes(incident)
    }

    /// Whether it matches whatever its status.
    pub(super) fn describes(&self, incident: &wire::Incident) -> bool {
        let wire::IncidentFilter { types, services, ids, .. } = &self.0;
        let sent = |service: &String| incident.dispatches.iter().any(|dispatch| dispatch.service == *service);
        any(types, &incident.r#type) && any(ids, &incident.id) && (services.is_empty() || services.iter().any(sent))
    }
}

fn any<T: PartialEq>(wanted: &[T], value: &T) -> bool {
    wanted.is_empty() || wanted.contains(value)
}
