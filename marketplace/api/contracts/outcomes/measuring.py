"""Measurements and baselines: added one by one, or from a CSV file that can be looked at first."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from marketplace.api.calls import ANYBODY_SIGNED_IN, Asked, get, post
from marketplace.api.contracts.outcomes.common import SettlementOut, contract_of, period_in, scene_of, settlement_out
from marketplace.api.shapes import Asking, File, Form, In, Line, Listed, Out, Text, all_of
from marketplace.contracts.actions.outcomes.baselines import lock_baseline, record_baseline
from marketplace.contracts.actions.outcomes.importing import import_measurements, preview_measurements
from marketplace.contracts.actions.outcomes.measuring import add_measurements
from marketplace.contracts.models import Measure, Measurement
from marketplace.contracts.queries.outcomes.baselines import Wanted, wanted_baselines
from marketplace.contracts.queries.outcomes.books import Book, Latest, latest_of
from marketplace.contracts.queries.outcomes.history import measurements_of
from marketplace.contracts.rules.periods import parse_period
from marketplace.contracts.rules.terms import MeasureTerms, as_decimal, exact
from marketplace.contracts.schemas.outcomes import Measured
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid
from marketplace.kit.fields import told
from marketplace.kit.text import clean_file_name, clean_text
from marketplace.kit.values import replace

READ, WRITE = Permission.CONTRACT_READ, Permission.CONTRACT_MANAGE
LARGEST = 500_000


class ValueIn(In):
    """One value of one measure: exact, as text; null for none, and then a reason. `count` says from how many cases."""

    measure: Line
    value: Line | None
    count: Annotated[int, Field(ge=0, le=10**9)] = 0
    reason: Text = ""


class ValuesIn(In):
    """What the organisation found in a month. A value that replaces an earlier one needs a reason."""

    period: Line
    values: Annotated[list[ValueIn], Field(min_length=1, max_length=60)]


class BaselineIn(In):
    """What the organisation found before the product was used."""

    values: Annotated[list[ValueIn], Field(min_length=1, max_length=60)]


class Which(Asking):
    """One month alone; empty for all."""

    period: Line = ""


class MeasurementOut(Out):
    """A measurement as it was given; the last `turn` of a measure, organisation and period counts."""

    id: UUID
    measure: str
    organisation: str
    kind: str
    period: str
    turn: int
    value: str | None
    count: int
    reason: str
    source_name: str
    source_digest: str
    at: datetime


class BaselineOut(Out):
    """The baseline of a measure: pooled once it is locked. `missing` names what is wanted and not given yet."""

    measure: str
    label: str
    unit: str
    value: str | None
    count: int | None
    locked_at: datetime | None
    digest: str
    missing: list[str] = []


class FileForm(Form):
    """A CSV file: month, measure, value, cases, reason. With `preview` yes nothing is written."""

    file: File
    preview: Line = "no"


class RowOut(Out):
    """A row of a file, and what is wrong with it."""

    number: int
    month: str
    measure: str
    value: str
    cases: str
    wrong: str


class BroughtOut(Out):
    """What a file brought in, or would."""

    digest: str
    is_preview: bool
    rows: list[RowOut]
    settled: list[SettlementOut]


@get("/contracts/{ref:str}/measurements", who=ANYBODY_SIGNED_IN, scope=READ)
def list_measurements(ask: Asked, ref: str, query: Which) -> Listed[MeasurementOut]:
    """Everything that was given, newest first, with what was replaced."""
    contract, book = scene_of(ask, ref)
    period = period_in(book, query.period) if query.period else None
    return all_of(_out(book, row) for row in measurements_of(ask.db, contract.id, period=period))


@post("/contracts/{ref:str}/measurements", who=ANYBODY_SIGNED_IN, scope=WRITE, status=201)
def add(ask: Asked, ref: str, body: ValuesIn) -> Listed[SettlementOut]:
    """Add values of a month; what was settled for it, where that completed or changed it."""
    contract, period = contract_of(ask, ref), parse_period(body.period)
    settled = add_measurements(ask.db, contract, period, read_values(body.values), by=ask.by, at=ask.at)
    contract, book = scene_of(ask, ref)
    return all_of(settlement_out(book, one) for one in settled)


@post("/contracts/{ref:str}/measurements/import", who=ANYBODY_SIGNED_IN, scope=WRITE, largest=LARGEST)
def bring_in(ask: Asked, ref: str, form: FileForm) -> BroughtOut:
    """Every row of a CSV file, or none; with `preview` only looked at."""
    contract = contract_of(ask, ref)
    content = form.file.stream.read(LARGEST)
    found = preview_measurements(ask.db, contract, content, by=ask.by, at=ask.at)
    rows = [
        RowOut(
            number=row.number, wrong=row.wrong,
            **{name: row.cells.get(name, "") for name in ("month", "measure", "value", "cases")},
        )
        for row in found.rows
    ]  # fmt: skip
    if form.preview == "yes":
        return BroughtOut(digest=found.digest, is_preview=True, rows=rows, settled=[])
    name = clean_file_name(form.file.name)
    settled = import_measurements(ask.db, contract, content, name=name, by=ask.by, at=ask.at)
    _, book = scene_of(ask, ref)
    out = [settlement_out(book, one) for one in settled]
    return BroughtOut(digest=found.digest, is_preview=False, rows=rows, settled=out)


@get("/contracts/{ref:str}/baseline", who=ANYBODY_SIGNED_IN, scope=READ)
def show_baseline(ask: Asked, ref: str) -> Listed[BaselineOut]:
    """The baseline of each measure, and since when it is locked; of what is wanted now, who has not given it."""
    contract, book = scene_of(ask, ref)
    wanted = wanted_baselines(ask.db, book, on=day_in_london(ask.at))
    there = latest_of(ask.db, contract.id, list(book.measures.values()), kind="baseline")
    known = [_baseline(one) for key, one in book.measures.items() if key not in wanted.keys]
    return all_of(known + [_wanted(one, wanted, there) for one in wanted.measures])


@post("/contracts/{ref:str}/baseline", who=ANYBODY_SIGNED_IN, scope=WRITE, status=201)
def add_baseline(ask: Asked, ref: str, body: BaselineIn) -> Listed[MeasurementOut]:
    """Write down what the organisation found before go-live, or before a variation adds a measure."""
    contract = contract_of(ask, ref)
    rows = record_baseline(ask.db, contract, read_values(body.values), by=ask.by, at=ask.at)
    _, book = scene_of(ask, ref)
    return all_of(_out(book, row) for row in rows)


@post("/contracts/{ref:str}/baseline/lock", who=ANYBODY_SIGNED_IN, scope=WRITE)
def lock(ask: Asked, ref: str) -> Listed[BaselineOut]:
    """Pool the baseline and lock it."""
    rows = lock_baseline(ask.db, contract_of(ask, ref), by=ask.by, at=ask.at)
    return all_of(_baseline(one) for one in rows)


def read_values(values: list[ValueIn]) -> list[Measured]:
    """The values, exactly. Raises Invalid by field."""
    found, wrong = [], {}
    for place, one in enumerate(values):
        try:
            value = as_decimal(exact(one.value)) if one.value is not None else None
            found.append(Measured(one.measure, value, one.count, clean_text(one.reason, 1_000)))
        except Invalid as refusal:
            wrong[f"values.{place}.value"] = told(refusal)
    if wrong:
        raise Invalid("the measurements do not hold", "Look at what is named.", fields=wrong)
    return found


def _out(book: Book, row: Measurement) -> MeasurementOut:
    keys = {measure.id: key for key, measure in book.measures.items()}
    party = book.party_of(row.organisation_id)
    return MeasurementOut(
        id=row.id, measure=keys[row.measure_id], organisation=party.organisation.name if party else "", kind=row.kind,
        period=row.period, turn=row.turn, value=f"{row.value:f}" if row.value is not None else None, count=row.count,
        reason=row.reason, source_name=row.source_name, source_digest=row.source_digest, at=row.at,
    )  # fmt: skip


def _wanted(one: MeasureTerms, wanted: Wanted, there: Latest) -> BaselineOut:
    return BaselineOut(
        measure=one.key, label=one.label, unit=one.unit, value=None, count=None, locked_at=None, digest="",
        missing=replace(wanted, measures=(one,)).missing(there),
    )  # fmt: skip


def _baseline(one: Measure) -> BaselineOut:
    return BaselineOut(
        measure=one.key, label=one.label, unit=one.unit, count=one.baseline_n, locked_at=one.baseline_locked_at,
        value=f"{one.baseline:f}" if one.baseline is not None else None, digest=one.baseline_digest,
    )  # fmt: skip


CALLS = [list_measurements, add, bring_in, show_baseline, add_baseline, lock]
