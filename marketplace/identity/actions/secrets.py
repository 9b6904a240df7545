"""Secrets that travel: 256 random bits each, of which the database keeps a hash."""

import hashlib
import secrets

TOKEN_PREFIX = "tst_"  # noqa: S105 - what the keys of programs begin with, so that a scanner finds a leaked one


def new_secret(prefix: str = "") -> str:
    return prefix + secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """What is stored of a secret. Enough for 256 random bits; never for a password."""
    return hashlib.sha256(secret.encode()).hexdigest()


def nobodys_hash() -> str:
    """The hash of a secret that nobody has: for a link until its mail is written."""
    return hash_of(new_secret())
