//! Regenerates the code from `proto/` and compares it with what is checked in.
//! `UPDATE_PROTO=1 cargo test -p proto --test generated` writes it instead.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may unwrap as tests do")]

#[path = "generated/json.rs"]
mod json;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use protox::prost::Message as _;

const FILES: [&str; 6] = [
    "lf/a2a/v1/a2a.proto",
    "watchroom/admin/v1/admin.proto",
    "watchroom/agent/v1/steps.proto",
    "watchroom/emergency/v1/emergency.proto",
    "watchroom/orchestrator/v1/orchestrator.proto",
    "watchroom/registry/v1/registry.proto",
];

/// Name, path and streaming of each A2A operation, with its request message.
const OPERATIONS: [(&str, &str, &str, bool); 11] = [
    ("send_message", "SendMessage", "SendMessageRequest", false),
    ("send_streaming_message", "SendStreamingMessage", "SendMessageRequest", true),
    ("get_task", "GetTask", "GetTaskRequest", false),
    ("list_tasks", "ListTasks", "ListTasksRequest", false),
    ("cancel_task", "CancelTask", "CancelTaskRequest", false),
    ("subscribe_to_task", "SubscribeToTask", "SubscribeToTaskRequest", true),
    ("create_task_push_notification_config", "CreateTaskPushNotificationConfig", "TaskPushNotificationConfig", false),
    (
        "get_task_push_notification_config",
        "GetTaskPushNotificationConfig",
        "GetTaskPushNotificationConfigRequest",
        false,
    ),
    (
        "list_task_push_notification_configs",
        "ListTaskPushNotificationConfigs",
        "ListTaskPushNotificationConfigsRequest",
        false,
    ),
    ("get_extended_agent_card", "GetExtendedAgentCard", "GetExtendedAgentCardRequest", false),
    (
        "delete_task_push_notification_config",
        "DeleteTaskPushNotificationConfig",
        "DeleteTaskPushNotificationConfigRequest",
        false,
    ),
];

#[test]
fn checked_in_code_is_what_the_proto_files_say() {
    let fresh = tempfile::tempdir().unwrap();
    generate(fresh.path());
    let checked_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/gen");
    if std::env::var_os("UPDATE_PROTO").is_some() {
        let _ = fs::remove_dir_all(&checked_in);
        fs::create_dir_all(&checked_in).unwrap();
        for (name, bytes) in contents(fresh.path()) {
            fs::write(checked_in.join(name), bytes).unwrap();
        }
    }
    let (want, have) = (contents(fresh.path()), contents(&checked_in));
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&have), names(&want));
    for (name, bytes) in want {
        assert!(have[&name] == bytes, "{name} differs; run with UPDATE_PROTO=1");
    }
}

fn generate(out: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto");
    let with_docs = compile(&root, true);
    let mut config = prost_build::Config::new();
    config.enable_type_names();
    for own in ["Struct", "Value", "ListValue"] {
        config.extern_path(format!(".google.protobuf.{own}"), format!("crate::{own}"));
    }
    tonic_prost_build::configure()
        .out_dir(out)
        .include_file("mod.rs")
        .bytes(".")
        .codec_path("crate::Strict")
        .compile_fds_with_config(with_docs.file_descriptor_set(), config)
        .unwrap();
    let servers = [prepared_service(), registry_service()];
    tonic_build::manual::Builder::new().build_client(false).out_dir(out).compile(&servers);
    let descriptors = compile(&root, false);
    fs::write(out.join("json.rs"), json::code(&descriptors.descriptor_pool())).unwrap();
    fs::write(out.join("descriptors.bin"), descriptors.file_descriptor_set().encode_to_vec()).unwrap();
}

fn compile(root: &Path, docs: bool) -> protox::Compiler {
    let mut compiler = protox::Compiler::new([root]).unwrap();
    compiler.include_imports(true).include_source_info(docs).open_files(FILES).unwrap();
    compiler
}

fn prepared_service() -> tonic_build::manual::Service {
    let service = tonic_build::manual::Service::builder().name("A2AService").package("lf.a2a.v1");
    OPERATIONS
        .iter()
        .fold(service, |service, (name, path, request, streams)| {
            // A message to an agent is kept as the bytes that came.
            let place = if *request == "SendMessageRequest" { "raw" } else { "a2a" };
            let method = tonic_build::manual::Method::builder()
                .name(*name)
                .route_name(*path)
                .input_type(format!("crate::{place}::{request}"))
                .output_type("bytes::Bytes")
                .codec_path("crate::Prepared");
            service.method(if *streams { method.server_streaming().build() } else { method.build() })
        })
        .build()
}

/// The registry's server keeps cards as the bytes that came.
fn registry_service() -> tonic_build::manual::Service {
    let method = |name: &str, path: &str, request: &str, response: &str| {
        tonic_build::manual::Method::builder()
            .name(name)
            .route_name(path)
            .input_type(request)
            .output_type(response)
            .codec_path("crate::Strict")
    };
    let plain = |name: &str| format!("crate::watchroom::registry::v1::{name}");
    let raw = |name: &str| format!("crate::raw::{name}");
    tonic_build::manual::Service::builder()
        .name("Registry")
        .package("watchroom.registry.v1")
        .method(method("register", "Register", &raw("RegisterRequest"), &plain("RegisterResponse")).build())
        .method(
            method("keep_alive", "KeepAlive", &plain("KeepAliveRequest"), &plain("KeepAliveResponse"))
                .client_streaming()
                .server_streaming()
                .build(),
        )
        .method(method("deregister", "Deregister", &plain("DeregisterRequest"), &plain("DeregisterResponse")).build())
        .method(
            method("set_draining", "SetDraining", &plain("SetDrainingRequest"), &plain("SetDrainingResponse")).build(),
        )
        .method(method("get_agent", "GetAgent", &plain("GetAgentRequest"), &raw("Agent")).build())
        .method(
            method("query_agents", "QueryAgents", &plain("QueryAgentsRequest"), &raw("QueryAgentsResponse")).build(),
        )
        .method(
            method("watch_agents", "WatchAgents", &plain("WatchAgentsRequest"), &raw("WatchAgentsResponse"))
                .server_streaming()
                .build(),
        )
        .method(method("resolve", "Resolve", &plain("ResolveRequest"), &plain("ResolveResponse")).build())
        .method(
            method("report_outcome", "ReportOutcome", &plain("ReportOutcomeRequest"), &plain("ReportOutcomeResponse"))
                .build(),
        )
        .build()
}

fn contents(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let files: Vec<PathBuf> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    files.iter().map(|path| (name(path), fs::read(path).unwrap())).collect()
}
