"""A buyer's numbers in a search, and what a year may cost them: read, kept with the search, told in words."""

from collections.abc import Mapping, Sequence

from marketplace.catalogue.rules.offers import read_pence, read_volume
from marketplace.catalogue.rules.pricing import STANDARD
from marketplace.kit.errors import Invalid
from marketplace.kit.money import Money
from marketplace.kit.values import Value, field, replace

NUMBERS = {"users": "Users", "uses": "Uses a year", "sites": "Sites"}
"""The volumes by which a search prices; each price of another unit takes the one that it counts."""
LIMITS = {"cost_from": "At least, £ a year", "cost_to": "At most, £ a year"}
FIELDS = (*NUMBERS, *LIMITS)


class Costing(Value, kw_only=True):
    """The buyer's volumes of a year, and between which whole pence ex VAT a year may cost, both ends included."""

    volumes: Mapping[str, int] = field(default_factory=dict)
    least: int | None = None
    most: int | None = None

    @property
    def is_limit(self) -> bool:
        return self.least is not None or self.most is not None

    @property
    def counted(self) -> Mapping[str, int]:
        """The volumes that costs are worked out for: the buyer's own, or those of a middling year."""
        return self.volumes or STANDARD

    def at(self, volumes: Mapping[str, int]) -> "Costing":
        """The same for other volumes, such as those of a project, where the buyer gave none."""
        own = {name: number for name, number in volumes.items() if name in NUMBERS}
        return self if self.volumes else replace(self, volumes=own)

    def choices(self) -> dict[str, list[str]]:
        """The same as parameters of an address, in the order of `FIELDS`."""
        limits = {"cost_from": self.least, "cost_to": self.most}
        told = {name: str(number) for name, number in self.volumes.items()}
        told |= {name: _typed(pence) for name, pence in limits.items() if pence is not None}
        return {name: [told[name]] for name in FIELDS if name in told}


NOTHING = Costing()


def read_costing(typed: Mapping[str, str]) -> tuple[Costing, dict[str, str]]:
    """What was typed, and by field what of it cannot be read, which then counts as not typed."""
    read: dict[str, int] = {}
    wrong: dict[str, str] = {}
    for name in FIELDS:
        text = typed.get(name, "").strip()
        try:
            read |= {name: (read_volume if name in NUMBERS else read_pence)(text)} if text else {}
        except Invalid as refusal:
            wrong[name] = f"{refusal.fact}. {refusal.hint}"
    least, most = read.get("cost_from"), read.get("cost_to")
    if least is not None and most is not None and least > most:
        wrong["cost_to"] = f"{Money(most)} is less than {Money(least)}. Give the smaller amount first."
        most = None
    volumes = {name: read[name] for name in NUMBERS if name in read}
    return Costing(volumes=volumes, least=least, most=most), wrong


def split_costing(chosen: Mapping[str, Sequence[str]]) -> tuple[dict[str, Sequence[str]], Costing]:
    """What was kept with a search, taken apart: the choices of its filters, and the costing."""
    costing, _ = read_costing({name: values[0] for name, values in chosen.items() if name in FIELDS and values})
    return {name: values for name, values in chosen.items() if name not in FIELDS}, costing


def costing_in_words(costing: Costing) -> str:
    """ "A year for 400 users and 90,000 uses costs at most £50,000.00". Empty where nothing was typed."""
    if not costing.volumes and not costing.is_limit:
        return ""
    told = [f"{number:,} {name[:-1] if number == 1 else name}" for name, number in costing.counted.items()]
    start = f"A year for {' and '.join(filter(None, (', '.join(told[:-1]), told[-1])))}"
    if costing.least is not None and costing.most is not None:
        return f"{start} costs {Money(costing.least)} to {Money(costing.most)}"
    if costing.most is not None:
        return f"{start} costs at most {Money(costing.most)}"
    return f"{start} costs at least {Money(costing.least)}" if costing.least is not None else f"Prices for {start[11:]}"


def _typed(pence: int) -> str:
    """Pounds as somebody would type them: 50000, 12.50."""
    pounds, part = divmod(pence, 100)
    return f"{pounds}.{part:02}" if part else str(pounds)
