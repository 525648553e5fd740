//! Arguments of what one asks about the webhooks of one's own tasks.

use clap::{Args, Subcommand};
use types::{PushId, RemoteTask};

use super::{Secret, Target};

/// Looks after the webhooks of a task.
#[derive(Debug, Args)]
pub(crate) struct Webhooks {
    #[command(subcommand)]
    pub(crate) action: WebhookAction,
}

/// What is done about the webhooks of a task.
#[derive(Debug, Subcommand)]
pub(crate) enum WebhookAction {
    /// Have every event of a task sent to a webhook; one of the same id is replaced and goes on where it was
    Add(AddWebhook),
    /// List the webhooks of a task
    List {
        /// The task's id
        task: RemoteTask,
        #[command(flatten)]
        target: Target,
    },
    /// Show one webhook of a task
    Show(OneWebhook),
    /// Tell a webhook nothing more of a task
    Remove(OneWebhook),
}

/// Adds a webhook.
#[derive(Debug, Args)]
pub(crate) struct AddWebhook {
    /// The task's id
    pub(crate) task: RemoteTask,
    /// Where each event goes, as one POST
    pub(crate) url: String,
    /// Id of the webhook within the task [default: the agent's choice]
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<PushId>,
    /// What the webhook knows the calls by: the header X-A2A-Notification-Token. A command line can be read by everybody
    /// on the machine: the variable is safer
    #[arg(long, env = "WATCHROOM_NOTIFICATION_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub(crate) notification_token: Option<Secret>,
    /// How the calls say who they are: the first word of the header Authorization [default with credentials: Bearer]
    #[arg(long, value_name = "SCHEME", requires = "credentials")]
    pub(crate) scheme: Option<String>,
    /// What they say then: the rest of that header. The variable is safer
    #[arg(long, env = "WATCHROOM_WEBHOOK_CREDENTIALS", hide_env_values = true, value_name = "CREDENTIALS")]
    pub(crate) credentials: Option<Secret>,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// Names one webhook.
#[derive(Debug, Args)]
pub(crate) struct OneWebhook {
    /// The task's id
    pub(crate) task: RemoteTask,
    /// The webhook's id within the task
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) target: Target,
}
