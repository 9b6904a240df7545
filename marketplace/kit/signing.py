"""The key by which the house signs: Ed25519, derived from the secret of the settings, so that there is no second."""

import base64
from collections.abc import Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HEADS = b"touchstone record head"


def sign_with(secret: bytes, *, purpose: bytes = HEADS) -> Callable[[bytes], str]:
    """Signs data of one purpose; the signature is in base64."""
    key = _key(secret, purpose)
    return lambda data: base64.b64encode(key.sign(data)).decode()


def public_key(secret: bytes, *, purpose: bytes = HEADS) -> bytes:
    """The 32 bytes with which anybody checks what was signed."""
    return _key(secret, purpose).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def is_signed(public: bytes, data: bytes, signature: str) -> bool:
    """Whether the signature over the data was made with the key that belongs to this one. Never raises."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(base64.b64decode(signature), data)
    except (InvalidSignature, ValueError):
        return False
    return True


def derived(secret: bytes, purpose: bytes) -> bytes:
    """The 32 bytes of the secret that serve one purpose and tell nothing of those for another."""
    return HKDF(SHA256(), 32, salt=None, info=purpose).derive(secret)


def _key(secret: bytes, purpose: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derived(secret, purpose))
