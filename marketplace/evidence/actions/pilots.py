"""Taking in what a pilot under contract came to: real-world evidence, good or bad, written by nobody's hand."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.evidence.actions.publishing import show
from marketplace.evidence.actions.writing import exchange_results, new_study, note_change, put_results, refuse_beyond
from marketplace.evidence.events import PilotResultRecorded
from marketplace.evidence.models import Study
from marketplace.evidence.policies import may_record_pilot
from marketplace.evidence.queries.content import content_of
from marketplace.evidence.queries.studies import study_of_contract
from marketplace.evidence.rules.content import content_digest
from marketplace.evidence.schemas import Described, Measured, number_faults
from marketplace.evidence.states import STUDY
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Invalid, NotAllowed
from marketplace.kit.record import record
from marketplace.kit.values import Value


class PilotFacts(Value, kw_only=True):
    """What a contract says of its pilot. `design` is of taxonomy/study-designs.yaml: without others measured beside
    it a pilot is a before-after. `supplier_funded` where the supplier bore its cost.
    """

    design: str = "before-after"
    setting: str = ""
    country: str = "gb"
    population: str = ""
    comparator: str = ""
    participants: int | None = None
    sites: int | None = None
    began_on: date | None = None
    ended_on: date | None = None
    funder: str = ""
    supplier_funded: bool = False
    supplier_run: bool = False
    conflicts: str = ""
    url: str = ""
    summary: str = ""
    plain_summary: str = ""


NO_FACTS = PilotFacts()


def record_pilot_result(
    db: Session, *, product_id: UUID, version_number: str, edition: int | None, owner_id: UUID, contract_ref: str,
    title: str, results: Sequence[Measured], facts: PilotFacts = NO_FACTS, is_demonstration: bool = False, by: Actor,
    at: datetime,
) -> Study:  # fmt: skip
    """Put the result of a pilot among the evidence of its product, published at once, negative ones too.

    `owner_id` is the lead of the contract. Once for each contract: a second call answers with what the first one made.
    Raises NotAllowed, and Invalid where the numbers of a result cannot be.
    """
    if not may_record_pilot(by):
        raise NotAllowed("what a pilot came to is recorded by the contract that ends", "Decide the pilot there.")
    there = study_of_contract(db, contract_ref)
    if there is not None:
        return there
    _refuse_impossible(results)
    described = Described(
        title=title, kind="pilot", version_number=version_number, edition=edition,
        **{name: getattr(facts, name) for name in PilotFacts.__struct_fields__},
    )  # fmt: skip
    study = new_study(described, product_id=product_id, owner_id=owner_id, by=by, at=at)
    study.contract_ref, study.is_demonstration = contract_ref, is_demonstration
    refuse_beyond(study, results)
    put_results(study, results, at=at)
    show(study, STUDY.after("publish", study.state), at=at)
    db.add(study)
    db.flush()
    recorded = PilotResultRecorded(
        study_id=study.id, product_id=product_id, title=title, version_number=version_number,
        contract_ref=contract_ref, digest=content_digest(content_of(study)),
    )  # fmt: skip
    record(db, recorded, by=by, at=at)
    return study


def correct_pilot_result(
    db: Session, study: Study, results: Sequence[Measured], facts: PilotFacts, *, reason: str, by: Actor, at: datetime
) -> None:
    """Late or corrected data of a contract: its study says what they come to, and keeps what it said before.

    Repeatable; a study that was retracted stays as it is. Raises NotAllowed, Invalid.
    """
    if not may_record_pilot(by):
        raise NotAllowed("what a pilot came to follows the data of its contract", "Add them there.")
    if study.state != "published":
        return
    _refuse_impossible(results)
    before = content_of(study)
    for name in PilotFacts.__struct_fields__:
        setattr(study, name, getattr(facts, name))
    refuse_beyond(study, results)
    exchange_results(db, study, results, at=at)
    note_change(db, study, before, reason, by=by, at=at)


def _refuse_impossible(results: Sequence[Measured]) -> None:
    for place, measured in enumerate(results):
        wrong = number_faults(measured)
        if wrong:
            fields = {f"results.{place}.{name}": text for name, text in wrong.items()}
            raise Invalid(f"the result of {measured.measure} does not hold", next(iter(wrong.values())), fields=fields)
