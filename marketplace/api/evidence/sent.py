"""What a program sends of studies and claims, as the schemas read it; and what both moves ask of their product."""

from datetime import date
from typing import Any

from pydantic import BaseModel

from marketplace.api.calls import Asked
from marketplace.api.evidence.shapes import EstimandIn
from marketplace.catalogue.queries.products import product_of_id
from marketplace.evidence.models import Claim, Study

YES_NO = {True: "yes", False: "no"}


def plain(body: BaseModel) -> dict[str, str]:
    """Every field as a form sends it; the groups of a result and the parts of an estimand by their place."""
    plain: dict[str, str] = {}
    for name, value in body:
        if isinstance(value, EstimandIn):
            plain |= {f"estimand_{part}": words for part, words in value}
        elif name == "arms":
            plain |= {f"arm{place}_{key}": _text(each) for place, arm in enumerate(value, 1) for key, each in arm}
        elif name != "results":
            plain[name] = _text(value)
    return plain


def is_on_show(ask: Asked, about: Study | Claim) -> bool:
    """Whether the product of a study or a claim stands in front of buyers. Raises NotFound where it is not theirs."""
    return product_of_id(ask.db, about.product_id, by=ask.by).live_version_id is not None


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return YES_NO[value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return ",".join(value)
    return "" if value is None else format(value, "f") if not isinstance(value, str | int) else str(value)
