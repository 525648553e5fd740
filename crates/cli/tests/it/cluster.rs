//! `up` over stand-ins: start, table, restart, stop, and no orphans.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::support::{Ended, PATIENCE, end, run, signal, watchroom};

const SERVICES: [&str; 5] = ["registry", "fire", "police", "ambulance", "operator"];

/// A directory with the command and stand-ins for all services, and one for data.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        let own = PathBuf::from(env!("CARGO_BIN_EXE_watchroom"));
        let stand_in = own.parent().unwrap().join("examples/stand_in");
        fs::create_dir(home.programs()).unwrap();
        link(&own, &home.programs().join("watchroom"));
        for service in SERVICES {
            link(&stand_in, &home.programs().join(service));
        }
        home
    }

    fn programs(&self) -> PathBuf {
        self.0.path().join("bin")
    }

    fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn endpoints(&self) -> PathBuf {
        self.data().join("endpoints.json")
    }

    fn up(&self, args: &[&str]) -> Command {
        let mut command = Command::new(self.programs().join("watchroom"));
        command.args(["up", "--free-ports", "--data-dir"]).arg(self.data()).args(args);
        command.env_remove("WATCHROOM_REGISTRY").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.kill_on_drop(true);
        command
    }

    /// Starts it with `--json` and waits for the line that says that it is ready.
    async fn ready(&self, args: &[&str]) -> (Child, Value) {
        let mut child = self.up(&[args, &["--json"]].concat()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap();
        let Some(line) = line else { panic!("{:?}", end(child).await) };
        (child, serde_json::from_str(&line).unwrap())
    }
}

fn link(from: &Path, to: &Path) {
    if fs::hard_link(from, to).is_err() {
        fs::copy(from, to).unwrap();
    }
}

fn pids(cluster: &Value) -> Vec<u32> {
    let services = cluster["services"].as_array().unwrap();
    services.iter().map(|service| u32::try_from(service["pid"].as_u64().unwrap()).unwrap()).collect()
}

/// Neither running nor a zombie of somebody.
fn is_gone(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.is_empty() || stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'))
}

async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "never: {what}");
        yield_now().await;
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

async fn stop(child: Child) -> Ended {
    signal(child.id().unwrap(), "TERM");
    end(child).await
}

#[tokio::test]
async fn foreign_agents_are_told_to_the_operator_alone() {
    let home = Home::new();
    let (child, _) = home.ready(&["--foreign-agent", "Plumber=http://127.0.0.1:9", "--without", "police"]).await;
    let ended = stop(child).await;
    let told: Vec<&str> = ended.err.lines().filter(|line| line.contains("Plumber=http://127.0.0.1:9")).collect();
    assert!(matches!(&told[..], [line] if line.starts_with("operator  | ")), "{ended:?}");
}

#[tokio::test]
async fn a_foreign_agent_that_is_none_is_told_before_anything_is_started() {
    let home = Home::new();
    let of_flag = home.up(&["--foreign-agent", "Plumber=ftp://127.0.0.1:9"]);
    let mut of_variable = home.up(&[]);
    of_variable.env("WATCHROOM_FOREIGN_AGENTS", "Plumber=http://127.0.0.1:9,bad");
    for (mut up, why) in [(of_flag, "begins with http:// or https://"), (of_variable, "must be NAME=URL")] {
        let ended = end(up.spawn().unwrap()).await;
        assert!(ended.code == Some(64) && ended.err.contains(why), "{ended:?}");
        assert!(!home.data().exists(), "{ended:?}");
    }
}

#[tokio::test]
async fn what_makes_cards_believed_is_told_to_the_registry_alone() {
    let home = Home::new();
    let flags = ["--trust", "the-keys.json", "--fetch-cards", "public", "--without", "police"];
    let (child, _) = home.ready(&flags).await;
    let ended = stop(child).await;
    let told: Vec<&str> =
        ended.err.lines().filter(|line| line.contains("the-keys.json") || line.contains("public")).collect();
    let of_registry = |line: &str| line.starts_with("registry  | ") && line.contains("keys") && line.contains("public");
    assert!(matches!(&told[..], [line] if of_registry(line)), "{ended:?}");
}

#[tokio::test]
async fn a_cluster_starts_says_where_it_is_and_stops_as_a_whole() {
    let home = Home::new();
    let (child, cluster) = home.ready(&[]).await;
    let names: Vec<&str> =
        cluster["services"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, SERVICES);
    let written: Value = serde_json::from_str(&fs::read_to_string(home.endpoints()).unwrap()).unwrap();
    assert_eq!(written, cluster);
    let mode = fs::metadata(home.data()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "what is in it is for its owner alone");
    for service in cluster["services"].as_array().unwrap() {
        for listener in ["protocol", "admin"] {
            std::net::TcpStream::connect(service[listener].as_str().unwrap()).unwrap();
        }
    }
    let ended = stop(child).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(pids(&cluster).into_iter().all(is_gone));
    assert!(!home.endpoints().exists());
    let registry = cluster["services"][0]["protocol"].as_str().unwrap();
    for line in ["fire      | ", "operator  | "] {
        let told =
            ended.err.lines().any(|it| it.starts_with(line) && it.contains(&format!("registry=\"http://{registry}\"")));
        assert!(told, "{line}: {ended:?}");
    }
}

#[tokio::test]
async fn people_get_a_table() {
    let home = Home::new();
    let mut child = home.up(&["--without", "fire", "--without", "police"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut table = Vec::new();
    while let Some(line) = timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap() {
        table.push(line);
        if table.last().unwrap().contains("Ctrl-C") {
            break;
        }
    }
    let first: Vec<&str> = table.iter().map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!(first, ["SERVICE", "registry", "ambulance", "operator", "ready;"]);
    assert_eq!(stop(child).await.code, Some(0));
}

#[tokio::test]
async fn a_service_that_dies_comes_back_at_its_address() {
    let home = Home::new();
    let (child, cluster) = home.ready(&[]).await;
    let fire = cluster["services"][1].clone();
    signal(pids(&cluster)[1], "KILL");
    let read = || serde_json::from_str::<Value>(&fs::read_to_string(home.endpoints()).unwrap()).unwrap();
    eventually("fire is back", || read()["services"][1]["pid"] != fire["pid"]).await;
    let back = read()["services"][1].clone();
    assert_eq!((&back["protocol"], &back["admin"]), (&fire["protocol"], &fire["admin"]));
    std::net::TcpStream::connect(back["protocol"].as_str().unwrap()).unwrap();
    let ended = stop(child).await;
    assert!(ended.err.contains("fire ended (signal: 9"), "{ended:?}");
    assert!(is_gone(u32::try_from(back["pid"].as_u64().unwrap()).unwrap()));
}

#[tokio::test]
async fn a_service_that_is_asked_to_stop_stays_down_and_can_be_started_by_hand() {
    let home = Home::new();
    let (mut child, cluster) = home.ready(&[]).await;
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
    signal(pids(&cluster)[1], "TERM");
    let told = loop {
        let line = timeout(PATIENCE, log.next_line()).await.unwrap().unwrap().unwrap();
        assert!(!line.contains("fire is back"), "{line}");
        if line.starts_with("fire was asked to stop and stays down") {
            break line;
        }
    };
    let address = cluster["services"][1]["protocol"].as_str().unwrap();
    assert!(told.contains(&format!("--listen {address}")) && !told.contains("--parent-stdin"), "{told}");
    let again = run(&["drain", "fire", "--data-dir", home.data().to_str().unwrap()]).await;
    assert_eq!(again.code, Some(0), "{again:?}");
    assert!(again.out.contains("fire at ") && again.out.contains("has stopped already"), "{again:?}");
    let read: Value = serde_json::from_str(&fs::read_to_string(home.endpoints()).unwrap()).unwrap();
    assert_eq!((&read["services"][1]["stays_down"], &read["services"][2]["stays_down"]), (&true.into(), &Value::Null));
    let copy = home.0.path().join("copy");
    let refused = run(&["backup", "fire", copy.to_str().unwrap(), "--data-dir", home.data().to_str().unwrap()]).await;
    assert!(refused.code == Some(69) && refused.err.contains("leaves it down: start it by the command"), "{refused:?}");
    assert!(!refused.err.contains("watchroom up --data-dir"), "{refused:?}");
    assert_eq!(stop(child).await.code, Some(0));
}

#[tokio::test]
async fn a_service_that_has_died_has_not_stopped_as_a_drain_means_it() {
    let home = Home::new();
    let (child, cluster) = home.ready(&[]).await;
    // While it does not start, nobody knows when it will.
    fs::create_dir_all(home.data().join("fire")).unwrap();
    fs::write(home.data().join("fire/refuse"), "").unwrap();
    signal(pids(&cluster)[1], "KILL");
    eventually("fire is gone", || is_gone(pids(&cluster)[1])).await;
    let data = home.data();
    let drain = ["drain", "fire", "--data-dir", data.to_str().unwrap()];
    let down = run(&drain).await;
    assert!(down.code == Some(69) && down.err.contains("nobody listens there"), "{down:?}");
    assert!(down.err.contains("or name another address in place of the name"), "{down:?}");
    let waiting = watchroom(&drain).spawn().unwrap();
    fs::remove_file(home.data().join("fire/refuse")).unwrap();
    // A stand-in knows no such call; that it is asked is what matters.
    let asked = end(waiting).await;
    assert!(asked.err.contains("Admin/Drain") && asked.err.contains("fire at "), "{asked:?}");
    stop(child).await;
}

#[tokio::test]
async fn an_address_where_nobody_listens_is_not_taken_for_a_service_that_has_stopped() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for address in [free.to_string(), format!("http://{free}"), "https://127.0.0.1".to_owned()] {
        let ended = run(&["drain", &address]).await;
        assert_eq!(ended.code, Some(69), "{address}: {ended:?}");
        assert!(ended.err.contains("nobody listens there"), "{address}: {ended:?}");
        assert!(ended.err.contains("`watchroom up`, or name another address in its place"), "{address}: {ended:?}");
    }
}

#[tokio::test]
async fn nothing_outlives_a_killed_supervisor() {
    let home = Home::new();
    let (child, cluster) = home.ready(&[]).await;
    signal(child.id().unwrap(), "KILL");
    end(child).await;
    for pid in pids(&cluster) {
        eventually("the service is gone", || is_gone(pid)).await;
    }
    let data = home.data();
    let down = run(&["agents", "--data-dir", data.to_str().unwrap()]).await;
    let next = format!("start it again with `watchroom up --data-dir {}`", data.display());
    assert!(down.code == Some(69) && down.err.contains(&next), "{down:?}");
}

#[tokio::test]
async fn nobody_is_told_to_start_what_runs_already() {
    let home = Home::new();
    let (child, cluster) = home.ready(&[]).await;
    let data = home.data();
    for service in ["registry", "fire"] {
        fs::create_dir_all(data.join(service)).unwrap();
        fs::write(data.join(service).join("refuse"), "").unwrap();
    }
    for pid in &pids(&cluster)[..2] {
        signal(*pid, "KILL");
        eventually("it is gone", || is_gone(*pid)).await;
    }
    let at = cluster["services"][1]["protocol"].as_str().unwrap();
    let (agents, tasks) = (["agents"].as_slice(), ["tasks", "--agent", at]);
    for (command, sees) in [(agents, false), (&tasks, true)] {
        let ended = run(&[command, &["--data-dir", data.to_str().unwrap()]].concat()).await;
        assert!(ended.code == Some(69) && ended.err.contains("starts it again by itself"), "{ended:?}");
        assert_eq!(ended.err.contains("`watchroom agents --data-dir"), sees, "{ended:?}");
        assert!(!ended.err.contains("watchroom up --data-dir"), "{ended:?}");
    }
    stop(child).await;
}

#[tokio::test]
async fn a_service_that_does_not_start_ends_the_whole_with_its_exit_code() {
    let home = Home::new();
    fs::create_dir_all(home.data().join("operator")).unwrap();
    fs::write(home.data().join("operator/refuse"), "").unwrap();
    let ended = end(home.up(&[]).spawn().unwrap()).await;
    assert_eq!(ended.code, Some(74), "{ended:?}");
    assert!(ended.err.contains("operator does not start") && ended.err.contains("refuse"), "{ended:?}");
    assert!(!home.endpoints().exists());
}

#[tokio::test]
async fn a_service_that_does_not_start_is_quoted_with_its_error() {
    let home = Home::new();
    let ended = end(home.up(&[]).env("WATCHROOM_LOG_FORMAT", "bogus").spawn().unwrap()).await;
    assert_eq!(ended.code, Some(64), "{ended:?}");
    let last = ended.err.lines().last().unwrap_or_default();
    assert!(last.contains("does not start: error: invalid value 'bogus'"), "{ended:?}");
}

#[tokio::test]
async fn a_service_that_is_slow_to_stop_is_named() {
    let home = Home::new();
    let (mut child, cluster) = home.ready(&[]).await;
    let fire = pids(&cluster)[1];
    signal(fire, "STOP");
    signal(child.id().unwrap(), "INT");
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    while !timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap().unwrap().contains("waiting for fire") {}
    signal(fire, "CONT");
    let status = timeout(PATIENCE, child.wait()).await.unwrap().unwrap();
    assert!(status.success() && is_gone(fire));
}

#[tokio::test]
async fn a_cluster_at_free_ports_says_how_it_is_found() {
    let home = Home::new();
    let mut command = home.up(&["--without", "fire", "--without", "police", "--without", "ambulance"]);
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let expected = format!("--data-dir {}", home.data().display());
    while !timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap().unwrap().contains(&expected) {}
    assert_eq!(stop(child).await.code, Some(0));
}

#[tokio::test]
async fn a_port_that_is_taken_is_told_with_the_flag_that_up_has() {
    let home = Home::new();
    fs::create_dir_all(home.data().join("fire")).unwrap();
    fs::write(home.data().join("fire/taken"), "").unwrap();
    let ended = end(home.up(&[]).spawn().unwrap()).await;
    assert_eq!(ended.code, Some(75), "{ended:?}");
    let last = ended.err.lines().last().unwrap_or_default();
    assert!(last.contains("fire does not start") && last.contains("--free-ports"), "{ended:?}");
    assert!(!last.contains("--listen"), "{ended:?}");
}

#[tokio::test]
async fn a_second_cluster_in_the_same_directory_is_refused() {
    let home = Home::new();
    let (child, _cluster) = home.ready(&[]).await;
    let second = end(home.up(&[]).spawn().unwrap()).await;
    assert_eq!(second.code, Some(75), "{second:?}");
    assert!(second.err.contains("--data-dir"), "{second:?}");
    assert!(home.endpoints().exists());
    stop(child).await;
}

#[tokio::test]
async fn a_missing_program_is_named() {
    let home = Home::new();
    fs::remove_file(home.programs().join("police")).unwrap();
    let ended = end(home.up(&[]).spawn().unwrap()).await;
    assert_eq!(ended.code, Some(64), "{ended:?}");
    assert!(ended.err.contains("bin/police"), "{ended:?}");
}

const TOKENS: &str = r#"
[[token]]
principal = "services"
roles = ["caller", "agent"]
secret = "token-of-the-services"
[[token]]
principal = "agents"
roles = ["caller"]
secret = "token-of-the-agents-1"
[[token]]
principal = "root"
roles = ["admin"]
secret = "token-of-root-0123456"
"#;

#[tokio::test]
async fn services_that_could_not_call_each_other_are_not_started() {
    let home = Home::new();
    let path = |name: &str| home.0.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("tokens.toml"), TOKENS).unwrap();
    for (name, token) in [
        ("services", "token-of-the-services"),
        ("agents", "token-of-the-agents-1"),
        ("root", "token-of-root-0123456"),
        ("nobody", "token-of-nobody-at-all"),
    ] {
        fs::write(path(name), token).unwrap();
    }
    let (tokens, all) = (path("tokens.toml"), "roles = [\"agent\", \"caller\", \"delegate\"]");
    let refused: [(Option<&str>, &[&str], &str, &str); 5] = [
        (None, &[], "they have none", all),
        (Some("nobody"), &[], "is none of", all),
        (
            Some("services"),
            &[],
            "lacks the role delegate, which operator needs to call agents",
            "beside those that it has: \"delegate\"\n",
        ),
        (
            Some("agents"),
            &[],
            "lacks the role agent, which fire, police, ambulance, operator need to register; the role",
            "beside those that it has: \"agent\", \"delegate\"\n",
        ),
        (
            Some("agents"),
            &["--without", "operator"],
            "lacks the role agent, which fire, police, ambulance need to register",
            "beside those that it has: \"agent\"\n",
        ),
    ];
    for (own, further, why, next) in refused {
        let file = own.map(path);
        let own = file.iter().flat_map(|file| ["--token-file", file]);
        let args: Vec<&str> = ["--tokens", &tokens].into_iter().chain(own).chain(further.iter().copied()).collect();
        let ended = end(home.up(&args).spawn().unwrap()).await;
        assert_eq!(ended.code, Some(64), "{args:?}: {ended:?}");
        assert!(ended.err.contains(why) && ended.err.contains("next: ") && ended.err.contains(next), "{ended:?}");
        assert!(!ended.err.contains("standing in") && !ended.err.contains("token-of"), "{ended:?}");
    }
    // Nothing is asked of a registry and agents elsewhere; and an admin may everything.
    for (own, without) in [("agents", &["registry", "operator"][..]), ("root", &[])] {
        let (file, mut args) = (path(own), Vec::new());
        args.extend(without.iter().flat_map(|service| ["--without", service]));
        args.extend(["--tokens", &tokens, "--token-file", &file]);
        let (child, _) = home.ready(&args).await;
        let ended = stop(child).await;
        assert!(ended.err.contains("standing in"), "{ended:?}");
    }
}
