//! `drain`: a service is asked to stop, and waited for until it has.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use http::Uri;
use proto::watchroom::admin::v1::{DrainRequest, DrainResponse};
use serde_json::json;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use crate::args::{Common, Drain};
use crate::call::Caller;
use crate::endpoints::Endpoint;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::screen::{Mark, Screen, proto_json};

/// Between looks at whether it is gone.
const LOOK: Duration = Duration::from_millis(50);

/// What a service takes beyond its own limit: it closes its store after its connections.
const MARGIN: Duration = Duration::from_secs(7);

/// Asks the service to drain, and ends when its process has.
pub(crate) async fn run<W: Write>(args: &Drain, common: &Common, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    let endpoint = Endpoint::of_service(common, &args.service)?;
    if is_closed(&endpoint.url).await {
        return stopped(&endpoint, screen).await;
    }
    let mut caller = Caller::new(&endpoint)?;
    let answer: DrainResponse = caller.unary("/watchroom.admin.v1.Admin/Drain", DrainRequest {}).await?;
    // An open connection is one more that the service waits for.
    drop(caller);
    let service = answer.service.clone();
    if screen.is_for_script() {
        screen.json(&proto_json(&answer)?)?;
    } else if answer.already_draining {
        screen.say(Mark::None, &format!("{service} was stopping already"))?;
    } else {
        screen.say(
            Mark::None,
            &format!("{service} takes nothing new and ends its streams; clients resume elsewhere or later"),
        )?;
    }
    let limit = answer.limit.and_then(|limit| Duration::try_from(limit).ok()).unwrap_or_default() + MARGIN;
    wait(&endpoint, limit, screen).await?;
    if !screen.is_for_script() {
        screen.say(Mark::Success, &format!("{service} is drained and has stopped"))?;
    }
    Ok(Outcome::Done)
}

/// There is nothing to ask for any more: whoever asks twice has what it wanted.
async fn stopped<W: Write>(endpoint: &Endpoint, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    wait(endpoint, MARGIN, screen).await?;
    if screen.is_for_script() {
        screen.object(&json!({"address": endpoint.url, "alreadyStopped": true}))?;
    } else if endpoint.pid.is_some() {
        screen.say(Mark::Success, &format!("{endpoint} has stopped already"))?;
    } else {
        screen.say(
            Mark::Success,
            &format!("nobody listens for {endpoint}: it has stopped already, or never was there"),
        )?;
    }
    Ok(Outcome::Done)
}

/// Waits until nobody listens at the address and, on this machine, the process is gone.
async fn wait<W: Write>(endpoint: &Endpoint, limit: Duration, screen: &mut Screen<W>) -> Result<(), Failure> {
    let since = Instant::now();
    while is_there(endpoint).await {
        if since.elapsed() > limit {
            return Err(Failure::Busy(format!(
                "{endpoint} still answers {} s after it was asked to stop: it does not end, or was started again",
                limit.as_secs()
            )));
        }
        screen.status(&format!("waiting for it to stop · {} s", since.elapsed().as_secs()))?;
        sleep(LOOK).await;
    }
    Ok(())
}

async fn is_there(endpoint: &Endpoint) -> bool {
    endpoint.pid.is_some_and(runs) || listens(&endpoint.url).await
}

/// Whether a process of this machine runs; one that has ended and was not reaped does not.
fn runs(pid: u32) -> bool {
    let stat = std::fs::read_to_string(PathBuf::from(format!("/proc/{pid}/stat"))).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| !rest.is_empty() && !rest.trim_start().starts_with('Z'))
}

async fn listens(url: &str) -> bool {
    connect(url).await.is_some_and(|connected| connected.is_ok())
}

/// Whether the machine is there and says that nobody listens; one that cannot be reached says nothing of its services.
async fn is_closed(url: &str) -> bool {
    connect(url)
        .await
        .is_some_and(|connected| connected.is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionRefused))
}

/// `None` when the URL names no host.
async fn connect(url: &str) -> Option<std::io::Result<TcpStream>> {
    let full = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
    let uri: Uri = full.parse().unwrap_or_default();
    let host = uri.host()?;
    Some(TcpStream::connect((host.trim_matches(['[', ']']), uri.port_u16().unwrap_or(80))).await)
}
