"""A supplier describes a product: adding it, and writing on its draft edition."""

from typing import Any

from pydantic import Field

from marketplace.api.calls import ANYBODY_SIGNED_IN, Answer, Asked, get, patch, post
from marketplace.api.catalogue.listings import ListingOut, listing_of
from marketplace.api.catalogue.products import EditionOut, edition_out
from marketplace.api.shapes import In, Line
from marketplace.catalogue.actions.editions import add_product, name_edition, save_answers
from marketplace.catalogue.models import Product, Version
from marketplace.catalogue.policies import may_see_drafts
from marketplace.catalogue.queries.products import open_version, own_product, product_for
from marketplace.identity.policies import Permission
from marketplace.kit.errors import Conflict, Invalid, NotFound

MOST_ANSWERS = 200


class NewProduct(In):
    """What a product is called and of which kind it is; everything else comes after."""

    name: Line
    kind: Line


class DescriptionIn(In):
    """What changes of a draft: answers by question id (null clears one), and the facts of the edition."""

    answers: dict[str, Any] = Field(default_factory=dict, max_length=MOST_ANSWERS)
    name: Line | None = None
    number: Line | None = None
    change: Line | None = None


@post("/products", who=Permission.CATALOGUE_WRITE, status=201)
def add(ask: Asked, body: NewProduct) -> Answer[ListingOut]:
    """Begin to describe a product: a draft with its first edition, that nobody else can see yet."""
    form = ask.services.frameworks.form(body.kind)
    product = add_product(ask.db, name=body.name, form=form, by=ask.by, at=ask.at)
    return Answer(listing_of(ask, product.ref), location=f"/v1/listings/{product.ref}")


@get("/products/{ref:str}/description", who=ANYBODY_SIGNED_IN, scope=Permission.CATALOGUE_WRITE)
def show_description(ask: Asked, ref: str) -> Answer[EditionOut]:
    """The open edition of a product of one's own, or of one that waits for you as a moderator, with its ETag."""
    product = product_for(ask.db, ref, by=ask.actor)
    if not may_see_drafts(ask.actor, product):
        raise NotFound("there is no draft of this product for you", f"What is on show: /v1/products/{product.ref}.")
    version = draft_of(ask, product)
    return Answer(edition_out(version), version=version.row_version)


@patch("/products/{ref:str}/description", who=Permission.CATALOGUE_WRITE, conditional=True)
def describe(ask: Asked, ref: str, body: DescriptionIn) -> Answer[EditionOut]:
    """Write on the draft. All that is sent holds, or nothing is changed and every fault is named."""
    product = own_product(ask.db, ref, by=ask.by)
    version = draft_of(ask, product)
    expected = ask.expected(version.row_version)
    form = ask.services.frameworks.form(product.kind)
    saved = save_answers(
        ask.db, product, version, body.answers, form=form, row_version=expected, by=ask.by, at=ask.at
    )
    if saved.errors:
        fields = {f"answers.{name}": text for name, text in saved.errors.items()}
        raise Invalid("some answers do not hold", "Mend what is named, and send it again.", fields=fields)
    if body.name is not None or body.number is not None or body.change is not None:
        _name(ask, product, version, body)
    return Answer(edition_out(version), version=version.row_version)


def draft_of(ask: Asked, product: Product) -> Version:
    """The edition that is open. Raises Conflict where none is."""
    version = open_version(ask.db, product)
    if version is None:
        raise Conflict(
            f"{product.name} has no open edition", f"Begin the next one: POST /v1/listings/{product.ref}/edition."
        )
    return version


def _name(ask: Asked, product: Product, version: Version, body: DescriptionIn) -> None:
    name_edition(
        ask.db, product, version, name=version.name if body.name is None else body.name,
        number=version.number if body.number is None else body.number,
        change=version.change if body.change is None else body.change, row_version=None, by=ask.by, at=ask.at,
    )  # fmt: skip


CALLS = [add, show_description, describe]
