"""The frameworks that products are assured against: every criterion with its gate, its rule, its age and its source."""

from datetime import date
from typing import Any

from marketplace.api.calls import PUBLIC, Asked, get
from marketplace.api.shapes import Asking, Line, Listed, Out, all_of
from marketplace.assurance.rules import wording
from marketplace.faces.frameworks import described_by, find_framework
from marketplace.frameworks.schema.criteria import AssuranceFramework, Criterion, Section


class Which(Asking):
    """Which version; the newest where none is named."""

    version: Line = ""


class FrameworkRowOut(Out):
    id: str
    version: int
    label: str
    name: str
    edition: str
    publisher: str
    about: str
    kind: str
    completed_by: str
    criteria: int
    url: str


class OptionOut(Out):
    id: str
    label: str
    retired: bool


class PaperOut(Out):
    kind: str
    label: str


class GateOut(Out):
    """It is asked when each code of `all_of` has one of its options, and one of `one_of`, if any, does."""

    all_of: dict[str, list[str]]
    one_of: list[dict[str, list[str]]]
    in_words: str


class PassOut(Out):
    """What passes: one of `options`, all of `all_of`, any answer, or a number within bounds.

    `not_applicable` closes the criterion.
    """

    options: list[str]
    all_of: list[str]
    not_applicable: list[str]
    answered: bool
    at_least: float | None
    below: float | None
    in_words: str


class ExpiryOut(Out):
    """From `dated` on, so many months or days, to the end of the year after (month-day), or to the day itself."""

    dated: str
    months: int | None
    days: int | None
    year_ends: str
    stated: bool
    events: list[str]
    in_words: str


class ConditionOut(Out):
    """It applies where each question of the description has one of its answers; any condition is enough."""

    when: dict[str, list[str]]
    because: str
    in_words: str


class SourceOut(Out):
    document: str
    section: str
    key: str
    mark: str


class CriterionOut(Out):
    code: str
    question: str
    label: str
    ask: str
    hint: str
    kind: str
    options: list[OptionOut]
    known: str
    who: str
    unit: str
    when: GateOut
    passes: PassOut | None
    documents: list[PaperOut]
    documents_needed: int
    expires: ExpiryOut | None
    source: SourceOut
    note: str


class SectionOut(Out):
    """`assessed` is pass, scored or context."""

    id: str
    label: str
    assessed: str
    note: str
    criteria: list[CriterionOut]


class FrameworkOut(FrameworkRowOut):
    date: date
    newest_version: int
    note: str
    source: SourceOut
    applies: list[ConditionOut]
    sections: list[SectionOut]


@get("/frameworks", who=PUBLIC, is_shared=True)
def list_frameworks(ask: Asked) -> Listed[FrameworkRowOut]:
    """Every framework, its newest version."""
    return all_of(FrameworkRowOut(**_row(each)) for each in ask.services.frameworks.assurance.values())


@get("/frameworks/{framework:str}", who=PUBLIC, is_shared=True)
def show_framework(ask: Asked, framework: str, query: Which) -> FrameworkOut:
    """All of one framework, in the newest version or in the one that is named."""
    found = find_framework(ask.services.frameworks, framework, query.version)
    return FrameworkOut(
        **_row(found), date=found.date, note=found.note, source=SourceOut.model_validate(found.source),
        applies=_conditions(ask, found),
        newest_version=ask.services.frameworks.assurance[found.id].version,
        sections=[_section(each, found) for each in found.sections],
    )  # fmt: skip


def _row(framework: AssuranceFramework) -> dict[str, Any]:
    return {
        "id": framework.id, "version": framework.version, "label": framework.label, "name": framework.name,
        "edition": framework.edition, "publisher": framework.publisher, "about": framework.about,
        "kind": framework.kind, "completed_by": framework.completed_by,
        "criteria": len(framework.criteria), "url": f"/v1/frameworks/{framework.id}",
    }  # fmt: skip


def _conditions(ask: Asked, framework: AssuranceFramework) -> list[ConditionOut]:
    words = described_by(ask.services.frameworks)
    return [
        ConditionOut(
            when={name: list(options) for name, options in each.when.items()}, because=each.because,
            in_words=words.in_words(each.when),
        )
        for each in framework.applies
    ]  # fmt: skip


def _section(section: Section, framework: AssuranceFramework) -> SectionOut:
    return SectionOut(
        id=section.id, label=section.label, assessed=section.assessed, note=section.note,
        criteria=[_criterion(each, framework) for each in section.criteria],
    )  # fmt: skip


def _criterion(criterion: Criterion, framework: AssuranceFramework) -> CriterionOut:
    question = criterion.question
    return CriterionOut(
        code=criterion.code, question=question.id, label=question.label, ask=question.ask, hint=question.hint,
        kind=question.kind.value, options=[OptionOut.model_validate(each) for each in question.options],
        known=criterion.known, who=criterion.who, unit=criterion.unit, when=_gate(criterion, framework),
        passes=_passes(criterion), documents=[PaperOut.model_validate(each) for each in criterion.papers],
        documents_needed=criterion.documents, expires=_expires(criterion),
        source=SourceOut.model_validate(criterion.source), note=criterion.note,
    )  # fmt: skip


def _gate(criterion: Criterion, framework: AssuranceFramework) -> GateOut:
    return GateOut(
        all_of={code: list(options) for code, options in criterion.when.items()},
        one_of=[{code: list(options) for code, options in gate.items()} for gate in criterion.when_any],
        in_words=wording.asked_when(criterion, framework),
    )


def _passes(criterion: Criterion) -> PassOut | None:
    rule = criterion.passes
    if rule is None:
        return None
    return PassOut(
        options=list(rule.options), all_of=list(rule.all_of), not_applicable=list(rule.not_applicable),
        answered=bool(rule.answered), at_least=rule.at_least, below=rule.below, in_words=wording.passing(criterion),
    )  # fmt: skip


def _expires(criterion: Criterion) -> ExpiryOut | None:
    expires = criterion.expires
    if expires is None:
        return None
    ends = expires.year_ends
    return ExpiryOut(
        dated=expires.dated, months=expires.months, days=expires.days, stated=bool(expires.stated),
        year_ends=f"{ends.month:02}-{ends.day:02}" if ends else "", events=list(expires.events),
        in_words=wording.ageing(criterion),
    )  # fmt: skip


CALLS = [list_frameworks, show_framework]
