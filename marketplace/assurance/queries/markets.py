"""What a product still needs elsewhere, worked out from how it stands at home."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.assurance.queries.standings import described_of, shown_version, standings_of
from marketplace.assurance.rules.markets import Reading, read_market
from marketplace.catalogue.models import Product
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.crosswalks import Home, Market
from marketplace.kit.errors import NotFound
from marketplace.kit.text import quote


def find_market(frameworks: Frameworks, market_id: str) -> Market:
    """A market by its id. Raises NotFound."""
    if market_id not in frameworks.markets:
        raise NotFound(f"there is no map of {quote(market_id)}", f"There are {', '.join(frameworks.markets)}.")
    return frameworks.markets[market_id]


def home_of(frameworks: Frameworks) -> Home:
    """The lines of every map. Raises NotFound where none are declared."""
    if frameworks.home is None:
        raise NotFound("no map to other markets is declared", "See frameworks/crosswalks/.")
    return frameworks.home


def readings_of(
    db: Session, frameworks: Frameworks, product: Product, *, on: date, at: datetime
) -> tuple[Reading, ...]:
    """Every market for one product."""
    home, standings = home_of(frameworks), standings_of(db, frameworks, product, on=on, at=at)
    described = described_of(frameworks, product, shown_version(db, product))
    return tuple(read_market(market, home, standings, described) for market in frameworks.markets.values())
