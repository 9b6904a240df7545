"""From one version to the next: which case a new one goes on from, what it carries forward, what it looks at again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.models import Basis, Carried, Case, Confirmation, Finding
from marketplace.assurance.queries.cases import LOADED, framework_of
from marketplace.assurance.queries.declared import changes
from marketplace.assurance.queries.editions import Shown, shown_of
from marketplace.assurance.queries.given import answers_of, digest_of, papers_of, papers_of_case
from marketplace.assurance.rules.changes import Change, changes_between, touched
from marketplace.assurance.rules.conformity import HOLDS
from marketplace.assurance.rules.delta import Looked, reopened
from marketplace.assurance.rules.judging import judge
from marketplace.catalogue.models import Product, Version
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.kit.calendar import day_in_london
from marketplace.kit.values import Value, field

CONFIRMED_BY_WHOM = "supplier"


class Delta(Value):
    """What a case of this version would go on from. Without `basis` everything is looked at for the first time.

    `reopened` is {code: why}; `carried` are the findings that stand; `unconfirmed` the codes whose answer is as it was,
    that the change touches, and that the supplier has not confirmed for this version.
    """

    basis: Case | None = None
    changes: tuple[Change, ...] = ()
    reopened: Mapping[str, str] = field(default_factory=dict)
    touched: Mapping[str, str] = field(default_factory=dict)
    carried: Mapping[str, Finding] = field(default_factory=dict)
    unconfirmed: tuple[str, ...] = ()
    seen: Mapping[str, str] = field(default_factory=dict)


def delta_of(
    db: Session, frameworks: Frameworks, framework: AssuranceFramework, product: Product, version: Version, *,
    at: datetime,
) -> Delta:  # fmt: skip
    """What a new version opens again, against the last case of an earlier one that ended well."""
    basis = basis_for(db, product.id, framework.id, before=version.edition)
    if basis is None:
        return Delta()
    editions = shown_of(db, frameworks, [product.id])[product.id]
    since = [each.stage for each in _since(editions, basis.version, version)]
    found = changes_between(changes(frameworks), basis.version.answers, since)
    touches = touched(found, framework)
    given = papers_of(framework, product, version, answers_of(db, product, at=at)).given
    now = {name: digest_of(each) for name, each in given.items()}
    older = framework_of(frameworks, basis)
    findings = papers_of_case(db, basis, older, answers_at=basis.answers_at).findings
    before = {code: Looked(each.judgement, each.seen) for code, each in findings.items()}
    verdict = judge(framework, given, on=day_in_london(at))
    again = reopened(verdict, now, before, older, touches)
    counted = {each.criterion.code for each in verdict.criteria if each.counts}
    return Delta(
        basis=basis, changes=tuple(found), reopened=again, touched=touches,
        carried={code: each for code, each in findings.items() if code in counted and code not in again},
        unconfirmed=_unconfirmed(db, framework, version, touches, before, now, counted), seen=now,
    )  # fmt: skip


def basis_for(db: Session, product_id: UUID, framework_id: str, *, before: int) -> Case | None:
    """The last case of an earlier edition that ended with a certificate."""
    rows = (
        select(Case).options(*LOADED).join(Version, Version.id == Case.version_id)
        .where(Case.product_id == product_id, Case.framework_id == framework_id, Case.outcome.in_(HOLDS))
        .where(Version.edition < before).order_by(Case.ended_at.desc()).limit(1)
    )  # fmt: skip
    return db.scalars(rows).one_or_none()


def basis_of(db: Session, case: Case) -> Basis | None:
    """What a case goes on from, with the earlier case; None where it begins anew."""
    basis = db.get(Basis, case.id)
    if basis is not None:
        db.scalars(select(Case).options(*LOADED).where(Case.id == basis.earlier_id)).one()
    return basis


def carried_in(db: Session, case_id: UUID) -> dict[UUID, UUID]:
    """The findings of a case that were carried forward, each with the one that it was carried from."""
    rows = select(Carried.finding_id, Carried.from_id).join(Finding, Finding.id == Carried.finding_id)
    return {row[0]: row[1] for row in db.execute(rows.where(Finding.case_id == case_id))}


def _since(editions: Sequence[Shown], start: Version, end: Version) -> list[Shown]:
    return [each for each in editions if start.edition < each.version.edition <= end.edition]


def _unconfirmed(
    db: Session, framework: AssuranceFramework, version: Version, touches: Mapping[str, str],
    before: Mapping[str, Looked], now: Mapping[str, str], counted: set[str],
) -> tuple[str, ...]:  # fmt: skip
    confirmed = select(Confirmation.question_id, Confirmation.seen).where(Confirmation.version_id == version.id)
    known = {(question, seen) for question, seen in db.execute(confirmed)}
    return tuple(
        criterion.code for criterion in framework.criteria
        if criterion.code in touches and criterion.code in counted and criterion.who == CONFIRMED_BY_WHOM
        and criterion.question_id not in version.answers and criterion.code in before
        and before[criterion.code].seen == now.get(criterion.question_id)
        and (criterion.question_id, now[criterion.question_id]) not in known
    )  # fmt: skip
