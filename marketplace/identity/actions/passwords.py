"""Passwords as they are stored and compared: Argon2id, two at a time, so that signing in never starves the rest.

What is computed here takes a tenth of a second and 64 MiB: call it in a worker thread, outside a transaction.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from marketplace.identity.rules.credentials import check_password, password_as_hashed
from marketplace.kit.errors import Conflict

AT_ONCE = 2
WAITING = 8
PATIENCE = 5.0

HASH = PasswordHash((Argon2Hasher(),))
NOBODYS_HASH = "$argon2id$v=19$m=65536,t=3,p=4$c/oiuk/YiHx8++cApkCFmQ$Lfsz2A7sy/imWGLMupN7iFz+CZRCBzfARNsbpvCypfc"
"""Verified for an address without an account, so that it costs the same; no password has it."""

_queue = BoundedSemaphore(AT_ONCE + WAITING)
_working = BoundedSemaphore(AT_ONCE)


def hashed(password: str, *, common: Collection[str], about: Iterable[str] = ()) -> str:
    """What is stored of a new password. Raises Invalid for one that is easily guessed, Conflict in a crowd."""
    check_password(password, common=common, about=about)
    with _turn():
        return HASH.hash(password_as_hashed(password))


def belongs(password: str, stored: str | None) -> bool:
    """Whether this is the password; the same work where there is none. Raises Conflict in a crowd."""
    with _turn():
        try:
            return HASH.verify(password_as_hashed(password), stored or NOBODYS_HASH) and stored is not None
        except (UnknownHashError, UnicodeEncodeError):
            return False


def hashed_anew(password: str, stored: str) -> str | None:
    """The hash to keep from now on where the stored one is weaker than today's; None where it is as strong."""
    if not HASH.current_hasher.check_needs_rehash(stored):
        return None
    with _turn():
        return HASH.hash(password_as_hashed(password))


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for a turn, unless too many wait already: then their threads would be missing elsewhere."""
    if not _queue.acquire(blocking=False):
        raise _crowd()
    try:
        if not _working.acquire(timeout=PATIENCE):
            raise _crowd()
        try:
            yield
        finally:
            _working.release()
    finally:
        _queue.release()


def _crowd() -> Conflict:
    return Conflict("many people are signing in at this moment", "Wait ten seconds, and send it again.")
