"""Signs and verifies agent cards with the official SDK.

usage: cards.py verify CARD KEYS            the JSON of CARD has a signature by a key of the JWK set KEYS
       cards.py sign CARD PEM KID           prints the JSON of CARD with a signature by the private key PEM
Exits with 0 when it is so; anything that is not raises.
"""

import json
import sys

import jwt
from google.protobuf import json_format

from a2a.types.a2a_pb2 import AgentCard
from a2a.utils.signing import create_agent_card_signer, create_signature_verifier

ALGORITHMS = ["ES256", "EdDSA"]


def card_of(path):
    with open(path, encoding="utf-8") as file:
        return json_format.Parse(file.read(), AgentCard())


def verify(path, keys):
    with open(keys, encoding="utf-8") as file:
        trusted = {key["kid"]: jwt.PyJWK(key) for key in json.load(file)["keys"]}
    create_signature_verifier(lambda kid, _: trusted[kid], ALGORITHMS)(card_of(path))


def sign(path, pem, kid):
    with open(pem, encoding="utf-8") as file:
        secret = file.read()
    algorithm = "EdDSA" if len(secret) < 150 else "ES256"
    header = {"alg": algorithm, "kid": kid, "jku": None, "typ": "JOSE"}
    signed = create_agent_card_signer(secret, header)(card_of(path))
    print(json_format.MessageToJson(signed, ensure_ascii=False))


if __name__ == "__main__":
    {"verify": verify, "sign": sign}[sys.argv[1]](*sys.argv[2:])
