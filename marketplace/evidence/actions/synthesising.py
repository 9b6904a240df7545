"""Keeping what the studies of a product come to, each time it changes. The old one stays readable by its day."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import rfc8785
from sqlalchemy.orm import Session

from marketplace.evidence.events import SynthesisChanged
from marketplace.evidence.models.syntheses import KeptSynthesis
from marketplace.evidence.queries.syntheses import last_kept, plain_of
from marketplace.evidence.rules.synthesis import Synthesis
from marketplace.evidence.rules.telling import NOTHING, direction, sentence_of
from marketplace.identity.policies import CLOCK
from marketplace.kit.ids import new_id
from marketplace.kit.record import record


def keep_syntheses(
    db: Session, product_id: UUID, found: Mapping[str, Synthesis], *, because: str, study_id: UUID | None, at: datetime
) -> list[KeptSynthesis]:
    """Keep each synthesis that differs from what was kept last, and say so. Repeatable: what is the same is left."""
    last = last_kept(db, product_id)
    kept = []
    for key in sorted({*found, *last}):
        now, before = found.get(key), last.get(key)
        content = plain_of(now)
        digest = hashlib.sha256(rfc8785.dumps(content)).hexdigest()
        if before is not None and before.digest == digest:
            continue
        row = KeptSynthesis(
            id=new_id(at), product_id=product_id, key=key, number=(before.number if before else 0) + 1,
            measure=now.measure if now else before.measure if before else key, content=content, digest=digest,
            sentence=sentence_of(now) if now else NOTHING, because=because, study_id=study_id, at=at,
        )  # fmt: skip
        db.add(row)
        record(db, _told(row, before, now), by=CLOCK, at=at)
        kept.append(row)
    db.flush()
    return kept


def _told(row: KeptSynthesis, before: KeptSynthesis | None, now: Synthesis | None) -> SynthesisChanged:
    return SynthesisChanged(
        synthesis_id=row.id, product_id=row.product_id, key=row.key, measure=row.measure, sentence=row.sentence,
        digest=row.digest, because=row.because, turned=before is not None and _way(before.content, now),
    )  # fmt: skip


def _way(before: Mapping[str, Any], now: Synthesis | None) -> bool:
    """Whether what is concluded differs from before, and not its digits alone."""
    return str(before.get("direction", "")) != (direction(now) if now else "")
