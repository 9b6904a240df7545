"""OpenID Connect over httpx and joserfc: discovery, the code flow with PKCE, and a token that has to hold in full.

The library for tokens is loaded when the first one comes.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any
from urllib.parse import quote, urlencode

from marketplace.kit.errors import Invalid
from marketplace.kit.values import Value
from marketplace.ports.outward.port import Fetching, Unreachable, checked_url
from marketplace.ports.signin.claims import checked_claims
from marketplace.ports.signin.port import Claims, ElsewhereRefused, ElsewhereUnavailable, Journey, Provider

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "Ed25519")
"""Signatures with a key pair alone: none and HS256, for which our copy of the public key would do, are no signature."""
KINDS_OF_KEYS = ("RSA", "EC", "OKP")
KEPT = timedelta(hours=1)
ASKED_AGAIN_AFTER = timedelta(minutes=1)
SILENT_FOR = timedelta(seconds=20)
"""How long a house that did not answer is left alone: many who press a button do not make many calls out."""
LONGEST_TOKEN = 50_000


class House(Value):
    """What a provider publishes of itself, and when we read it."""

    authorization: str
    token: str
    keys: Sequence[Mapping[str, Any]]
    by_header: bool
    read_at: datetime


class OidcElsewhere:
    """Every declared provider; each is asked for what it publishes when it is first needed, and once an hour."""

    def __init__(self, providers: Sequence[Provider], fetching: Fetching, *, is_laptop: bool = False) -> None:
        self.providers = {provider.key: provider for provider in providers}
        self._fetching, self._is_laptop = fetching, is_laptop
        self._houses: dict[str, House] = {}
        self._silent: dict[str, tuple[datetime, str]] = {}

    def way_out(self, key: str, journey: Journey, *, back: str, anew: bool, at: datetime) -> str:
        provider = self._provider(key)
        asked = {
            "response_type": "code",
            "client_id": provider.client_id,
            "redirect_uri": back,
            "scope": provider.scope,
            "state": journey.state,
            "nonce": journey.nonce,
            "code_challenge": challenge_of(journey.verifier),
            "code_challenge_method": "S256",
            **({"prompt": "login", "max_age": "0"} if anew else {}),
        }
        address = self._house(provider, at).authorization
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    def claims(self, key: str, code: str, journey: Journey, *, back: str, anew: bool, at: datetime) -> Claims:
        provider = self._provider(key)
        token = self._token(provider, code, journey, back, at)
        told = self._verified(provider, token, at)
        return checked_claims(provider, told, nonce=journey.nonce, anew=anew, at=at)

    def _provider(self, key: str) -> Provider:
        if key not in self.providers:
            raise ElsewhereUnavailable(f"no house is called {key}")
        return self.providers[key]

    def _token(self, provider: Provider, code: str, journey: Journey, back: str, at: datetime) -> str:
        """The token that the code is worth. Raises ElsewhereRefused for a code that was used, or is not of here."""
        house = self._house(provider, at)
        sent = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": back, "client_id": provider.client_id,
            "code_verifier": journey.verifier,
        }  # fmt: skip
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        if provider.client_secret and house.by_header:
            pair = f"{quote(provider.client_id, safe='')}:{quote(provider.client_secret, safe='')}"
            headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        elif provider.client_secret:
            sent["client_secret"] = provider.client_secret
        status, told = self._asked(house.token, urlencode(sent).encode(), headers)
        token = told.get("id_token")
        if status != 200 or not isinstance(token, str) or len(token) > LONGEST_TOKEN:
            raise ElsewhereRefused(f"{provider.key} gave no token: status {status}, {str(told.get('error'))[:60]}")
        return token

    def _verified(self, provider: Provider, token: str, at: datetime) -> dict[str, Any]:
        """What the token says, where a key that the issuer publishes signed it; whatever its header points at."""
        named = _header(token).get("kid")
        keys = self._keys(provider, named, at)
        try:
            jwk, jwt = import_module("joserfc.jwk"), import_module("joserfc.jwt")
            known = [jwk.import_key(dict(key)) for key in keys]
            return dict(jwt.decode(token, _one_of(known, named), algorithms=list(ALGORITHMS)).claims)
        except Exception as wrong:
            raise ElsewhereRefused(f"{provider.key}: {type(wrong).__name__}: {wrong}") from wrong

    def _keys(self, provider: Provider, named: object, at: datetime) -> Sequence[Mapping[str, Any]]:
        """The issuer's keys; read again where it has turned to a new one, though not for every made-up name."""
        house = self._house(provider, at)
        if any(key.get("kid") == named for key in house.keys) or at - house.read_at < ASKED_AGAIN_AFTER:
            return house.keys
        self._houses.pop(provider.key, None)
        return self._house(provider, at).keys

    def _house(self, provider: Provider, at: datetime) -> House:
        kept = self._houses.get(provider.key)
        if kept is not None and timedelta() <= at - kept.read_at < KEPT:
            return kept
        silent = self._silent.get(provider.key)
        if silent is not None and timedelta() <= at - silent[0] < SILENT_FOR:
            raise ElsewhereUnavailable(silent[1])
        try:
            kept = self._houses[provider.key] = self._discovered(provider, at)
        except ElsewhereUnavailable as missing:
            self._silent[provider.key] = (at, missing.reason)
            raise
        return kept

    def _discovered(self, provider: Provider, at: datetime) -> House:
        """What the issuer publishes. Raises ElsewhereUnavailable where it speaks for another issuer than declared."""
        told = self._published(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
        if not hmac.compare_digest(str(told.get("issuer")).encode(), provider.issuer.encode()):
            raise ElsewhereUnavailable(f"{provider.issuer} says that it is {str(told.get('issuer'))[:200]}")
        found = [told.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        authorization, token, keys = (self._address(provider, one) for one in found)
        published = self._published(keys).get("keys")
        usable = [key for key in published if _is_public(key)] if isinstance(published, list) else []
        if not usable:
            raise ElsewhereUnavailable(f"{provider.issuer} publishes no key for signatures")
        ways = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return House(authorization, token, usable, "client_secret_basic" in ways, at)

    def _address(self, provider: Provider, address: object) -> str:
        try:
            return checked_url(str(address), is_laptop=self._is_laptop)
        except Invalid as wrong:
            raise ElsewhereUnavailable(f"{provider.issuer}: {wrong.fact}") from wrong

    def _published(self, url: str) -> dict[str, Any]:
        status, told = self._asked(url, None, {"accept": "application/json"})
        if status != 200:
            raise ElsewhereUnavailable(f"{url} answers {status}")
        return told

    def _asked(self, url: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        try:
            status, read = self._fetching.fetch(url, body, headers)
            told = json.loads(read)
        except Unreachable as missing:
            raise ElsewhereUnavailable(f"{url}: {missing.reason}") from missing
        except (ValueError, RecursionError) as wrong:
            raise ElsewhereUnavailable(f"{url} does not answer in JSON") from wrong
        return status, told if isinstance(told, dict) else {}


def challenge_of(verifier: str) -> str:
    """What PKCE shows of a verifier on the way out (RFC 7636, S256)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _is_public(key: object) -> bool:
    """Whether a published key verifies signatures: a shared secret would let anybody sign who can read it."""
    return isinstance(key, dict) and key.get("kty") in KINDS_OF_KEYS and key.get("use", "sig") == "sig"


def _header(token: str) -> dict[str, Any]:
    """The header as it stands, believed in nothing but the name of the key to look for."""
    first = token.partition(".")[0]
    try:
        told = json.loads(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except (ValueError, RecursionError):
        told = None
    return told if isinstance(told, dict) else {}


def _one_of(keys: Sequence[Any], named: object) -> Any:
    """The published key of that name; the only one, where the token names none."""
    found = [key for key in keys if key.kid == named] if named is not None else list(keys)
    if len(found) != 1:
        raise ElsewhereRefused("the token names no key that the issuer publishes")
    return found[0]
