"""Measurements: typed in for a month or as a baseline, or brought in from a file that is looked at first."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from marketplace.contracts.actions.outcomes.baselines import lock_baseline, record_baseline
from marketplace.contracts.actions.outcomes.importing import import_measurements, preview_measurements
from marketplace.contracts.actions.outcomes.measuring import add_measurements
from marketplace.contracts.models import Measure
from marketplace.contracts.queries.outcomes.baselines import BEFORE_LIVE, Wanted, wanted_baselines
from marketplace.contracts.queries.outcomes.books import Latest, latest_of, measures_of
from marketplace.contracts.queries.outcomes.history import measurements_of
from marketplace.contracts.rules.periods import data_due_on, in_words, is_over, parse_period
from marketplace.contracts.rules.terms import MeasureTerms
from marketplace.contracts.schemas.outcomes import COLUMNS, read_form
from marketplace.faces.ask import Ask
from marketplace.kit.errors import Invalid, Refusal
from marketplace.kit.sheets import Cell, to_csv
from marketplace.kit.text import clean_file_name
from marketplace.web.contracts.common import contract_of, told_of, typed
from marketplace.web.contracts.outcomes.common import Scene, scene_of
from marketplace.web.contracts.outcomes.showing import shown_rows
from marketplace.web.edge import ANYBODY_SIGNED_IN, Download, Goto, Page, page, post

LARGEST, BASELINE = 500_000, "baseline"


@page("/contracts/{ref:str}/measurements", who=ANYBODY_SIGNED_IN)
def show_measurements(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """The form of the month that waits, or of the baseline; the file; everything that was given, with corrections."""
    scene = scene_of(ask, ref, "measurements")
    rows = measurements_of(ask.db, scene.contract.id)
    measures = measures_of(ask.db, scene.contract.id)
    labels, names = {one.id: one.label for one in measures}, _names(scene)
    wanted = wanted_baselines(ask.db, scene.book, on=scene.today)
    baselines = latest_of(ask.db, scene.contract.id, measures, kind="baseline")
    values = {
        **scene.values(),
        "is_before": scene.contract.state in BEFORE_LIVE,
        "wanted": {"labels": wanted.labels, "number": wanted.number, "missing": wanted.missing(baselines)},
        "locked": _locked(measures),
        "months": _months(scene),
        "form": _form(ask, scene, wanted, baselines),
        "rows": shown_rows(rows, labels, names),
        "typed": typed(ask.form),
        **told_of(refusal),
    }
    return Page("contracts/outcomes/measurements.html", values)


@post("/contracts/{ref:str}/measurements", who=ANYBODY_SIGNED_IN, again=show_measurements, makes=True)
def add(ask: Ask, ref: str) -> Goto:
    """Add what my organisation found in a month."""
    scene = scene_of(ask, ref, "measurements")
    period = parse_period(ask.form.one("period"))
    rows = read_form(typed(ask.form), scene.book.given.terms_on(period).measures)
    settled = add_measurements(ask.db, scene.contract, period, rows, by=ask.by, at=ask.at)
    told = f"{in_words(period)} is computed." if settled else f"The data of {in_words(period)} are added."
    return Goto(f"/contracts/{ref}/periods/{period}" if settled else f"/contracts/{ref}/measurements", told=told)


@post("/contracts/{ref:str}/baseline", who=ANYBODY_SIGNED_IN, again=show_measurements, makes=True)
def add_baseline(ask: Ask, ref: str) -> Goto:
    """Write down what my organisation found before."""
    scene = scene_of(ask, ref, "measurements")
    wanted = wanted_baselines(ask.db, scene.book, on=scene.today)
    rows = read_form(typed(ask.form), wanted.measures or scene.book.given.terms.measures)
    record_baseline(ask.db, scene.contract, rows, by=ask.by, at=ask.at)
    return Goto(f"/contracts/{ref}/measurements", told="The baseline is written down. The lead locks it.")


@post("/contracts/{ref:str}/baseline/lock", who=ANYBODY_SIGNED_IN, again=show_measurements)
def lock(ask: Ask, ref: str) -> Goto:
    """Lock the baseline of all."""
    lock_baseline(ask.db, contract_of(ask, ref), by=ask.by, at=ask.at)
    return Goto(f"/contracts/{ref}/measurements", told="The baseline is locked.")


@post("/contracts/{ref:str}/measurements/preview", who=ANYBODY_SIGNED_IN, again=show_measurements, largest=LARGEST)
def preview(ask: Ask, ref: str) -> Page:
    """What a file would bring in, row by row, before anything is written. Nothing of it is kept yet."""
    scene = scene_of(ask, ref, "measurements")
    sent = ask.form.uploads.get("file", ())
    if not sent:
        raise Invalid("no file was sent", "Choose a CSV file.", fields={"file": "Choose a CSV file."})
    content = sent[0].stream.read(LARGEST)
    found = preview_measurements(ask.db, scene.contract, content, by=ask.by, at=ask.at)
    values = {
        **scene.values(), "name": sent[0].name, "digest": found.digest, "content": b64encode(content).decode(),
        "faults": len(found.faults), "total": len(found.rows), "columns": COLUMNS,
        "rows": [{"number": row.number, "cells": [row.cells.get(name, "") for name in COLUMNS], "wrong": row.wrong}
                 for row in found.rows],
        **told_of(None),
    }  # fmt: skip
    return Page("contracts/outcomes/preview.html", values)


@post("/contracts/{ref:str}/measurements/import", who=ANYBODY_SIGNED_IN, again=show_measurements)
def bring_in(ask: Ask, ref: str) -> Goto:
    """Bring every row of the file in, or none."""
    contract = contract_of(ask, ref)
    content, name = _sent(ask.form.one("content")), clean_file_name(ask.form.one("name"))
    settled = import_measurements(ask.db, contract, content, name=name, by=ask.by, at=ask.at)
    more = f" {len(settled)} settlements were computed." if settled else ""
    return Goto(f"/contracts/{ref}/measurements", told=f"The file is brought in.{more}")


@page("/contracts/{ref:str}/measurements.csv", who=ANYBODY_SIGNED_IN)
def empty_sheet(ask: Ask, ref: str) -> Download:
    """A sheet with a row for each value of mine that is missing, to fill in and send back."""
    scene = scene_of(ask, ref, "measurements")
    rows: list[tuple[Cell, ...]] = [
        (period, key, "", "", "")
        for period in scene.book.open_periods(scene.today)
        for party, key in scene.book.missing(period)
        if scene.party is not None and party.id == scene.party.id
    ]
    headers = {"content-disposition": f'attachment; filename="measurements-{scene.contract.ref}.csv"'}
    return Download(b"".join(to_csv(COLUMNS, rows, bom=True)), "text/csv; charset=utf-8", headers)


def _sent(text: str) -> bytes:
    """The bytes of the file that was looked at, as its page sent them back. Raises Invalid."""
    try:
        return b64decode(text, validate=True)
    except ValueError as wrong:
        raise Invalid("this form was changed on the way", "Send the file again.") from wrong


def _names(scene: Scene) -> dict[Any, str]:
    return {party.organisation_id: party.organisation.name for party in scene.book.parties}


def _months(scene: Scene) -> list[dict[str, Any]]:
    """The months that are over, with whose data are missing."""
    if not scene.is_measured:
        return []
    book = scene.book
    return [
        {
            "period": period, "label": in_words(period), "is_settled": period in book.settled,
            "due_on": data_due_on(period, book.given.terms_on(period).data_days),
            "is_late": _is_late(book.given.terms_on(period).data_days, period, scene.today),
            "missing": sorted({party.organisation.name for party, _ in book.missing(period)}),
        }
        for period in book.periods if is_over(period, scene.today)
    ]  # fmt: skip


def _is_late(days: int, period: str, today: date) -> bool:
    return data_due_on(period, days) < today


def _locked(measures: Sequence[Measure]) -> list[dict[str, Any]]:
    """When which measures were locked together, over what; a variation that added one has its own line."""
    together: dict[datetime, list[Measure]] = {}
    for one in measures:
        if one.baseline_locked_at is not None:
            together.setdefault(one.baseline_locked_at, []).append(one)
    return [
        {"at": at, "digest": rows[0].baseline_digest, "labels": ", ".join(one.label for one in rows)}
        for at, rows in sorted(together.items())
    ]  # fmt: skip


def _form(ask: Ask, scene: Scene, wanted: Wanted, baselines: Latest) -> dict[str, Any] | None:
    """What the form asks: a baseline that is wanted; else the month that was chosen, or the first that waits."""
    if not scene.may_run or scene.party is None:
        return None
    over, chosen = [month["period"] for month in _months(scene)], ask.form.one("period") or ask.query.one("period")
    mine = {key for _, key, organisation_id in baselines if organisation_id == scene.party.organisation_id}
    if wanted.measures and (not over or chosen == BASELINE or (chosen not in over and not mine >= set(wanted.keys))):
        return {"period": BASELINE, "label": "Baseline", "fields": _fields(wanted.measures), "is_baseline": True}
    if not over:
        return None
    waiting = [p for p in over if any(party.id == scene.party.id for party, _ in scene.book.missing(p))]
    period = chosen if chosen in over else (waiting[0] if waiting else over[-1])
    measures = scene.book.given.terms_on(period).measures
    return {"period": period, "label": in_words(period), "fields": _fields(measures), "is_baseline": False}


def _fields(measures: tuple[MeasureTerms, ...]) -> list[dict[str, str]]:
    return [{"key": one.key, "label": one.label, "unit": one.unit, "definition": one.definition} for one in measures]


ROUTES = [
    show_measurements, add, add_baseline, lock, preview, bring_in, empty_sheet,
]  # fmt: skip
