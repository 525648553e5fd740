"""Prints A2A's official FileDescriptorProto, in hexadecimal."""

from a2a.types import a2a_pb2

print(a2a_pb2.DESCRIPTOR.serialized_pb.hex())
