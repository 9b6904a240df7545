"""An edition of a product as it was: its words, the prices of its time, and its certificates then and now."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from marketplace.assurance.queries.history import certificate_history
from marketplace.assurance.queries.past import OfEdition, certificates_of_edition
from marketplace.assurance.rules.conformity import Conformity
from marketplace.assurance.states import OUTCOMES
from marketplace.catalogue.models import Product, Version
from marketplace.catalogue.queries.products import prices_on, product_for, version_for
from marketplace.catalogue.search import AMISS, MARKS, UNKNOWN
from marketplace.faces.ask import Ask, Values
from marketplace.kit.calendar import day_in_london, in_words
from marketplace.web.catalogue.pricing import pricing_of
from marketplace.web.catalogue.products import frame
from marketplace.web.catalogue.showing import Fact
from marketplace.web.edge import PUBLIC, Page, page

DTAC = "dtac"


@page("/products/{ref:str}/editions/{edition:int}", who=PUBLIC)
def show_edition(ask: Ask, ref: str, edition: int) -> Page:
    """An edition as it was, with the prices and the certificates of its time, marked where another took its place."""
    product = product_for(ask.db, ref, by=ask.actor)
    shown = product.live_version
    if shown is None or shown.edition != edition:
        shown = version_for(ask.db, product, edition, by=ask.actor)
    return Page("catalogue/product_edition.html", edition_values(ask, product, shown), shared=True)


def edition_values(ask: Ask, product: Product, version: Version) -> dict[str, Any]:
    """What the page of one edition says, with what held while it was on show."""
    until, today = version.superseded_at or ask.at, day_in_london(ask.at)
    prices = prices_on(ask.db, product.id, day_in_london(until), known_at=version.superseded_at)
    is_draft = version.state in ("draft", "submitted")
    held = () if is_draft else certificates_of_edition(ask.db, ask.services.frameworks, version, on=today)
    values = frame(ask, product, version, "", UNKNOWN if version.superseded_at else None)
    if version.superseded_at is not None:
        values["facts"] = [conformity_then(held, version.superseded_at)]
    return {
        **values,
        "lines": pricing_of(ref=product.ref, prices=prices, typed=Values()).lines,
        "superseded_on": version.superseded_at,
        "is_draft": is_draft,
        "is_preview": False,
        "certificates": [certificate_shown(each) for each in held],
        "happened": certificate_history(ask.db, *(each.certificate for each in held)) if held else [],
        "amiss": [certificate_shown(each) for each in held if each.now.status in AMISS] if values["facts"] else [],
    }


def conformity_then(held: Sequence[OfEdition], at: datetime) -> Fact:
    """How an edition conformed on the last day on which it was on show: under DTAC first, as on every card."""
    stood = [each.then for each in held if each.then is not None and each.certificate.framework_id == DTAC]
    best = next((each for each in stood if each.holds), stood[0] if stood else None)
    note = f"On {in_words(day_in_london(at))}, when another edition took its place"
    return Fact("Conformity", best.word if best else UNKNOWN.conformity_word, note)


def certificate_shown(of: OfEdition) -> dict[str, Any]:
    """A certificate of an edition: what was given out, how it stood when the edition left, and how it stands."""
    given = of.certificate
    return {
        "ref": given.ref, "framework": of.now.framework, "framework_version": given.framework_version,
        "body": given.body.name, "number": given.version.number, "edition": given.version.edition,
        "is_given_for_it": of.is_given_for_it, "issued_on": given.issued_on, "until": given.until,
        "outcome": {"word": OUTCOMES[given.outcome], "kind": MARKS.get(given.outcome, "unknown")},
        "then": standing_shown(of.then) if of.then is not None else None, "now": standing_shown(of.now),
    }  # fmt: skip


def standing_shown(conformity: Conformity) -> dict[str, str | date | None]:
    """How a certificate stood or stands, in a word with its mark, and why."""
    mark = MARKS.get(conformity.status, "unknown")
    return {"word": conformity.word, "kind": mark, "cause": conformity.cause, "until": conformity.until}


ROUTES = [show_edition]
