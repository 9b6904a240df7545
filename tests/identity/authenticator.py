"""A device that makes passkeys and answers with them, in software: ES256, unlocked unless told otherwise."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, UNLOCKED, ATTESTED = 1, 4, 64


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass
class Device:
    """One device with one passkey."""

    origin: str = "https://touchstone.example"
    site: str = "touchstone.example"
    flags: int = PRESENT | UNLOCKED
    uses: int = 0
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def make(self, asked: str) -> str:
        """What a browser sends back for a new passkey."""
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(public)
        data = self._data(self.flags | ATTESTED) + attested
        told = {"fmt": "none", "attStmt": {}, "authData": data}
        return self._sent(json.loads(asked), "webauthn.create", {"attestationObject": text(cbor2.dumps(told))})

    def use(self, asked: str) -> str:
        """What a browser sends back for a proof."""
        self.uses += 1
        options = json.loads(asked)
        client, data = self._client(options, "webauthn.get"), self._data(self.flags)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        parts = {"authenticatorData": text(data), "signature": text(signature)}
        return self._sent(options, "webauthn.get", parts)

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.site.encode()).digest() + bytes([flags]) + self.uses.to_bytes(4, "big")

    def _client(self, options: dict[str, Any], kind: str) -> bytes:
        told = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _sent(self, options: dict[str, Any], kind: str, parts: dict[str, str]) -> str:
        response = {"clientDataJSON": text(self._client(options, kind)), **parts}
        return json.dumps({"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response,
                           "clientExtensionResults": {}})  # fmt: skip
