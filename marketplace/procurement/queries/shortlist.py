"""The shortlist of a project: candidates, who decided what, requirements and how far each product meets them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.frameworks import answers
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.errors import NotFound
from marketplace.kit.values import Value
from marketplace.procurement.models import Candidate, Decision, Judgement, Project, Requirement
from marketplace.procurement.queries.standing import Look, looks_in
from marketplace.procurement.rules.fit import UNKNOWN, Judged, Verdict, fit_of, meets_all, tally, verdict
from marketplace.procurement.rules.shortlist import Board, board
from marketplace.procurement.rules.standing import Change, Standing, changes

_LOADED = (selectinload(Candidate.decisions).joinedload(Decision.by),)


class Fit(Value):
    """How one product meets one requirement, and what a person said of it."""

    requirement: Requirement
    verdict: Verdict
    judgement: Judgement | None
    answer: str


class Card(Value):
    """A candidate as the board shows it: the current decision, the product today, and what changed since."""

    candidate: Candidate
    decision: Decision
    look: Look
    changes: tuple[Change, ...]
    fits: tuple[Fit, ...]

    @property
    def candidate_id(self) -> UUID:
        return self.candidate.id

    @property
    def turn(self) -> int:
        return self.decision.turn

    @property
    def verdict(self) -> str:
        return self.decision.verdict

    @property
    def musts(self) -> dict[str, int]:
        """How many of the requirements that must be met are met, part met, not met and unknown."""
        return tally(fit.verdict.fit for fit in self.fits if fit.requirement.weight == "must")

    @property
    def meets_musts(self) -> bool:
        return meets_all(fit.verdict.fit for fit in self.fits if fit.requirement.weight == "must")


def shortlist(db: Session, project: Project, frameworks: Frameworks, *, on: date) -> Board[Card]:
    """The board of a project, each candidate with its product as it is on a day; a few queries however many."""
    candidates = candidates_of(db, project)
    seen = looks_in(db, project, [candidate.product_id for candidate in candidates], on=on)
    wanted, said = requirements_of(db, project), judgements_of(db, [candidate.id for candidate in candidates])
    cards = []
    for candidate in (each for each in candidates if each.product_id in seen):
        look, decision = seen[candidate.product_id], candidate.decisions[-1]
        since = tuple(changes(Standing.read(decision.standing), look.standing))
        fits = tuple(fits_of(look, wanted, said.get(candidate.id, {}), frameworks))
        cards.append(Card(candidate, decision, look, since, fits))
    return board(cards)


def candidates_of(db: Session, project: Project) -> list[Candidate]:
    """Everything that was ever on the list, with its product and every decision, in the order of arrival."""
    rows = select(Candidate).options(*_LOADED, joinedload(Candidate.product))
    return list(db.scalars(rows.where(Candidate.project_id == project.id).order_by(Candidate.id)))


def find_candidate(db: Session, project: Project, product_id: UUID) -> Candidate | None:
    """The candidate of a product in a project, with its decisions."""
    rows = select(Candidate).options(*_LOADED)
    return db.scalars(rows.where(Candidate.project_id == project.id, Candidate.product_id == product_id)).one_or_none()


def requirements_of(db: Session, project: Project, *, removed: bool = False) -> list[Requirement]:
    """What is required, in the order in which it was written; with `removed`, what no longer is too."""
    rows = select(Requirement).where(Requirement.project_id == project.id).order_by(Requirement.id)
    return list(db.scalars(rows if removed else rows.where(Requirement.removed_at.is_(None))))


def find_requirement(db: Session, project: Project, requirement_id: UUID) -> Requirement:
    """A requirement of the project that still stands. Raises NotFound."""
    found = db.get(Requirement, requirement_id)
    if found is None or found.project_id != project.id or found.removed_at is not None:
        raise NotFound("there is no such requirement in this project", "The project lists its requirements.")
    return found


def judgements_of(db: Session, candidate_ids: Sequence[UUID]) -> dict[UUID, dict[UUID, Judgement]]:
    """The latest judgement by candidate and requirement."""
    rows = select(Judgement).options(joinedload(Judgement.by)).where(Judgement.candidate_id.in_(candidate_ids))
    latest: dict[UUID, dict[UUID, Judgement]] = {}
    for judgement in db.scalars(rows.order_by(Judgement.id)):
        latest.setdefault(judgement.candidate_id, {})[judgement.requirement_id] = judgement
    return latest


def fits_of(
    look: Look, wanted: Iterable[Requirement], said: Mapping[UUID, Judgement], frameworks: Frameworks
) -> Iterable[Fit]:
    """How a product meets each requirement, from its answers on show and from what people judged."""
    version, form = look.version, frameworks.form(look.product.kind)
    given = answers.effective(form, version.answers) if version else {}
    for requirement in wanted:
        question = form.questions.get(requirement.question_id or "")
        answer = given.get(question.id) if question else None
        computed = fit_of(requirement.test, requirement.wanted, answer) if question else UNKNOWN
        judgement = said.get(requirement.id)
        judged = Judged(judgement.fit, judgement.edition) if judgement else None
        shown = answers.display(question, answer).text if question and answer is not None else "Not stated"
        edition = version.edition if version else None
        yield Fit(requirement, verdict(computed, judged, edition), judgement, shown if question else "")
