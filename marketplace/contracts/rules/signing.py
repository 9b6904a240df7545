"""Who signs a text and when: by role in the declared order, everybody of one role at once, each within a limit."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Generic, TypeVar

from marketplace.kit.money import Money
from marketplace.kit.values import Value

T = TypeVar("T", bound=Hashable)


class Signer(Value, Generic[T]):
    """An organisation that has to sign, in its role."""

    key: T
    role: str


class Standing(Value, Generic[T]):
    """Where the signing of a text stands: who has signed, whose turn it is, who comes later."""

    signed: tuple[T, ...]
    turn: tuple[T, ...]
    later: tuple[T, ...]

    @property
    def is_complete(self) -> bool:
        return not self.turn and not self.later

    @property
    def count(self) -> int:
        return len(self.signed) + len(self.turn) + len(self.later)


def standing(order: Sequence[str], signers: Sequence[Signer[T]], signed: Collection[T]) -> Standing[T]:
    """Those of the first role in `order` that has not signed in full are at turn; roles it leaves out come last."""
    ranks = {role: rank for rank, role in enumerate(order)}
    missing = [signer for signer in signers if signer.key not in signed]
    first = min((ranks.get(signer.role, len(order)) for signer in missing), default=0)
    turn = [signer.key for signer in missing if ranks.get(signer.role, len(order)) == first]
    return Standing(
        signed=tuple(signer.key for signer in signers if signer.key in signed),
        turn=tuple(turn),
        later=tuple(signer.key for signer in missing if signer.key not in turn),
    )


def commits(values: Mapping[str, Any], weights: Sequence[int], place: int | None) -> Money:
    """The most that a signature commits to, with VAT: a buyer to its share of the cap, the supplier (None) to it all.

    The cap is split by the weights before VAT is added, as it will be when it is paid.
    """
    cap = Money(values.get("cap-pence", 0))
    part = cap if place is None else cap.split(weights)[place]
    rate = Fraction(str(values.get("vat-percent", 0))) / 100
    return part.vat(rate).gross


def is_within(limit: int | None, amount: Money) -> bool:
    """Whether somebody with this limit in pence can sign for the amount; None is without a limit."""
    return limit is None or amount.pence <= limit
