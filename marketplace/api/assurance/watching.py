"""How bodies keep what they undertake, blind samples, notes on a case, and what registers said."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from marketplace.api.assurance.cases import opened, own_case
from marketplace.api.calls import PUBLIC, Asked, Document, get, post
from marketplace.api.shapes import In, Line, Listed, Out, Text, all_of
from marketplace.assurance.actions.notes import check_register, keep_note
from marketplace.assurance.actions.sampling import give_sample, take_sample
from marketplace.assurance.models import Sample
from marketplace.assurance.queries.checks import looked_up
from marketplace.assurance.queries.picture import reasons, served
from marketplace.assurance.queries.samples import find_sample, samples_of_body
from marketplace.assurance.rules.service import Agreement
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotAllowed

ASSESS = Permission.ASSURANCE_ASSESS


class ServiceOut(Out):
    """How a body keeps what it undertakes: working days over the last 12 months, today's table, agreement."""

    body: str
    decided: int
    median_days: float | None
    slowest_tenth_days: float | None
    in_time: int
    open: int
    late: int
    oldest_days: int | None
    opinions: dict[str, Any]
    samples: dict[str, Any]
    appeals: int
    upheld: int


class ReasonOut(Out):
    ground: str
    label: str
    count: int


class NoteIn(In):
    code: Line
    note: Text


class NoteOut(Out):
    code: str
    words: str
    at: datetime


class CheckIn(In):
    """What a register said: confirmed, differs or not-found."""

    register_id: Line
    result: Line
    number: Line = ""
    words: Text = ""
    checked_on: date | None = None
    valid_until: date | None = None


class CheckOut(Out):
    """A register; `result` is empty where nobody has looked."""

    register_id: str
    label: str
    result: str
    number: str
    checked_on: date | None
    word: str


class TakenIn(In):
    has_no_conflict: bool


class JudgedIn(In):
    """A judgement (met, met-with-conditions, not-met) of each criterion that counts, by code."""

    judgements: Mapping[str, Line]


class SampleOut(Out):
    id: UUID
    product: str
    number: str
    drawn_at: datetime
    is_taken: bool
    given_at: datetime | None


@get("/assurance/service", who=PUBLIC)
def show_service(ask: Asked) -> Listed[ServiceOut]:
    """How each body keeps what it undertakes."""
    return all_of(
        ServiceOut(
            body=each.body.name, decided=each.times.count, median_days=each.times.median,
            slowest_tenth_days=each.times.slowest_tenth, in_time=each.times.in_time, open=each.open, late=each.late,
            oldest_days=each.oldest, opinions=_agreement(each.opinions), samples=_agreement(each.samples),
            appeals=each.appeals, upheld=each.upheld,
        )
        for each in served(ask.db, ask.services.frameworks, on=day_in_london(ask.at))
    )  # fmt: skip


@get("/assurance/reasons", who=PUBLIC)
def show_reasons(ask: Asked) -> Listed[ReasonOut]:
    """Why certificates are not relied on, the most common ground first."""
    told, _, _ = reasons(ask.db, ask.services.frameworks)
    return all_of(ReasonOut(ground=each.ground.id, label=each.ground.label, count=each.count) for each in told)


@post("/cases/{ref:str}/notes", who=ASSESS, status=201)
def send_note(ask: Asked, ref: str, body: NoteIn) -> NoteOut:
    """Keep a note on a criterion, for the assessors of the case alone."""
    case, frameworks = own_case(ask, ref), ask.services.frameworks
    note = keep_note(ask.db, case, body.code, body.note, frameworks=frameworks, by=ask.by, at=ask.at)
    return NoteOut(code=note.code, words=note.words, at=note.at)


@get("/cases/{ref:str}/registers", who=ASSESS)
def show_registers(ask: Asked, ref: str) -> Listed[CheckOut]:
    """Each register with what it said last, or that nobody has looked."""
    return _registers(ask, ref)


def _registers(ask: Asked, ref: str) -> Listed[CheckOut]:
    case, frameworks = own_case(ask, ref), ask.services.frameworks
    found = looked_up(ask.db, frameworks, case.product, on=day_in_london(ask.at))
    return all_of(
        CheckOut(
            register_id=each.register.id, label=each.register.label, word=each.word,
            result=each.check.result if each.check else "", number=each.check.number if each.check else "",
            checked_on=each.check.checked_on if each.check else None,
        )
        for each in found
    )  # fmt: skip


@post("/cases/{ref:str}/registers", who=ASSESS, status=201)
def send_check(ask: Asked, ref: str, body: CheckIn) -> Listed[CheckOut]:
    """Keep what a register said of the supplier or product of a case."""
    check_register(
        ask.db, own_case(ask, ref), body.register_id, number=body.number, result=body.result, words=body.words,
        valid_until=body.valid_until, checked_on=body.checked_on, frameworks=ask.services.frameworks, by=ask.by,
        at=ask.at,
    )  # fmt: skip
    return _registers(ask, ref)


@get("/samples", who=ASSESS)
def list_samples(ask: Asked) -> Listed[SampleOut]:
    """The decided cases of one's body that are judged again, blind."""
    assert ask.by.organisation_id is not None
    return all_of(_sample(each) for each in samples_of_body(ask.db, ask.by.organisation_id))


@get("/samples/{sample:str}", who=ASSESS)
def show_sample(ask: Asked, sample: UUID) -> SampleOut:
    """One of the samples of one's body."""
    return _sample(find_sample(ask.db, sample, by=ask.by))


@post("/samples/{sample:str}/assignment", who=ASSESS)
def send_taking(ask: Asked, sample: UUID, body: TakenIn) -> SampleOut:
    """Take a sample, without a conflict of interest and without a part in the case."""
    found = find_sample(ask.db, sample, by=ask.by)
    take_sample(ask.db, found, has_no_conflict=body.has_no_conflict, by=ask.by, at=ask.at)
    return _sample(find_sample(ask.db, sample, by=ask.by))


@get("/samples/{sample:str}/documents/{digest:str}", who=ASSESS, media_type="application/octet-stream")
def open_sampled_paper(ask: Asked, sample: UUID, digest: str) -> Document:
    """A document that was assessed, for the one who took the sample."""
    found = find_sample(ask.db, sample, by=ask.by)
    if found.assessor_id != ask.by.person_id:
        raise NotAllowed("the papers are not open to you", "They are for whoever took the sample.")
    return opened(ask, found.case, digest)


@post("/samples/{sample:str}/judgements", who=ASSESS)
def send_judgements(ask: Asked, sample: UUID, body: JudgedIn) -> SampleOut:
    """Judge every criterion that counts. It changes no decision."""
    found = find_sample(ask.db, sample, by=ask.by)
    give_sample(ask.db, found, body.judgements, frameworks=ask.services.frameworks, by=ask.by, at=ask.at)
    return _sample(find_sample(ask.db, sample, by=ask.by))


def _agreement(one: Agreement) -> dict[str, Any]:
    return {"pairs": one.pairs, "agreed": one.agreed, "kappa": one.kappa}


def _sample(sample: Sample) -> SampleOut:
    return SampleOut(
        id=sample.id, product=sample.case.product.ref, number=sample.case.version.number, drawn_at=sample.drawn_at,
        is_taken=sample.assessor_id is not None, given_at=sample.given_at,
    )  # fmt: skip


CALLS = [
    show_service, show_reasons, send_note, show_registers, send_check, list_samples, show_sample, send_taking,
    open_sampled_paper, send_judgements,
]  # fmt: skip
