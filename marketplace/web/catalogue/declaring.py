"""What stands beside a description: the prices that a supplier declares, and the documents it puts there."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from marketplace.catalogue.actions.documents import attach, remove_attachment, replace_attachment
from marketplace.catalogue.actions.prices import MOST_PRICES, declare_prices
from marketplace.catalogue.models import Attachment, Price, Product
from marketplace.catalogue.queries.products import attachment_for, attachments_of, declared_prices, own_product
from marketplace.catalogue.rules.documents import ACCESS, KINDS, LARGEST, MOST
from marketplace.catalogue.rules.offers import MODELS, PERIODS, Offer, read_offer
from marketplace.faces.ask import Ask, Upload, Values
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london, parse_day
from marketplace.kit.errors import Invalid, Refusal
from marketplace.kit.money import Money
from marketplace.kit.text import limit_in_words, quote
from marketplace.kit.values import Value
from marketplace.web.catalogue.description import row_version
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.catalogue.pricing import PriceLine, price_line
from marketplace.web.catalogue.products import document
from marketplace.web.edge import Goto, Page, page, post
from marketplace.web.filters import plural

BLANK_ROWS = 2
COLUMNS = ("model", "label", "unit", "period", "price", "tiers", "minimum", "optional")
ACCEPTED = ".pdf,.docx,.xlsx,.csv,.txt,.png,.jpg,.jpeg"


@page("/listings/{ref:str}/prices", who=Permission.CATALOGUE_WRITE)
def show_prices(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """The prices that were declared last, or as they were typed, each in a panel of its own; all that stand above."""
    product = own_product(ask.db, ref, by=ask.by)
    today = day_in_london(ask.at)
    spans = spans_of(declared_prices(ask.db, product.id), today)
    last = spans[-1] if spans else None
    values = {
        "product": product,
        "row_version": product.row_version,
        "spans": spans,
        "rows": rows_typed(ask.form) if ask.form else rows_of(last.prices if last else ()),
        "models": [{"value": key, "label": model.label} for key, model in MODELS.items()],
        "periods": [{"value": key, "label": {"once": "Once"}.get(key, f"A {key}")} for key in PERIODS],
        "valid_from": day_typed(ask.form, "valid-from") or max(today, last.since if last else today),
        "valid_until": day_typed(ask.form, "valid-until") or (last.until if last and not ask.form else None),
        "errors": errors_of(refusal),
    }
    return Page("catalogue/prices.html", values)


@post("/listings/{ref:str}/prices", who=Permission.CATALOGUE_WRITE, again=show_prices)
def save_prices(ask: Ask, ref: str) -> Goto:
    """Declare the prices anew: all of them, or none where one does not hold."""
    product = own_product(ask.db, ref, by=ask.by)
    offers, wrong = read_offers(ask.form)
    days = {}
    for name in ("valid-from", "valid-until"):
        days[name], told = read_day(ask.form, name)
        wrong |= told
    if wrong:
        raise Invalid("these prices do not hold", "Mend what is named; nothing was saved.", fields=wrong)
    declare_prices(
        ask.db, product, offers, valid_from=days["valid-from"] or day_in_london(ask.at),
        valid_until=days["valid-until"], row_version=row_version(ask.form), by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto(f"/listings/{product.ref}", told=f"Declared: {plural(len(offers), 'price')} of {product.name}.")


@page("/listings/{ref:str}/documents", who=Permission.CATALOGUE_WRITE)
def show_own_documents(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """The documents that are there, and the form for the next one."""
    product = own_product(ask.db, ref, by=ask.by)
    found = attachments_of(ask.db, product.id)
    values = {
        "product": product,
        "documents": [
            {"shown": document(ask, product, one), "access": ACCESS[one.access].partition(":")[0],
             "next": f"/listings/{product.ref}/documents/{one.id}/replacement",
             "removal": f"/listings/{product.ref}/documents/{one.id}/removal"} for one in found
        ],
        "kinds": [{"value": key, "label": label} for key, label in KINDS.items()],
        "access": [{"value": key, "label": label} for key, label in ACCESS.items()],
        "typed": {"kind": ask.form.one("kind"), "access": ask.form.one("access", "public")},
        "limit": limit_in_words(LARGEST),
        "accept": ACCEPTED,
        "is_full": len(found) >= MOST,
        "errors": errors_of(refusal),
    }  # fmt: skip
    return Page("catalogue/documents.html", values)


@post(
    "/listings/{ref:str}/documents", who=Permission.CATALOGUE_WRITE, again=show_own_documents, largest=LARGEST + 100_000
)
def add_document(ask: Ask, ref: str) -> Goto:
    """Keep a document beside the product, or several of a kind at once: all of them, or none where one is not good."""
    product = own_product(ask.db, ref, by=ask.by)
    sent = ask.form.uploads.get("file", ())
    if not sent:
        raise Invalid("no file was sent", "Choose a file.", fields={"file": "Choose a file."})
    names = [_kept(ask, product, one).name for one in sent]
    told = f"{names[0]} is kept." if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]} are kept."
    return Goto(f"/listings/{product.ref}/documents", told=told)


def _kept(ask: Ask, product: Product, sent: Upload) -> Attachment:
    """Keep one document. Raises Invalid, with its name where others came with it."""
    try:
        return attach(
            ask.db, ask.services.files, product, sent.stream, file_name=sent.name, kind=ask.form.one("kind"),
            access=ask.form.one("access"), by=ask.by, at=ask.at,
        )  # fmt: skip
    except Invalid as refusal:
        if len(ask.form.uploads["file"]) == 1 or "file" not in refusal.fields:
            raise
        told = f"{quote(sent.name)}: {refusal.fields['file']}"
        raise Invalid(refusal.fact, refusal.hint, fields={**refusal.fields, "file": told}) from refusal


@page("/listings/{ref:str}/documents/{attachment:uuid}/replacement", who=Permission.CATALOGUE_WRITE)
def show_replacement(ask: Ask, ref: str, attachment: UUID, refusal: Refusal | None = None) -> Page:
    """The form for the next version of a document, and what stays as it is."""
    product = own_product(ask.db, ref, by=ask.by)
    found = attachment_for(ask.db, product, attachment)
    values = {
        "product": product,
        "document": document(ask, product, found),
        "to": f"/listings/{product.ref}/documents/{found.id}/replacement",
        "access": ACCESS[found.access].partition(":")[0],
        "limit": limit_in_words(LARGEST),
        "accept": ACCEPTED,
        "errors": errors_of(refusal),
    }
    return Page("catalogue/document_replacement.html", values)


@post(
    "/listings/{ref:str}/documents/{attachment:uuid}/replacement", who=Permission.CATALOGUE_WRITE,
    again=show_replacement, largest=LARGEST + 100_000, makes=True,
)  # fmt: skip
def replace_document(ask: Ask, ref: str, attachment: UUID) -> Goto:
    """Put the next version of a document in its place."""
    product = own_product(ask.db, ref, by=ask.by)
    there = attachment_for(ask.db, product, attachment)
    sent = next(iter(ask.form.uploads.get("file", ())), None)
    if sent is None:
        raise Invalid("no file was sent", "Choose a file.", fields={"file": "Choose a file."})
    added = replace_attachment(
        ask.db, ask.services.files, product, there, sent.stream, file_name=sent.name, by=ask.by, at=ask.at
    )
    told = f"{added.name} stands in the place of {there.name}."
    return Goto(f"/listings/{product.ref}/documents", told=told)


@post("/listings/{ref:str}/documents/{attachment:uuid}/removal", who=Permission.CATALOGUE_WRITE, again=None)
def remove_document(ask: Ask, ref: str, attachment: UUID) -> Goto:
    """Take a document away."""
    product = own_product(ask.db, ref, by=ask.by)
    found = attachment_for(ask.db, product, attachment)
    remove_attachment(ask.db, product, found, by=ask.by, at=ask.at)
    return Goto(f"/listings/{product.ref}/documents", told=f"{found.name} is removed.")


class Span(Value):
    """The prices of one declaration, from a day to a day; `word` says how that stands today."""

    since: date
    until: date | None
    word: str
    prices: tuple[Price, ...]
    lines: tuple[PriceLine, ...]


def spans_of(prices: Sequence[Price], today: date) -> list[Span]:
    """The prices that stand, in the order of the days from which they hold; those that are over are left out."""
    standing = [price for price in prices if not price.is_over(today)]
    found = []
    for since, group in groupby(standing, key=lambda price: price.valid_from):
        mine = tuple(group)
        word = "Hold now" if since <= today else "Are to hold"
        found.append(Span(since, mine[0].valid_until, word, mine, tuple(map(price_line, mine))))
    return found


def rows_of(prices: Sequence[Price]) -> list[dict[str, str]]:
    """Prices as the fields of the form, and two blank ones."""
    return [*(_row(price.offer) for price in prices), *(dict.fromkeys(COLUMNS, "") for _ in range(BLANK_ROWS))]


def rows_typed(typed: Values) -> list[dict[str, str]]:
    return [{name: typed.one(f"price.{at}.{name}") for name in COLUMNS} for at in row_numbers(typed)]


def row_numbers(typed: Values) -> range:
    """Which rows were sent, as far as there may be so many."""
    sent = [name.split(".")[1] for name in typed.items() if name.startswith("price.") and name.count(".") == 2]
    numbers = [int(part) for part in sent if part.isascii() and part.isdigit() and len(part) < 4]
    return range(min(max(numbers, default=-1) + 1, MOST_PRICES + BLANK_ROWS))


def read_offers(typed: Values) -> tuple[list[Offer], dict[str, str]]:
    """The prices of the rows that say anything, and what is wrong by field."""
    offers: list[Offer] = []
    wrong: dict[str, str] = {}
    for at, row in enumerate(rows_typed(typed)):
        if not any(row[name].strip() for name in ("label", "price", "tiers", "unit", "minimum")):
            continue
        try:
            offers.append(read_offer(row))
        except Invalid as refusal:
            wrong |= {f"price.{at}.{name}": f"Price {at + 1}: {text}" for name, text in refusal.fields.items()}
    return offers, wrong


def read_day(typed: Values, name: str) -> tuple[date | None, dict[str, str]]:
    """A day from its three fields; none where all are blank."""
    parts = {part: typed.one(f"{name}-{part}").strip() for part in ("year", "month", "day")}
    if not any(parts.values()):
        return None, {}
    try:
        return parse_day(f"{parts['year']}-{parts['month'].zfill(2)}-{parts['day'].zfill(2)}"), {}
    except Invalid as wrong:
        return None, {name: f"{wrong.fact}. {wrong.hint}"}


def day_typed(typed: Values, name: str) -> dict[str, Any] | None:
    """The three parts of a day as they were typed."""
    parts = {part: typed.one(f"{name}-{part}") for part in ("day", "month", "year")}
    return parts if any(parts.values()) else None


def _row(offer: Offer) -> dict[str, str]:
    tiers = "\n".join(f"above {tier.above:,}: {_pounds(tier.pence)}" for tier in offer.tiers)
    return {
        "model": offer.model, "label": offer.label, "unit": offer.unit, "period": offer.period,
        "price": "" if offer.tiers else _pounds(offer.pence), "tiers": tiers,
        "minimum": _pounds(offer.minimum_pence) if offer.minimum_pence else "",
        "optional": "yes" if offer.optional else "",
    }  # fmt: skip


def _pounds(pence: int) -> str:
    return str(Money(pence)).removeprefix("£")


ROUTES = [
    show_prices, save_prices, show_own_documents, add_document, show_replacement, replace_document, remove_document,
]  # fmt: skip
