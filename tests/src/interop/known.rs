//! What an SDK itself cannot do, with what shows it. Whoever adds an entry has read the SDK's source: what is our mistake
//! is mended and not listed.

use std::fmt::{self, Display, Formatter};

use crate::interop::matrix::Column;

/// One thing. Empty names mean any.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) client: &'static str,
    pub(super) server: &'static str,
    pub(super) binding: &'static str,
    pub(super) operation: &'static str,
    /// What the cell must say, so that another failure is not taken for this one.
    pub(super) symptom: &'static str,
    /// Why, in the SDK's own terms.
    pub(super) evidence: &'static str,
}

/// All of them.
pub(super) static KNOWN: &[Known] = &[
    Known {
        client: "watchroom",
        server: "rust",
        binding: "",
        operation: "list",
        symptom: "the newest first",
        evidence: "`a2a-server-lf` 0.5.3 (`InMemoryTaskStore::list`) sorts by task id, oldest first, and not by the \
                   time of the status, newest first",
    },
    Known {
        client: "watchroom",
        server: "rust",
        binding: "",
        operation: "bad-request",
        symptom: "Ok(ListTasksResponse",
        evidence: "`a2a-server-lf` 0.5.3 (`pagination.rs`) serves 100 tasks to whoever asks for more, and refuses \
                   nobody",
    },
];

impl Known {
    /// Whether it is about an operation.
    pub(super) fn is_about(&self, column: &Column, operation: &str) -> bool {
        let fits = |own: &str, other: &str| own.is_empty() || own == other;
        fits(self.client, &column.client)
            && fits(self.server, &column.server)
            && fits(self.binding, &column.binding)
            && self.operation == operation
    }
}

impl Display for Known {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { client, server, binding, operation, symptom, evidence } = self;
        let or = |name: &&'static str, any: &'static str| if name.is_empty() { any } else { *name };
        let (client, server, binding) = (or(client, "any client"), or(server, "any agent"), or(binding, "any binding"));
        write!(f, "{operation}, {client} with {server} over {binding}: {evidence} (seen: `{symptom}`)")
    }
}
