"""One request, as a face hands it to a page or an API call."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.faces.services import Services
from marketplace.identity.policies import Actor, Permission
from marketplace.identity.queries import Caller
from marketplace.kit.errors import Invalid, NotAllowed
from marketplace.kit.values import Value


class Upload(Value):
    """A file that came with a form: the name that the browser gave, and its bytes as a stream from the start."""

    name: str
    stream: BinaryIO


class Values:
    """The fields of a form or a query string, each with one value or several."""

    def __init__(
        self, pairs: Sequence[tuple[str, str]] = (), uploads: Mapping[str, Sequence[Upload]] | None = None
    ) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)
        self.uploads = dict(uploads or {})

    def one(self, name: str, default: str = "") -> str:
        """The value of a field that may stand once. Raises Invalid where it was sent with different values."""
        values = set(self._values.get(name, ()))
        if len(values) > 1:
            raise Invalid(f"{name} was sent {len(values)} times with different values", f"Send one {name}.")
        return next(iter(values), default)

    def all(self, name: str) -> list[str]:
        return list(self._values.get(name, ()))

    def items(self) -> dict[str, list[str]]:
        return {name: list(values) for name, values in self._values.items()}

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __bool__(self) -> bool:
        return bool(self._values or self.uploads)


@dataclass(slots=True)
class Ask:
    """A request: its session on the database, who asks, when, what was typed, and the services of the process.

    `actor` is None for somebody who is not signed in. `at` was taken once, when the request came in. `before` is the
    page of this house that led here, "" where nobody tells.
    """

    db: Session
    services: Services
    at: datetime
    caller: Caller | None = None
    actor: Actor | None = None
    query: Values = field(default_factory=Values)
    form: Values = field(default_factory=Values)
    path: str = "/"
    url: str = "/"
    before: str = ""
    address: str = ""
    device: str = ""
    is_fragment: bool = False
    language: str = "en"
    cookies: Mapping[str, str] = field(default_factory=dict)

    @property
    def by(self) -> Actor:
        """The actor, where there has to be one. Raises NotAllowed."""
        if self.actor is None:
            raise NotAllowed("nobody is signed in", "Sign in first.")
        return self.actor

    @property
    def person_id(self) -> UUID:
        person_id = self.by.person_id
        if person_id is None:
            raise NotAllowed("this needs a person", "Sign in first.")
        return person_id

    def may(self, permission: Permission) -> bool:
        return self.actor is not None and self.actor.may(permission)


def hash_of(token: str) -> str:
    """What is stored of a secret that travels: its SHA-256. Enough for 256 random bits; never for a password."""
    return hashlib.sha256(token.encode()).hexdigest()


def same(left: str, right: str) -> bool:
    """Whether two secrets are equal, in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())
