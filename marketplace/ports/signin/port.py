"""What signing in through another house takes and gives. Rooms and faces import this file, never the engine."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from marketplace.kit.values import Value


class Provider(Value):
    """Another house that knows people, as settings declare it. `key` stands in addresses, `name` on buttons.

    `second_factor`: whether coming from there is enough where one is asked for: never, always, or told, which is where
    its token says so (`amr`). `opens_accounts`: whether somebody whom nobody knows here gets an account by it.
    """

    key: str
    name: str
    issuer: str
    client_id: str
    client_secret: str = ""
    scope: str = "openid email profile"
    second_factor: str = "told"
    opens_accounts: bool = True


class Journey(Value):
    """What one journey to another house is known by when it comes back: each a random text, used once."""

    state: str
    nonce: str
    verifier: str


class Claims(Value):
    """What the other house says of a person. `email` is empty unless it says that it made sure of the address."""

    issuer: str
    subject: str
    email: str
    name: str
    is_strong: bool


class ElsewhereUnavailable(Exception):
    """The other house does not answer, or not as the standard says; `reason` is for whoever runs this one."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ElsewhereRefused(Exception):
    """What came back does not hold; `reason` is for the log, never for whoever sent it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Elsewhere(Protocol):
    """The other houses. Each call may go out, and ends within its time."""

    providers: Mapping[str, Provider]

    def way_out(self, key: str, journey: Journey, *, back: str, anew: bool, at: datetime) -> str:
        """The address to send a browser to; `anew` asks for a fresh proof. Raises ElsewhereUnavailable."""

    def claims(self, key: str, code: str, journey: Journey, *, back: str, anew: bool, at: datetime) -> Claims:
        """What the house says of whoever came back with that code. Raises ElsewhereUnavailable, ElsewhereRefused."""


class NowhereElse:
    """No other house: people sign in here alone."""

    providers: Mapping[str, Provider] = {}

    def way_out(self, key: str, journey: Journey, *, back: str, anew: bool, at: datetime) -> str:
        raise ElsewhereUnavailable(f"no house is called {key}")

    def claims(self, key: str, code: str, journey: Journey, *, back: str, anew: bool, at: datetime) -> Claims:
        raise ElsewhereUnavailable(f"no house is called {key}")
