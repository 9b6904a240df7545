"""What a product costs in this project: a year, and the whole term with set-up, integration, training and leaving."""

from collections.abc import Mapping, Sequence

from marketplace.catalogue.rules.offers import Offer
from marketplace.catalogue.rules.pricing import Cost, yearly_cost
from marketplace.kit.errors import Invalid
from marketplace.kit.money import Money, Vat
from marketplace.kit.values import Value


class Costing(Value, kw_only=True):
    """A year and a term of `years`, before and with VAT; both None where `missing` says what is not known.

    Nothing is guessed: a product that is paid by result alone, or has no price, has no figure.
    """

    cost: Cost | None = None
    year: Vat | None = None
    term: Vat | None = None
    years: int = 1
    missing: str = ""

    @property
    def yearly_pence(self) -> int | None:
        return None if self.year is None else self.year.net.pence

    @property
    def term_gross(self) -> Money | None:
        """With VAT: what the thresholds of the Act are compared with."""
        return None if self.term is None else self.term.gross


def costing(offers: Sequence[Offer], volumes: Mapping[str, int], years: int) -> Costing:
    """The cost of these prices at the volumes of a project."""
    if not offers:
        return Costing(years=years, missing="No price is declared")
    try:
        cost = yearly_cost(offers, volumes)
    except Invalid as refusal:
        return Costing(years=years, missing=f"{refusal.fact[:1].upper()}{refusal.fact[1:]}")
    if not cost.yearly and not cost.once:
        return Costing(cost=cost, years=years, missing="Paid by result alone: no certain figure")
    return Costing(cost=cost, year=cost.year, term=cost.over(years), years=years)
