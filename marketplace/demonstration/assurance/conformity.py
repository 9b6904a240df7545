"""Every product answers every kind of framework, to differing depth; organisations answer for their own use of some."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.assurance.actions.answers import Saved, answer, answer_here
from marketplace.assurance.queries.certificates import DTAC
from marketplace.assurance.queries.given import answers_of, local_answers
from marketplace.assurance.queries.standings import shown_version
from marketplace.catalogue.models import Product
from marketplace.demonstration.assurance.answering import keep_papers
from marketplace.demonstration.assurance.content import AssuranceOf, PaperOf, read_assurance
from marketplace.demonstration.content import Sheet, plain
from marketplace.demonstration.stage import Scene, Stage, product_called
from marketplace.frameworks.loader.reading import declared, read
from marketplace.frameworks.schema.base import Declared
from marketplace.frameworks.schema.criteria import AssuranceFramework, Criterion
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid
from marketplace.kit.values import Value

Shares = Mapping[str, int]
"""How many per cent of its criteria are answered, by framework."""


class AlikeOf(Declared):
    """Questions that are answered alike."""

    answer: str
    of: tuple[str, ...]


class AnsweredOf(Declared):
    """How deeply a product is answered, which frameworks `also` are, what is answered otherwise, and what is not."""

    product: str
    supplier: str
    depth: str
    also: tuple[str, ...] = ()
    instead: dict[str, Any] = {}
    leaves_out: tuple[str, ...] = ()
    days_ago: int | None = None


class DeployedOf(Declared):
    """What an organisation answers of its own use of a product."""

    product: str
    supplier: str
    organisation: str
    frameworks: dict[str, int]
    instead: dict[str, Any] = {}


class ConformityOf(Sheet):
    """Everything: the answers, what stands behind them, and how far each product is."""

    days_ago: int
    papers: tuple[PaperOf, ...]
    dated: dict[str, int]
    behind: dict[str, tuple[str, ...]]
    depths: dict[str, dict[str, int]]
    alike: tuple[AlikeOf, ...]
    answers: dict[str, Any]
    products: tuple[AnsweredOf, ...]
    deployments: tuple[DeployedOf, ...]


class Told(Value):
    """All that is declared, made ready: an answer, a date and papers for each question."""

    stage: Stage
    sheet: ConformityOf
    values: Mapping[str, Any]
    dated: Mapping[str, int]
    cases: AssuranceOf

    def days(self, name: str, at: datetime) -> date:
        """The day of a dated answer: so many before it was given, or ahead of today."""
        days = self.dated[name]
        return day_in_london(at if days >= 0 else self.stage.now) - timedelta(days=days)


def read_conformity(folder: Path) -> ConformityOf:
    """What is declared. Raises Invalid, naming the file and line."""
    return declared(ConformityOf, read(folder / "conformity.yaml", "demonstration/conformity.yaml"))


def scenes(stage: Stage) -> Iterator[Scene]:
    """One for each product, and one for each organisation that answers for its own use."""
    sheet, cases = read_conformity(stage.content.folder), read_assurance(stage.content.folder)
    alike = {name: each.answer for each in sheet.alike for name in each.of}
    told = Told(stage, sheet, {**cases.answers, **sheet.answers, **alike}, {**cases.dated, **sheet.dated}, cases)
    for place, answered in enumerate(sheet.products):
        days = sheet.days_ago - place % 5 if answered.days_ago is None else answered.days_ago
        at = stage.moment(days, 220 + place)
        yield Scene(at, partial(_answer, told, answered, at))
    for place, deployed in enumerate(sheet.deployments):
        at = stage.moment(sheet.days_ago - 12, 260 + place)
        yield Scene(at, partial(_answer_here, told, deployed, at))


def _answer(told: Told, answered: AnsweredOf, at: datetime, db: Session) -> None:
    """Answer framework by framework what is not answered yet."""
    product = product_called(db, answered.product, answered.supplier)
    assert product is not None, answered.product
    listed = shown_version(db, product).answers
    known = {*answers_of(db, product, at=told.stage.now), *_of_cases(told, answered), *answered.leaves_out}
    asked: dict[str, int] = {**told.sheet.depths[answered.depth], **dict.fromkeys(answered.also, 100)}
    by = told.stage.somebody(db, answered.supplier, "supplier-manager")
    for name, share in asked.items():
        framework = told.stage.frameworks.assurance[name]
        if not (chosen := _chosen(told, framework, "supplier", share, known)):
            continue
        known |= chosen.keys()
        values = {each: answered.instead.get(each, told.values[each]) for each in chosen if each not in listed}
        dated, papers = _dated(told, chosen, at), _papers(told, product, chosen, by, at, db)
        saved = answer(
            db, product, plain(values), framework=framework, dated=dated, documents=papers, by=by, at=at
        )  # fmt: skip
        _refuse(saved, f"{answered.product}, {framework.label}")


def _answer_here(told: Told, deployed: DeployedOf, at: datetime, db: Session) -> None:
    product = product_called(db, deployed.product, deployed.supplier)
    assert product is not None, deployed.product
    by = told.stage.somebody(db, deployed.organisation, "buyer")
    assert by.organisation_id is not None, deployed.organisation
    for name, share in deployed.frameworks.items():
        framework = told.stage.frameworks.assurance[name]
        known = set(local_answers(db, product, by.organisation_id, at=told.stage.now))
        if not (chosen := _chosen(told, framework, "deploying-organisation", share, known)):
            continue
        values = {each: deployed.instead.get(each, told.values[each]) for each in chosen}
        dated = _dated(told, chosen, at)
        saved = answer_here(db, product, plain(values), framework=framework, dated=dated, by=by, at=at)
        _refuse(saved, f"{deployed.product} at {deployed.organisation}, {framework.label}")


def _chosen(told: Told, framework: AssuranceFramework, who: str, share: int, known: set[str]) -> dict[str, Criterion]:
    """The first so many per cent of the criteria that somebody answers, less those that are answered already."""
    own = [each for each in framework.criteria if each.who == who and not each.known]
    first = islice(own, len(own) * share // 100)
    return {
        each.question_id: each for each in first if each.question_id in told.values and each.question_id not in known
    }  # fmt: skip


def _of_cases(told: Told, answered: AnsweredOf) -> set[str]:
    """What DTAC asks of a product that has a case, and of a supplier that has one: that stands in assurance.yaml."""
    dtac = told.stage.frameworks.assurance[DTAC]
    of_dtac = [each for each in told.cases.cases if each.framework == DTAC]
    if any(each.product == answered.product for each in of_dtac):
        return set(dtac.by_question)
    if any(each.supplier == answered.supplier for each in of_dtac):
        return {each.question_id for each in dtac.criteria if each.unit == "organisation"}
    return set()


def _dated(told: Told, chosen: Mapping[str, Criterion], at: datetime) -> dict[str, date | None]:
    return {name: told.days(name, at) for name, each in chosen.items() if each.dated and name in told.dated}


def _papers(
    told: Told, product: Product, chosen: Mapping[str, Criterion], by: Actor, at: datetime, db: Session
) -> dict[str, list[UUID]]:
    """The documents behind each answer, kept beside the product where they are not yet."""
    kept = {paper.id: paper for paper in told.sheet.papers}
    wanted = {name: told.sheet.behind[name] for name in chosen if name in told.sheet.behind}
    if not wanted:
        return {}
    papers = dict.fromkeys(kept[each] for names in wanted.values() for each in names)
    there = keep_papers(told.stage, product, papers, by=by, at=at, db=db)
    return {name: [there[kept[each].file] for each in names] for name, names in wanted.items()}


def _refuse(saved: Saved, what: str) -> None:
    if saved.errors:
        raise Invalid(f"{what}: is not answered well", "Mend conformity.yaml.", fields=saved.errors)
