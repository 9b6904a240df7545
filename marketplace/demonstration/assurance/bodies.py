"""The assessor bodies of the demonstration: accredited, recognising each other, and with people who are competent."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from marketplace.assurance.actions.bodies import accredit, declare_recognition, keep_competence
from marketplace.assurance.queries.bodies import accreditations, competences, recognitions
from marketplace.assurance.queries.certificates import DTAC
from marketplace.demonstration.assurance.content import FindingOf
from marketplace.demonstration.content import Sheet
from marketplace.demonstration.listings import DESK
from marketplace.demonstration.stage import Scene, Stage, organisation_called
from marketplace.frameworks.loader.reading import declared, read
from marketplace.frameworks.schema.base import Declared
from marketplace.identity.models import Organisation


class AccreditationOf(Declared):
    body: str
    framework: str
    days_ago: int
    days_in: int
    number: str
    words: str


class RecognitionOf(Declared):
    """`body` takes decisions of `of` as its own."""

    body: str
    of: str
    framework: str
    days_ago: int
    days_in: int
    words: str


class CompetenceOf(Declared):
    body: str
    person: str
    framework: str
    grounds: str


class PolicyOf(Declared):
    """Whom an organisation that buys trusts."""

    organisation: str
    rule: str
    bodies: tuple[str, ...] = ()
    recognised: bool
    conditions: bool
    days_ago: int
    words: str


class AppealOf(Declared):
    """`filed` and `heard` count days back from today."""

    product: str
    supplier: str
    framework: str = DTAC
    filed: int
    against: str
    codes: tuple[str, ...]
    grounds: str
    heard_by: str
    heard: int
    upholds: bool
    reasons: str


class RemedyOf(Declared):
    """Days back from today; without `closed` it waits for an assessor."""

    product: str
    supplier: str
    framework: str = DTAC
    code: str
    planned: int
    offered: int
    words: str
    closed: int | None = None
    by: str = ""


class SampleOf(Declared):
    """A case judged again; without `by` nobody has taken it yet. `otherwise` is what is not found met."""

    product: str
    supplier: str
    framework: str = DTAC
    days_ago: int
    by: str
    otherwise: dict[str, str] = {}


class CheckOf(Declared):
    product: str
    supplier: str
    framework: str = DTAC
    days_ago: int
    by: str
    looked_in: str
    result: str
    number: str = ""
    words: str = ""


class VisitOf(Declared):
    """A certificate looked at again; without `held` the visit is still ahead, `planned_in` days from today."""

    product: str
    supplier: str
    framework: str = DTAC
    appointed: int
    planned_in: int
    way: str
    by: str
    held: int | None = None
    findings: dict[str, FindingOf] = {}
    reasons: str = ""


class BodiesOf(Sheet):
    accreditations: tuple[AccreditationOf, ...]
    recognitions: tuple[RecognitionOf, ...]
    competences: tuple[CompetenceOf, ...]
    policies: tuple[PolicyOf, ...]
    appeals: tuple[AppealOf, ...]
    remedies: tuple[RemedyOf, ...]
    samples: tuple[SampleOf, ...]
    checks: tuple[CheckOf, ...]
    visits: tuple[VisitOf, ...]


def read_bodies(folder: Path) -> BodiesOf:
    """What is declared. Raises Invalid, naming the file and line."""
    return declared(BodiesOf, read(folder / "bodies.yaml", "demonstration/bodies.yaml"))


def scenes(stage: Stage) -> Iterator[Scene]:
    """Each body as it came to be able to assess, in order."""
    sheet = read_bodies(stage.content.folder)
    for place, accredited in enumerate(sheet.accreditations):
        at = stage.moment(accredited.days_ago, place)
        yield Scene(at, partial(_accredit, stage, accredited, at))
        for number, kept in enumerate(each for each in sheet.competences if each.body == accredited.body):
            later = at + timedelta(minutes=60 + number)
            yield Scene(later, partial(_keep, stage, kept, later))
    for recognised in sheet.recognitions:
        at = stage.moment(recognised.days_ago, 15)
        yield Scene(at, partial(_recognise, stage, recognised, at))


def _accredit(stage: Stage, one: AccreditationOf, at: datetime, db: Session) -> None:
    body = _body(db, one.body)
    if any(each.framework_id == one.framework for each in accreditations(db, body.id)):
        return
    accredit(
        db, body, stage.frameworks.assurance[one.framework], since=at.date(),
        until=stage.now.date() + timedelta(days=one.days_in), number=one.number, words=one.words,
        by=stage.somebody(db, DESK, "operator"), at=at,
    )  # fmt: skip


def _keep(stage: Stage, one: CompetenceOf, at: datetime, db: Session) -> None:
    body, person = _body(db, one.body), stage.actor(db, one.person, one.body)
    known = {(each.person_id, each.framework_id) for each in competences(db, body.id)}
    if person.person_id is None or (person.person_id, one.framework) in known:
        return
    keep_competence(
        db, body, person.person_id, stage.frameworks.assurance[one.framework], grounds=one.grounds,
        by=stage.somebody(db, one.body, "manager"), at=at,
    )  # fmt: skip


def _recognise(stage: Stage, one: RecognitionOf, at: datetime, db: Session) -> None:
    body, of = _body(db, one.body), _body(db, one.of)
    if any(each.body_id == body.id and each.framework_id == one.framework for each in recognitions(db)):
        return
    declare_recognition(
        db, body, of, stage.frameworks.assurance[one.framework], since=at.date(),
        until=stage.now.date() + timedelta(days=one.days_in), words=one.words,
        by=stage.somebody(db, one.body, "manager"), at=at,
    )  # fmt: skip


def _body(db: Session, name: str) -> Organisation:
    found = organisation_called(db, name)
    assert found is not None, f"there is no {name}"
    return found
