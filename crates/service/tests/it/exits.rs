//! The example as a process of its own: exit codes, logs, announcements, signals, exported spans.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{TraceService, TraceServiceServer};
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse};
use tonic::service::Routes;
use tonic::{Request, Response, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::support::{PATIENCE, Running, eventually_read, minimal, process, serve, within};

const FREE: [&str; 4] = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"];

fn announced(file: &Path) -> Command {
    let mut command = minimal();
    command.args(FREE).args(["--drain-pause", "1ms", "--announce"]).arg(file);
    command
}

fn output(args: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = minimal().args(args).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
}

fn address(announcement: &str, listener: &str) -> String {
    let json: serde_json::Value = serde_json::from_str(announcement).unwrap();
    json[listener].as_str().unwrap().to_owned()
}

#[test]
fn wrong_arguments_exit_64_and_name_the_flag() {
    for (args, word) in [
        (&["--bogus"][..], "--bogus"),
        (&["--listen", "here"], "--listen"),
        (&["--log", "a=b=c"], "--log"),
        (&["--drain-pause", "1"], "--drain-pause"),
        (&["--drain-pause", "20s"], "--drain-limit"),
        (&["--listen", "127.0.0.1:5", "--admin-listen", "127.0.0.1:5"], "--admin-listen"),
        (&["--profile", "production"], "TLS"),
        (&["--otlp-endpoint", "not a url"], "--otlp-endpoint"),
    ] {
        let (code, text) = output(args);
        assert_eq!(code, Some(64), "{args:?}: {text}");
        assert!(text.contains(word), "{args:?}: {text}");
    }
}

#[test]
fn help_and_version_exit_0() {
    let (code, text) = output(&["--help"]);
    assert_eq!(code, Some(0));
    for word in ["WATCHROOM_LISTEN", "127.0.0.1:7999", "127.0.0.1:8999", "WATCHROOM_DRAIN_LIMIT", "10s"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    assert_eq!(output(&["--version"]), (Some(0), format!("minimal {}\n", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn a_taken_port_exits_75() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, text) = output(&["--listen", &address, "--admin-listen", "127.0.0.1:0"]);
    assert_eq!(code, Some(75), "{text}");
    assert!(text.contains(&address) && text.contains("--listen"), "{text}");
}

#[test]
fn an_unwritable_announcement_exits_74() {
    let args = [&FREE[..], &["--announce", "/nowhere/at/all.json"]].concat();
    let (code, text) = output(&args);
    assert_eq!(code, Some(74), "{text}");
    assert!(text.contains("/nowhere/at/all.json"), "{text}");
}

#[test]
fn a_panic_exits_70() {
    let (code, text) = output(&["--panic"]);
    assert_eq!(code, Some(70), "{text}");
    assert!(text.contains("asked to"), "{text}");
}

#[test]
fn sigterm_drains_and_exits_0_and_the_log_is_json() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("minimal.json");
    let mut running = Running::start(&mut announced(&file));
    let announcement = eventually_read(&file);
    assert!(announcement.contains(&format!("\"pid\":{}", running.0.id())), "{announcement}");
    std::net::TcpStream::connect(address(&announcement, "protocol")).unwrap();
    running.signal("TERM");
    assert_eq!(running.wait().code(), Some(0));
    let log = std::io::read_to_string(running.0.stderr.take().unwrap()).unwrap();
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let messages: Vec<&str> = lines.iter().filter_map(|line| line["message"].as_str()).collect();
    assert_eq!(messages, ["ready", "asked to stop", "draining", "drained", "farewell"]);
    assert_eq!(lines[0]["protocol"], address(&announcement, "protocol"));
}

#[test]
fn the_end_of_the_parent_ends_the_process() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("minimal.json");
    let mut running = Running::start(announced(&file).arg("--parent-stdin").stdin(Stdio::piped()));
    eventually_read(&file);
    running.0.stdin.as_mut().unwrap().write_all(b"ignored\n").unwrap();
    assert!(running.0.try_wait().unwrap().is_none());
    drop(running.0.stdin.take());
    assert_eq!(running.wait().code(), Some(0));
}

/// Passes on what a collector gets.
#[derive(Debug)]
struct Collector(mpsc::Sender<ExportTraceServiceRequest>);

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.0.send(request.into_inner()).unwrap();
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_of_calls_are_exported_under_their_callers_trace() {
    let (sent, exported) = mpsc::channel();
    let collector = process();
    let (at, _served) = serve(&collector, Routes::new(TraceServiceServer::new(Collector(sent))));
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("minimal.json");
    let mut running = Running::start(announced(&file).args(["--otlp-endpoint", &format!("http://{}", at.protocol)]));
    let protocol = address(&eventually_read(&file), "protocol");
    let mut client = HealthClient::new(crate::support::channel(&protocol).unwrap());
    let mut request = Request::new(HealthCheckRequest::default());
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    request.metadata_mut().insert("traceparent", parent.parse().unwrap());
    within(client.check(request)).await.unwrap();
    running.signal("TERM");
    assert_eq!(running.wait().code(), Some(0));
    let export = exported.recv_timeout(PATIENCE).unwrap();
    let resource = &export.resource_spans[0];
    assert!(format!("{:?}", resource.resource).contains("minimal"), "{resource:?}");
    let spans: Vec<_> = resource.scope_spans.iter().flat_map(|scope| &scope.spans).collect();
    let call = spans.iter().find(|span| span.name == "grpc.health.v1.Health/Check").expect("the call's span");
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(hex(&call.trace_id), "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(hex(&call.parent_span_id), "b7ad6b7169203331");
}
