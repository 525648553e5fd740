//! Two ways to explore a service without its proto files: the real grpcurl, and a reflection client of our own
//! for machines where grpcurl cannot be had.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;

use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, MethodDescriptor};
use prost_types::{FileDescriptorProto, FileDescriptorSet};
use tonic::Request;
use tonic::transport::{Channel, Endpoint};
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::{ServerReflectionRequest, ServerReflectionResponse};

use crate::raw::raw_stream;
use crate::tools::{Run, grpcurl};

/// A client that knows nothing but an address.
#[derive(Debug)]
pub enum Explorer {
    /// The real grpcurl.
    Grpcurl(PathBuf),
    /// Our own.
    Reflection,
}

impl Explorer {
    /// Every explorer that this machine has.
    pub fn all() -> Vec<Self> {
        grpcurl().map(Self::Grpcurl).into_iter().chain([Self::Reflection]).collect()
    }

    /// The names of the services at an address.
    pub async fn list(&self, address: SocketAddr) -> Vec<String> {
        match self {
            Self::Grpcurl(program) => {
                let out = Run::of(program, &["-plaintext", &address.to_string(), "list"]).await.expect_ok("list");
                out.lines().map(str::to_owned).collect()
            }
            Self::Reflection => list(&channel(address)).await,
        }
    }

    /// The description of a service or message; empty when the server has none.
    pub async fn describe(&self, address: SocketAddr, symbol: &str) -> String {
        match self {
            Self::Grpcurl(program) => {
                let args = ["-plaintext", &address.to_string(), "describe", symbol];
                Run::of(program, &args).await.expect_ok(symbol)
            }
            Self::Reflection => {
                let pool = pool(&channel(address), symbol).await;
                let service = pool.get_service_by_name(symbol).map(|service| service.methods().collect::<Vec<_>>());
                format!("{service:?}")
            }
        }
    }

    /// Calls a method with JSON; the answers as JSON one after the other, or the error with its details as text.
    pub async fn call(
        &self,
        address: SocketAddr,
        method: &str,
        json: &str,
        headers: &[(&str, &str)],
    ) -> Result<String, String> {
        match self {
            Self::Grpcurl(program) => {
                let headers: Vec<String> = headers.iter().map(|(key, value)| format!("{key}: {value}")).collect();
                let address = address.to_string();
                let mut args = vec!["-plaintext", "-max-time", "60", "-d", json];
                args.extend(headers.iter().flat_map(|header| ["-H", header]));
                args.extend([address.as_str(), method]);
                let run = Run::of(program, &args).await;
                if run.ok { Ok(run.out) } else { Err(run.err) }
            }
            Self::Reflection => call(&channel(address), method, json, headers).await,
        }
    }
}

fn channel(address: SocketAddr) -> Channel {
    Endpoint::from_shared(format!("http://{address}")).unwrap().connect_lazy()
}

async fn list(channel: &Channel) -> Vec<String> {
    match ask(channel, MessageRequest::ListServices(String::new())).await {
        MessageResponse::ListServicesResponse(list) => list.service.into_iter().map(|service| service.name).collect(),
        other => panic!("{other:?}"),
    }
}

async fn call(channel: &Channel, path: &str, json: &str, headers: &[(&str, &str)]) -> Result<String, String> {
    let (service, name) = path.split_once('/').unwrap();
    let pool = pool(channel, service).await;
    let service = pool.get_service_by_name(service).unwrap();
    let method: MethodDescriptor = service.methods().find(|method| method.name() == name).unwrap();
    let mut input = serde_json::Deserializer::from_str(json);
    let request = DynamicMessage::deserialize(method.input(), &mut input).unwrap();
    let answers = raw_stream(channel, path, request.encode_to_vec().into(), headers).await;
    match answers {
        Ok(frames) => Ok(frames.into_iter().map(|frame| to_json(method.output(), &frame)).collect()),
        Err(status) => {
            let errors = self::pool(channel, "google.rpc.Status").await;
            errors.get_message_by_name("google.rpc.ErrorInfo").expect("details can be read");
            let details = to_json(errors.get_message_by_name("google.rpc.Status").unwrap(), status.details());
            Err(format!("{:?}: {}\n{details}", status.code(), status.message()))
        }
    }
}

fn to_json(descriptor: MessageDescriptor, bytes: &[u8]) -> String {
    serde_json::to_string_pretty(&DynamicMessage::decode(descriptor, bytes).unwrap()).unwrap()
}

/// The descriptors of a symbol and of everything that it needs, and of the standard error details.
async fn pool(channel: &Channel, symbol: &str) -> DescriptorPool {
    let mut files = Vec::new();
    let mut wanted = Vec::new();
    for symbol in [symbol, "google.rpc.ErrorInfo", "google.rpc.Status"] {
        wanted.extend(files_of(channel, MessageRequest::FileContainingSymbol(symbol.to_owned())).await);
    }
    let mut known = BTreeSet::new();
    while let Some(file) = wanted.pop() {
        if known.insert(file.name().to_owned()) {
            for needed in &file.dependency {
                wanted.extend(files_of(channel, MessageRequest::FileByFilename(needed.clone())).await);
            }
            files.push(file);
        }
    }
    DescriptorPool::from_file_descriptor_set(FileDescriptorSet { file: files }).unwrap()
}

async fn files_of(channel: &Channel, question: MessageRequest) -> Vec<FileDescriptorProto> {
    match ask(channel, question).await {
        MessageResponse::FileDescriptorResponse(found) => {
            let files = found.file_descriptor_proto.iter();
            files.map(|bytes| FileDescriptorProto::decode(bytes.as_slice()).unwrap()).collect()
        }
        other => panic!("{other:?}"),
    }
}

async fn ask(channel: &Channel, question: MessageRequest) -> MessageResponse {
    let request = ServerReflectionRequest { host: String::new(), message_request: Some(question) };
    let questions = futures::stream::iter([request]);
    let answers = ServerReflectionClient::new(channel.clone()).server_reflection_info(Request::new(questions)).await;
    let answer: ServerReflectionResponse = answers.unwrap().into_inner().message().await.unwrap().unwrap();
    answer.message_response.unwrap()
}
