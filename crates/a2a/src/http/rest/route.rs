//! What a verb and a path ask for.

use std::borrow::Cow;

use http::Method;
use percent_encoding::percent_decode_str;

use crate::http::operation::Operation;
use crate::http::place::Field;

/// An operation, and the fields of its request that the path holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) operation: Operation,
    pub(super) fields: Vec<(Field, String)>,
}

/// Why nothing answers at a path.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Lost {
    /// There is nothing.
    #[error("nothing is served at this path")]
    Nowhere,
    /// There is something, for these verbs.
    #[error("this path is for {0}")]
    Verb(&'static str),
}

impl Route {
    /// A path that can be read with and without a tenant is read without.
    pub(super) fn find(method: &Method, path: &str) -> Result<Self, Lost> {
        let segments = path.strip_prefix('/').unwrap_or(path).split('/');
        let decoded: Option<Vec<Cow<'_, str>>> =
            segments.map(|one| percent_decode_str(one).decode_utf8().ok()).collect();
        let decoded = decoded.ok_or(Lost::Nowhere)?;
        let segments: Vec<&str> = decoded.iter().map(AsRef::as_ref).collect();
        resource(method, &segments).or_else(|lost| match (segments.split_first(), lost) {
            (Some((tenant, rest)), lost) if !tenant.is_empty() => of_tenant(method, tenant, rest, lost),
            (_, lost) => Err(lost),
        })
    }
}

/// The same below a tenant, or why the path is lost without one.
fn of_tenant(method: &Method, tenant: &str, rest: &[&str], lost: Lost) -> Result<Route, Lost> {
    match (resource(method, rest), lost) {
        (Ok(mut route), _) => {
            route.fields.push((Field::Tenant, tenant.to_owned()));
            Ok(route)
        }
        (Err(below), Lost::Nowhere) => Err(below),
        (Err(_), lost) => Err(lost),
    }
}

fn resource(method: &Method, segments: &[&str]) -> Result<Route, Lost> {
    match segments {
        ["message:send"] => verbs(method, &[(Method::POST, Operation::SendMessage)], "POST", vec![]),
        ["message:stream"] => verbs(method, &[(Method::POST, Operation::SendStreamingMessage)], "POST", vec![]),
        ["extendedAgentCard"] => verbs(method, &[(Method::GET, Operation::ExtendedCard)], "GET", vec![]),
        ["tasks"] => verbs(method, &[(Method::GET, Operation::ListTasks)], "GET", vec![]),
        ["tasks", task] if !task.is_empty() => of_task(method, task),
        ["tasks", task, "pushNotificationConfigs"] => {
            let known = [(Method::POST, Operation::CreatePush), (Method::GET, Operation::ListPush)];
            verbs(method, &known, "GET, POST", vec![(Field::TaskId, (*task).to_owned())])
        }
        ["tasks", task, "pushNotificationConfigs", id] => {
            let known = [(Method::GET, Operation::GetPush), (Method::DELETE, Operation::DeletePush)];
            verbs(
                method,
                &known,
                "GET, DELETE",
                vec![(Field::TaskId, (*task).to_owned()), (Field::Id, (*id).to_owned())],
            )
        }
        _ => Err(Lost::Nowhere),
    }
}

fn of_task(method: &Method, segment: &str) -> Result<Route, Lost> {
    let id = |task: &str| vec![(Field::Id, task.to_owned())];
    if let Some(task) = segment.strip_suffix(":cancel") {
        return verbs(method, &[(Method::POST, Operation::CancelTask)], "POST", id(task));
    }
    if let Some(task) = segment.strip_suffix(":subscribe") {
        // The proto says GET and the text of the specification POST.
        let known = [(Method::GET, Operation::SubscribeToTask), (Method::POST, Operation::SubscribeToTask)];
        return verbs(method, &known, "GET, POST", id(task));
    }
    verbs(method, &[(Method::GET, Operation::GetTask)], "GET", id(segment))
}

fn verbs(
    method: &Method,
    known: &[(Method, Operation)],
    allowed: &'static str,
    fields: Vec<(Field, String)>,
) -> Result<Route, Lost> {
    let found = known.iter().find(|(verb, _)| verb == method).map(|(_, operation)| *operation);
    found.map(|operation| Route { operation, fields }).ok_or(Lost::Verb(allowed))
}
