"""Prints the REQUIRED fields of A2A as the official descriptors annotate them: one `Message.field` per line."""

from google.api import field_behavior_pb2

from a2a.types import a2a_pb2

REQUIRED = field_behavior_pb2.FieldBehavior.Value("REQUIRED")

for name, message in sorted(a2a_pb2.DESCRIPTOR.message_types_by_name.items()):
    for field in message.fields:
        if REQUIRED in field.GetOptions().Extensions[field_behavior_pb2.field_behavior]:
            print(f"{name}.{field.name}")
