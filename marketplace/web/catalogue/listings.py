"""A supplier's products: the list, adding one, and the page from which each is looked after."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeGuard

from marketplace.catalogue.actions.editions import add_product
from marketplace.catalogue.models import Product, Review, Version
from marketplace.catalogue.queries.history import Happening, history_of
from marketplace.catalogue.queries.listings import Listed, listings_of
from marketplace.catalogue.queries.moderation import lookalikes
from marketplace.catalogue.queries.products import (
    latest_version,
    offers_of,
    open_version,
    own_product,
    reviews_of,
)
from marketplace.catalogue.rules.ageing import stale_from
from marketplace.catalogue.rules.completeness import Completeness, Gap, completeness
from marketplace.faces.ask import Ask
from marketplace.faces.safety import hindered_by_hazards
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.forms import Form
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Refusal
from marketplace.kit.values import Value
from marketplace.web.catalogue.editions import edition_values
from marketplace.web.edge import Goto, Page, page, post

HISTORY = 30
FACTS = {"name": "Name", "number": "Version", "change": "Kind of change"}
BESIDE = {"name": ("Name", "facts"), "prices": ("Prices", "prices"), "documents": ("Documents", "documents")}
"""What a moderator can remark on besides answers, and where the supplier mends it."""
WAITS = {
    "draft": "Waits for you",
    "submitted": "Waits for a moderator",
    "live": "On show",
    "suspended": "Suspended: waits for a moderator",
    "withdrawn": "Withdrawn",
}


class Row(Value):
    """A product in the list: its state, how complete it is, and what waits for whom."""

    ref: str
    name: str
    kind: str
    state: str
    edition: str
    done: int
    needed: int
    waits: str


class Button(Value):
    """A move that is possible now; `asks` leads to a page that asks why first."""

    label: str
    url: str
    asks: bool
    kind: str


@page("/listings", who=Permission.CATALOGUE_WRITE)
def list_listings(ask: Ask) -> Page:
    """My organisation's products, with what waits for whom."""
    found = listings_of(ask.db, by=ask.by, after=ask.query.one("after") or None)
    rows = [row_of(listed, ask.services.frameworks, on=day_in_london(ask.at)) for listed in found.items]
    next_url = f"/listings?after={found.next}" if found.next else ""
    return Page("catalogue/listings.html", {"rows": rows, "total": found.total, "next_url": next_url})


@page("/listings/new", who=Permission.CATALOGUE_WRITE)
def new_listing(ask: Ask, refusal: Refusal | None = None) -> Page:
    """What the product is called and of which kind it is; everything else comes after."""
    kinds = [{"value": k.id, "label": k.label, "hint": k.hint} for k in ask.services.frameworks.kinds]
    typed = {"name": ask.form.one("name"), "kind": ask.form.one("kind")}
    return Page("catalogue/listing_new.html", {"kinds": kinds, "typed": typed, "errors": errors_of(refusal)})


@post("/listings/new", who=Permission.CATALOGUE_WRITE, again=new_listing)
def add_listing(ask: Ask) -> Goto:
    """Begin the draft, and go on to its first section."""
    form = ask.services.frameworks.form(ask.form.one("kind") or "genai-application")
    product = add_product(ask.db, name=ask.form.one("name"), form=form, by=ask.by, at=ask.at)
    return Goto(f"/listings/{product.ref}", told=f"The draft of {product.name} is begun. Nobody else can see it yet.")


@page("/listings/{ref:str}", who=Permission.CATALOGUE_WRITE)
def show_listing(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """What is missing and where, what can be done now, what a moderator said, and what happened."""
    product = own_product(ask.db, ref, by=ask.by)
    version = open_version(ask.db, product)
    form = ask.services.frameworks.form(product.kind)
    lacking = lacking_of(ask, product, version, form)
    values = {
        "product": product,
        "version": version,
        "waits": WAITS[product.state],
        "state": product.state,
        "completeness": lacking,
        "missing": missing_of(product, version, form, lacking.gaps),
        "moves": moves_of(product, version, is_complete=lacking.is_complete),
        "sections": form.sections,
        "reasons": reasons_of(product, reviews_of(ask.db, version.id) if is_draft(version) else [], form),
        "lookalikes": lookalikes(
            ask.db, version.name if version else product.name, except_id=product.id, supplier_id=product.organisation_id
        ),
        "history": [timeline_of(one, form) for one in history_of(ask.db, product, by=ask.by)[:HISTORY]],
        "stale_on": stale_from(day_in_london(product.touched_at)) if product.state == "live" else None,
        "refusal": refusal,
        "hindered": hindered_by_hazards(ask.db, ask.services.frameworks, product),
    }
    return Page("catalogue/listing.html", values)


@page("/listings/{ref:str}/preview", who=Permission.CATALOGUE_WRITE)
def preview(ask: Ask, ref: str) -> Page:
    """The open edition, or the one on show, as a buyer sees it."""
    product = own_product(ask.db, ref, by=ask.by)
    version = open_version(ask.db, product) or product.live_version or latest_version(ask.db, product)
    return Page("catalogue/product_edition.html", {**edition_values(ask, product, version), "is_preview": True})


def row_of(listed: Listed, frameworks: Frameworks, *, on: date) -> Row:
    version = listed.open or listed.live
    form = frameworks.form(listed.product.kind)
    found = completeness(form, version.answers if version else {}, listed.offers(on))
    kind = next(kind.label for kind in frameworks.kinds if kind.id == listed.product.kind)
    return Row(
        listed.product.ref, listed.product.name, kind, listed.product.state, _editions(listed), found.done,
        found.needed, _waits(listed, found),
    )  # fmt: skip


def _editions(listed: Listed) -> str:
    open_one = f"{listed.open.edition} {listed.open.state}" if listed.open else ""
    live = f"{listed.live.edition} on show" if listed.live else ""
    return ", ".join(part for part in (live, open_one) if part)


def _waits(listed: Listed, found: Completeness) -> str:
    if listed.open and listed.open.state == "submitted":
        return "Waits for a moderator" + _since(listed.open.submitted_at)
    if listed.open and found.gaps:
        return f"Waits for you: {len(found.gaps)} missing"
    if listed.open:
        return "Waits for you to submit it"
    return WAITS[listed.product.state]


def _since(moment: datetime | None) -> str:
    return f" since {day_in_london(moment).day} {day_in_london(moment):%B}" if moment else ""


def lacking_of(ask: Ask, product: Product, version: Version | None, form: Form) -> Completeness:
    """What the open edition lacks, or the one on show where none is open."""
    described = version or product.live_version
    offers = offers_of(ask.db, product.id, on=day_in_london(ask.at))
    return completeness(form, described.answers if described else {}, offers)


def missing_of(product: Product, version: Version | None, form: Form, gaps: Sequence[Gap]) -> list[dict[str, Any]]:
    """What is missing by section, each with the address where it is mended, where it can be mended now."""
    labels = {section.id: section.label for section in form.sections}
    places: dict[str, list[dict[str, str]]] = {}
    for gap in gaps:
        url = gap_url(product, gap) if is_draft(version) or not gap.section else ""
        places.setdefault(labels.get(gap.section, "Prices"), []).append({"label": gap.label, "url": url})
    return [{"label": label, "gaps": found} for label, found in places.items()]


def gap_url(product: Product, gap: Gap) -> str:
    """The place where something that is missing is mended."""
    base = f"/listings/{product.ref}/{gap.place}"
    return f"{base}?section={gap.section}#{gap.field}" if gap.section else base


def moves_of(product: Product, version: Version | None, *, is_complete: bool) -> list[Button]:
    """What the supplier can do now, the likeliest first."""
    base = f"/listings/{product.ref}"
    found = []
    if version is not None and version.state == "draft" and product.state != "submitted":
        kind = "primary" if is_complete else "secondary"
        found.append(Button("Submit for publication", f"{base}/submission", asks=False, kind=kind))
    if version is not None and version.state == "submitted":
        found.append(Button("Take it back", f"{base}/recall", asks=False, kind="secondary"))
    if version is None:
        found.append(Button("Begin a new edition", f"{base}/edition", asks=False, kind="secondary"))
    if product.state == "live":
        found.append(Button("Confirm that it is still true", f"{base}/confirmation", asks=False, kind="secondary"))
    if product.state != "withdrawn":
        found.append(Button("Withdraw", f"{base}/withdrawal", asks=True, kind="quiet"))
    return found


def is_draft(version: Version | None) -> TypeGuard[Version]:
    return version is not None and version.state == "draft"


def reasons_of(product: Product, reviews: list[Review], form: Form) -> list[dict[str, str]]:
    """What the last moderator asked for, each with its label and the place where it is answered."""
    if not reviews or reviews[0].outcome != "sent back":
        return []
    base = f"/listings/{product.ref}"
    places = {name: (label, f"{base}/{noun}") for name, (label, noun) in BESIDE.items()}
    for section in form.sections:
        for question in (entry.question for entry in section.entries):
            places[question.id] = (question.label, f"{base}/description?section={section.id}#{question.id}")
    told = ((*places.get(name, ("The whole listing", "")), text) for name, text in reviews[0].reasons.items())
    return [{"label": label, "url": url, "text": text} for label, url, text in told]


def timeline_of(happening: Happening, form: Form) -> dict[str, Any]:
    """An entry of the record as a line of the timeline; questions by their labels."""
    labels = [
        form.questions[name].label if name in form.questions else FACTS.get(name, name) for name in happening.questions
    ]
    text = happening.text or ", ".join(labels)
    return {"at": happening.at, "title": happening.title, "text": text, "by": happening.by}


def errors_of(refusal: Refusal | None) -> dict[str, str]:
    """What is wrong by field; a refusal that names none stands for the whole."""
    if refusal is None:
        return {}
    return dict(refusal.fields) or {"": f"{refusal.fact}. {refusal.hint}".strip()}


ROUTES = [list_listings, new_listing, add_listing, show_listing, preview]
