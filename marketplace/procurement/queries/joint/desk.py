"""What waits for a person in purchases made together, in a fixed number of queries however many there are."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from marketplace.identity.policies import Actor, Permission
from marketplace.procurement.models import TAKING_PART, Approval, Party, Procurement, Readiness
from marketplace.procurement.queries.joint.standing import changes_of, last_turns, terms_of, turn_of
from marketplace.procurement.rules.joint.approvals import ASKED, LAPSED, Holding, holding
from marketplace.procurement.rules.joint.terms import Terms

Item = tuple[str, str, str, date | None]
"""Title, address, text, and the day by which; None where there is none."""

LIVE = ("draft", "inviting", "settled", "running")


def waiting_for(db: Session, by: Actor, on: date) -> list[Item]:
    """What waits for the actor: to join, to confirm again, to approve, to make ready, to settle. By date."""
    if by.organisation_id is None or not by.is_buyer:
        return []
    parties = _mine(db, by)
    turns = last_turns(db, [party.id for party in parties])
    items = [item for party in parties for item in _of_party(party, turns[party.id], by, on)]
    items += _to_make_ready(db, by)
    return sorted(items, key=lambda item: (item[3] or date.max, item[0]))


def _mine(db: Session, by: Actor) -> list[Party]:
    rows = (
        select(Party)
        .join(Procurement, Procurement.id == Party.procurement_id)
        .options(
            joinedload(Party.organisation),
            contains_eager(Party.procurement).selectinload(Procurement.parties).joinedload(Party.organisation),
        )
        .where(Party.organisation_id == by.organisation_id, Party.state.in_(TAKING_PART), Procurement.state.in_(LIVE))
        .order_by(Party.id)
    )
    return [party for party in db.scalars(rows) if party.role == "lead" or party.procurement.state != "draft"]


def _of_party(party: Party, turns: Mapping[str, Approval], by: Actor, on: date) -> Iterator[Item]:
    procurement, terms = party.procurement, terms_of(party.procurement)
    base = f"/procurements/{procurement.ref}"
    if by.may(Permission.CONTRACT_SIGN):
        yield from _to_bind(party, terms, base)
    if procurement.state != "draft":
        yield from _to_approve(party, turns, terms, by, on, f"{base}/approvals")
    if by.may(Permission.PROJECT_WRITE):
        yield from _to_prepare(party, turns, base)


def _to_bind(party: Party, terms: Terms, base: str) -> Iterator[Item]:
    procurement = party.procurement
    share = terms.gross_of(party.organisation.ref)
    told = f"Your share is at most {share} with VAT." if share is not None else "No share is given yet."
    if procurement.state == "inviting" and party.state == "invited":
        yield (f"Join {procurement.name}, or decline", f"{base}/join", told, party.answer_by)
    changed = changes_of(party, terms)
    if procurement.state == "inviting" and party.state == "joined" and changed:
        words = "; ".join(change.words for change in changed)
        yield (f"Confirm {procurement.name} again", f"{base}/join", f"{words[:1].upper()}{words[1:]}.", None)


def _to_approve(
    party: Party, turns: Mapping[str, Approval], terms: Terms, by: Actor, on: date, url: str
) -> Iterator[Item]:
    for row in turns.values():
        held = holding(turn_of(row), terms, party.organisation.ref, on=on)
        if held.state in (ASKED, LAPSED) and by.may(Permission(row.needs)):
            title = f"{row.kind.replace('-', ' ').capitalize()} for {party.procurement.name}"
            yield (title, f"{url}#{row.kind}", _why(held), party.answer_by)


def _why(held: Holding) -> str:
    return f"To approve again: {held.cause}." if held.state == LAPSED else "Asked of you."


def _to_prepare(party: Party, turns: Mapping[str, Approval], base: str) -> Iterator[Item]:
    procurement, leads = party.procurement, party.role == "lead"
    there = [each for each in procurement.parties if each.takes_part]
    if leads and procurement.state == "draft":
        yield (f"{procurement.name} is a draft", base, "Finish its protocol, and open it.", procurement.starts_on)
    if procurement.state == "inviting" and not turns:
        yield (f"Ask for the approvals of {procurement.name}", f"{base}/approvals", "", party.answer_by)
    if leads and procurement.state == "inviting" and all(each.state == "joined" for each in there):
        yield (f"Settle {procurement.name}", base, "Everybody has answered. See what is still missing.", None)


def _to_make_ready(db: Session, by: Actor) -> Iterable[Item]:
    rows = (
        select(Readiness, Procurement)
        .join(Party, Party.id == Readiness.party_id)
        .join(Procurement, Procurement.id == Party.procurement_id)
        .where(Readiness.owner_id == by.person_id, Readiness.done_at.is_(None), Procurement.state.in_(LIVE))
        .where(Party.organisation_id == by.organisation_id, Party.state.in_(TAKING_PART))
        .order_by(Readiness.due_on, Readiness.id)
    )
    for readiness, procurement in db.execute(rows):
        yield (readiness.label, f"/procurements/{procurement.ref}/readiness", procurement.name, readiness.due_on)
