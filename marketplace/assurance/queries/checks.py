"""What registers said when somebody looked them up, and what nobody looked up; notes on the criteria of a case."""

from collections import defaultdict
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.assurance.models import Case, Note, RegisterCheck
from marketplace.assurance.queries.declared import registers
from marketplace.assurance.rules.service import Register
from marketplace.catalogue.models import Product
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.calendar import add_months, in_words
from marketplace.kit.values import Value

RESULTS = {
    "confirmed": "It stands there",
    "differs": "It stands there otherwise",
    "not-found": "It does not stand there",
}
NOT_CHECKED = "Not checked"


class Looked(Value):
    """A register, and what it said last; without `check` nobody has looked."""

    register: Register
    check: RegisterCheck | None
    is_old: bool = False

    @property
    def word(self) -> str:
        """What is known of it, with the day, in a few words."""
        if self.check is None:
            return NOT_CHECKED
        return f"{RESULTS[self.check.result]}, looked up on {in_words(self.check.checked_on)}"


def looked_up(db: Session, frameworks: Frameworks, product: Product, *, on: date) -> list[Looked]:
    """Each register with what it said last of a product or its supplier, or that nobody has looked."""
    rows = select(RegisterCheck).options(joinedload(RegisterCheck.body))
    rows = rows.where(RegisterCheck.supplier_id == product.organisation_id).order_by(RegisterCheck.id)
    latest = {
        each.register_id: each for each in db.scalars(rows) if each.product_id in (None, product.id)
    }  # fmt: skip
    return [_looked(register, latest.get(register.id), on) for register in registers(frameworks).registers]


def notes_of(db: Session, case: Case) -> dict[str, list[Note]]:
    """The notes of a case by code, oldest first."""
    found: dict[str, list[Note]] = defaultdict(list)
    rows = select(Note).options(joinedload(Note.by)).where(Note.case_id == case.id)
    for note in db.scalars(rows.order_by(Note.id)):
        found[note.code].append(note)
    return found


def noted_codes(db: Session, case_id: UUID) -> set[str]:
    return set(db.scalars(select(Note.code).where(Note.case_id == case_id)))


def _looked(register: Register, check: RegisterCheck | None, on: date) -> Looked:
    return Looked(register, check, check is not None and add_months(check.checked_on, register.lasts_months) < on)
