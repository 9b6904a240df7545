"""A product as anybody sees it: what is on show, its editions as they were, and what happened to it."""

from datetime import date, datetime
from typing import Any

from marketplace.api.assurance.shapes import ConformityOut, conformity_out
from marketplace.api.calls import ANYBODY_SIGNED_IN, PUBLIC, Asked, get
from marketplace.api.shapes import Listed, Out, all_of
from marketplace.assurance.queries.past import OfEdition, certificates_of_edition
from marketplace.catalogue.models import Product, Version
from marketplace.catalogue.queries.history import history_of
from marketplace.catalogue.queries.products import product_for, shown_versions, version_for
from marketplace.catalogue.rules.ageing import stale_from
from marketplace.catalogue.search import Standing, is_stale_product
from marketplace.faces.standing import standing_of
from marketplace.frameworks import answers
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.models import Organisation
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotFound


class SupplierOut(Out):
    """Who supplies a product. `ref` is None while an imported product is unclaimed: the name is its source's word."""

    ref: str | None
    name: str


class SourceOut(Out):
    """Where an unclaimed listing comes from."""

    document: str = ""
    publisher: str = ""
    date: str = ""
    licence: str = ""
    url: str = ""


class EditionOut(Out):
    """An edition of a description. `answers` are by question id: see /v1/questions for what each asks and means."""

    edition: int
    number: str
    name: str
    change: str
    state: str
    published_at: datetime | None
    superseded_at: datetime | None
    answers: dict[str, Any]


class ChangeOut(Out):
    """What is new in an edition beside the one before, in words."""

    question: str
    label: str
    before: str
    after: str


class EditionCertificateOut(Out):
    """A certificate of an edition. `outcome` and `until` are those of the day of issue.

    `then` is how it stood when the edition left the catalogue, null while that is on show or where it was given out
    later; `today` is how it stands for this edition, whatever is on sale by now. `edition` is the one it was given for.
    """

    ref: str
    framework: str
    framework_version: int
    edition: int
    outcome: str
    issued_on: date
    until: date | None
    then: ConformityOut | None
    today: ConformityOut
    url: str


class EditionChangesOut(EditionOut):
    changes: list[ChangeOut]
    certificates: list[EditionCertificateOut]


class ProductOut(Out):
    """A product and the edition on show. Descriptions are the supplier's statements, unless `source` says whose."""

    ref: str
    name: str
    kind: str
    state: str
    state_reason: str
    supplier: SupplierOut
    is_unclaimed: bool
    is_demonstration: bool
    source: SourceOut | None
    stated_by: str
    conformity: str
    evidence: str
    touched_on: date
    stale_from: date
    is_stale: bool
    shown: EditionOut
    links: dict[str, str]


class HappeningOut(Out):
    """One entry of the record about a product."""

    at: datetime
    name: str
    title: str
    text: str
    by: str


@get("/products/{ref:str}", who=PUBLIC, is_shared=True)
def show_product(ask: Asked, ref: str) -> ProductOut:
    """A product with the edition that is on show."""
    product, today = on_show(ask, ref), day_in_london(ask.at)
    return product_out(product, standing_of(ask.db, ask.services.frameworks, product.id, on=today), today=today)


@get("/products/{ref:str}/editions", who=PUBLIC, is_shared=True)
def list_editions(ask: Asked, ref: str) -> Listed[EditionOut]:
    """The editions that are or were on show, newest first, each as it was."""
    product = product_for(ask.db, ref, by=ask.actor)
    return all_of(edition_out(version) for version in shown_versions(ask.db, product.id))


@get("/products/{ref:str}/editions/{edition:str}", who=PUBLIC, is_shared=True)
def show_edition(ask: Asked, ref: str, edition: int) -> EditionChangesOut:
    """One edition as it was, what was new in it, and its certificates: as given out, as they stood, as they stand."""
    product = product_for(ask.db, ref, by=ask.actor)
    version = version_for(ask.db, product, edition, by=ask.actor)
    before = next((one for one in shown_versions(ask.db, product.id) if one.edition < edition), None)
    changes = changes_between(ask.services.frameworks, product, before, version) if before else []
    held = certificates_of_edition(ask.db, ask.services.frameworks, version, on=day_in_london(ask.at))
    certificates = [certificate_out(each) for each in held]
    return EditionChangesOut(**edition_out(version).model_dump(), changes=changes, certificates=certificates)


@get("/products/{ref:str}/history", who=ANYBODY_SIGNED_IN, scope=Permission.CATALOGUE_WRITE)
def show_history(ask: Asked, ref: str) -> Listed[HappeningOut]:
    """What the record says of a product, for its supplier and for moderators, newest first."""
    happened = history_of(ask.db, product_for(ask.db, ref, by=ask.actor), by=ask.by)
    return all_of(HappeningOut.model_validate(one) for one in happened)


def on_show(ask: Asked, ref: str) -> Product:
    """The product of a reference, where an edition of it is on show. Raises NotFound."""
    product = product_for(ask.db, ref, by=ask.actor)
    if product.live_version is None:
        raise NotFound(f"{product.name} is not on show", f"Its supplier finds the draft at /v1/listings/{product.ref}.")
    return product


def product_out(product: Product, standing: Standing, *, today: date) -> ProductOut:
    """A product whose supplier and live edition are loaded, as anybody sees it."""
    version = product.live_version
    assert version is not None
    unclaimed = product.organisation_id is None
    base = f"/v1/products/{product.ref}"
    return ProductOut(
        ref=product.ref, name=version.name, kind=product.kind, state=product.shown_state,
        state_reason=product.state_reason if product.shown_state in ("suspended", "withdrawn") else "",
        supplier=supplier_out(product.supplier, product.supplier_name), is_unclaimed=unclaimed,
        is_demonstration=product.is_demonstration, source=source_out(product) if unclaimed else None,
        stated_by="source" if unclaimed else "supplier", conformity=standing.conformity_word,
        evidence=standing.evidence_word,
        touched_on=day_in_london(product.touched_at), stale_from=stale_from(day_in_london(product.touched_at)),
        is_stale=is_stale_product(product, today=today), shown=edition_out(version),
        links={"self": base, "editions": f"{base}/editions", "prices": f"{base}/prices", "price": f"{base}/price",
               "documents": f"{base}/documents", "assurance": f"{base}/assurance", "page": f"/products/{product.ref}"},
    )  # fmt: skip


def supplier_out(supplier: Organisation | None, name: str) -> SupplierOut:
    return SupplierOut(ref=supplier.ref if supplier else None, name=name)


def source_out(product: Product) -> SourceOut:
    return SourceOut(**{key: str(product.source.get(key, "")) for key in SourceOut.model_fields})


def edition_out(version: Version) -> EditionOut:
    return EditionOut.model_validate(version)


def certificate_out(of: OfEdition) -> EditionCertificateOut:
    given = of.certificate
    return EditionCertificateOut(
        ref=given.ref, framework=given.framework_id, framework_version=given.framework_version,
        edition=given.version.edition, outcome=given.outcome, issued_on=given.issued_on, until=given.until,
        then=conformity_out(of.then) if of.then is not None else None, today=conformity_out(of.now),
        url=f"/v1/certificates/{given.ref}",
    )  # fmt: skip


def changes_between(
    frameworks: Frameworks, product: Product, before: Version, after: Version
) -> list[ChangeOut]:
    form = frameworks.form(product.kind)
    found = answers.changes(form, before.answers, after.answers)
    return [ChangeOut(question=c.question, label=c.label, before=c.before, after=c.after) for c in found]


CALLS = [show_product, list_editions, show_edition, show_history]
