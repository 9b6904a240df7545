"""Opening claims again when a study beneath them was retracted or corrected."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.evidence.events import ClaimReopened
from marketplace.evidence.models import Claim, Reopening, Study
from marketplace.evidence.queries.claims import claims_on, weigh
from marketplace.identity.policies import CLOCK
from marketplace.kit.ids import new_id
from marketplace.kit.record import record

SCALE = ("measure", "unit", "effect", "better")


def reopen_claims(db: Session, study: Study, *, because: str, at: datetime) -> list[Claim]:
    """Open every claim on show that leans on this study, and say so. Repeatable: once for each moment.

    `study` has its results and corrections. What a claim leant on before a correction counts too.
    """
    before = study.corrections[-1].before.get("results", []) if study.corrections else []
    opened = []
    for claim in claims_on(db, study.product_id):
        known = any(each.study_id == study.id and each.at == at for each in claim.reopenings)
        if not known and _leans(claim, study, before):
            claim.reopenings.append(Reopening(id=new_id(at), study_id=study.id, because=because, at=at))
            record(db, _told(claim, study, because), by=CLOCK, at=at)
            opened.append(claim)
    db.flush()
    return opened


def _leans(claim: Claim, study: Study, before: Sequence[Mapping[str, Any]]) -> bool:
    weighed = weigh(claim, [study])
    told = [_scale(row.get(name, "") for name in SCALE) for row in before if not row.get("subgroup")]
    return bool(weighed.spoken or weighed.retracted) or _scale(getattr(claim, name) for name in SCALE) in told


def _scale(values: Any) -> tuple[str, ...]:
    return tuple(str(value).casefold().strip() for value in values)


def _told(claim: Claim, study: Study, because: str) -> ClaimReopened:
    return ClaimReopened(
        claim_id=claim.id, product_id=claim.product_id, organisation_id=claim.organisation_id, claim_ref=claim.ref,
        words=claim.words, study_ref=study.ref, because=because,
    )  # fmt: skip
