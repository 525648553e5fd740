//! The flags that every service has, with their environment variables and defaults.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;

use crate::Fatal;
use crate::cors::Origin;
use crate::duration::parse_duration;

/// What every service is told at its start; flatten it into the service's own arguments.
#[derive(Debug, Clone, clap::Args)]
#[group(id = "service")]
#[command(next_help_heading = "Service")]
pub struct Args {
    /// Address of the protocol listener; port 0 picks a free one.
    #[arg(long, env = "WATCHROOM_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// Address of the admin listener: health, metrics, build info. Plaintext, for the cluster's inside only.
    #[arg(long, env = "WATCHROOM_ADMIN_LISTEN", value_name = "ADDRESS")]
    pub admin_listen: Option<SocketAddr>,
    /// File of the tokens that callers must bring; read again when it changes, and on SIGHUP. Without it nobody is asked
    /// who they are.
    #[arg(long, env = "WATCHROOM_TOKENS", value_name = "FILE")]
    pub tokens: Option<PathBuf>,
    /// File of certificates (PEM) of authorities that are trusted beside those of this machine, where this process calls
    /// others at https://. Read at the start.
    #[arg(long, env = "WATCHROOM_CA", value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// A web origin whose pages may call the JSON bindings and gRPC-Web from a browser, such as `https://panel.example`, or
    /// `*` for all; may be repeated, in the variable separated by commas. Without it browsers let no page.
    #[arg(long = "cors-origin", env = "WATCHROOM_CORS_ORIGINS", value_name = "ORIGIN", value_delimiter = ',')]
    pub cors_origins: Vec<Origin>,
    /// How strict the service is about its own settings.
    #[arg(long, env = "WATCHROOM_PROFILE", value_name = "PROFILE", default_value = "dev")]
    pub profile: Profile,
    /// Which events are logged, such as "info" or "info,store=debug".
    #[arg(long, env = "WATCHROOM_LOG", value_name = "FILTER", default_value = "info", value_parser = parse_filter)]
    pub log: String,
    /// How events are logged, to stderr; auto means text on a terminal and JSON otherwise.
    #[arg(long, env = "WATCHROOM_LOG_FORMAT", value_name = "FORMAT", default_value = "auto")]
    pub log_format: LogFormat,
    /// Where traces go (OTLP over gRPC), such as http://127.0.0.1:4317; without it none are exported.
    #[arg(long, env = "WATCHROOM_OTLP_ENDPOINT", value_name = "URL")]
    pub otlp_endpoint: Option<String>,
    /// From "not ready" to the end of streams, so that balancers see it; such as 1s or 500ms.
    #[arg(long, env = "WATCHROOM_DRAIN_PAUSE", value_name = "TIME", default_value = "1s", value_parser = parse_duration)]
    pub drain_pause: Duration,
    /// From the signal to the end of whatever still runs.
    #[arg(long, env = "WATCHROOM_DRAIN_LIMIT", value_name = "TIME", default_value = "10s", value_parser = parse_duration)]
    pub drain_limit: Duration,
    /// File that gets the process's addresses as JSON, once it is ready.
    #[arg(long, env = "WATCHROOM_ANNOUNCE", value_name = "FILE")]
    pub announce: Option<PathBuf>,
    /// Stop when stdin closes: a parent that dies, however it dies, takes this process along.
    #[arg(long, hide = true)]
    pub parent_stdin: bool,
}

/// How strict a service is about its own settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    /// Plaintext and anonymous callers; for one machine or a trusted network.
    Dev,
    /// Refuses insecure settings.
    Production,
}

/// How events are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text on a terminal, JSON otherwise.
    Auto,
    /// One line of text each.
    Text,
    /// One JSON object each.
    Json,
}

impl Default for Args {
    /// Free loopback ports and a quick drain: for services inside a test.
    fn default() -> Self {
        let free = Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0));
        Self {
            listen: free,
            admin_listen: free,
            tokens: None,
            ca: None,
            cors_origins: Vec::new(),
            profile: Profile::Dev,
            log: "info".to_owned(),
            log_format: LogFormat::Auto,
            otlp_endpoint: None,
            drain_pause: Duration::ZERO,
            drain_limit: Duration::from_secs(5),
            announce: None,
            parent_stdin: false,
        }
    }
}

impl Args {
    /// Refuses settings that do not go together, before any socket is bound.
    pub(crate) fn validate(&self) -> Result<(), Fatal> {
        if self.profile == Profile::Production {
            return Err(Fatal::usage(
                "--profile production refuses plaintext, and this release has no TLS for --listen; use --profile dev on \
                 a trusted network, with --tokens where callers are to be told apart",
            ));
        }
        if self.listen.is_some_and(|address| address.port() != 0) && self.listen == self.admin_listen {
            return Err(Fatal::usage("--listen and --admin-listen must be different addresses"));
        }
        if self.drain_pause > self.drain_limit {
            return Err(Fatal::usage("--drain-pause must not be longer than --drain-limit"));
        }
        Ok(())
    }
}

fn parse_filter(text: &str) -> Result<String, String> {
    tracing_subscriber::EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(|error| error.to_string())
}
