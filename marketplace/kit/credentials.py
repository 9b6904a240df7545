"""Signed documents that anybody can check offline: W3C Data Integrity proofs of the suite eddsa-jcs-2022.

A proof covers the document without it, in canonical JSON (RFC 8785), and names the key by the address at which its
issuer publishes it. Who has the document and the published keys needs nothing else.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from marketplace.kit.errors import Invalid

SUITE = "eddsa-jcs-2022"
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
ED25519 = b"\xed\x01"
"""The multicodec of an Ed25519 public key."""
LONGEST_TEXT = 100_000
LONGEST_PROOF = 120


def seal_document(
    document: Mapping[str, Any], *, method: str, sign: Callable[[bytes], bytes], at: datetime
) -> dict[str, Any]:
    """The document with its proof. `sign` makes the 64 bytes of a signature with the key published as `method`."""
    options = {
        "type": "DataIntegrityProof", "cryptosuite": SUITE, "created": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "verificationMethod": method, "proofPurpose": "assertionMethod",
    }  # fmt: skip
    if "@context" in document:
        options = {"@context": document["@context"], **options}
    return {**document, "proof": {**options, "proofValue": "z" + base58(sign(covered(document, options)))}}


def fault_of_form(document: Mapping[str, Any]) -> str:
    """Why the proof is none that is understood here; empty where it is. Never raises."""
    proof = document.get("proof")
    if not isinstance(proof, dict):
        return "it carries no proof"
    if proof.get("type") != "DataIntegrityProof" or proof.get("cryptosuite") != SUITE:
        return "it is sealed in a way that is not known here"
    if proof.get("proofPurpose") != "assertionMethod":
        return "its proof was made for another purpose"
    return ""


def is_sealed(document: Mapping[str, Any], *, public: bytes) -> bool:
    """Whether the proof holds with this key: not a byte of the document was changed since. Never raises."""
    proof = document.get("proof")
    if fault_of_form(document) or not isinstance(proof, dict):
        return False
    unsealed = {name: value for name, value in document.items() if name != "proof"}
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    if "@context" in options and options["@context"] != document.get("@context"):
        return False
    return _is_signed(public, unsealed, options, proof.get("proofValue"))


def covered(document: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    """The 64 bytes that are signed: the digest of the proof's options, then that of the document."""
    return b"".join(hashlib.sha256(rfc8785.dumps(dict(part))).digest() for part in (options, document))


def read_document(text: str | bytes) -> dict[str, Any]:
    """A document as it was given out. Raises Invalid for what is no JSON object, or names a key twice."""
    if len(text) > LONGEST_TEXT:
        raise Invalid("this is too long for a certificate", "Take the file as it was given out.")
    try:
        document = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as wrong:
        fact = str(wrong) if isinstance(wrong, _Refused) else "this is not JSON"
        raise Invalid(fact, "Take the file as it was given out.") from wrong
    if not isinstance(document, dict):
        raise Invalid("this is not a certificate", "Take the file as it was given out.")
    return document


def multikey(public: bytes) -> str:
    """A public key as did:key and did:web spell it."""
    return "z" + base58(ED25519 + public)


def public_of(spelled: str) -> bytes:
    """The 32 bytes of a key that is spelled as a Multikey. Raises ValueError for another kind of key."""
    data = from_base58(spelled[1:]) if spelled[:1] == "z" and len(spelled) <= LONGEST_PROOF else b""
    if not data.startswith(ED25519) or len(data) != len(ED25519) + 32:
        raise ValueError("this is not an Ed25519 key")
    return data[len(ED25519) :]


def base58(data: bytes) -> str:
    """Base 58 in the alphabet of Bitcoin, with a 1 for each leading zero byte."""
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = ALPHABET[rest] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def from_base58(text: str) -> bytes:
    """Raises ValueError for a letter outside the alphabet."""
    number = 0
    for letter in text:
        number = number * 58 + ALPHABET.index(letter)
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


class _Refused(ValueError):
    """What JSON allows and a certificate does not."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused("it names a key twice")
    return found


def _no_constant(name: str) -> None:
    raise _Refused(f"{name} is not a number")


def _is_signed(public: bytes, document: Mapping[str, Any], options: Mapping[str, Any], value: Any) -> bool:
    if not isinstance(value, str) or not value.startswith("z") or len(value) > LONGEST_PROOF:
        return False
    try:
        signature = from_base58(value[1:])
        Ed25519PublicKey.from_public_bytes(public).verify(signature, covered(document, options))
    except (InvalidSignature, ValueError):
        return False
    return True
