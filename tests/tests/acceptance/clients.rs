//! The official Python client.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use prost::Message as _;
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet,
    MethodDescriptorProto,
};
use tests::{Cluster, Node, Service, call, python};

#[tokio::test(flavor = "multi_thread")]
async fn c92_the_official_python_client_talks_to_the_operator() {
    let cluster = Cluster::start().await;
    // Without a place the operator asks back, so the task stays open.
    let address = cluster.node(Service::Operator).address();
    talk(address, &[call(), "There is a fire, come quickly!"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c92_the_official_python_client_talks_to_a_dispatching_agent() {
    let cluster = Cluster::start().await;
    let address = cluster.node(Service::Fire).address();
    // Its tasks end at once, so there is none to subscribe to or to cancel.
    talk(address, &["Smoke at 12 Mill Lane."]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c92_the_official_python_client_talks_to_an_agent_that_works_for_long() {
    let cluster = Cluster::start().await;
    let registry = format!("http://{}", cluster.node(Service::Registry).address());
    let mut agent = Node::new("echo", cluster.dir(), vec!["--registry".to_owned(), registry]);
    agent.start().await;
    talk(agent.address(), &["Is anybody there?", "wait"]).await;
}

/// The whole conversation over each binding.
async fn talk(address: SocketAddr, texts: &[&str]) {
    for binding in ["GRPC", "JSONRPC", "HTTP+JSON"] {
        let args = [binding.to_owned(), address.to_string()].into_iter().chain(texts.iter().map(|it| (*it).to_owned()));
        let out = python("client.py", &args.collect::<Vec<_>>()).await.expect_ok("the Python client");
        println!("{binding}\n{out}");
    }
}

#[tokio::test]
async fn c70_our_table_of_required_fields_is_that_of_the_official_descriptors() {
    let theirs = python("required.py", &[]).await.expect_ok("the Python descriptors");
    let theirs: BTreeSet<&str> = theirs.lines().collect();
    let set = FileDescriptorSet::decode(proto::DESCRIPTORS).unwrap();
    let ours = set.file.iter().filter(|file| file.package() == "lf.a2a.v1").flat_map(|file| &file.message_type);
    let ours: BTreeSet<String> = ours
        .flat_map(|message| {
            proto::required_fields(message.name()).iter().map(|field| format!("{}.{field}", message.name()))
        })
        .collect();
    assert_eq!(ours.iter().map(String::as_str).collect::<BTreeSet<_>>(), theirs);
}

#[tokio::test]
async fn c77_messages_fields_numbers_and_methods_are_those_of_the_official_descriptors() {
    let theirs = python("descriptors.py", &[]).await.expect_ok("the Python descriptors");
    let digits = theirs.trim().as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    let theirs: Vec<u8> = digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
    let theirs = FileDescriptorProto::decode(&theirs[..]).unwrap();
    let set = FileDescriptorSet::decode(proto::DESCRIPTORS).unwrap();
    let ours = set.file.into_iter().find(|file| file.package() == "lf.a2a.v1").unwrap();
    let (ours, theirs) = (Wire::of(ours), Wire::of(theirs));
    assert!(theirs.messages.len() > 40 && theirs.methods.len() == 11, "{theirs:?}");
    assert_eq!(ours, theirs);
}

/// What of a file says how it looks on the wire: everything but the options, and what follows from names.
#[derive(Debug, PartialEq)]
struct Wire {
    messages: BTreeMap<String, DescriptorProto>,
    enums: BTreeMap<String, Vec<(String, i32)>>,
    methods: BTreeMap<String, (String, String, bool, bool)>,
}

impl Wire {
    fn of(file: FileDescriptorProto) -> Self {
        let values = |kind: &EnumDescriptorProto| {
            kind.value.iter().map(|value| (value.name().to_owned(), value.number())).collect()
        };
        let method = |one: &MethodDescriptorProto| {
            let types = (one.input_type().to_owned(), one.output_type().to_owned());
            (one.name().to_owned(), (types.0, types.1, one.client_streaming(), one.server_streaming()))
        };
        Self {
            enums: file.enum_type.iter().map(|kind| (kind.name().to_owned(), values(kind))).collect(),
            methods: file.service.iter().flat_map(|service| &service.method).map(method).collect(),
            messages: file.message_type.into_iter().map(|one| (one.name().to_owned(), bare(one))).collect(),
        }
    }
}

fn bare(mut message: DescriptorProto) -> DescriptorProto {
    message.options = None;
    message.field.sort_by_key(FieldDescriptorProto::number);
    for field in &mut message.field {
        (field.options, field.json_name) = (None, None);
    }
    message.nested_type = message.nested_type.into_iter().map(bare).collect();
    message
}
