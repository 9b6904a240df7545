"""What assessors keep beside their findings: notes for themselves, and what a register said when they looked it up."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.assurance.actions.assessing import criterion_of
from marketplace.assurance.events.bodies import RegisterChecked
from marketplace.assurance.models import Case, Note, RegisterCheck
from marketplace.assurance.policies import may_assess, may_open_papers
from marketplace.assurance.queries.cases import declared_by, framework_of
from marketplace.assurance.queries.checks import RESULTS
from marketplace.assurance.queries.declared import registers
from marketplace.assurance.schemas import text_of
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london, in_words
from marketplace.kit.errors import Invalid, NotAllowed
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.text import quote


def keep_note(
    db: Session, case: Case, code: str, words: str, *, frameworks: Frameworks, by: Actor, at: datetime
) -> Note:
    """Keep a note on a criterion, for the assessors of the case alone. Raises NotAllowed, Invalid."""
    if not may_open_papers(by, case, declared_by(db, case, by.person_id)):
        raise NotAllowed("the papers are not open to you", "Declare first whether you have a conflict of interest.")
    criterion = criterion_of(framework_of(frameworks, case), code)
    note = Note(
        id=new_id(at), case_id=case.id, code=criterion.code,
        words=text_of("note", words, needed="Write the note first."), by_id=by.person_id, at=at,
    )  # fmt: skip
    db.add(note)
    db.flush()
    return note


def check_register(
    db: Session, case: Case, register_id: str, *, number: str = "", result: str, words: str = "",
    valid_until: date | None = None, checked_on: date | None = None, frameworks: Frameworks, by: Actor, at: datetime,
) -> RegisterCheck:  # fmt: skip
    """Keep what a register said of the supplier or the product of a case. Raises NotAllowed, Invalid."""
    if not may_assess(by, case):
        raise NotAllowed("only assessors of the body look up a register", "Act for that body.")
    today = day_in_london(at)
    declared = {each.id: each for each in registers(frameworks).registers}
    wrong = {}
    if register_id not in declared:
        wrong["register"] = f"{quote(register_id)} is no register that is looked up."
    if result not in RESULTS:
        wrong["result"] = "Say what the register said."
    if result == "differs" and not words.strip():
        wrong["words"] = "Say in what it differs from the answer."
    if checked_on is not None and checked_on > today:
        wrong["checked-on"] = f"{in_words(checked_on)} is still to come."
    if wrong:
        raise Invalid("the check does not hold", "Mend what is marked.", fields=wrong)
    is_of_product = declared[register_id].about == "product"
    check = RegisterCheck(
        id=new_id(at), supplier_id=case.supplier_id, product_id=case.product_id if is_of_product else None,
        register_id=register_id, number=number.strip()[:80], result=result, words=text_of("words", words),
        valid_until=valid_until, checked_on=checked_on or today, body_id=case.body_id, by_id=by.person_id, at=at,
    )  # fmt: skip
    db.add(check)
    told = RegisterChecked(
        supplier_id=check.supplier_id, product_id=check.product_id, register_id=register_id, result=result
    )
    record(db, told, by=by, at=at)
    db.flush()
    return check
