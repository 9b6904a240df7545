"""What is required, and how far each product on the list meets it."""

from typing import Any
from uuid import UUID

from marketplace.faces.ask import Ask
from marketplace.frameworks.schema.forms import Form
from marketplace.frameworks.schema.questions import CHOSEN, Question
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Refusal
from marketplace.procurement.actions.requirements import add_requirement, judge_fit, remove_requirement
from marketplace.procurement.models import Requirement
from marketplace.procurement.queries.shortlist import Card, find_requirement, requirements_of, shortlist
from marketplace.procurement.rules.fit import FITS, IN_WORDS, TESTS, TESTS_OF_KIND, WEIGHTS, possible_tests
from marketplace.procurement.schemas import read_wanted, wording_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.procurement.common import (
    frame_of,
    options_of,
    product_of,
    project_of,
    told_of,
    typed,
)
from marketplace.web.procurement.showing import shown_fit


@page("/projects/{ref:str}/requirements", who=ANYBODY_SIGNED_IN)
def show_requirements(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """The requirements, the fit of each product, and the form of another one."""
    project, form = project_of(ask, ref), ask.services.frameworks.description
    board = shortlist(ask.db, project, ask.services.frameworks, on=day_in_london(ask.at))
    cards = [*board.included, *board.undecided]
    chosen = ask.form.one("question") or ask.query.one("question")
    values = {
        "frame": frame_of(ask, project, "requirements"),
        "requirements": [shown_requirement(each, form) for each in requirements_of(ask.db, project)],
        "heads": [{"label": card.look.name, "ref": card.look.product.ref} for card in cards],
        "matrix": matrix_of(cards),
        "sections": sections_of(form),
        "asked": asked_of(form.questions.get(chosen)),
        "weights": options_of(WEIGHTS),
        "typed": {"weight": "must", **typed(ask.form)},
        "wanted": ask.form.all("wanted"),
        **told_of(refusal),
    }
    return Page("procurement/requirements.html", values)


@post("/projects/{ref:str}/requirements", who=ANYBODY_SIGNED_IN, again=show_requirements, makes=True)
def require(ask: Ask, ref: str) -> Goto:
    """Write down one thing that is required."""
    project, form = project_of(ask, ref), ask.services.frameworks.description
    wanted = read_wanted(typed(ask.form), ask.form.all("wanted"), form)
    words = wording_of(wanted.test, wanted.wanted, form, wanted.question)
    add_requirement(ask.db, project, wanted, in_words=words, by=ask.by, at=ask.at)
    return Goto(f"/projects/{ref}/requirements", told=f"Required: {wanted.wording}.")


@page("/projects/{ref:str}/requirements/{requirement:uuid}", who=ANYBODY_SIGNED_IN)
def show_requirement(ask: Ask, ref: str, requirement: UUID, refusal: Refusal | None = None) -> Page:
    """One requirement: what each product answers, judging it, and taking it away."""
    project = project_of(ask, ref)
    found = find_requirement(ask.db, project, requirement)
    board = shortlist(ask.db, project, ask.services.frameworks, on=day_in_london(ask.at))
    cards = [*board.included, *board.undecided]
    values = {
        "frame": frame_of(ask, project, "requirements"),
        "requirement": shown_requirement(found, ask.services.frameworks.description),
        "products": [fit_of_card(card, found) for card in cards],
        "fits": options_of(FITS),
        "typed": typed(ask.form),
        **told_of(refusal),
    }
    return Page("procurement/requirement.html", values)


@post(
    "/projects/{ref:str}/requirements/{requirement:uuid}/judgements",
    who=ANYBODY_SIGNED_IN,
    again=show_requirement,
    makes=True,
)
def judge(ask: Ask, ref: str, requirement: UUID) -> Goto:
    """Say how far a product meets it, and on what that rests."""
    project, product = project_of(ask, ref), product_of(ask, ask.form.one("product"))
    fit, note = ask.form.one("fit"), ask.form.one("note")
    judge_fit(ask.db, project, product, requirement, fit=fit, note=note, by=ask.by, at=ask.at)
    return Goto(f"/projects/{ref}/requirements/{requirement}", told=f"Your judgement of {product.name} is kept.")


@post("/projects/{ref:str}/requirements/{requirement:uuid}/removal", who=ANYBODY_SIGNED_IN, again=show_requirement)
def remove(ask: Ask, ref: str, requirement: UUID) -> Goto:
    """Require it no longer, saying why."""
    project = project_of(ask, ref)
    remove_requirement(ask.db, project, requirement, reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto(f"/projects/{ref}/requirements", told="It is no longer required; the audit trail keeps it.")


def shown_requirement(requirement: Requirement, form: Form) -> dict[str, Any]:
    return {
        "id": requirement.id,
        "wording": requirement.wording,
        "weight": WEIGHTS[requirement.weight],
        "wanted": wording_of(requirement.test, requirement.wanted, form, requirement.question_id or ""),
        "is_judged": requirement.test == IN_WORDS,
        "added_at": requirement.added_at,
    }


def matrix_of(cards: list[Card]) -> dict[str, list[dict[str, Any]]]:
    """By requirement, the fit of each product in the order of the cards."""
    matrix: dict[str, list[dict[str, Any]]] = {}
    for card in cards:
        for fit in card.fits:
            matrix.setdefault(str(fit.requirement.id), []).append(shown_fit(fit))
    return matrix


def fit_of_card(card: Card, requirement: Requirement) -> dict[str, Any]:
    fit = next(fit for fit in card.fits if fit.requirement.id == requirement.id)
    return {"name": card.look.name, "ref": card.look.product.ref, "fit": shown_fit(fit)}


def sections_of(form: Form) -> list[dict[str, Any]]:
    """The declared questions that a rule can compare, by section, to choose from; the others are judged in words."""
    sections = []
    for section in form.sections:
        asked = [entry.question for entry in section.entries if entry.question.kind in TESTS_OF_KIND]
        if asked:
            questions = [{"value": question.id, "label": question.label} for question in asked]
            sections.append({"label": section.label, "questions": questions})
    return sections


def asked_of(question: Question | None) -> dict[str, Any] | None:
    """The chosen question with the tests it allows and the answers to choose from."""
    if question is None:
        return None
    tests = {test: TESTS[test].capitalize() for test in possible_tests(question.kind)}
    options = [{"value": key, "label": label} for key, label in question.labels.items()]
    return {
        "id": question.id,
        "label": question.label,
        "ask": question.ask,
        "tests": options_of(tests),
        "options": options if question.kind in CHOSEN else [],
        "is_typed": question.kind in ("number", "date"),
        "unit": question.unit,
        "kind": str(question.kind),
    }


ROUTES = [show_requirements, require, show_requirement, judge, remove]
