"""What many decisions add up to: why certificates are not relied on, and how bodies keep what they undertake."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.assurance.models import Appeal, Case, Certificate, Reuse, Sample
from marketplace.assurance.queries.bodies import open_work
from marketplace.assurance.queries.cases import clocks_of
from marketplace.assurance.queries.declared import grounds, service
from marketplace.assurance.queries.people import bodies
from marketplace.assurance.queries.samples import agreement_of_opinions, agreement_of_samples
from marketplace.assurance.rules.service import Agreement, Ground, Times, times
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.models import Organisation, Person
from marketplace.kit.values import Value

OVER = timedelta(days=365)
"""Over how long service times are told."""


class Reason(Value):
    """A ground, and how many organisations gave it last; `newest` are the latest words on it with the certificate."""

    ground: Ground
    count: int
    newest: tuple[tuple[str, str], ...]


class Served(Value):
    """How a body keeps what it undertakes: over the last 12 months, and what it has on its table today."""

    body: Organisation
    times: Times
    waited: float | None
    open: int
    oldest: int | None
    late: int
    opinions: Agreement
    samples: Agreement
    drawn: int
    given: int
    appeals: int
    upheld: int


def reasons(db: Session, frameworks: Frameworks, *, product_id: UUID | None = None) -> tuple[list[Reason], int, int]:
    """The grounds on which certificates are not relied on, the most common first; how many refuse, and how many rely.

    What counts is what each organisation decided last of each certificate.
    """
    rows = select(Reuse, Certificate.ref).join(Certificate, Certificate.id == Reuse.certificate_id).order_by(Reuse.id)
    if product_id is not None:
        rows = rows.where(Certificate.product_id == product_id)
    latest = {(reuse.certificate_id, reuse.organisation_id): (reuse, ref) for reuse, ref in db.execute(rows)}
    refused = [pair for pair in latest.values() if not pair[0].accepted]
    counts = Counter(reuse.ground or "other" for reuse, _ in refused)
    told = [
        Reason(ground, counts[ground.id], tuple(
            (reuse.reason, ref) for reuse, ref in reversed(refused) if (reuse.ground or "other") == ground.id
        )[:3])
        for ground in grounds(frameworks).grounds
    ]  # fmt: skip
    return sorted(told, key=lambda each: -each.count), len(refused), len(latest) - len(refused)


def served(db: Session, frameworks: Frameworks, *, on: date) -> list[Served]:
    """Each body, by name."""
    return [_served(db, frameworks, body, on) for body in bodies(db)]


def workload(db: Session, body_id: UUID) -> list[tuple[Person, int]]:
    """How many open cases each person of a body has, the most first."""
    work = open_work(db, body_id)
    people = db.scalars(select(Person).where(Person.id.in_(list(work))))
    return sorted(((person, work[person.id]) for person in people), key=lambda pair: (-pair[1], pair[0].name))


def _served(db: Session, frameworks: Frameworks, body: Organisation, on: date) -> Served:
    cases = list(db.scalars(select(Case).where(Case.body_id == body.id)))
    clocks = clocks_of(db, frameworks, cases, on=on)
    ended = [each for each in cases if each.state == "decided" and each.ended_at and each.ended_at.date() > on - OVER]
    open_ones = [each for each in cases if each.ended_at is None]
    ages = [(on - each.applied_at.date()).days for each in open_ones]
    waited = [clocks[each.id].waited for each in ended]
    decided = [each.id for each in cases if each.state == "decided"]
    return Served(
        body=body,
        times=times([clocks[each.id].used for each in ended], within=service(frameworks).assessment_days),
        waited=sum(waited) / len(waited) if waited else None,
        open=len(open_ones), oldest=max(ages, default=None),
        late=sum(clocks[each.id].left < 0 for each in open_ones),
        opinions=agreement_of_opinions(db, decided), samples=agreement_of_samples(db, body.id),
        drawn=_count(db, select(func.count(Sample.id)).where(Sample.body_id == body.id)),
        given=_count(db, select(func.count(Sample.id)).where(Sample.body_id == body.id, Sample.given_at.is_not(None))),
        appeals=_appeals(db, body.id, ("upheld", "dismissed")), upheld=_appeals(db, body.id, ("upheld",)),
    )  # fmt: skip


def _appeals(db: Session, body_id: UUID, states: Sequence[str]) -> int:
    """Appeals against what a body decided, whoever heard them."""
    rows = select(func.count(Appeal.id)).join(Case, Case.id == Appeal.case_id)
    return _count(db, rows.where(Case.body_id == body_id, Appeal.state.in_(states)))


def _count(db: Session, rows: object) -> int:
    return db.scalar(rows) or 0  # type: ignore[call-overload]
