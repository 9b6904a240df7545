"""How a product becomes a search document: its facets, its orders, and everything that its card shows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.catalogue.models import Price, Product, Version
from marketplace.catalogue.rules.ageing import age_terms, hidden_terms, is_stale, stale_from
from marketplace.catalogue.rules.offers import Offer
from marketplace.catalogue.rules.pricing import headline, standard_cost
from marketplace.evidence.queries.declared import filter_rules
from marketplace.evidence.rules.filters import Choice, StudyKind
from marketplace.frameworks import answers
from marketplace.frameworks.answers.cleaning import Answers
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.base import Option
from marketplace.frameworks.schema.forms import Facet, Form
from marketplace.frameworks.schema.questions import Kind
from marketplace.identity.models import Organisation
from marketplace.kit.calendar import day_in_london
from marketplace.kit.values import Value
from marketplace.ports.search.port import JSON, Document, composed

FOUND = ("live", "suspended")
"""The states in which a listing is found. What is suspended is told with that word, never just missing."""
AMISS = ("expired", "suspended", "in-remediation", "withdrawn")
"""The conformities that a card and a page never leave out."""
MARKS = {"met": "met", "met-with-conditions": "conditions", "in-remediation": "conditions"} | {
    each: each for each in ("expired", "suspended", "withdrawn")
}
"""The mark of a card's word on conformity, by the status behind it."""
BATCH = 500
LONGEST_BODY = 40_000

SOURCES = (
    Option(id="supplier", label="Listed by its supplier"),
    Option(id="unclaimed-import", label="Imported, not yet claimed"),
)
STUDIED = ("study-by", "study-in", "study-size")
"""Filters that one and the same study of a product meets: who stands behind it, where it was, how many took part."""
STATES = (Option(id="live", label="Live"), Option(id="suspended", label="Suspended"))


class Standing(Value, kw_only=True):
    """What other rooms say of a product: how it conforms today, and how strong its evidence is.

    `conformity_note` is until when it holds, or why it does not. `studies` are the kinds of those that count.
    """

    conformity: str = "no-certificate"
    conformity_word: str = "No certificate on Touchstone"
    conformity_note: str = ""
    evidence: str = "none-yet"
    evidence_word: str = "No evidence on Touchstone yet"
    evidence_level: int = 0
    studies: tuple[StudyKind, ...] = ()


UNKNOWN = Standing()


def facets(frameworks: Frameworks) -> tuple[Facet, ...]:
    """Every filter of the catalogue, in order: those of each listing, and one for each filterable question."""
    built_in = (
        Facet("kind", "Kind of product", 5, frameworks.kinds),
        Facet("conformity", "Conformity", 6, frameworks.taxonomies["conformity"].options),
        Facet("evidence", "Evidence", 7, frameworks.taxonomies["evidence-strength"].options),
        *_study_facets(frameworks),
        Facet("price-model", "How it is paid for", 300, frameworks.taxonomies["price-models"].options),
        Facet("supplier-size", "Size of the supplier", 310, frameworks.taxonomies["supplier-sizes"].options),
        Facet("source", "Where the listing comes from", 320, SOURCES),
        Facet("state", "State of the listing", 330, STATES),
    )
    return tuple(sorted((*built_in, *frameworks.facets), key=lambda facet: facet.order))


def _study_facets(frameworks: Frameworks) -> Iterator[Facet]:
    """The filters by what studies are like, as they are declared."""
    rules = filter_rules(frameworks)
    labels = ("Who stands behind a study", "Where a study was made", "How many took part in a study")
    declared: tuple[tuple[Choice, ...], ...] = (rules.backing, rules.places, rules.sizes)
    for place, values in enumerate(declared):
        options = tuple(Option(id=each.id, label=each.label) for each in values)
        yield Facet(STUDIED[place], labels[place], 8, options)


def hidden(today: date) -> Mapping[str, frozenset[str]]:
    """What a search leaves out unless it is asked for: listings that nobody touched for 36 months."""
    return {"touched": hidden_terms(today)}


def is_stale_card(stored: Mapping[str, JSON], *, today: date) -> bool:
    """Whether the product of a card is marked stale today. The day is stored, so that ageing writes no index."""
    return str(stored["stale_from"]) <= today.isoformat()


def documents(
    db: Session, frameworks: Frameworks, *, on: date, ids: Sequence[UUID] | None = None,
    standings: Mapping[UUID, Standing] | None = None,
) -> Iterator[Document]:  # fmt: skip
    """A document for each product that is found, or for those of `ids` that are; lazy, a batch at a time."""
    for batch in _batches(db, ids):
        offers = offers_on(db, [product.id for product in batch], on)
        for product in batch:
            standing = (standings or {}).get(product.id, UNKNOWN)
            yield document(product, offers[product.id], frameworks, standing=standing)


def document(
    product: Product, offers: Sequence[Offer], frameworks: Frameworks, *, standing: Standing = UNKNOWN
) -> Document:
    """The document of a product whose supplier and live edition are loaded."""
    version, form = _live(product), frameworks.form(product.kind)
    counted = answers.effective(form, version.answers)
    stored = card(product, offers, frameworks, standing=standing)
    return Document(
        ref=product.ref,
        title=version.name,
        summary=str(version.answers.get("summary", "")),
        body=_body(form, counted, product),
        facets={**answers.facets(form, counted), **_facets(product, offers, standing)},
        sorts=_sorts(version, stored["price_pence"], standing),
        stored=stored,
    )


def card(
    product: Product, offers: Sequence[Offer], frameworks: Frameworks, *, standing: Standing = UNKNOWN
) -> dict[str, JSON]:
    """All that a card shows of a product, as plain data. Dates are ISO; `price_pence` is for the standard volumes."""
    version, year = _live(product), standard_cost(offers)
    return {
        "ref": product.ref,
        "title": version.name,
        "supplier": product.supplier_name,
        "summary": str(version.answers.get("summary", "")),
        "kind": product.kind,
        "kind_label": _label(frameworks.kinds, product.kind),
        "state": product.shown_state,
        "status": _status(product, standing),
        "badges": _badges(product, version, frameworks),
        "conformity": standing.conformity_word,
        "conformity_mark": MARKS.get(standing.conformity, "unknown"),
        "evidence": standing.evidence_word,
        "evidence_level": standing.evidence_level,
        "price": headline(offers),
        "price_pence": year.pence if year is not None else None,
        "edition": version.edition,
        "published": _day(version),
        "stale_from": stale_from(day_in_london(product.touched_at)).isoformat(),
        "demonstration": product.is_demonstration,
        "unclaimed": product.organisation_id is None,
        "source": _source(product),
    }


def is_stale_product(product: Product, *, today: date) -> bool:
    """Whether nobody published or confirmed a product for a year."""
    return is_stale(day_in_london(product.touched_at), today=today)


def _live(product: Product) -> Version:
    if product.live_version is None:
        raise ValueError(f"{product.ref} has no edition on show")
    return product.live_version


def _batches(db: Session, ids: Sequence[UUID] | None) -> Iterator[list[Product]]:
    """Products that are found, by id, without holding more than a batch of them."""
    found = select(Product).options(
        joinedload(Product.supplier).load_only(Organisation.name, Organisation.size),
        joinedload(Product.live_version).load_only(
            Version.name, Version.edition, Version.answers, Version.published_at
        ),
    )
    found = found.where(Product.state.in_(FOUND), Product.live_version_id.is_not(None))
    found = found.order_by(Product.id).limit(BATCH)
    if ids is not None:
        for start in range(0, len(ids), BATCH):
            yield list(db.scalars(found.where(Product.id.in_(ids[start : start + BATCH]))))
        return
    after: UUID | None = None
    while batch := list(db.scalars(found if after is None else found.where(Product.id > after))):
        after = batch[-1].id
        yield batch


def offers_on(db: Session, ids: Sequence[UUID], on: date) -> Mapping[UUID, list[Offer]]:
    """The prices that hold on a day, by product, in one query; an empty list for a product without any."""
    holding = select(Price).where(Price.product_id.in_(ids), Price.replaced_at.is_(None), Price.valid_from <= on)
    holding = holding.where((Price.valid_until.is_(None)) | (Price.valid_until >= on)).order_by(Price.position)
    found: dict[UUID, list[Offer]] = defaultdict(list)
    for price in db.scalars(holding):
        found[price.product_id].append(price.offer)
    return found


def _facets(product: Product, offers: Sequence[Offer], standing: Standing) -> dict[str, tuple[str, ...]]:
    size = product.supplier.size if product.supplier else ""
    models = dict.fromkeys(offer.model for offer in offers if offer.period != "once" and not offer.optional)
    return {
        "kind": (product.kind,),
        "conformity": (standing.conformity,),
        "evidence": (standing.evidence,),
        "price-model": tuple(model for model in models if model != "training"),
        "supplier-size": (size or "not-stated",),
        "source": ("supplier" if product.organisation_id else "unclaimed-import",),
        "state": (product.shown_state,),
        "touched": age_terms(day_in_london(product.touched_at)),
        **(_studied(standing.studies) if standing.studies else {}),
    }


def _studied(kinds: Sequence[StudyKind]) -> dict[str, tuple[str, ...]]:
    parts = [(kind.by, kind.place, kind.size) for kind in kinds]
    by_facet = zip(STUDIED, zip(*parts, strict=True), strict=True)
    return {"study": composed(parts), **{facet: tuple(dict.fromkeys(values)) for facet, values in by_facet}}


def _sorts(version: Version, year_pence: JSON, standing: Standing) -> dict[str, float]:
    found = {
        "newest": version.published_at.timestamp() if version.published_at else None,
        "evidence": float(standing.evidence_level) if standing.evidence_level else None,
        "price": float(year_pence) if isinstance(year_pence, int) else None,
    }
    return {key: value for key, value in found.items() if value is not None}


def _body(form: Form, counted: Answers, product: Product) -> str:
    """Everything else as text, the labels of what was chosen too, so that words find what the filters find."""
    return "\n".join(filter(None, (product.supplier_name, *_texts(form, counted))))[:LONGEST_BODY]


def _texts(form: Form, counted: Answers) -> Iterable[str]:
    for name, answer in counted.items():
        question = form.questions[name]
        if name != "summary" and question.kind not in (Kind.LINK, Kind.DATE, Kind.NUMBER):
            yield answers.display(question, answer).text


def _status(product: Product, standing: Standing) -> list[JSON]:
    """Words about a listing that are never left out, each with the kind of its mark."""
    words: list[JSON] = []
    if product.shown_state != "live":
        words.append({"word": product.shown_state.capitalize(), "kind": product.shown_state})
    if product.organisation_id is None:
        words.append({"word": "Unclaimed", "kind": "unknown"})
    if standing.conformity in AMISS:
        words.append({"word": standing.conformity_word, "kind": MARKS[standing.conformity]})
    return words


def _badges(product: Product, version: Version, frameworks: Frameworks) -> list[JSON]:
    """What a buyer looks for first, in a word each: autonomy, hosting, whether data train a model."""
    form = frameworks.form(product.kind)
    shown = ("autonomy", "hosting-country", "trains-on-data", "licence", "evaluation-method")
    asked = [form.questions[name] for name in shown if name in form.questions and name in version.answers]
    return [{"label": each.label, "value": answers.display(each, version.answers[each.id]).text} for each in asked]


def _source(product: Product) -> JSON:
    if product.organisation_id is not None:
        return None
    return {key: str(product.source.get(key, "")) for key in ("document", "publisher", "date", "licence", "url")}


def _label(options: Iterable[Option], value: str) -> str:
    return next((option.label for option in options if option.id == value), value)


def _day(version: Version) -> str:
    return day_in_london(version.published_at).isoformat() if version.published_at else ""
