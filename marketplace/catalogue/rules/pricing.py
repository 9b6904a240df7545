"""What a product costs: prices and volumes become a yearly figure with its working, to the penny.

Tiers are graduated: each unit is charged at the price of the tier that it falls in, so that one more unit never costs
more than its own price. Amounts are whole pence all the way; VAT is worked out once, on the total.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from marketplace.catalogue.rules.offers import LARGEST_VOLUME, PERIODS, Offer, Tier, count_of, plural, read_volume
from marketplace.kit.errors import Invalid
from marketplace.kit.money import Money, Vat
from marketplace.kit.text import quote
from marketplace.kit.values import Value

VAT_RATE = Fraction(1, 5)
"""The standard rate, as of 2026 (domain notes on contracts, "VAT")."""
LONGEST_TERM = 15
STANDARD = {"users": 100, "uses": 20_000, "sites": 1}
"""The volumes by which prices of different products are put in order: a middling department's year."""

Volumes = Mapping[str, int]


class Step(Value):
    """One line of a working, such as "10,000 consultations × £0.40"."""

    text: str
    amount: Money


class Line(Value):
    """What one price comes to, and its working; the steps add up to the amount."""

    label: str
    steps: tuple[Step, ...]

    @property
    def amount(self) -> Money:
        return sum((step.amount for step in self.steps), Money.zero)


class Cost(Value, kw_only=True):
    """A year's cost at some volumes, and what is due once. Extras and what depends on results are in no total."""

    yearly: tuple[Line, ...] = ()
    once: tuple[Line, ...] = ()
    extras: tuple[Line, ...] = ()
    by_result: tuple[Line, ...] = ()
    rate: Fraction = VAT_RATE

    @property
    def year(self) -> Vat:
        """Net, VAT and gross of one year, without what is due once."""
        return _total(self.yearly).vat(self.rate)

    @property
    def start(self) -> Vat:
        """Net, VAT and gross of what is due once."""
        return _total(self.once).vat(self.rate)

    def over(self, years: int) -> Vat:
        """Net, VAT and gross over a term: every year, and what is due once. Raises Invalid for an unlikely term."""
        if isinstance(years, bool) or not 1 <= years <= LONGEST_TERM:
            fact, hint = f"{quote(years)} is not a term", f"Use 1 to {LONGEST_TERM} years."
            raise Invalid(fact, hint, fields={"years": f"{fact}. {hint}"})
        net = sum((_total(self.yearly) for _ in range(years)), Money.zero) + _total(self.once)
        return net.vat(self.rate)


class Need(Value):
    """A volume that prices ask for. `key` names its field; `generic` (users, uses ...) will do as well."""

    key: str
    label: str
    generic: str


def needs(offers: Sequence[Offer]) -> list[Need]:
    """The volumes that a cost needs, each once, in the order of the prices. Numbers of results are not asked."""
    found: dict[str, Need] = {}
    for offer in offers:
        if offer.counts and offer.model != "outcome-based":
            label = plural(offer.unit) + (" a year" if offer.counts == "uses" else "")
            found.setdefault(offer.key, Need(offer.key, label[:1].upper() + label[1:], offer.counts))
    return list(found.values())


def read_volumes(offers: Sequence[Offer], raw: Mapping[str, str]) -> dict[str, int]:
    """The volumes that somebody typed, by unit. Raises Invalid, naming each that is missing or wrong."""
    volumes: dict[str, int] = {}
    wrong: dict[str, str] = {}
    for need in needs(offers):
        typed = raw.get(need.key, "").strip() or raw.get(need.generic, "").strip()
        try:
            volumes[need.key] = read_volume(typed)
        except Invalid as refusal:
            wrong[need.key] = f"{refusal.fact}. {refusal.hint}" if typed else f"Enter how many: {need.label.lower()}."
    if wrong:
        raise Invalid("the yearly cost needs your volumes", "Enter each number that is asked for.", fields=wrong)
    return volumes


def yearly_cost(offers: Sequence[Offer], volumes: Volumes, *, rate: Fraction = VAT_RATE) -> Cost:
    """What a year costs at these volumes, keyed by unit or by users, uses, sites, results.

    Uses are of a year. Raises Invalid where a volume is missing, or is not a whole number of 0 or more.
    """
    groups: dict[str, list[Line]] = {"yearly": [], "once": [], "extras": [], "by_result": []}
    for offer in offers:
        quantity = _quantity(offer, volumes)
        if quantity is not None:
            groups[_group(offer)].append(Line(offer.label, tuple(_steps(offer, quantity))))
    return Cost(rate=rate, **{name: tuple(lines) for name, lines in groups.items()})


def total_cost(offers: Sequence[Offer], volumes: Volumes, *, years: int, rate: Fraction = VAT_RATE) -> Vat:
    """Everything over a term: each year's cost, set-up, integration, training and leaving."""
    return yearly_cost(offers, volumes, rate=rate).over(years)


def standard_cost(offers: Sequence[Offer]) -> Money | None:
    """The yearly figure by which products are put in order; None where nothing certain is due in a year."""
    cost = yearly_cost(offers, STANDARD)
    return cost.year.net if cost.yearly else None


def headline(offers: Sequence[Offer]) -> str:
    """The first price in a few words, recurring before once: "£12.00 a clinician a month", "£54,000.00 once"."""
    wanted = sorted((offer for offer in offers if not offer.optional), key=lambda offer: offer.period == "once")
    return _in_words(wanted[0]) if wanted else ""


def _in_words(offer: Offer) -> str:
    if offer.model == "free":
        return "Free of charge"
    if offer.model == "outcome-based":
        return f"{Money(offer.pence)} for each {offer.unit}"
    if offer.period == "once":
        return f"{Money(offer.pence)} once"
    lowest = min(tier.pence for tier in offer.steps)
    words = f"from {Money(lowest)}" if len(offer.steps) > 1 else f"{Money(lowest)}"
    for part in (offer.unit if offer.counts else "", "" if offer.counts == "uses" else offer.period):
        words += f" {_article(part)} {part}" if part else ""
    return words


def _article(noun: str) -> str:
    return "an" if noun[:1].casefold() in "aeio" else "a"


def _total(lines: Sequence[Line]) -> Money:
    return sum((line.amount for line in lines), Money.zero)


def _group(offer: Offer) -> str:
    if offer.optional:
        return "extras"
    if offer.model == "outcome-based":
        return "by_result"
    return "once" if offer.period == "once" else "yearly"


def _quantity(offer: Offer, volumes: Volumes) -> int | None:
    """How many units a price is for: 1 of a fixed amount; None for results that nobody has counted."""
    if not offer.counts:
        return 1
    number = volumes.get(offer.key, volumes.get(offer.counts))
    if number is None and offer.model == "outcome-based":
        return None
    if number is None:
        raise Invalid(f"how many {plural(offer.unit)} is not known", "Enter it.", fields={offer.key: "Enter how many."})
    if type(number) is not int or not 0 <= number <= LARGEST_VOLUME:
        raise Invalid(f"{quote(number)} {plural(offer.unit)} cannot be", "Use a whole number of 0 or more.")
    return number


def _steps(offer: Offer, quantity: int) -> Iterator[Step]:
    for number, times in _billings(offer, quantity):
        yield from _billing(offer, number, times)


def _billings(offer: Offer, quantity: int) -> list[tuple[int, int]]:
    """(units, how many times in the year): uses that are charged by the month fall on twelve equal months."""
    if offer.counts != "uses" or offer.period != "month":
        return [(quantity, PERIODS[offer.period])]
    each, left = divmod(quantity, 12)
    return [(number, times) for number, times in ((each + 1, left), (each, 12 - left)) if times]


def _billing(offer: Offer, number: int, times: int) -> Iterator[Step]:
    """The steps of a period, `times` over: a line for each tier that is reached, then what a minimum adds."""
    months = f" × {times} month{'s' if times > 1 else ''}" if offer.period == "month" else ""
    due = 0
    for units, tier in _in_tiers(offer, number):
        due += units * tier.pence
        text = f"{count_of(units, offer.unit)} × {Money(tier.pence)}" if offer.counts else f"{Money(tier.pence)}"
        yield Step(text + months + (f", above {tier.above:,}" if tier.above else ""), Money(units * tier.pence * times))
    if due < offer.minimum_pence:
        text = f"up to the minimum of {Money(offer.minimum_pence)}{months}"
        yield Step(text, Money((offer.minimum_pence - due) * times))


def _in_tiers(offer: Offer, number: int) -> Iterator[tuple[int, Tier]]:
    """How many units fall in each tier that is reached; the first one even at 0, so that a working is never empty."""
    tiers = offer.steps
    for place, tier in enumerate(tiers):
        end = tiers[place + 1].above if place + 1 < len(tiers) else number
        units = min(number, end) - tier.above
        if units > 0 or place == 0:
            yield units, tier
