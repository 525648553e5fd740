"""Python's protobuf as the other side of tests/differential.rs: a line of JSON in, a line of JSON out.

usage: differential.py DESCRIPTORS

{"message": name, "wire": base64} is answered with {"text": its JSON},
{"message": name, "text": JSON} with {"wire": base64 of what was read}, and either with {"error": why not}.
Messages of A2A are those of the official SDK; the others are from the file of descriptors.
"""

import base64
import functools
import json
import sys

from a2a.types import a2a_pb2
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message, message_factory


def pool_of(path):
    pool = descriptor_pool.DescriptorPool()
    with open(path, "rb") as file:
        files = descriptor_pb2.FileDescriptorSet.FromString(file.read())
    for file in files.file:
        pool.Add(file)
    return pool


@functools.cache
def kind_of(pool, name):
    package, _, short = name.rpartition(".")
    if package == "lf.a2a.v1":
        return getattr(a2a_pb2, short)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))


def answer(kind, case):
    if "wire" in case:
        told = kind.FromString(base64.b64decode(case["wire"]))
        return {"text": json_format.MessageToJson(told, indent=None)}
    read = kind()
    json_format.Parse(case["text"], read, ignore_unknown_fields=True)
    return {"wire": base64.b64encode(read.SerializeToString(deterministic=True)).decode()}


def main(path):
    pool = pool_of(path)
    for line in sys.stdin:
        case = json.loads(line)
        try:
            said = answer(kind_of(pool, case["message"]), case)
        # What Python raises for bad input is not only json_format.Error: see the table of differences.
        except (json_format.Error, message.Error, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError) as why:
            said = {"error": f"{type(why).__name__}: {why}"}
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
