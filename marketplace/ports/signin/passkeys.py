"""Passkeys (WebAuthn) over the library of that name: what a browser is asked, and whether its answer holds.

The library is loaded when the first passkey is used: a process that starts has no need of it.
"""

import json
import re
from collections.abc import Sequence
from importlib import import_module
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from marketplace.kit.values import Value

LONGEST_ANSWER = 20_000
_USUAL = {"http": 80, "https": 443}
_NAME = re.compile(r"[A-Za-z0-9_-]{1,1400}", re.ASCII)
"""A credential id has at most 1,023 bytes, in base64url."""


class Site(Value):
    """For whom a passkey is: the name that browsers bind it to, and the addresses from which it may be used."""

    id: str
    name: str
    origins: Sequence[str]


class Made(Value):
    """A passkey that was just made: its id as the authenticator named it, and its public half; both in base64url."""

    credential_id: str
    public_key: str
    uses: int


class Kept(Value):
    """What we keep of a passkey."""

    credential_id: str
    public_key: str
    uses: int


class PasskeyRefused(Exception):
    """The answer does not hold: another challenge, another site, another key, or nobody touched the device."""


def site_of(base_url: str, name: str) -> Site:
    """The site at that address. Browsers bind a passkey to a name: a laptop's number stands for `localhost`."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port not in (None, _USUAL.get(parts.scheme)) else ""
    if not _is_loopback(host):
        return Site(host, name, [f"{parts.scheme}://{host}{port}"])
    return Site("localhost", name, [f"{parts.scheme}://localhost{port}"])


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def asked_to_make(site: Site, challenge: bytes, *, person: bytes, email: str, name: str, known: Sequence[str]) -> str:
    """What a browser is asked for a new passkey, as JSON: one that a person unlocks, for this site alone."""
    lib, shapes = _library(), import_module("webauthn.helpers.structs")
    options = lib.generate_registration_options(
        rp_id=site.id, rp_name=site.name, user_id=person, user_name=email, user_display_name=name, challenge=challenge,
        authenticator_selection=shapes.AuthenticatorSelectionCriteria(
            resident_key=shapes.ResidentKeyRequirement.REQUIRED,
            user_verification=shapes.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_named(shapes, known),
    )  # fmt: skip
    return str(lib.options_to_json(options))


def asked_to_use(site: Site, challenge: bytes, *, known: Sequence[str] = ()) -> str:
    """What a browser is asked for a proof, as JSON: by one of the known passkeys, or by whichever it has for us."""
    lib, shapes = _library(), import_module("webauthn.helpers.structs")
    options = lib.generate_authentication_options(
        rp_id=site.id, challenge=challenge, allow_credentials=_named(shapes, known),
        user_verification=shapes.UserVerificationRequirement.REQUIRED,
    )  # fmt: skip
    return str(lib.options_to_json(options))


def made(site: Site, challenge: bytes, answer: str) -> Made:
    """The new passkey that an answer holds. Raises PasskeyRefused."""
    lib, told = _library(), _read(answer)
    try:
        found = lib.verify_registration_response(
            credential=told, expected_challenge=challenge, expected_rp_id=site.id, expected_origin=list(site.origins),
            require_user_verification=True,
        )  # fmt: skip
    except Exception as wrong:
        raise _refused(wrong) from wrong
    encode = lib.helpers.bytes_to_base64url
    return Made(encode(found.credential_id), encode(found.credential_public_key), found.sign_count)


def named_in(answer: str) -> str:
    """Which passkey an answer says that it is from. Raises PasskeyRefused."""
    named = _read(answer).get("id")
    if not isinstance(named, str) or not _NAME.fullmatch(named):
        raise PasskeyRefused("the answer names no passkey")
    return named


def used(site: Site, challenge: bytes, answer: str, kept: Kept) -> int:
    """How often the passkey was used by now, where the answer proves that it was. Raises PasskeyRefused."""
    lib, told = _library(), _read(answer)
    try:
        found = lib.verify_authentication_response(
            credential=told, expected_challenge=challenge, expected_rp_id=site.id, expected_origin=list(site.origins),
            credential_public_key=lib.base64url_to_bytes(kept.public_key), credential_current_sign_count=kept.uses,
            require_user_verification=True,
        )  # fmt: skip
    except Exception as wrong:
        raise _refused(wrong) from wrong
    return int(found.new_sign_count)


def _read(answer: str) -> dict[str, Any]:
    try:
        told = json.loads(answer) if len(answer) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise PasskeyRefused("the answer cannot be read")
    return told


def _refused(wrong: Exception) -> PasskeyRefused:
    """Whatever the library finds wrong with what a stranger sent is a refusal, and never a fault of ours."""
    return PasskeyRefused(f"{type(wrong).__name__}: {wrong}")


def _named(shapes: Any, known: Sequence[str]) -> list[Any]:
    decode = _library().base64url_to_bytes
    return [shapes.PublicKeyCredentialDescriptor(id=decode(each)) for each in known]


def _library() -> Any:
    return import_module("webauthn")
