"""Another house, in the process: publishes what OpenID Connect asks for, and gives tokens that a test may spoil."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from marketplace.ports.outward.port import Unreachable
from marketplace.ports.signin.port import Provider


@dataclass
class Issuer:
    """One house. `says` are claims to change in its next token (None leaves one out); `sign` signs in another way."""

    url: str = "https://id.example"
    client_id: str = "touchstone"
    client_secret: str = "s&cret"
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"}))
    person: dict[str, Any] = field(default_factory=lambda: {
        "sub": "nia-1", "email": "nia.rees@ashdown.nhs.uk", "email_verified": True, "name": "Nia Rees",
    })  # fmt: skip
    says: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    forged: str = ""
    down: bool = False
    asked: list[str] = field(default_factory=list)
    sent: list[tuple[dict[str, str], Mapping[str, str]]] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def provider(self, key: str = "nhs", **more: Any) -> Provider:
        return Provider(key, "Trust Identity", self.url, self.client_id, self.client_secret, **more)

    def sign_in(self, address: str, *, at: datetime) -> tuple[str, str]:
        """A person signs in at the address where we sent them: the code and the state with which they come back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self._codes)}"
        self._codes[code] = {**asked, "at": str(at.timestamp())}
        return code, asked["state"]

    def fetch(self, url: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, bytes]:
        self.asked.append(url)
        if self.down:
            raise Unreachable("nobody is there")
        if url == f"{self.url}/.well-known/openid-configuration":
            return 200, json.dumps(self._published()).encode()
        if url == f"{self.url}/keys":
            return 200, json.dumps({"keys": [self.key.as_dict(private=False)]}).encode()
        if url == f"{self.url}/token" and body is not None:
            return self._token({name: values[0] for name, values in parse_qs(body.decode()).items()}, headers)
        return 404, b"{}"

    def _published(self) -> dict[str, Any]:
        return {
            "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize", "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys", **self.metadata,
        }  # fmt: skip

    def _token(self, sent: dict[str, str], headers: Mapping[str, str]) -> tuple[int, bytes]:
        self.sent.append((sent, headers))
        begun = self._codes.pop(sent.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest()).decode()
        if begun is None or begun["redirect_uri"] != sent["redirect_uri"] or begun["code_challenge"] != challenge.rstrip("="):
            return 400, b'{"error": "invalid_grant"}'
        at = float(begun["at"])
        told = {
            "iss": self.url, "aud": self.client_id, "exp": at + 300, "iat": at, "auth_time": at,
            "nonce": begun["nonce"], **self.person, **self.says,
        }  # fmt: skip
        claims = {name: value for name, value in told.items() if value is not None}
        return 200, json.dumps({"id_token": self.forged or self.token(claims)}).encode()

    def token(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": "one", **self.header}, claims, self.key)
