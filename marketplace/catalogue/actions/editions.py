"""Describing a product: adding it, writing on its draft edition, beginning the next one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.catalogue.events import DescriptionChanged, EditionBegun, ProductAdded
from marketplace.catalogue.models import Product, Version
from marketplace.catalogue.policies import may_add, may_edit
from marketplace.catalogue.queries.products import open_version
from marketplace.catalogue.rules.editions import CHANGES
from marketplace.catalogue.states import EDITION, LISTING
from marketplace.frameworks import answers
from marketplace.frameworks.schema.forms import Form
from marketplace.identity.policies import Actor
from marketplace.kit.db import hold_version
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.record import record
from marketplace.kit.text import clean_line, quote, skeleton
from marketplace.kit.values import Value, field

LONGEST_NAME = 120
LONGEST_NUMBER = 30
LONGEST_SKELETON = 200


class Saved(Value):
    """What became of the answers sent in: which were changed, and by field what is wrong with the others."""

    changed: list[str]
    errors: dict[str, str] = field(default_factory=dict)


def add_product(db: Session, *, name: str, form: Form, by: Actor, at: datetime) -> Product:
    """Begin to describe a product of the kind of `form`: a draft with its first edition. Raises Invalid."""
    if not may_add(by):
        raise NotAllowed(
            "only a supplier manager or bid writer can add a product",
            "Act for a supplier, and ask a manager there for the role.",
        )
    called = _name(name)
    _refuse_second(db, called, by.organisation_id)
    product = Product(
        id=new_id(at), ref=free_reference(db), organisation_id=by.organisation_id, kind=form.kind, name=called,
        skeleton=skeleton(called)[:LONGEST_SKELETON], state=LISTING.start, state_reason="", source={}, created_at=at,
        touched_at=at, is_demonstration=by.is_demonstration,
    )  # fmt: skip
    db.add(product)
    db.flush()
    db.add(_edition(product, 1, number="1.0", change="first", described={}, at=at))
    record(db, ProductAdded(product_id=product.id, organisation_id=_organisation(by), title=called), by=by, at=at)
    db.flush()
    return product


def save_answers(
    db: Session, product: Product, version: Version, raw: Mapping[str, object], *,
    form: Form, row_version: int | None, by: Actor, at: datetime,
) -> Saved:  # fmt: skip
    """Write what was sent on the draft: good answers are kept, a blank clears, each bad one is told.

    Raises NotAllowed, and Conflict from a stale page or where the edition is no draft.
    """
    _refuse_unless_draft(product, version, by)
    hold_version(row_version, version.row_version)
    after, errors = answers.amend(form, version.answers, raw)
    changed = [name for name in form.questions if version.answers.get(name) != after.get(name)]
    if changed:
        version.answers = after
        record(db, DescriptionChanged(product_id=product.id, version_id=version.id, questions=changed), by=by, at=at)
        db.flush()
    return Saved(changed, errors)


def name_edition(
    db: Session, product: Product, version: Version, *,
    name: str, number: str, change: str, row_version: int | None, by: Actor, at: datetime,
) -> Saved:  # fmt: skip
    """Say what the product is called, which version of it the draft describes, and how that differs. Raises Invalid."""
    _refuse_unless_draft(product, version, by)
    hold_version(row_version, version.row_version)
    wanted, wrong = _read_facts(name, number, change, is_first=version.edition == 1)
    if wrong:
        raise Invalid("the facts of this edition do not hold", "Mend what is named.", fields=wrong)
    changed = [key for key, value in wanted.items() if getattr(version, key) != value]
    for key in changed:
        setattr(version, key, wanted[key])
    if product.live_version_id is None:
        call(product, version.name)
    if changed:
        record(db, DescriptionChanged(product_id=product.id, version_id=version.id, questions=changed), by=by, at=at)
        db.flush()
    return Saved(changed)


def begin_edition(db: Session, product: Product, *, by: Actor, at: datetime) -> Version:
    """Make the draft of the next edition from the one on show. Raises NotAllowed, Conflict while another is open."""
    _allow_editing(product, by)
    if open_version(db, product) is not None:
        raise Conflict("a new edition is already open", "Go on with that one.")
    newest = db.scalars(_newest(product.id)).one()
    draft = _edition(
        product, newest.edition + 1, number=newest.number, change="correction", described=dict(newest.answers), at=at
    )
    draft.name = newest.name
    db.add(draft)
    begun = EditionBegun(product_id=product.id, version_id=draft.id, edition=draft.edition)
    record(db, begun, by=by, at=at)
    db.flush()
    return draft


def call(product: Product, name: str) -> None:
    """Give a product the name of its edition, with the shape by which look-alikes are found."""
    product.name = name
    product.skeleton = skeleton(name)[:LONGEST_SKELETON]


def free_reference(db: Session) -> str:
    """A reference that no product has."""
    while True:
        reference = new_reference("PRD")
        if db.scalar(select(Product.id).where(Product.ref == reference)) is None:
            return reference


def _read_facts(name: str, number: str, change: str, *, is_first: bool) -> tuple[dict[str, str], dict[str, str]]:
    wanted, wrong = {"change": "first" if is_first else change}, {}
    for key, reader, typed in (("name", _name, name), ("number", _number, number)):
        try:
            wanted[key] = reader(typed)
        except Invalid as refusal:
            wrong[key] = refusal.fields.get(key) or f"{refusal.fact}. {refusal.hint}"
    if wanted["change"] not in CHANGES or (change == "first" and not is_first):
        wrong["change"] = f"{quote(change)} is not one of the choices. Say how this edition differs from the last."
    return wanted, wrong


def _name(typed: str) -> str:
    return _line(typed, "name", LONGEST_NAME, "Enter what the product is called.")


def _number(typed: str) -> str:
    return _line(typed, "number", LONGEST_NUMBER, "Enter the version as you call it, such as 2.4.")


def _line(typed: str, name: str, limit: int, missing: str) -> str:
    try:
        line = clean_line(typed, limit)
    except Invalid as wrong:
        raise Invalid(wrong.fact, wrong.hint, fields={name: f"{wrong.fact}. {wrong.hint}"}) from wrong
    if not skeleton(line):
        raise Invalid(f"the {name} is missing", missing, fields={name: missing})
    return line


def _edition(
    product: Product, edition: int, *, number: str, change: str, described: dict[str, Any], at: datetime
) -> Version:
    return Version(
        id=new_id(at), product_id=product.id, edition=edition, number=number, name=product.name, change=change,
        state=EDITION.start, answers=described, created_at=at,
    )  # fmt: skip


def _refuse_second(db: Session, name: str, organisation_id: UUID | None) -> None:
    """A supplier has one product of a name: a second click, or a slip, does not make another."""
    mine = select(Product.ref).where(Product.organisation_id == organisation_id, Product.state != "withdrawn")
    ref = db.scalar(mine.where(func.lower(Product.name) == name.lower()).limit(1))
    if ref is not None:
        told = f"{quote(name)} is one of your products already: {ref}. Open that one, or use another name."
        raise Invalid(f"{quote(name)} is one of your products already", f"Open {ref}.", fields={"name": told})


def _newest(product_id: UUID) -> Any:
    return select(Version).where(Version.product_id == product_id).order_by(Version.edition.desc()).limit(1)


def _allow_editing(product: Product, by: Actor) -> None:
    if not may_edit(by, product):
        raise NotAllowed("only the supplier's people can write on this listing", "Act for the supplier.")


def _refuse_unless_draft(product: Product, version: Version, by: Actor) -> None:
    _allow_editing(product, by)
    if version.state == "submitted":
        raise Conflict("this edition is with a moderator", "Wait for the answer, or take it back first.")
    if version.state != EDITION.start:
        raise Conflict(f"edition {version.edition} is {version.state} and stays as it is", "Begin a new edition.")


def _organisation(by: Actor) -> UUID:
    if by.organisation_id is None:
        raise NotAllowed("a product belongs to an organisation", "Act for one.")
    return by.organisation_id
