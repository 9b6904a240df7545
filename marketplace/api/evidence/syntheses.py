"""What the studies of a measure come to, as data: now, and as it was on a day."""

from datetime import datetime
from typing import Any

from marketplace.api.calls import PUBLIC, Asked, get
from marketplace.api.shapes import Asking, Line, Listed, Out, all_of
from marketplace.catalogue.models import Product
from marketplace.catalogue.queries.products import product_for
from marketplace.evidence.queries.syntheses import kept_of, kept_on, plain_of
from marketplace.evidence.rules.telling import sentence_of
from marketplace.faces.syntheses import syntheses_of
from marketplace.kit.calendar import hours_of_london, parse_day
from marketplace.kit.errors import NotFound
from marketplace.kit.text import quote


class OnDay(Asking):
    """The day whose end is asked for, such as 2026-05-01; what holds now where it is empty."""

    on: Line = ""


class MeasureOut(Out):
    """One measure of a product: its key in addresses, what is known in a sentence, and how sure, 0 to 4."""

    key: str
    measure: str
    sentence: str
    level: int
    studies: int
    independent: int
    sums: int


class KeptOut(Out):
    """A synthesis as it was kept on a day; `digest` is the SHA-256 of the canonical JSON of its content."""

    number: int
    at: datetime
    sentence: str
    because: str
    digest: str


class SynthesisOut(Out):
    """What the studies of a measure come to: `synthesis` has every sum, plot, subset and reason; empty for none."""

    product: str
    key: str
    as_of: datetime
    synthesis: dict[str, Any]
    history: list[KeptOut]


@get("/products/{ref:str}/evidence/measures", who=PUBLIC, is_shared=True)
def list_measures(ask: Asked, ref: str) -> Listed[MeasureOut]:
    """Every measure that a published study of the product has a result for."""
    found = syntheses_of(ask.db, ask.services.frameworks, _shown(ask, ref).id)
    return all_of(
        [
            MeasureOut(
                key=key, measure=one.measure, sentence=sentence_of(one), level=one.level, studies=one.studies,
                independent=one.independent, sums=len(one.bodies),
            )
            for key, one in found.items()
        ]
    )  # fmt: skip


@get("/products/{ref:str}/evidence/measures/{key:str}", who=PUBLIC, is_shared=True)
def show_synthesis(ask: Asked, ref: str, key: str, query: OnDay) -> SynthesisOut:
    """The synthesis of one measure; with `?on=2026-05-01` as it was on that day."""
    product = _shown(ask, ref)
    history = kept_of(ask.db, product.id, key)
    day = query.on
    if day:
        kept = kept_on(ask.db, product.id, key, by=hours_of_london(parse_day(day))[1], day=day)
        content, at = kept.content, kept.at
    else:
        found = syntheses_of(ask.db, ask.services.frameworks, product.id).get(key)
        if found is None and not history:
            raise NotFound(f"no study of {product.name} measured {quote(key)}", "List its measures first.")
        content, at = plain_of(found), ask.at
    told = [KeptOut.model_validate(each) for each in history]
    return SynthesisOut(product=product.ref, key=key, as_of=at, synthesis=content, history=told)


def _shown(ask: Asked, ref: str) -> Product:
    product = product_for(ask.db, ref, by=ask.actor)
    if product.live_version is None:
        raise NotFound(f"{product.name} has not been published", "Its studies are under /v1/listings.")
    return product


CALLS = [list_measures, show_synthesis]
