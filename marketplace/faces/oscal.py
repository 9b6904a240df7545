"""A product's passport as OSCAL, for the page that is downloaded and for programs alike."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.assurance.queries.certificates import certificates_of
from marketplace.assurance.queries.passports import assessed_of, passport_of
from marketplace.assurance.rules.credentials import House
from marketplace.assurance.rules.oscal import Described, assessment_results, component_definition
from marketplace.catalogue.models import Product
from marketplace.faces.services import Services
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotFound

KINDS = ("component-definition", "assessment-results")


def oscal_of(db: Session, services: Services, product: Product, kind: str, *, at: datetime) -> dict[str, Any]:
    """A document of a product on show. Raises NotFound for another kind, or where nothing was assessed."""
    if kind not in KINDS or product.live_version is None:
        raise NotFound("there is no such OSCAL document of this product", f"There are {' and '.join(KINDS)}.")
    today, house, version = day_in_london(at), House(services.base_url), product.live_version
    held = certificates_of(db, product.id)
    lines = passport_of(db, services.frameworks, product, held, on=today, at=at)
    assessed = assessed_of(db, services.frameworks, held, lines, on=today)
    said = Described(
        product.ref, version.name, version.number, product.supplier_name, str(version.answers.get("summary", ""))
    )
    if kind == "component-definition":
        return component_definition(said, lines, assessed, house, at=at)
    if not assessed:
        raise NotFound(f"nobody has assessed {version.name} here", "Its component definition says how it stands.")
    return assessment_results(said, assessed, house, at=at)
