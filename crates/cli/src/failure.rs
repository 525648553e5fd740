//! Why a command could not do what was asked, in words for its user, and the exit code.

mod cause;

use std::fmt::{self, Write as _};
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use a2a::ClientError;
use outbound::TlsError;
use serde_json::{Value, json};
use service::Fatal;
use service::client::UrlError;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use types::RemoteTask;

use crate::endpoints::Endpoint;

pub(crate) use cause::{innermost, unanswered};

/// What services advise whose request is too large.
const URL_PART: &str = "; send large content as a URL part";

/// A failed command.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The user's mistake.
    #[error("{0}")]
    Usage(String),
    /// A service does not answer.
    #[error("{what} does not answer: {why}")]
    Unreachable {
        /// Which service, at which address.
        what: String,
        /// How it failed.
        why: String,
        /// What to do next.
        hint: String,
    },
    /// There is no connection by TLS, or none without.
    #[error("no connection to {what}: {why}")]
    Tls {
        /// Which service, at which address.
        what: String,
        /// What is wrong.
        why: String,
        /// What to do next, where that is known.
        hint: Option<&'static str>,
    },
    /// Something else than was looked for answers.
    #[error("something else answers in place of {what}: {why}")]
    Stranger {
        /// What was looked for, at which address.
        what: String,
        /// What is known of what answers.
        why: String,
        /// What to do next.
        hint: String,
        /// The exit code.
        exit: u8,
    },
    /// Nothing has the name that was given.
    #[error("{what}")]
    Missing {
        /// What is not there.
        what: String,
        /// What to do next.
        hint: String,
    },
    /// No cluster runs in this data directory.
    #[error("no cluster is running in {}", .0.display())]
    NoCluster(PathBuf),
    /// A service answered with an error.
    #[error("{}", .0.message)]
    Refused(Box<Refusal>),
    /// A fault of ours or of the other side.
    #[error("{0}")]
    Internal(String),
    /// A file or directory cannot be used.
    #[error("{what}: {source}")]
    Io {
        /// Which one, and what for.
        what: String,
        /// How it failed.
        #[source]
        source: io::Error,
    },
    /// Somebody else has what this command needs; it may become free.
    #[error("{0}")]
    Busy(String),
    /// A service of the cluster does not start.
    #[error("{name} does not start: {why}")]
    Service {
        /// Which one.
        name: &'static str,
        /// Its last words, or how it ended.
        why: String,
        /// Its exit code, if that was one of ours.
        code: u8,
    },
    /// The services of a cluster could not call each other.
    #[error("{why}")]
    Tokens {
        /// Which role of which token is missing.
        why: String,
        /// What to do next.
        hint: String,
    },
    /// Nobody reads the output any more.
    #[error("cannot write the output")]
    Output(#[from] io::Error),
}

/// An error answer, as far as it can be read.
#[derive(Debug)]
pub(crate) struct Refusal {
    who: String,
    /// Whether `who` has only a call's own task, not those of its steps.
    from_operator: bool,
    /// Whether it says that the request named a tenant that is not the caller's.
    of_other_tenant: bool,
    /// Whether it refuses the call for its size.
    for_size: bool,
    /// Whether the call had a token.
    had_token: bool,
    /// What a follow-up command needs to reach the same service.
    flag: String,
    /// The task that the call was about, as far as that is known.
    task: Option<String>,
    /// The conversation in which what was refused can be said.
    context: Option<String>,
    code: Code,
    message: String,
    reason: Option<String>,
    /// Field and what is wrong with it.
    violations: Vec<(String, String)>,
    retry_after: Option<Duration>,
}

impl Failure {
    /// What a plain gRPC call to `endpoint` met.
    pub(crate) fn of_status(endpoint: &Endpoint, status: Status) -> Self {
        Self::of_call(endpoint, status.into())
    }

    /// What an A2A call to `endpoint` met.
    pub(crate) fn of_call(endpoint: &Endpoint, error: ClientError) -> Self {
        if let Some(tls) = TlsError::behind(&error) {
            return Self::tls(endpoint, tls);
        }
        if let Some(why) = error.stranger() {
            return Self::Stranger { what: endpoint.to_string(), why, hint: endpoint.right_port(), exit: 69 };
        }
        match error {
            ClientError::Refused(refused) => {
                let (of_other_tenant, for_size) = (refused == a2a::Error::ForeignTenant, refused.is_for_size());
                let read = Refusal::read(endpoint, &refused.into());
                if let Some(api) = read.missing_api().filter(|_| endpoint.is_ours()) {
                    let why = format!("another service, or one of another version, which serves nothing at {api}");
                    let (what, hint) = (endpoint.to_string(), endpoint.right_port());
                    return Self::Stranger { what, why, hint, exit: 69 };
                }
                Self::Refused(Box::new(Refusal { of_other_tenant, for_size, ..read.without_advice() }))
            }
            ClientError::Address(address) => Self::of_url(&address),
            ClientError::Unreachable(_) | ClientError::Timeout | ClientError::Ambiguous(_) => {
                Self::Unreachable { what: endpoint.to_string(), why: unanswered(&error), hint: endpoint.hint() }
            }
            ClientError::Invalid(_) | ClientError::NoInterface | ClientError::NoCard => {
                Self::Internal(format!("{endpoint}: {error}"))
            }
        }
    }

    /// Why there is no connection to `what`.
    pub(crate) fn tls(what: impl fmt::Display, tls: &TlsError) -> Self {
        Self::Tls { what: what.to_string(), why: tls.problem().into_owned(), hint: tls.remedy() }
    }

    /// The same of a call that was about this task.
    pub(crate) fn about(mut self, task: &RemoteTask) -> Self {
        if let Self::Refused(refusal) = &mut self {
            refusal.task = Some(task.to_string());
        }
        self
    }

    /// Whether a task takes no message now.
    pub(crate) fn takes_no_message(&self) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.reason.as_deref() == Some("UNSUPPORTED_OPERATION"))
    }

    /// Whether it is about a task that is not there, or something of it.
    pub(crate) fn finds_no_task(&self) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.reason.as_deref() == Some("TASK_NOT_FOUND"))
    }

    /// The same of a message that can be said in this conversation instead.
    pub(crate) fn in_conversation(mut self, context: Option<String>) -> Self {
        if let Self::Refused(refusal) = &mut self {
            refusal.context = context.filter(|context| !context.is_empty());
        }
        self
    }

    /// A file that services read in the same way.
    pub(crate) fn of_fatal(fatal: Fatal) -> Self {
        match fatal {
            Fatal::Io { what, source } => Self::io(what, io::Error::other(source)),
            other => Self::Usage(other.to_string()),
        }
    }

    pub(crate) fn of_url(error: &UrlError) -> Self {
        Self::Usage(error.to_string())
    }

    pub(crate) fn io(what: impl fmt::Display, source: io::Error) -> Self {
        Self::Io { what: what.to_string(), source }
    }

    /// The message, its details, and what to do next.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("error: {self}");
        if let Self::Refused(refusal) = self {
            refusal.write_details(&mut text);
        }
        if let Some(hint) = self.hint() {
            append(&mut text, &format!("next: {hint}"));
        }
        text
    }

    /// The same for scripts, in one line.
    pub(crate) fn json(&self) -> String {
        let mut error = json!({"code": self.kind(), "exit": self.code(), "message": self.to_string()});
        if let Self::Refused(refusal) = self {
            refusal.add_details(&mut error);
        }
        if let Some(hint) = self.hint() {
            error["next"] = hint.into();
        }
        json!({"error": error}).to_string()
    }

    /// What a service answered, or would have if it had been there.
    pub(crate) fn grpc(&self) -> Option<Code> {
        match self {
            Self::Refused(refusal) => Some(refusal.code),
            Self::Unreachable { .. } | Self::Tls { .. } | Self::Stranger { .. } => Some(Code::Unavailable),
            Self::Missing { .. } => Some(Code::NotFound),
            Self::Usage(_)
            | Self::NoCluster(_)
            | Self::Internal(_)
            | Self::Io { .. }
            | Self::Busy(_)
            | Self::Service { .. }
            | Self::Tokens { .. }
            | Self::Output(_) => None,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Refused(refusal) => refusal.hint(),
            Self::Unreachable { hint, .. }
            | Self::Stranger { hint, .. }
            | Self::Missing { hint, .. }
            | Self::Tokens { hint, .. } => Some(hint.clone()),
            Self::Tls { hint, .. } => hint.map(str::to_owned),
            Self::NoCluster(dir) => Some(format!("start one with `watchroom up --data-dir {}`", dir.display())),
            Self::Usage(_) => Some("see watchroom --help".to_owned()),
            Self::Internal(_) | Self::Io { .. } | Self::Busy(_) | Self::Service { .. } | Self::Output(_) => None,
        }
    }

    /// What a script tells failures apart by: the gRPC code of a refusal, or a word of this command.
    fn kind(&self) -> String {
        let word = match self {
            Self::Refused(refusal) => return code_name(refusal.code),
            Self::Usage(_) => "USAGE",
            Self::Unreachable { .. } | Self::Tls { .. } => "UNREACHABLE",
            Self::Stranger { .. } => "SOMETHING_ELSE",
            Self::Missing { .. } => "NOT_FOUND",
            Self::NoCluster(_) => "NO_CLUSTER",
            Self::Internal(_) => "INTERNAL",
            Self::Io { .. } | Self::Output(_) => "IO",
            Self::Busy(_) => "BUSY",
            Self::Service { .. } => "SERVICE_NOT_STARTED",
            Self::Tokens { .. } => "TOKENS",
        };
        word.to_owned()
    }

    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::Tokens { .. } => 64,
            Self::Unreachable { .. } | Self::Tls { .. } | Self::NoCluster(_) => 69,
            Self::Refused(refusal) => refusal.exit_code(),
            Self::Missing { .. } => 1,
            Self::Internal(_) => 70,
            Self::Io { .. } | Self::Output(_) => 74,
            Self::Busy(_) => 75,
            Self::Service { code, .. } | Self::Stranger { exit: code, .. } => *code,
        }
    }
}

impl From<&Failure> for ExitCode {
    fn from(failure: &Failure) -> Self {
        Self::from(failure.code())
    }
}

impl Refusal {
    fn read(endpoint: &Endpoint, status: &Status) -> Self {
        let details = status.get_error_details();
        let violations = details.bad_request().map_or(&[][..], |bad| &bad.field_violations);
        Self {
            who: endpoint.to_string(),
            from_operator: endpoint.is_operator(),
            of_other_tenant: false,
            for_size: false,
            had_token: endpoint.has_token(),
            flag: endpoint.flag.clone(),
            task: None,
            context: None,
            code: status.code(),
            message: status.message().to_owned(),
            reason: details.error_info().map(|info| info.reason.clone()).filter(|reason| !reason.is_empty()),
            violations: violations.iter().map(|it| (it.field.clone(), it.description.clone())).collect(),
            retry_after: details.retry_info().and_then(|retry| retry.retry_delay),
        }
    }

    /// The API that one of ours says not to have.
    fn missing_api(&self) -> Option<String> {
        let api = self.message.strip_prefix("this server serves nothing at ")?;
        (self.code == Code::Unimplemented).then(|| api.to_owned())
    }

    /// The same without an advice for clients that this command cannot follow.
    fn without_advice(mut self) -> Self {
        if let Some(message) = self.message.strip_suffix(URL_PART) {
            self.message = message.to_owned();
        }
        self
    }

    fn write_details(&self, text: &mut String) {
        append(text, &format!("from: {}", self.who));
        append(text, &format!("code: {}", code_name(self.code)));
        if let Some(reason) = &self.reason {
            append(text, &format!("reason: {reason}"));
        }
        for (field, description) in &self.violations {
            append(text, &format!("field {field}: {description}"));
        }
        if let Some(after) = self.retry_after {
            append(text, &format!("retry after: {} s", after.as_secs_f32()));
        }
    }

    fn add_details(&self, error: &mut Value) {
        error["from"] = self.who.clone().into();
        if let Some(reason) = &self.reason {
            error["reason"] = reason.clone().into();
        }
        let violations = self.violations.iter();
        let fields: Vec<Value> =
            violations.map(|(field, description)| json!({"field": field, "description": description})).collect();
        if !fields.is_empty() {
            error["fields"] = fields.into();
        }
        if let Some(after) = self.retry_after {
            error["retryAfterSeconds"] = after.as_secs_f32().into();
        }
    }

    fn hint(&self) -> Option<String> {
        let about_task = match self.reason.as_deref() {
            Some("PUSH_NOTIFICATION_NOT_SUPPORTED") => {
                Some(format!("{} follows a task without a webhook", self.command("watch")))
            }
            Some("TASK_NOT_CANCELABLE") => Some(format!("it has ended; {} shows how", self.command("task"))),
            Some("RUN_NOT_RESUMABLE") => Some(format!("{} shows how it stands", self.command("task"))),
            Some("UNSUPPORTED_OPERATION") => self.context.as_ref().map(|context| {
                format!("`watchroom send --context {context}{} \"...\"` says it in the same conversation", self.flag)
            }),
            _ => None,
        };
        about_task.or_else(|| self.by_reason().or_else(|| self.by_code()).map(str::to_owned))
    }

    /// A command for the task of this call.
    fn command(&self, name: &str) -> String {
        format!("`watchroom {name} {}{}`", self.task.as_deref().unwrap_or("ID"), self.flag)
    }

    fn by_reason(&self) -> Option<&'static str> {
        match self.reason.as_deref()? {
            "TASK_NOT_FOUND" if self.of_other_tenant => Some(
                "an address without a tenant means that of your token: name the agent as --agent HOST:PORT; \
                 what another tenant has is for a token of that one",
            ),
            "TASK_NOT_FOUND" if self.from_operator => Some(
                "`watchroom tasks` lists the tasks that you can see; the task of a step is at its agent: \
                 add --agent ADDRESS (`watchroom agents` lists addresses)",
            ),
            "TASK_NOT_FOUND" => Some("`watchroom tasks` lists the tasks that you can see"),
            "INCIDENT_NOT_FOUND" => Some("`watchroom incidents` lists the incidents that you can see"),
            "TOO_MANY_WATCHES" => Some("it has room again when somebody else's watch has ended"),
            "VERSION_NOT_SUPPORTED" => Some("this command speaks A2A 1.0; the agent must offer it"),
            "MESSAGE_ID_REUSED" => Some("leave --message-id away, or send the very same message again"),
            _ => None,
        }
    }

    fn by_code(&self) -> Option<&'static str> {
        match self.code {
            Code::Unimplemented => Some("is this the right address? `grpcurl -plaintext HOST:PORT list` shows its API"),
            _ if self.is_bare() => Some(
                "is that where an agent is, and what it speaks? `watchroom card ADDRESS` shows its card, --binding says \
                 what is spoken",
            ),
            _ if self.for_size => Some("send less: a text or a plan goes out whole, in one message"),
            Code::ResourceExhausted if !self.is_busy() => None,
            Code::ResourceExhausted | Code::Unavailable => Some("try again in a moment"),
            Code::Unauthenticated if self.had_token => Some(
                "bring a token that is known there and has not expired: --token-file FILE, or WATCHROOM_TOKEN in the \
                 environment",
            ),
            Code::Unauthenticated => Some("bring a token: --token-file FILE, or WATCHROOM_TOKEN in the environment"),
            Code::PermissionDenied => Some(
                "call with a token that has the role (--token-file FILE, or WATCHROOM_TOKEN), or have it added to yours: \
                 the roles are in the service's file of tokens (--tokens), which whoever runs the service keeps",
            ),
            _ => None,
        }
    }

    /// Whether an answer over HTTP had nothing but a status that says that nothing is there.
    fn is_bare(&self) -> bool {
        ["404", "405", "501"].iter().any(|status| self.message.starts_with(&format!("the answer is HTTP {status}")))
    }

    /// Whether there is too much for now: who gives a reason for that says for how long.
    fn is_busy(&self) -> bool {
        !self.for_size && (self.retry_after.is_some() || self.reason.is_none())
    }

    fn exit_code(&self) -> u8 {
        match self.code {
            Code::InvalidArgument => 64,
            Code::ResourceExhausted if !self.is_busy() => 1,
            Code::Unavailable | Code::DeadlineExceeded | Code::ResourceExhausted => 69,
            Code::Ok | Code::Unknown | Code::Internal | Code::DataLoss | Code::Unimplemented => 70,
            Code::Cancelled
            | Code::NotFound
            | Code::AlreadyExists
            | Code::PermissionDenied
            | Code::FailedPrecondition
            | Code::Aborted
            | Code::OutOfRange
            | Code::Unauthenticated => 1,
        }
    }
}

/// The code by name, for people who look it up.
fn code_name(code: Code) -> String {
    let mut name = String::new();
    for (at, letter) in format!("{code:?}").char_indices() {
        if at > 0 && letter.is_uppercase() {
            name.push('_');
        }
        name.extend(letter.to_uppercase());
    }
    name
}

fn append(text: &mut String, line: &str) {
    // Writing to a String cannot fail.
    write!(text, "\n  {line}").ok();
}
