"""Answering a framework: a section at a time, each question with what passes, its date and its documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from marketplace.assurance.actions.answers import answer
from marketplace.assurance.queries.certificates import DTAC
from marketplace.assurance.queries.given import Papers, answers_of, papers_of
from marketplace.assurance.rules.judging import judge
from marketplace.assurance.rules.verdicts import Verdict
from marketplace.assurance.rules.wording import asked_when, passing
from marketplace.catalogue.models import Attachment, Product, Version
from marketplace.catalogue.queries.products import attachments_of, latest_version, own_product
from marketplace.faces.ask import Ask, Values
from marketplace.frameworks.schema.criteria import AssuranceFramework, Criterion
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Refusal
from marketplace.web.assurance.showing import Status, shown_answer, status_of
from marketplace.web.catalogue.declaring import day_typed, read_day
from marketplace.web.catalogue.description import section_of
from marketplace.web.catalogue.fields import SHOWN, FieldShown, Filled, fields_of, raw_of, saved_in_words
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import Goto, Page, page, post

WRITE = Permission.CATALOGUE_WRITE


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what stands around it: its code, what passes, its date, the documents that can go behind it."""

    code: str
    field: FieldShown | None
    label: str
    given: str
    passes: str
    asked_when: str
    status: Status
    reason: str
    dated: str
    day: Any
    papers: tuple[str, ...]
    documents: tuple[dict[str, Any], ...]
    errors: Mapping[str, str]


@page("/listings/{ref:str}/assurance/answers", who=WRITE)
def show_answers(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """One section of the framework: each question with what passes, its date, and the documents behind it."""
    product, framework = own(ask, ref)
    return answers_page(ask, product, framework, typed=ask.form, errors=errors_of(refusal))


@post("/listings/{ref:str}/assurance/answers", who=WRITE, again=show_answers)
def save_answers(ask: Ask, ref: str) -> Goto | Page:
    """Keep what is good; where something is not, the section comes again and says so."""
    product, framework = own(ask, ref)
    section = section_of(ask, framework.form)
    dated, wrong = dates_sent(framework, ask.form)
    saved = answer(
        ask.db, product, raw_of(framework.form, ask.form), framework=framework, dated=dated,
        documents=documents_sent(framework, ask.form), by=ask.by, at=ask.at,
    )  # fmt: skip
    errors = {**saved.errors, **wrong}
    told = saved_in_words(framework.form, saved.changed)
    if errors:
        again = answers_page(ask, product, framework, typed=ask.form, errors=errors, told=told)
        again.status = 422
        return again
    return Goto(next_section(ask, product, framework, section), told=told)


def own(ask: Ask, ref: str) -> tuple[Product, AssuranceFramework]:
    """One's own product, and the framework that it is answered under."""
    return own_product(ask.db, ref, by=ask.by), ask.services.frameworks.assurance[DTAC]


def papers_now(ask: Ask, product: Product, version: Version, framework: AssuranceFramework) -> Papers:
    """The answers as they stand at this moment, without anybody's findings."""
    return papers_of(framework, product, version, answers_of(ask.db, product, at=ask.at))


def answers_page(
    ask: Ask,
    product: Product,
    framework: AssuranceFramework,
    *,
    typed: Values,
    errors: Mapping[str, str],
    told: str = "",
) -> Page:
    """A section of the form, in plain values: it is also rendered after the good answers were committed."""
    section = section_of(ask, framework.form)
    version = product.live_version or latest_version(ask.db, product)
    papers = papers_now(ask, product, version, framework)
    verdict = judge(framework, papers.given, on=day_in_london(ask.at))
    kept = {name: given.value for name, given in papers.given.items() if given.value is not None}
    fields = {each.id: each for each in fields_of(Filled(framework.form, kept, typed, errors), section)}
    there = attachments_of(ask.db, product.id)
    criteria = next(each for each in framework.sections if each.id == section).criteria
    listed = set(version.answers)
    values = {
        "product": {"ref": product.ref, "name": product.name},
        "framework": {"id": framework.id, "label": framework.label},
        "section": next(each for each in framework.sections if each.id == section),
        "questions": [
            asked(framework, criterion, papers, verdict, None if criterion.question_id in listed else
                  fields.get(criterion.question_id), there, typed, errors) for criterion in criteria
        ],
        "steps": steps(product, framework, verdict, section),
        "countries": [option.label for option in ask.services.frameworks.taxonomies["countries"].options],
        "errors": errors,
        "told": told,
    }  # fmt: skip
    return Page("assurance/answers.html", values)


def asked(
    framework: AssuranceFramework, criterion: Criterion, papers: Papers, verdict: Verdict, field: FieldShown | None,
    there: Sequence[Attachment], typed: Values, errors: Mapping[str, str],
) -> Asked:  # fmt: skip
    name = criterion.question_id
    found = next(each for each in verdict.criteria if each.criterion.code == criterion.code)
    row = papers.answers.get(name)
    behind = [each["attachment_id"] for each in row.documents] if row else []
    chosen = typed.all(f"documents.{name}") if typed else behind
    return Asked(
        code=criterion.code, field=field, label=criterion.label,
        given=shown_answer(framework, papers.given, name).text, passes=passing(criterion) if criterion.passes else "",
        asked_when=asked_when(criterion, framework), status=status_of(found), reason=found.reason,
        dated=criterion.dated, day=day_typed(typed, f"dated.{name}") or (row.dated if row else None),
        papers=tuple(dict.fromkeys(paper.label for paper in criterion.papers)),
        documents=tuple(_choices(criterion, there, row.documents if row else [], chosen)) if criterion.papers else (),
        errors={"day": errors.get(f"dated.{name}", "")},
    )  # fmt: skip


def _choices(
    criterion: Criterion, there: Sequence[Attachment], behind: Sequence[Mapping[str, str]], chosen: Sequence[str]
) -> list[dict[str, Any]]:
    """The documents that can stand behind an answer: `fits` is of a kind asked for, or chosen. Removed ones stay."""
    known = {str(each.id): (each.name, each.kind in criterion.evidence) for each in there}
    known |= {
        each["attachment_id"]: (f"{each['name']} (beside another product, or removed since)", True)
        for each in behind if each["attachment_id"] not in known
    }  # fmt: skip
    return [
        {"value": key, "label": label, "chosen": key in chosen, "fits": fits or key in chosen}
        for key, (label, fits) in known.items()
    ]


def dates_sent(framework: AssuranceFramework, typed: Values) -> tuple[dict[str, date | None], dict[str, str]]:
    """The dates of the questions that stood on the page, and what is wrong with the others."""
    dated: dict[str, date | None] = {}
    wrong: dict[str, str] = {}
    for name in typed.all(SHOWN):
        if name in framework.by_question and framework.by_question[name].dated:
            day, faults = read_day(typed, f"dated.{name}")
            wrong |= faults
            if not faults:
                dated[name] = day
    return dated, wrong


def documents_sent(framework: AssuranceFramework, typed: Values) -> dict[str, list[UUID]]:
    """The documents chosen behind the questions that stood on the page; what is no id of a document is passed over."""
    asked_for = [name for name in typed.all("behind") if name in framework.by_question]
    return {name: [UUID(each) for each in typed.all(f"documents.{name}") if _is_id(each)] for name in asked_for}


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def steps(product: Product, framework: AssuranceFramework, verdict: Verdict, current: str) -> list[dict[str, str]]:
    lacking = {each.criterion.section for each in verdict.criteria if each.status in ("not-answered", "expired")}
    base = f"/listings/{product.ref}/assurance/answers?section="
    return [
        {"label": f"{section.id.upper()} {section.label}", "url": f"{base}{section.id}",
         "state": "current" if section.id == current else "waiting" if section.id in lacking else "done"}
        for section in framework.sections
    ]  # fmt: skip


def next_section(ask: Ask, product: Product, framework: AssuranceFramework, section: str) -> str:
    """The same section again, or on; but not past what these answers opened."""
    base = f"/listings/{product.ref}/assurance"
    before = set(ask.form.all(SHOWN))
    papers = papers_now(ask, product, product.live_version or latest_version(ask.db, product), framework)
    verdict = judge(framework, papers.given, on=day_in_london(ask.at))
    opened = any(
        each.criterion.section == section and each.status == "not-answered" and each.criterion.question_id not in before
        for each in verdict.criteria
    )
    if ask.form.one("go") != "on" or opened:
        return f"{base}/answers?section={section}"
    ids = [each.id for each in framework.sections]
    following = ids[ids.index(section) + 1 :]
    return f"{base}/answers?section={following[0]}" if following else base


ROUTES = [show_answers, save_answers]
