"""Clinical safety as pages say it: hazards with their risk in words, and how everything stands."""

from collections.abc import Iterable, Sequence
from typing import Any

from marketplace.assurance.models import Hazard
from marketplace.assurance.queries.safety.declared import clocks_of, log_shape, matrix_of
from marketplace.assurance.rules.safety.declared import Level
from marketplace.assurance.rules.safety.hazards import Hindrance, counts_of, rated_all
from marketplace.assurance.rules.safety.report import hazard_of
from marketplace.assurance.states import DEPLOYMENT_WORDS, HAZARD_WORDS, INCIDENT_WORDS, NOTICE_WORDS
from marketplace.faces.ask import Ask, Values
from marketplace.frameworks.loader import Frameworks
from marketplace.web.assurance.showing import Status

DEPLOYMENT_MARKS = {"planned": "submitted", "live": "live", "ended": "withdrawn"}
HAZARD_MARKS = {"open": "not-met", "transferred": "conditions", "closed": "met"}
INCIDENT_MARKS = {"reported": "not-met", "triaged": "conditions", "made-safe": "conditions", "closed": "met"}
NOTICE_MARKS = {"draft": "draft", "issued": "not-met", "closed": "met", "discarded": "withdrawn"}
RECEIPT_MARKS = {"silent": "not-met", "acknowledged": "conditions", "under-way": "conditions", "done": "met"}
LEVEL_MARKS = {0: "unknown", 1: "met", 2: "met", 3: "conditions", 4: "not-met", 5: "not-met"}
COLUMNS = {"residual_severity": "residual-severity", "residual_likelihood": "residual-likelihood",
           "handed_over": "handed-over"}  # fmt: skip

Shown = dict[str, Any]


def deployment_status(state: str) -> Status:
    return Status(DEPLOYMENT_WORDS[state], DEPLOYMENT_MARKS[state])


def incident_status(state: str) -> Status:
    return Status(INCIDENT_WORDS[state], INCIDENT_MARKS[state])


def notice_status(state: str) -> Status:
    return Status(NOTICE_WORDS[state], NOTICE_MARKS[state])


def hazards_shown(hazards: Sequence[Hazard], frameworks: Frameworks, base: str) -> list[Shown]:
    """The lines of a log, each with its address below `base` and its risks with their marks."""
    matrix, columns = matrix_of(frameworks), log_shape(frameworks)
    rows = []
    for row in rated_all(hazards, matrix):
        shown = hazard_of(row, matrix, columns)
        state = row.hazard.state
        rows.append({
            **shown, "url": f"{base}/{row.hazard.number}", "status": Status(HAZARD_WORDS[state], HAZARD_MARKS[state]),
            "before": risk(shown["before"]), "after": risk(shown["after"]),
            "is_theirs": row.hazard.origin_id is not None, "is_decided": bool(row.hazard.disposition),
        })  # fmt: skip
    return rows


def risk(shown: Shown) -> Status:
    """A risk in words, with the mark of its level."""
    return Status(shown["words"], LEVEL_MARKS[shown["level"]])


def counts_shown(hazards: Sequence[Hazard], frameworks: Frameworks) -> list[tuple[Level, int, int]]:
    """How many hazards stand on each level before and after controls, the highest first; nothing of an empty log."""
    matrix = matrix_of(frameworks)
    return counts_of(rated_all(hazards, matrix), matrix) if hazards else []


def hindrances_shown(found: Iterable[Hindrance], base: str) -> list[Shown]:
    """What stands in the way, each with the address of its hazard."""
    return [
        {"words": each.words, "number": each.number, "url": f"{base}/{each.number}" if each.number else ""}
        for each in found
    ]


def scales(frameworks: Frameworks) -> Shown:
    """What a hazard can be rated by, as options of fields."""
    matrix, columns = matrix_of(frameworks), log_shape(frameworks)
    return {
        "severities": [{"value": each.id, "label": each.label, "hint": f"{each.one}. Several patients: {each.several}."}
                       for each in matrix.severities],
        "likelihoods": [{"value": each.id, "label": each.label, "hint": each.says} for each in matrix.likelihoods],
        "states": [{"value": key, "label": word} for key, word in HAZARD_WORDS.items()],
        "kinds": columns.controls,
        "dispositions": [{"value": each.id, "label": each.label} for each in columns.dispositions],
    }  # fmt: skip


def filled(hazard: Hazard | None, form: Values) -> dict[str, str]:
    """The fields of a hazard: as they were typed, or as they are kept."""
    if form:
        return typed(form)
    if hazard is None:
        return {"state": "open"}
    kept = {COLUMNS.get(name, name): str(getattr(hazard, name)) for name in (
        "name", "description", "effect", "causes", "controls", "severity", "likelihood", "residual_severity",
        "residual_likelihood", "reason", "action", "owner", "state", "handed_over",
    )}  # fmt: skip
    return {**kept, **hazard.added}


def typed(form: Values) -> dict[str, str]:
    """The first value of each field, as it was typed."""
    return {name: values[0] for name, values in form.items().items() if values}


def version_typed(form: Values) -> int | None:
    """The version of the row that the form was opened on."""
    sent = form.one("row-version")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else None


def severities(frameworks: Frameworks) -> list[dict[str, str]]:
    return [{"value": each.id, "label": each.label} for each in clocks_of(frameworks).severities]


def marks(ask: Ask) -> dict[str, str]:
    """Where the declared matrix comes from, what of it nobody is sure of, and the levels that suspend a listing."""
    matrix = matrix_of(ask.services.frameworks)
    return {"label": matrix.label, "source": f"{matrix.source.document}, {matrix.source.section}",
            "mark": matrix.source.mark, "note": matrix.note,
            "off_sale": " or ".join(str(each.level) for each in matrix.off_sale),
            "off_sale_mark": matrix.on_sale_source.mark if matrix.on_sale_source else ""}  # fmt: skip
