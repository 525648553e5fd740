//! `drain`: a service is asked to stop, and waited for until it has.

use std::io::{self, ErrorKind, Write};
use std::time::Duration;

use proto::watchroom::admin::v1::{DrainRequest, DrainResponse};
use serde_json::json;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use crate::args::{Common, Drain};
use crate::call::Caller;
use crate::endpoints::Endpoint;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::screen::{Mark, Screen, proto_json};
use crate::supervisor::runs;

/// Between looks at whether it is gone.
const LOOK: Duration = Duration::from_millis(50);

/// A machine that says nothing for so long says nothing of its services.
const CONNECT: Duration = Duration::from_secs(3);

/// What a service takes beyond its own limit: it closes its store after its connections.
const MARGIN: Duration = Duration::from_secs(7);

/// Asks the service to drain, and ends when its process has.
pub(crate) async fn run<W: Write>(args: &Drain, common: &Common, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    let endpoint = find(args, common, screen).await?;
    if endpoint.stays_down && is_closed(&endpoint).await? {
        return stopped(&endpoint, screen);
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

/// The service: one that can be asked, or one that its cluster has let stop. A service that has died is started again,
/// which is waited for; of an address alone nobody knows whether there ever was a service.
async fn find<W: Write>(args: &Drain, common: &Common, screen: &mut Screen<W>) -> Result<Endpoint, Failure> {
    let since = Instant::now();
    loop {
        let endpoint = Endpoint::of_service(common, &args.service)?;
        if endpoint.stays_down || !is_closed(&endpoint).await? {
            return Ok(endpoint);
        }
        if !endpoint.may_come_back() || since.elapsed() > MARGIN {
            return Err(Failure::Unreachable {
                what: endpoint.to_string(),
                why: "nobody listens there".to_owned(),
                hint: endpoint.hint(),
            });
        }
        screen.status(&format!("{endpoint} is down; waiting for it · {} s", since.elapsed().as_secs()))?;
        sleep(LOOK).await;
    }
}

/// There is nothing to ask for any more: whoever asks twice has what it wanted.
fn stopped<W: Write>(endpoint: &Endpoint, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    if screen.is_for_script() {
        screen.object(&json!({"address": endpoint.url, "alreadyStopped": true}))?;
    } else {
        screen.say(Mark::Success, &format!("{endpoint} has stopped already"))?;
    }
    Ok(Outcome::Done)
}

/// Waits until nobody listens at the address and, on this machine, the process is gone.
async fn wait<W: Write>(endpoint: &Endpoint, limit: Duration, screen: &mut Screen<W>) -> Result<(), Failure> {
    let since = Instant::now();
    while is_there(endpoint).await? {
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

async fn is_there(endpoint: &Endpoint) -> Result<bool, Failure> {
    Ok(endpoint.pid.is_some_and(runs) || connect(endpoint).await?.is_ok())
}

/// Whether the machine is there and says that nobody listens; one that cannot be reached says nothing of its services.
async fn is_closed(endpoint: &Endpoint) -> Result<bool, Failure> {
    Ok(connect(endpoint).await?.is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused))
}

async fn connect(endpoint: &Endpoint) -> Result<io::Result<TcpStream>, Failure> {
    let target = service::client::target(&endpoint.url).map_err(|error| Failure::of_url(&error))?;
    let connecting = timeout(CONNECT, TcpStream::connect((target.host(), target.port()))).await;
    Ok(connecting.unwrap_or_else(|late| Err(late.into())))
}
