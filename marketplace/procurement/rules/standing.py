"""How a product stood at a moment, and what is different since."""

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.kit.values import Value

STATES = {
    "draft": "Draft",
    "submitted": "Submitted",
    "live": "On the catalogue",
    "suspended": "Suspended",
    "withdrawn": "Withdrawn",
}


class Standing(Value, kw_only=True):
    """State, edition and prices as they stood. `prices` are the declared ones as plain values, in their order.

    `yearly_pence` is what they came to for the volumes of the project then; None where it could not be worked out.
    """

    state: str
    edition: int | None = None
    number: str = ""
    prices: tuple[Mapping[str, Any], ...] = ()
    yearly_pence: int | None = None

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it; `Standing.read` gives it back."""
        return {
            "state": self.state,
            "edition": self.edition,
            "number": self.number,
            "prices": [dict(price) for price in self.prices],
            "yearly_pence": self.yearly_pence,
        }

    @staticmethod
    def read(plain: Mapping[str, Any]) -> "Standing":
        return Standing(**{**plain, "prices": tuple(plain["prices"])})


class Change(Value):
    """What changed about a product, with its words before and after."""

    what: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.what}: {self.before} → {self.after}"


def changes(then: Standing, now: Standing) -> list[Change]:
    """What a buyer has to know: another state, another edition, other prices. Nothing when all three are the same."""
    found = []
    if then.state != now.state:
        found.append(Change("State", _state(then), _state(now)))
    if (then.edition, then.number) != (now.edition, now.number):
        found.append(Change("Edition", _edition(then), _edition(now)))
    if list(map(dict, then.prices)) != list(map(dict, now.prices)):
        found.append(Change("Price", _price(then), _price(now)))
    return found


def differs(cells: Sequence[str]) -> bool:
    """Whether the cells of one row of a comparison are not all the same."""
    return len(set(cells)) > 1


def _state(standing: Standing) -> str:
    return STATES.get(standing.state, standing.state)


def _edition(standing: Standing) -> str:
    if standing.edition is None:
        return "none"
    return f"version {standing.number}, edition {standing.edition}"


def _price(standing: Standing) -> str:
    if not standing.prices:
        return "none declared"
    if standing.yearly_pence is None:
        return f"{len(standing.prices)} declared"
    pounds, pence = divmod(standing.yearly_pence, 100)
    return f"£{pounds:,}.{pence:02} a year"
