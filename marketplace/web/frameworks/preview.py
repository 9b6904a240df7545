"""The form of a framework to try: what is asked, which gates open, what passes. Nothing is kept."""

from collections.abc import Iterator
from typing import Any

from marketplace.assurance.rules.judging import judge
from marketplace.assurance.rules.verdicts import CriterionVerdict, Given
from marketplace.assurance.rules.wording import passing
from marketplace.faces.ask import Ask, Values
from marketplace.faces.frameworks import find_framework
from marketplace.frameworks import answers
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.kit.calendar import day_in_london
from marketplace.web.catalogue.description import section_of
from marketplace.web.catalogue.fields import SHOWN, Filled, fields_of, raw_of
from marketplace.web.edge import PUBLIC, Page, page

OF_THE_PAGE = ("section", "version", SHOWN)


@page("/frameworks/{framework:str}/preview", who=PUBLIC)
def show_preview(ask: Ask, framework: str) -> Page:
    """One section as a supplier would see it, over whatever is typed; the answers travel in the address."""
    found = find_framework(ask.services.frameworks, framework, ask.query.one("version"))
    section = section_of(ask, found.form)
    kept, errors = answers.clean(found.form, raw_of(found.form, ask.query))
    verdict = judge(found, {name: Given(value) for name, value in kept.items()}, on=day_in_london(ask.at))
    told = {each.criterion.question_id: each for each in verdict.criteria}
    fields = fields_of(Filled(found.form, kept, ask.query if SHOWN in ask.query else Values(), errors), section)
    shown = {field.id for field in fields}
    values = {
        "framework": found,
        "section": next(each for each in found.sections if each.id == section),
        "sections": [
            {"id": each.id, "label": each.label, "current": each.id == section} for each in found.form.sections
        ],
        "questions": [{"field": field, **_beside(told[field.id])} for field in fields],
        "carried": list(_carried(found, ask.query, shown)),
        "countries": [option.label for option in ask.services.frameworks.taxonomies["countries"].options],
    }  # fmt: skip
    return Page("frameworks/preview.html", values, shared=True)


def _beside(verdict: CriterionVerdict) -> dict[str, Any]:
    criterion = verdict.criterion
    return {
        "code": criterion.code, "label": criterion.label, "passes": passing(criterion) if criterion.passes else "",
        "reason": verdict.reason, "dated": criterion.dated, "who": criterion.who,
        "papers": [paper.label for paper in criterion.papers],
    }  # fmt: skip


def _carried(framework: AssuranceFramework, typed: Values, shown: set[str]) -> Iterator[tuple[str, str]]:
    """What was typed in other sections, so that their gates stay as they are."""
    for name, several in typed.items().items():
        question = name.partition(".")[0]
        if name == SHOWN:
            yield from ((SHOWN, each) for each in several if each not in shown and each in framework.form.questions)
        elif name not in OF_THE_PAGE and _owner(question, framework) and _owner(question, framework) not in shown:
            yield from ((name, each) for each in several)


def _owner(field: str, framework: AssuranceFramework) -> str:
    """The question that a field belongs to; the parts of a date end in its day, month or year."""
    for name in (field, field.rpartition("-")[0]):
        if name in framework.form.questions:
            return name
    return ""


ROUTES = [show_preview]
