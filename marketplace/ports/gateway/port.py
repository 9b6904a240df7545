"""What we ask of a gateway, and what it may answer. Amounts are whole pence sterling, VAT included.

Each call that changes something carries a key: sent again under the same key it does nothing twice and answers as it
did the first time. `account` is the supplier's own account at the gateway, empty for the operator's.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Protocol, runtime_checkable

from marketplace.kit.values import Value, field

TOLERANCE_SECONDS = 300
"""How far the time in a signature may be from ours, before or after."""


class GatewayUnavailable(Exception):
    """Nothing can be said of what was asked: it may or may not have been done. Ask again, under the same key.

    `is_spent` where the gateway would only repeat its error under that key: ask under another. What was done is found
    and not done twice all the same.
    """

    def __init__(self, reason: str, *, is_spent: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.is_spent = reason, is_spent


class GatewayRefused(Exception):
    """The gateway understood and will not do it; asking again does not help."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Forged(Exception):
    """What came in was not signed by the gateway, was changed on the way, or is too old or too new."""


class Customer(Value, kw_only=True):
    """A buyer, as the gateway shall know it. `ours` is our reference of it."""

    ours: str
    name: str
    email: str
    address: str


class Bill(Value, kw_only=True):
    """An invoice to send. `lines` are words and pence that add up to the gross amount; `facts` are at most four."""

    key: str
    ours: str
    number: str
    customer: str
    account: str
    lines: tuple[tuple[str, int], ...]
    due_on: date
    words: str
    facts: Mapping[str, str] = field(default_factory=dict)


class Seen(Value, kw_only=True):
    """An invoice as the gateway has it now. `outside_pence` were paid by other ways than the gateway,
    and `over_pence` came in above what was owed.

    `state` is draft, open, paid, void or uncollectible. `paid_at` is None until the last penny came.
    """

    ref: str
    ours: str
    number: str
    state: str
    total_pence: int
    paid_pence: int
    outside_pence: int
    over_pence: int
    credited_pence: int
    left_pence: int
    paid_at: datetime | None


class Told(Value, kw_only=True):
    """An event of the gateway: its id, what kind it is, and the invoice that it is about, if any."""

    id: str
    type: str
    account: str
    about: str


class Gateway(Protocol):
    """Stripe, or a rehearsal of it. All raise GatewayUnavailable and GatewayRefused."""

    name: str

    def customer(self, customer: Customer, *, account: str, key: str) -> str:
        """Make the buyer known; returns the gateway's reference of it."""
        ...

    def send(self, bill: Bill) -> Seen:
        """Write the invoice, number it with our number, and send it to the buyer."""
        ...

    def credit(self, ref: str, pence: int, *, words: str, account: str, key: str, ours: str) -> Seen:
        """Take an amount off an open invoice, because a credit note was set against it; once for each `ours`."""
        ...

    def settle(self, ref: str, pence: int, *, account: str, key: str) -> Seen:
        """Say that what is left, `pence`, was paid by other ways."""
        ...

    def look(self, ref: str, *, account: str) -> Seen:
        """The invoice as it is now."""
        ...

    def listed(self, *, since: datetime, account: str) -> Iterator[Seen]:
        """Every invoice made since a moment."""
        ...

    def told(self, body: bytes, signature: str, *, at: datetime) -> Told:
        """What an incoming webhook says. Raises Forged for a bad, old or future signature, and for no event at all."""
        ...


@runtime_checkable
class Rehearsed(Protocol):
    """What a gateway of the laptop can do besides: play the buyer's bank, and tell its events when it is asked."""

    def receive(self, ref: str, pence: int, *, account: str = "") -> Seen:
        """`pence` arrive for an invoice. Raises GatewayRefused where it is not open."""
        ...

    def waiting(self, *, at: datetime) -> Iterator[tuple[str, bytes, str]]:
        """(id, body, signature) of each event that was not taken yet."""
        ...

    def taken(self, *event_ids: str) -> None:
        """Tell them no more."""
        ...
