"""The questions of a framework on a page: each with what passes, its date, its documents, and where it counts."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from marketplace.assurance.queries.given import Papers
from marketplace.assurance.rules.counting import Place, places_of
from marketplace.assurance.rules.judging import judge
from marketplace.assurance.rules.verdicts import Verdict
from marketplace.assurance.rules.wording import asked_when, passing
from marketplace.catalogue.models import Attachment, Product
from marketplace.faces.ask import Ask, Values
from marketplace.frameworks.schema.assurance import Who
from marketplace.frameworks.schema.criteria import AssuranceFramework, Criterion
from marketplace.frameworks.schema.forms import Form
from marketplace.kit.calendar import day_in_london
from marketplace.kit.values import Value, replace
from marketplace.web.assurance.showing import Status, shown_answer, status_of
from marketplace.web.catalogue.declaring import day_typed, read_day
from marketplace.web.catalogue.description import section_of
from marketplace.web.catalogue.fields import SHOWN, FieldShown, Filled, fields_of
from marketplace.web.edge import Page
from marketplace.web.keeping import with_kept


class Side(Value):
    """Who answers what: a supplier about its product, or an organisation about its own use of one.

    `listed` are questions that the description answers; `there` are documents that can stand behind an answer.
    `base` is where its pages are, `crumbs` leads there, `applying` are the frameworks in which an answer counts.
    """

    who: Who
    product: Product
    framework: AssuranceFramework
    papers: Papers
    base: str
    overview: str
    crumbs: tuple[Mapping[str, str], ...]
    listed: frozenset[str] = frozenset()
    there: tuple[Attachment, ...] = ()
    applying: tuple[AssuranceFramework, ...] = ()

    @property
    def form(self) -> Form:
        """The questions of this side alone, section by section."""
        own = {name for name, each in self.framework.by_question.items() if each.who == self.who}
        sections = (
            replace(section, entries=tuple(entry for entry in section.entries if entry.question.id in own))
            for section in self.framework.form.sections
        )
        return Form(kind="", sections=tuple(section for section in sections if section.entries))


class Asked(Value):
    """A question with what stands around it: its code, what passes, its date, the documents that can go behind it.

    `counts_in` are the other criteria that the same answer goes to; `kept_at` the documents that a deployer keeps.
    """

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
    counts_in: tuple[str, ...] = ()
    kept_at: str = ""


def answers_page(ask: Ask, side: Side, *, typed: Values, errors: Mapping[str, str], told: str = "") -> Page:
    """A section of the form, in plain values: it is also rendered after the good answers were committed."""
    framework, form = side.framework, side.form
    section = section_of(ask, form)
    verdict = judge(framework, side.papers.given, on=day_in_london(ask.at), who=side.who)
    shown = next(each for each in framework.sections if each.id == section)
    ask, draft = with_kept(ask, section_url(side, section), f"{shown.title}: {side.product.name}")
    typed = ask.form if draft.is_back else typed
    kept = {name: given.value for name, given in side.papers.given.items() if given.value is not None}
    fields = {each.id: each for each in fields_of(Filled(form, kept, typed, errors), section)}
    counted = places_of(side.applying, who=side.who)
    values = {
        "product": {"ref": side.product.ref, "name": side.product.name},
        "framework": {"id": framework.id, "label": framework.label},
        "section": shown,
        "questions": [
            asked(side, criterion, verdict, fields, counted.get(criterion.question_id, ()), typed, errors)
            for criterion in shown.criteria if criterion.who == side.who
        ],
        "steps": steps(side, form, verdict, section),
        "countries": [option.label for option in ask.services.frameworks.taxonomies["countries"].options],
        "is_supplier": side.who == "supplier",
        "base": side.base, "overview": side.overview, "crumbs": side.crumbs,
        "errors": errors,
        "told": told,
        "kept": draft,
        "seen": ask.at.isoformat(),
    }  # fmt: skip
    return Page("assurance/answers.html", values)


def seen_of(typed: Values) -> datetime | None:
    """When the form that was sent was made; None where it does not tell."""
    try:
        return datetime.fromisoformat(typed.one("seen")).astimezone(UTC)
    except ValueError:
        return None


def asked(
    side: Side, criterion: Criterion, verdict: Verdict, fields: Mapping[str, FieldShown], counted: Sequence[Place],
    typed: Values, errors: Mapping[str, str],
) -> Asked:  # fmt: skip
    name, framework = criterion.question_id, side.framework
    found = next(each for each in verdict.criteria if each.criterion.code == criterion.code)
    row = side.papers.answers.get(name)
    behind = list(row.documents) if row else []
    chosen = typed.all(f"documents.{name}") if typed else [each["attachment_id"] for each in behind]
    named = typed.one(f"kept.{name}") if typed else "\n".join(each["name"] for each in behind)
    return Asked(
        code=criterion.code, field=None if name in side.listed else fields.get(name), label=criterion.label,
        given=shown_answer(framework, side.papers.given, name).text,
        passes=passing(criterion) if criterion.passes else "",
        asked_when=asked_when(criterion, framework), status=status_of(found), reason=found.reason,
        dated=criterion.dated, day=day_typed(typed, f"dated.{name}") or (row.dated if row else None),
        papers=tuple(dict.fromkeys(paper.label for paper in criterion.papers)),
        documents=tuple(_choices(criterion, side.there, behind, chosen)) if criterion.papers else (),
        errors={"day": errors.get(f"dated.{name}", "")},
        counts_in=tuple(place.words for place in counted if place.framework_id != framework.id), kept_at=named,
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


def named_documents(framework: AssuranceFramework, typed: Values) -> dict[str, list[str]]:
    """The documents that a deployer names behind the questions that stood on the page, one on each line."""
    asked_for = [name for name in typed.all("behind") if name in framework.by_question]
    return {name: typed.one(f"kept.{name}").splitlines() for name in asked_for}


def steps(side: Side, form: Form, verdict: Verdict, current: str) -> list[dict[str, str]]:
    lacking = {each.criterion.section for each in verdict.criteria if each.status in ("not-answered", "expired")}
    return [
        {"label": section.title, "url": section_url(side, section.id),
         "state": "current" if section.id == current else "waiting" if section.id in lacking else "done"}
        for section in form.sections
    ]  # fmt: skip


def section_url(side: Side, section: str) -> str:
    return f"{side.base}?framework={side.framework.id}&section={section}"


def next_section(ask: Ask, side: Side, section: str) -> str:
    """The same section again, or on; but not past what these answers opened. `side` has the answers as saved."""
    before = set(ask.form.all(SHOWN))
    verdict = judge(side.framework, side.papers.given, on=day_in_london(ask.at), who=side.who)
    opened = any(
        each.criterion.section == section and each.status == "not-answered" and each.criterion.question_id not in before
        for each in verdict.criteria
    )
    if ask.form.one("go") != "on" or opened:
        return section_url(side, section)
    ids = [each.id for each in side.form.sections]
    following = ids[ids.index(section) + 1 :]
    return section_url(side, following[0]) if following else side.overview
