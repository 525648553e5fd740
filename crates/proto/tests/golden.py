"""Writes the golden files beside it from the official SDK and Python's protobuf, or compares them.

usage: golden.py [--write]

wire.txt  every name, number and type of package lf.a2a.v1, as the SDK's descriptor has them
json.txt  per case: the message, the JSON that goes in, and the JSON that Python makes of it, or an error
"""

import json
import pathlib
import sys

from a2a.types import a2a_pb2
from google.protobuf import descriptor_pb2, json_format

HERE = pathlib.Path(__file__).parent
FIELD = descriptor_pb2.FieldDescriptorProto


def wire():
    file = descriptor_pb2.FileDescriptorProto()
    a2a_pb2.DESCRIPTOR.CopyToProto(file)
    lines = []
    for message in file.message_type:
        lines += of_message("", message)
    for enum in file.enum_type:
        lines += [f"{enum.name}.{value.name} = {value.number}" for value in enum.value]
    for service in file.service:
        lines += [of_method(service.name, method) for method in service.method]
    return "\n".join([f"{file.package} {file.syntax}", *sorted(lines)]) + "\n"


def of_message(prefix, message):
    path = prefix + message.name
    lines = [f"{path}{' map' if message.options.map_entry else ''}"]
    for field in message.field:
        words = [f"{path}.{field.name} = {field.number}", kind(field), camel(field.name)]
        if field.label == FIELD.LABEL_REPEATED:
            words.append("repeated")
        if field.proto3_optional:
            words.append("optional")
        elif field.HasField("oneof_index"):
            words.append(f"oneof {message.oneof_decl[field.oneof_index].name}")
        lines.append(" ".join(words))
    for nested in message.nested_type:
        lines += of_message(f"{path}.", nested)
    return lines


def of_method(service, method):
    stream = lambda streams: "stream " if streams else ""
    request = stream(method.client_streaming) + method.input_type
    answer = stream(method.server_streaming) + method.output_type
    return f"{service}/{method.name} {request} -> {answer}"


def kind(field):
    return field.type_name or FIELD.Type.Name(field.type).removeprefix("TYPE_").lower()


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(word[:1].upper() + word[1:] for word in rest)


CASES = [
    ("Part", '{"text":"x"}'),
    ("Part", '{"text":""}'),
    ("Part", '{"raw":"AP/+"}'),
    ("Part", '{"raw":"AP_-"}'),
    ("Part", '{"raw":""}'),
    ("Part", '{"raw":"?"}'),
    ("Part", '{"url":"https://example.com/a?b=c","filename":"a","mediaType":"text/plain"}'),
    ("Part", '{"media_type":"text/plain","text":"x"}'),
    ("Part", '{"data":null}'),
    ("Part", '{"data":[]}'),
    ("Part", '{"data":{}}'),
    ("Part", '{"data":{"a":null,"b":[null,1,"x",true,{"c":null}]}}'),
    ("Part", '{"data":0}'),
    ("Part", '{"data":-1.5e-3}'),
    ("Part", '{"data":9007199254740993}'),
    ("Part", '{"data":false}'),
    ("Part", '{"data":""}'),
    ("Part", '{"text":"x","url":"y"}'),
    ("Part", '{"text":"x","data":null}'),
    ("Part", '{"text":null}'),
    ("Part", '{"text":1}'),
    ("Part", '{"unknown":{"deep":[1]},"text":"x"}'),
    ("Part", '{"metadata":{"a":null,"b":{"c":null}},"text":"x"}'),
    ("Part", '{"metadata":{},"text":"x"}'),
    ("Part", '{"metadata":null,"text":"x"}'),
    ("Part", '{"metadata":[],"text":"x"}'),
    ("Part", '{"text":"\\u00fc\\ud83d\\ude92\\u2028"}'),
    ("Part", '{"text":"\\ud83d"}'),
    ("Part", "[]"),
    ("Part", "null"),
    ("Part", "{"),
    ("Part", '{"text":"x"} x'),
    ("TaskStatus", '{"state":"TASK_STATE_WORKING","timestamp":"2026-11-21T05:00:00.123Z"}'),
    ("TaskStatus", '{"state":2,"timestamp":"2026-11-21T05:00:00Z"}'),
    ("TaskStatus", '{"timestamp":"2026-11-21T07:00:00.100+02:00"}'),
    ("TaskStatus", '{"timestamp":"2026-11-21T05:00:00.123456Z"}'),
    ("TaskStatus", '{"timestamp":"2026-11-21T05:00:00.123456789Z"}'),
    ("TaskStatus", '{"timestamp":"1969-12-31T23:59:59.999Z"}'),
    ("TaskStatus", '{"timestamp":"2026-11-21"}'),
    ("TaskStatus", '{"timestamp":"2026-11-21T05:00:00"}'),
    ("TaskStatus", '{"timestamp":0}'),
    ("TaskStatus", '{"state":"TASK_STATE_UNSPECIFIED"}'),
    ("TaskStatus", '{"state":null}'),
    ("TaskStatus", '{"state":99}'),
    ("TaskStatus", '{"state":"WORKING"}'),
    ("AgentCapabilities", '{"streaming":false}'),
    ("AgentCapabilities", '{"streaming":false,"pushNotifications":true,"extendedAgentCard":false}'),
    ("AgentCapabilities", '{"streaming":null}'),
    ("AgentCapabilities", '{"streaming":"false"}'),
    ("AgentCapabilities", '{"extensions":[{"uri":"urn:x","required":false,"params":{"n":1}}]}'),
    ("AgentCapabilities", '{"extensions":[]}'),
    ("AgentCapabilities", '{"extensions":[null]}'),
    ("SendMessageConfiguration", '{"historyLength":0}'),
    ("SendMessageConfiguration", '{"historyLength":"7"}'),
    ("SendMessageConfiguration", '{"historyLength":7.0}'),
    ("SendMessageConfiguration", '{"historyLength":7.5}'),
    ("SendMessageConfiguration", '{"historyLength":2147483648}'),
    ("SendMessageConfiguration", '{"history_length":-1,"returnImmediately":true}'),
    ("ListTasksRequest", '{"status":"TASK_STATE_COMPLETED","pageSize":10,"includeArtifacts":false}'),
    ("Message", '{"messageId":"m","role":"ROLE_USER","parts":[{"text":"x"}],"referenceTaskIds":["a","b"]}'),
    ("Message", '{"messageId":"m","role":"ROLE_ELSE"}'),
    ("StreamResponse", '{"statusUpdate":{"taskId":"t","contextId":"c","status":{"state":"TASK_STATE_FAILED"}}}'),
    ("StreamResponse", '{"task":{"id":"t"},"message":{"messageId":"m"}}'),
    ("StreamResponse", '{"task":{}}'),
    ("StreamResponse", "{}"),
    ("AgentCard", '{"securitySchemes":{"b":{"httpAuthSecurityScheme":{"scheme":"Bearer"}}}}'),
    ("AgentCard", '{"securityRequirements":[{"schemes":{"a":{"list":["x"]},"b":{}}}],"documentationUrl":""}'),
    ("OAuthFlows", '{"authorizationCode":{"scopes":{"z":"1","a":"2"},"pkceRequired":true}}'),
]


def spoken():
    lines = []
    for name, text in CASES:
        message = getattr(a2a_pb2, name)()
        try:
            json_format.Parse(text, message, ignore_unknown_fields=True)
            answer = json.dumps(json_format.MessageToDict(message), sort_keys=True, separators=(",", ":"))
        except (json_format.Error, UnicodeError) as _:
            answer = "error"
        lines += [name, text, answer, ""]
    return "\n".join(lines)


def main(write):
    different = 0
    for name, text in (("wire.txt", wire()), ("json.txt", spoken())):
        path = HERE / "golden" / name
        if write:
            path.write_text(text, encoding="utf-8")
        elif path.read_text(encoding="utf-8") != text:
            print(f"{name} is not what the installed SDK says; run {sys.argv[0]} --write and read the difference")
            different = 1
    return different


if __name__ == "__main__":
    sys.exit(main("--write" in sys.argv))
