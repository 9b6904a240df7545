"""What calls about projects share: finding them and the products that they name, and how a product stood."""

from collections.abc import Sequence

from marketplace.api.calls import Asked
from marketplace.api.shapes import Out
from marketplace.catalogue.models import Product
from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote
from marketplace.procurement.models import Project
from marketplace.procurement.queries.projects import find_project
from marketplace.procurement.queries.standing import products_by_ref
from marketplace.procurement.rules.standing import Standing


class StandingOut(Out):
    """How a product stood: state, version, edition, and what a year of it came to for the project."""

    state: str
    edition: int | None
    number: str
    yearly_pence: int | None


def project_of(ask: Asked, ref: str) -> Project:
    """The project, where this caller may know of it. Raises NotFound."""
    return find_project(ask.db, ref, by=ask.by)


def products_of(ask: Asked, refs: Sequence[str]) -> list[Product]:
    """The products of these references, each once. Raises Invalid, naming those that are not on show."""
    products = products_by_ref(ask.db, refs)
    if len(products) < len(set(refs)):
        known = {product.ref for product in products}
        wrong = {
            f"products.{place}": f"There is no product {quote(ref)} on show."
            for place, ref in enumerate(refs) if ref.strip().upper() not in known
        }  # fmt: skip
        raise Invalid("a product is not on show", "Take the references from /v1/products.", fields=wrong)
    return products


def standing_out(standing: Standing) -> StandingOut:
    return StandingOut.model_validate(standing)
