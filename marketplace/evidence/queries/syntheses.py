"""Syntheses: made of the studies of a product as they stand, and found as they were on a day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from marketplace.evidence.models import Result, Study
from marketplace.evidence.models.syntheses import KeptSynthesis
from marketplace.evidence.queries.declared import gap_rules, pooling_rules, strength_rules
from marketplace.evidence.queries.studies import SHOWN
from marketplace.evidence.queries.summaries import effect_of
from marketplace.evidence.rules.effects import Effect, independence_of
from marketplace.evidence.rules.fitting import Finding
from marketplace.evidence.rules.gaps import missing_groups
from marketplace.evidence.rules.grading import LOWEST, Grade, strength_of
from marketplace.evidence.rules.synthesis import Synthesis, synthesise
from marketplace.evidence.rules.telling import direction, measure_key, sentence_of
from marketplace.evidence.rules.versions import Fit
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.errors import NotFound
from marketplace.kit.text import quote
from marketplace.kit.values import asdict, replace

OF_THE_SUM = {
    "no-difference": ("Imprecision", "The interval of the sum reaches from better to worse"),
    "spread": ("Inconsistency", "More than half of the differences between the studies is beyond chance"),
}
"""What is not known of a sum -> its domain and why a level is taken off, once for a domain: evidence.md section 5."""


def syntheses_from(studies: Iterable[Study], frameworks: Frameworks, fits: Mapping[UUID, Fit]) -> dict[str, Synthesis]:
    """A synthesis for each measure that published studies of one product have in everybody, by its key, in order."""
    found: dict[str, list[Finding]] = {}
    effects: dict[str, list[Effect]] = {}
    groups: dict[str, list[str]] = {}
    for study in studies:
        for result in study.results:
            key = measure_key(result.measure)
            groups.setdefault(key, []).append(result.subgroup)
            if not result.subgroup:
                fit = fits[study.id].id if study.id in fits else ""
                found.setdefault(key, []).append(finding_of(study, result, fit))
                effects.setdefault(key, []).append(effect_of(study, result, fit))
    rules, gaps, strength = pooling_rules(frameworks), gap_rules(frameworks), strength_rules(frameworks)
    return {
        key: _graded(
            synthesise(found[key], rules, groups_missing=bool(missing_groups(groups[key], gaps))),
            strength_of(effects[key], strength).best,
        )
        for key in sorted(found)
    }  # fmt: skip


def _graded(found: Synthesis, grade: Grade | None) -> Synthesis:
    """With how sure it is: the grade of its studies, less what only their sum shows."""
    if grade is None:
        return found
    reasons = [f"{'Up' if each.change > 0 else 'Down'} {abs(each.change)}: {each.label}" for each in grade.reasons]
    taken = {each.domain for each in grade.reasons}
    shown = [
        label
        for unknown, (domain, label) in OF_THE_SUM.items()
        if unknown in found.unknown and domain not in taken
    ]  # fmt: skip
    reasons += [f"Down 1: {label}" for label in shown]
    return replace(found, level=max(grade.level - len(shown), LOWEST), reasons=tuple(reasons))


def studies_at(db: Session, product_id: UUID, at: datetime) -> Sequence[Study]:
    """The studies of a product that counted at a moment, with their results as they are now."""
    counted = select(Study).options(selectinload(Study.results)).where(Study.product_id == product_id)
    counted = counted.where(Study.state.in_(SHOWN), Study.published_at <= at)
    counted = counted.where(or_(Study.retracted_at.is_(None), Study.retracted_at > at))
    return db.scalars(counted.order_by(Study.id)).all()


def last_moment(db: Session, product_id: UUID) -> datetime | None:
    """When anything was last kept of a product."""
    return db.scalar(select(func.max(KeptSynthesis.at)).where(KeptSynthesis.product_id == product_id))


def finding_of(study: Study, result: Result, fit: str) -> Finding:
    """One result with what its study says of it."""
    return Finding(
        ref=study.ref, title=study.title, design=study.design, independence=independence_of(study),
        measure=result.measure, unit=result.unit, effect=result.effect, better=result.better, role=result.role,
        estimate=result.estimate, low=result.low, high=result.high, standard_error=result.standard_error,
        arms=result.arms, participants=result.participants if result.participants is not None else study.participants,
        at_time=result.at_time, subgroup=result.subgroup, began=study.began_on.isoformat() if study.began_on else "",
        ended=study.ended_on.isoformat() if study.ended_on else "", country=study.country,
        version=study.version_number, fit=fit, contract_ref=study.contract_ref,
    )  # fmt: skip


def plain_of(found: Synthesis | None) -> dict[str, Any]:
    """A synthesis in plain values with its sentence and direction, empty for none; tuples become lists."""
    if found is None:
        return {}
    plain: dict[str, Any] = _plain(asdict(found))
    return {**plain, "direction": direction(found), "sentence": sentence_of(found)}


def kept_of(db: Session, product_id: UUID, key: str) -> Sequence[KeptSynthesis]:
    """Every synthesis of a measure that was kept, the newest first."""
    return db.scalars(_of(product_id, key).order_by(KeptSynthesis.number.desc())).all()


def last_kept(db: Session, product_id: UUID) -> dict[str, KeptSynthesis]:
    """The newest of each measure of a product, by its key."""
    newest = (
        select(KeptSynthesis.key, func.max(KeptSynthesis.number).label("number"))
        .where(KeptSynthesis.product_id == product_id)
        .group_by(KeptSynthesis.key)
        .subquery()
    )
    rows = select(KeptSynthesis).join(
        newest, (KeptSynthesis.key == newest.c.key) & (KeptSynthesis.number == newest.c.number)
    )
    return {each.key: each for each in db.scalars(rows.where(KeptSynthesis.product_id == product_id))}


def kept_on(db: Session, product_id: UUID, key: str, *, by: datetime, day: str) -> KeptSynthesis:
    """The synthesis as it was at a moment. Raises NotFound where there was none yet."""
    rows = _of(product_id, key).where(KeptSynthesis.at <= by).order_by(KeptSynthesis.number.desc()).limit(1)
    found = db.scalars(rows).one_or_none()
    if found is None:
        fact = f"nothing was kept of this measure by {quote(day)}"
        raise NotFound(fact, "Its page lists the days on which it changed.")
    return found


def _of(product_id: UUID, key: str) -> Select[KeptSynthesis]:
    return select(KeptSynthesis).where(KeptSynthesis.product_id == product_id, KeptSynthesis.key == key)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
