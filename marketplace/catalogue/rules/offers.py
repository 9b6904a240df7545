"""One way to pay for a product: what a supplier can declare, and what is refused."""

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import TypeVar

from marketplace.kit.errors import Invalid
from marketplace.kit.fields import LARGEST, read_whole
from marketplace.kit.money import Money
from marketplace.kit.text import clean_line, fold, quote
from marketplace.kit.values import Value

T = TypeVar("T")


class Model(Value):
    """A kind of price. `counts` is the volume that it is multiplied by; a fixed amount counts nothing."""

    label: str
    periods: tuple[str, ...]
    counts: str = ""
    unit: str = ""


MODELS = {
    "per-user": Model("Per user", ("month", "year", "once"), "users", "user"),
    "per-use": Model("Per use", ("year", "month"), "uses", "use"),
    "per-site": Model("Per site", ("year", "month", "once"), "sites", "site"),
    "subscription": Model("Subscription", ("year", "month")),
    "set-up": Model("Set-up and integration", ("once",)),
    "training": Model("Training", ("once", "year")),
    "exit": Model("Leaving", ("once",)),
    "outcome-based": Model("By result", ("year",), "results", "result"),
    "free": Model("Free of charge", ("year",)),
}
PERIODS = {"month": 12, "year": 1, "once": 1}
GENERIC = ("users", "uses", "sites", "results")

LARGEST_PENCE = 10**12
LARGEST_VOLUME = LARGEST
MOST_TIERS = 20
_TIER = re.compile(r"(?:above )?([0-9][0-9,]*) ?[:=] ?(.+)", re.IGNORECASE)
_HEADED = re.compile(r"(.+?)( (?:of|for|per|in|with) .+| [^ ]{2,}ed)")
"""The noun that is counted stands ahead of the rest: bed of a ward, minute saved."""
_PEOPLE = {"person": "people", "child": "children", "man": "men", "woman": "women", "staff": "staff"}


class Tier(Value):
    """`pence` is asked for each unit after the first `above` of them."""

    above: int
    pence: int


class Offer(Value, kw_only=True):
    """A price as the rules read it: whole pence, ex VAT, for each unit and period. Raises Invalid with faults by field.

    `tiers` take the place of `pence` and begin at 0. `minimum_pence` is the least due in a period. What is
    `optional` is never part of a total.
    """

    model: str
    label: str
    unit: str = ""
    period: str = "year"
    pence: int = 0
    tiers: tuple[Tier, ...] = ()
    minimum_pence: int = 0
    optional: bool = False

    def __post_init__(self) -> None:
        wrong = _faults(self)
        if wrong:
            raise Invalid(f"the price {quote(self.label)} does not hold", "Mend what is named.", fields=wrong)

    @property
    def steps(self) -> tuple[Tier, ...]:
        """The tiers; one of them where there is a single price."""
        return self.tiers or (Tier(0, self.pence),)

    @property
    def counts(self) -> str:
        return MODELS[self.model].counts

    @property
    def key(self) -> str:
        """How a volume of its unit is called in a form: `consultations`. Empty for a fixed amount."""
        return unit_key(self.unit) if self.counts else ""


def _faults(offer: Offer) -> dict[str, str]:
    found = {**_faults_of_kind(offer), **_faults_of_tiers(offer)}
    for name, pence in (("price", offer.pence), ("minimum", offer.minimum_pence)):
        if not 0 <= pence <= LARGEST_PENCE:
            found[name] = f"{Money(pence)} is not a price: use {Money(0)} to {Money(LARGEST_PENCE)}."
    if not offer.label:
        found["label"] = "Say what is paid for, such as Licence."
    return found


def _faults_of_kind(offer: Offer) -> dict[str, str]:
    model = MODELS.get(offer.model)
    if model is None:
        return {"model": f"{quote(offer.model)} is not a kind of price: use {', '.join(MODELS)}."}
    found = {}
    if offer.period not in model.periods:
        found["period"] = f"{model.label} is paid by {' or '.join(model.periods)}, not by {quote(offer.period)}."
    if model.counts and not unit_key(offer.unit):
        found["unit"] = f"Say what is counted, such as {model.unit}."
    if not model.counts and offer.tiers:
        found["tiers"] = f"{model.label} is a fixed amount and has no tiers."
    if offer.model == "free" and (offer.pence or offer.minimum_pence):
        found["price"] = "What is free of charge has no price."
    return found


def _faults_of_tiers(offer: Offer) -> dict[str, str]:
    if not offer.tiers:
        return {}
    starts = [tier.above for tier in offer.tiers]
    if len(starts) > MOST_TIERS:
        return {"tiers": f"There are {len(starts)} tiers: use at most {MOST_TIERS}."}
    if starts[0] != 0 or any(later <= earlier for earlier, later in pairwise(starts)):
        return {"tiers": f"Tiers begin above 0 and go up; these begin above {', '.join(f'{n:,}' for n in starts)}."}
    if starts[-1] > LARGEST_VOLUME:
        return {"tiers": f"{starts[-1]:,} is too many: the last tier begins above {LARGEST_VOLUME:,} at most."}
    if not all(0 <= tier.pence <= LARGEST_PENCE for tier in offer.tiers):
        return {"tiers": f"Each tier has a price of {Money(0)} to {Money(LARGEST_PENCE)}."}
    return {}


def read_offer(raw: Mapping[str, str]) -> Offer:
    """The price that a person typed: model, label, unit, period, price, tiers (a line each), minimum, optional.

    A tier is "above 10,000: 0.30". Raises Invalid with what is wrong by field.
    """
    found: dict[str, str] = {}

    def field(name: str, reader: Callable[[str], T], blank: T) -> T:
        text = raw.get(name, "").strip()
        try:
            return reader(text) if text else blank
        except Invalid as wrong:
            found[name] = f"{wrong.fact}. {wrong.hint}"
            return blank

    try:
        offer = Offer(
            model=raw.get("model", ""),
            label=field("label", lambda text: clean_line(text, 120), ""),
            unit=field("unit", lambda text: clean_line(text, 60), ""),
            period=raw.get("period", "") or "year",
            pence=field("price", read_pence, 0),
            tiers=field("tiers", read_tiers, ()),
            minimum_pence=field("minimum", read_pence, 0),
            optional=raw.get("optional", "") == "yes",
        )
    except Invalid as wrong:
        found = {**wrong.fields, **found}
    found = {**_unpriced(raw), **found}
    if found:
        raise Invalid("this price does not hold", "Mend what is named.", fields=found)
    return offer


def _unpriced(raw: Mapping[str, str]) -> dict[str, str]:
    """A price that was left blank is no price of nothing, and one that was typed twice is not guessed at."""
    price, tiers = bool(raw.get("price", "").strip()), bool(raw.get("tiers", "").strip())
    if price and tiers:
        return {"price": "Give one price, or tiers, and not both."}
    if price or tiers or raw.get("model") == "free":
        return {}
    return {"price": "Enter the price; 0 where nothing is asked for it."}


def read_pence(text: str) -> int:
    """Whole pence from pounds as typed. Raises Invalid, for a negative amount too."""
    amount = Money.parse(text)
    if amount < Money.zero:
        raise Invalid(f"{quote(text)} is below nothing", "A price is £0.00 or more.")
    return amount.pence


def read_tiers(text: str) -> tuple[Tier, ...]:
    """Tiers from their lines. Raises Invalid, naming the first line that cannot be read."""
    tiers = []
    for line in filter(None, map(str.strip, text.splitlines())):
        typed = _TIER.fullmatch(line)
        if typed is None:
            raise Invalid(f"{quote(line)} is not a tier", "Write a line each, such as above 10,000: 0.30.")
        tiers.append(Tier(read_volume(typed[1]), read_pence(typed[2])))
    return tuple(tiers)


def read_volume(text: str) -> int:
    """A whole number as typed: "400", "90,000". Raises Invalid for anything else, and beyond a thousand million."""
    return read_whole(text.strip())


def plural(unit: str) -> str:
    """A unit as more than one of it: consultation, consultations."""
    headed = _HEADED.fullmatch(unit.strip())
    if headed:
        return plural(headed[1]) + headed[2]
    start, space, last = unit.strip().rpartition(" ")
    if last.casefold() in _PEOPLE:
        return f"{start}{space}{_PEOPLE[last.casefold()]}"
    if last.endswith("y") and not last.endswith(("ay", "ey", "oy", "uy")):
        return f"{start}{space}{last[:-1]}ies"
    ending = "es" if last.endswith(("s", "x", "ch", "sh")) else "s"
    return f"{start}{space}{last}{ending}" if last else ""


def unit_key(unit: str) -> str:
    """The name of a field that holds a number of these units: `clinic-letters`."""
    return fold(plural(unit)).replace(" ", "-")


def count_of(number: int, unit: str) -> str:
    """1 consultation; 90,000 consultations."""
    return f"{number:,} {unit if number == 1 else plural(unit)}"
