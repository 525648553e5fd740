"""Compares our descriptor set with the one inside the official SDK: name by name, number by number, type by type.

usage: wire.py DESCRIPTORS
What one side has and the other lacks is printed, and the exit code is 1.
"""

import sys

from a2a.types import a2a_pb2
from google.protobuf import descriptor_pb2

PACKAGE = "lf.a2a.v1"


def field_of(field):
    """Everything about a field that the wire or ProtoJSON depends on."""
    oneof = field.oneof_index if field.HasField("oneof_index") else None
    return (field.number, field.type, field.label, field.type_name, field.json_name, field.proto3_optional, oneof)


def json_name(name):
    head, *rest = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


def messages(prefix, message, into):
    name = f"{prefix}.{message.name}"
    into[name] = "message"
    for field in message.field:
        # Compilers differ in whether they write the default name down.
        field.json_name = field.json_name or json_name(field.name)
        into[f"{name}.{field.name}"] = field_of(field)
    for index, oneof in enumerate(message.oneof_decl):
        into[f"{name}#{index}"] = oneof.name
    for nested in message.nested_type:
        messages(name, nested, into)
        into[f"{name}.{nested.name}!"] = nested.options.map_entry
    for enum in message.enum_type:
        enums(name, enum, into)


def enums(prefix, enum, into):
    for value in enum.value:
        into[f"{prefix}.{enum.name}.{value.name}"] = value.number


def services(service, into):
    for method in service.method:
        shape = (method.input_type, method.output_type, method.client_streaming, method.server_streaming)
        into[f"{PACKAGE}.{service.name}/{method.name}"] = shape


def everything(file):
    found = {"syntax": file.syntax}
    for message in file.message_type:
        messages(PACKAGE, message, found)
    for enum in file.enum_type:
        enums(PACKAGE, enum, found)
    for service in file.service:
        services(service, found)
    return found


def main(path):
    ours = descriptor_pb2.FileDescriptorSet()
    with open(path, "rb") as descriptors:
        ours.ParseFromString(descriptors.read())
    [own] = [file for file in ours.file if file.package == PACKAGE]
    official = descriptor_pb2.FileDescriptorProto()
    a2a_pb2.DESCRIPTOR.CopyToProto(official)
    assert official.package == PACKAGE, official.package
    have, want = everything(own), everything(official)
    differences = [
        f"{name}: ours {have.get(name)}, official {want.get(name)}"
        for name in sorted(have.keys() | want.keys())
        if have.get(name) != want.get(name)
    ]
    print(f"{len(want)} names compared", *differences, sep="\n")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
