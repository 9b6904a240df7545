"""The terms that parties say yes to, and who has to say yes again when they change.

Nothing here is stored as a word such as "confirmed": each party's yes is kept with the terms that it was given to, and
compared with the terms of today.
"""

import hashlib
import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from marketplace.kit.money import Money
from marketplace.kit.values import Value, field
from marketplace.procurement.rules.joint.shares import amounts, percent_of, shares

PROTOCOL = {
    "question": "the question",
    "exit-criteria": "the exit criteria",
    "stop-rule": "the stop rule",
    "starts-on": "the first day",
    "ends-on": "the last day",
    "price-afterwards": "the price afterwards",
}
VERSION, PARTIES, SHARE, RISE = "version", "parties", "share", "rise"


class Terms(Value):
    """What is on the table: one protocol, one product version, who takes part, and the most that all pay before VAT.

    `weights` are by the reference of the organisation, the lead first; `version` is the id of the product's edition.
    """

    version: str
    protocol: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[str, int] = field(default_factory=dict)
    ceiling_pence: int | None = None
    vat_percent: int = 0

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it. The order of the parties is kept, because the pennies left over follow it."""
        return {
            "version": self.version,
            "protocol": dict(self.protocol),
            "weights": [[ref, weight] for ref, weight in self.weights.items()],
            "ceiling_pence": self.ceiling_pence,
            "vat_percent": self.vat_percent,
        }

    @staticmethod
    def read(plain: Mapping[str, Any]) -> "Terms":
        """The terms out of what `plain` gave."""
        weights = dict(plain["weights"])
        return Terms(plain["version"], plain["protocol"], weights, plain["ceiling_pence"], plain["vat_percent"])

    @property
    def digest(self) -> str:
        """What a page carries of the terms that it showed, so that nobody says yes to others."""
        text = json.dumps(self.plain(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def share_of(self, ref: str) -> Fraction:
        """The exact share of a party; 0 where it has none."""
        whole = sum(self.weights.values())
        return Fraction(self.weights.get(ref, 0), whole) if whole else Fraction(0)

    def net_of(self, ref: str) -> Money | None:
        """Its share of the ceiling, before VAT; None where there is no ceiling or no share yet."""
        if self.ceiling_pence is None or not self.weights.get(ref):
            return None
        return amounts(Money(self.ceiling_pence), self.weights)[ref]

    def gross_of(self, ref: str) -> Money | None:
        """The same with VAT on that share, rounded half-up once."""
        net = self.net_of(ref)
        return net.vat(Fraction(self.vat_percent, 100)).gross if net is not None else None

    @property
    def whole_gross(self) -> Money | None:
        """What all pay together at the ceiling, with VAT; None where there is no ceiling."""
        if self.ceiling_pence is None:
            return None
        return Money(self.ceiling_pence).vat(Fraction(self.vat_percent, 100)).gross


class Change(Value):
    """One thing that differs: `kind` is version, parties, share or a part of the protocol; `words` say how."""

    kind: str
    words: str


def changes_for(ref: str, before: Terms, after: Terms) -> tuple[Change, ...]:
    """What differs for one party between the terms that it said yes to and others. Empty where nothing does."""
    return (*_common(before, after), *_parties(before, after), *_share(ref, before, after))


def must_confirm_again(confirmed: Mapping[str, Terms], now: Terms) -> dict[str, tuple[Change, ...]]:
    """Who said yes to something else than what is on the table, and what differs for them.

    `confirmed` are the terms of each yes by the reference of the party; who left since is passed over.
    """
    differing = {ref: changes_for(ref, terms, now) for ref, terms in confirmed.items() if ref in now.weights}
    return {ref: changes for ref, changes in differing.items() if changes}


def _common(before: Terms, after: Terms) -> tuple[Change, ...]:
    found = [
        Change(part, f"{words} changed")
        for part, words in PROTOCOL.items()
        if before.protocol.get(part, "") != after.protocol.get(part, "")
    ]
    if before.version != after.version:
        found.insert(0, Change(VERSION, "another version of the product"))
    return tuple(found)


def _parties(before: Terms, after: Terms) -> tuple[Change, ...]:
    joined, left = set(after.weights) - set(before.weights), set(before.weights) - set(after.weights)
    words = [f"{len(joined)} joined"] * bool(joined) + [f"{len(left)} left"] * bool(left)
    return (Change(PARTIES, f"the parties changed: {' and '.join(words)}"),) if words else ()


def _share(ref: str, before: Terms, after: Terms) -> tuple[Change, ...]:
    was, now = before.net_of(ref), after.net_of(ref)
    if before.share_of(ref) == after.share_of(ref) and was == now:
        return ()
    return (Change(SHARE, f"the share changed from {_told(before, ref)} to {_told(after, ref)}"),)


def _told(terms: Terms, ref: str) -> str:
    net = terms.net_of(ref)
    return f"{percent_of(terms.share_of(ref))}{f' ({net} before VAT)' if net is not None else ''}"


def shares_told(weights: Mapping[str, int]) -> dict[str, str]:
    """The shares for reading, by reference; empty while one is not given."""
    if not weights or not all(weights.values()):
        return {}
    return {ref: percent_of(share) for ref, share in zip(weights, shares(list(weights.values())), strict=True)}
