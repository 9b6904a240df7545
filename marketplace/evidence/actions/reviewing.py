"""Putting what a review of notes came to into the evidence of its product, good or bad, by its protocol."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from marketplace.evidence.actions.publishing import show
from marketplace.evidence.actions.writing import new_study, put_results
from marketplace.evidence.events import ReviewPublished, StudyPublished
from marketplace.evidence.models import NoteReview, Protocol, Study
from marketplace.evidence.policies import may_run_protocol
from marketplace.evidence.queries.content import content_of
from marketplace.evidence.rules.content import content_digest
from marketplace.evidence.rules.protocols import ProtocolRules
from marketplace.evidence.schemas import Described, Measured
from marketplace.evidence.states import STUDY
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Conflict, NotAllowed
from marketplace.kit.record import record

LONGEST_FIELD = 1_000
LONGEST_FUNDER = 200


def publish_review(
    db: Session, protocol: Protocol, number: int, rules: ProtocolRules, *, is_on_show: bool, by: Actor, at: datetime
) -> Study:
    """Make the rates of a review a published study of the product. Repeatable: a second call gives the same study.

    Raises NotAllowed, and Conflict where there is no such review or the product was never published.
    """
    if not may_run_protocol(by, protocol):
        raise NotAllowed("only the organisation whose plan it is can do this", "Act for that organisation.")
    reviewed = next((each for each in protocol.reviews if each.number == number), None)
    if reviewed is None:
        raise Conflict(f"there is no review {number} under this protocol", "Bring the judgements in first.")
    if reviewed.study is not None:
        return reviewed.study
    if not is_on_show:
        raise Conflict("the product of this review was never published", "Its supplier publishes the listing first.")
    study = new_study(
        _described(protocol, reviewed, rules), product_id=protocol.product_id, owner_id=protocol.organisation_id,
        by=by, at=at,
    )  # fmt: skip
    study.is_demonstration = protocol.is_demonstration
    put_results(study, [_measured(rate, reviewed) for rate in reviewed.found["rates"]], at=at)
    show(study, STUDY.after("publish", study.state), at=at)
    db.add(study)
    db.flush()
    reviewed.study = study
    _tell(db, protocol, reviewed, study, by=by, at=at)
    db.flush()
    return study


def _tell(db: Session, protocol: Protocol, reviewed: NoteReview, study: Study, *, by: Actor, at: datetime) -> None:
    published = StudyPublished(
        study_id=study.id, product_id=study.product_id, title=study.title, version_number=study.version_number,
        supplier_funded=study.supplier_funded, supplier_run=study.supplier_run,
        digest=content_digest(content_of(study)),
    )  # fmt: skip
    told = ReviewPublished(
        protocol_id=protocol.id, product_id=protocol.product_id, organisation_id=protocol.organisation_id,
        number=reviewed.number, study_id=study.id,
    )  # fmt: skip
    record(db, published, by=by, at=at)
    record(db, told, by=by, at=at)


def _described(protocol: Protocol, reviewed: NoteReview, rules: ProtocolRules) -> Described:
    template, found = rules.template[protocol.template], reviewed.found
    fillers = [each for each in rules.sections if each.fills]
    filled: dict[str, Any] = {each.fills: protocol.answers.get(each.id, "")[:LONGEST_FIELD] for each in fillers}
    filled["funder"] = filled["funder"][:LONGEST_FUNDER]
    agreed = "; ".join(f"{each['what']}: kappa {each['kappa']:.2f}" for each in found["agreements"])
    few = " Fewer than 500 notes: too few for a rate to decide by itself." if found["is_few"] else ""
    worst = found["rates"][0]
    return Described(
        title=f"{protocol.title}, review {reviewed.number}"[:200], kind="evaluation", design=template.design,
        version_number=protocol.version_number, country="gb", participants=found["notes"], sites=None,
        began_on=reviewed.began_on, ended_on=reviewed.ended_on, supplier_funded=protocol.supplier_funded,
        supplier_run=protocol.is_suppliers, protocol=f"/protocols/{protocol.ref}",
        summary=(
            f"{found['notes']:,} notes judged by {found['reviewers']} reviewers, by a protocol stamped before. Where "
            f"reviewers of a note differ, the worse judgement counts. Agreement: {agreed or 'one reviewer each'}.{few}"
        ),
        plain_summary=f"{worst['events']:,} of {found['notes']:,} drafted notes held something major that was made up.",
        **filled,
    )  # fmt: skip


def _measured(rate: Mapping[str, Any], reviewed: NoteReview) -> Measured:
    value, low, high = (Decimal(str(round(rate[name], 4))) for name in ("value", "low", "high"))
    return Measured(
        measure=rate["measure"], unit=rate["unit"], better=rate["better"], effect=rate["effect"], role=rate["role"],
        estimate=value, low=min(low, value), high=max(high, value), participants=reviewed.found["notes"],
        at_time="once", interpretation=f"{rate['events']:,} of {rate['cases']:,} {rate['of']}.",
    )  # fmt: skip
