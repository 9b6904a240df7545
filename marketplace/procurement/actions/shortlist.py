"""Deciding which products stay: every change of mind is another row."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.catalogue.models import Product
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, Invalid
from marketplace.kit.fields import Fields
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.values import Value
from marketplace.procurement.actions.seats import begin_writing
from marketplace.procurement.events import CandidateAdded, CandidateExcluded, CandidateIncluded
from marketplace.procurement.models import Candidate, Decision, Project, Step
from marketplace.procurement.queries.shortlist import candidates_of, find_candidate
from marketplace.procurement.queries.standing import Look, looks_in
from marketplace.procurement.rules.shortlist import ADDED, EXCLUDED, INCLUDED, VERDICTS, reason_faults
from marketplace.procurement.schemas import LONGEST

MOST_AT_ONCE = 200


class Reason(Value):
    """Why a product is included or excluded: one of the reasons offered, or words, or both."""

    code: str = ""
    words: str = ""


NO_REASON = Reason()
NO_CODES: Mapping[str, str] = MappingProxyType({})
ANY_TURN: Mapping[UUID, int] = MappingProxyType({})


def add_candidates(
    db: Session, project: Project, products: Sequence[Product], *, step: Step | None = None, by: Actor, at: datetime
) -> list[Candidate]:
    """Put products on the list, to be decided upon; those that are there already stay as they are.

    Raises NotAllowed, Conflict.
    """
    begin_writing(db, project, by=by, at=at)
    seen = looks_in(db, project, [product.id for product in products], on=day_in_london(at))
    known = _known(db, project)
    shown = [seen[product.id] for product in products if product.id in seen]
    return [known.get(look.product.id) or _add(db, project, look, step, by=by, at=at) for look in shown]


def decide_on(
    db: Session, project: Project, product: Product, *, verdict: str, reason: Reason = NO_REASON,
    codes: Mapping[str, str] = NO_CODES, expected: int | None = None, by: Actor, at: datetime,
) -> Decision | None:  # fmt: skip
    """Include or exclude a product, or put it back among those to decide upon.

    `codes` are the reasons offered, in words; `expected` is how many decisions on it the page had shown. Who says
    again what stands already, for the same reason, adds nothing: then there is no new decision to return.
    Raises NotAllowed, Invalid by field, and Conflict where somebody decided meanwhile.
    """
    begin_writing(db, project, by=by, at=at)
    kept = _checked(verdict, reason, codes)
    look = looks_in(db, project, [product.id], on=day_in_london(at)).get(product.id)
    if look is None:
        raise Conflict(f"{product.name} is not on the catalogue", "Choose a product that is.")
    if verdict == INCLUDED and look.standing.state == "withdrawn":
        raise Conflict(f"{look.name} was withdrawn from the catalogue", "Exclude it, with that as the reason.")
    candidate = find_candidate(db, project, product.id)
    if _stands(candidate, look, verdict, kept, by):
        return None
    _hold_turn(candidate, look, expected, codes, by)
    candidate = candidate or _add(db, project, look, None, by=by, at=at)
    return _decide(db, project, candidate, look, verdict, kept, by=by, at=at)


def exclude_all(
    db: Session, project: Project, products: Sequence[Product], *, reason: Reason, codes: Mapping[str, str],
    expected: Mapping[UUID, int] = ANY_TURN, by: Actor, at: datetime,
) -> int:  # fmt: skip
    """Exclude several for one reason, such as what is left of a locked search; returns how many were not before.

    `expected` is how many decisions on each product the page had shown. Raises NotAllowed, Conflict, Invalid by field.
    """
    begin_writing(db, project, by=by, at=at)
    if not products or len(products) > MOST_AT_ONCE:
        told = f"Choose between 1 and {MOST_AT_ONCE} products."
        raise Invalid("no product is chosen", told, fields={"product": told})
    kept = _checked(EXCLUDED, reason, codes)
    seen = looks_in(db, project, [product.id for product in products], on=day_in_london(at))
    known = _known(db, project)
    anew = [look for key, look in seen.items() if not _stands(known.get(key), look, EXCLUDED, kept, by)]
    for look in anew:
        candidate = known.get(look.product.id)
        _hold_turn(candidate, look, expected.get(look.product.id), codes, by)
        candidate = candidate or _add(db, project, look, None, by=by, at=at)
        _decide(db, project, candidate, look, EXCLUDED, kept, by=by, at=at)
    return len(anew)


def _known(db: Session, project: Project) -> dict[UUID, Candidate]:
    """What is on the list, by product."""
    return {candidate.product_id: candidate for candidate in candidates_of(db, project)}


def _checked(verdict: str, reason: Reason, codes: Mapping[str, str]) -> Reason:
    if verdict not in VERDICTS:
        raise Invalid(
            "this is not a decision", "Include it, exclude it, or put it back.", fields={"verdict": "Choose."}
        )
    fields = Fields({"reason": reason.words})
    words = fields.text("reason", LONGEST["reason"])
    fields.check("the reason cannot be kept as it is")
    kept = Reason(reason.code.strip() if verdict == EXCLUDED else "", words)
    wrong = reason_faults(verdict, kept.code, kept.words, codes)
    if wrong:
        raise Invalid("the decision needs a reason", "Look at what is marked. Nothing was lost.", fields=wrong)
    return kept


def _stands(candidate: Candidate | None, look: Look, verdict: str, reason: Reason, by: Actor) -> bool:
    """Whether the last decision is this very one: by the same person, for the same reason, of the same product."""
    if candidate is None:
        return False
    last = candidate.decisions[-1]
    there = (last.verdict, last.reason_code, last.reason, last.by_id, last.standing)
    return there == (verdict, reason.code, reason.words, by.person_id, look.standing.plain())


def _hold_turn(
    candidate: Candidate | None, look: Look, expected: int | None, codes: Mapping[str, str], by: Actor
) -> None:
    """Refuse a decision made from a stale page, naming what was decided meanwhile. Raises Conflict."""
    turns = candidate.turns if candidate else 0
    if expected is None or expected == turns:
        return
    if candidate is None:
        raise Conflict(f"{look.name} is no longer on the list", "Look at the list as it is now.")
    last = candidate.decisions[-1]
    who = "You" if last.by_id == by.person_id else last.by.name if last.by else "Somebody"
    why = ". ".join(filter(None, (codes.get(last.reason_code, last.reason_code), last.reason.rstrip("."))))
    raise Conflict(
        f"{who} decided on {look.name} while your page was open: {VERDICTS[last.verdict].lower()}",
        f"The reason: {why or 'none given'}. What you typed is kept: send it again.",
    )


def _add(db: Session, project: Project, look: Look, step: Step | None, *, by: Actor, at: datetime) -> Candidate:
    """Put a product on the list that is not there yet."""
    candidate = Candidate(
        id=new_id(at), project_id=project.id, product_id=look.product.id, step_id=step.id if step else None,
        known=look.standing.plain(), turns=0, added_at=at, decisions=[],
    )  # fmt: skip
    db.add(candidate)
    decision = _turn(db, candidate, look, ADDED, NO_REASON, by=by, at=at)
    added = CandidateAdded(**_told(project, decision, look), step_number=step.number if step else None)
    record(db, added, by=by, at=at)
    return candidate


def _decide(
    db: Session, project: Project, candidate: Candidate, look: Look, verdict: str, reason: Reason, *, by: Actor,
    at: datetime,
) -> Decision:  # fmt: skip
    decision = _turn(db, candidate, look, verdict, reason, by=by, at=at)
    about = _told(project, decision, look)
    if verdict == EXCLUDED:
        record(db, CandidateExcluded(**about, reason_code=reason.code, reason=reason.words), by=by, at=at)
    elif verdict == INCLUDED:
        record(db, CandidateIncluded(**about, reason=reason.words), by=by, at=at)
    else:
        record(db, CandidateAdded(**about, reason=reason.words), by=by, at=at)
    return decision


def _turn(
    db: Session, candidate: Candidate, look: Look, verdict: str, reason: Reason, *, by: Actor, at: datetime
) -> Decision:
    candidate.turns += 1
    candidate.known = look.standing.plain()
    decision = Decision(
        id=new_id(at), candidate_id=candidate.id, turn=candidate.turns, verdict=verdict, reason_code=reason.code,
        reason=reason.words, version_id=look.version.id if look.version else None, standing=look.standing.plain(),
        by_id=by.person_id, organisation_id=by.organisation_id, at=at,
    )  # fmt: skip
    candidate.decisions.append(decision)
    db.flush()
    return decision


def _told(project: Project, decision: Decision, look: Look) -> dict[str, Any]:
    standing = look.standing
    return {
        "project_id": project.id, "decision_id": decision.id, "product_id": look.product.id,
        "product_ref": look.product.ref, "product_name": look.name, "version_id": decision.version_id,
        "edition": standing.edition, "number": standing.number, "state": standing.state,
        "yearly_pence": standing.yearly_pence,
    }  # fmt: skip
