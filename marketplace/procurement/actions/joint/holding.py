"""What every verb here begins with: who may, one writer at a time, the state it needs, the terms that were seen."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from marketplace.identity.policies import Actor
from marketplace.kit.errors import Conflict, NotAllowed, NotFound
from marketplace.kit.holding import hold_row
from marketplace.procurement.models import Party, Procurement
from marketplace.procurement.policies import may_bind, may_lead_joint, may_prepare
from marketplace.procurement.queries.joint.finding import LOADED
from marketplace.procurement.queries.joint.standing import terms_of
from marketplace.procurement.rules.joint.gates import Blocker

OPEN_TO_CHANGE = ("draft", "inviting")
ALIVE = ("draft", "inviting", "settled", "running")
TOLD = 5
"""How many reasons a refusal names in one breath; the page lists all."""


def hold(db: Session, procurement: Procurement) -> None:
    """Let one writer at a time into a procurement, and see it and its parties as the one before left them."""
    hold_row(db, Procurement, procurement.id, LOADED)


def begin_leading(db: Session, procurement: Procurement, states: Sequence[str], *, by: Actor) -> None:
    """Allow what is for the lead's buyers, in one of these states. Raises NotAllowed, Conflict."""
    if not may_lead_joint(by, procurement):
        raise NotAllowed(
            f"this is for a buyer of {procurement.organisation.name}, which leads", "Ask one of its buyers."
        )
    hold(db, procurement)
    need_state(procurement, states)


def begin_preparing(db: Session, procurement: Procurement, party: Party, states: Sequence[str], *, by: Actor) -> None:
    """Allow what is for the buyers of a party. Raises NotAllowed, Conflict."""
    if not may_prepare(by, party):
        raise NotAllowed(f"this is for a buyer of {party.organisation.name}", "Ask one of its buyers.")
    hold(db, procurement)
    need_state(procurement, states)
    need_part(party)


def begin_binding(db: Session, procurement: Procurement, party: Party, states: Sequence[str], *, by: Actor) -> None:
    """Allow what binds a party: its authorised signatories alone. Raises NotAllowed, Conflict."""
    if not may_bind(by, party):
        hint = "Its approvers sign: ask one of them, or a manager for the role."
        raise NotAllowed(f"this is for an authorised signatory of {party.organisation.name}", hint)
    hold(db, procurement)
    need_state(procurement, states)


def need_state(procurement: Procurement, states: Sequence[str]) -> None:
    """Raises Conflict where the procurement is in none of these states, with the way on."""
    if procurement.state in states:
        return
    hints = {
        "draft": "The lead opens it first.",
        "inviting": "It is still open: the lead settles it first.",
        "settled": "The lead opens it again first, and everybody whom the change concerns confirms again.",
        "running": "It runs: what changes now is a variation of its contract.",
    }
    raise Conflict(f"{procurement.name} is {procurement.state}", hints.get(procurement.state, "It has ended."))


def need_part(party: Party) -> None:
    """Raises Conflict for a party that declined or left."""
    if not party.takes_part:
        raise Conflict(f"{party.organisation.name} takes no part: {party.state}", "The lead can invite it again.")


def refuse_stale(procurement: Procurement, seen: str | None) -> None:
    """Refuse a yes to terms that are no longer on the table. Raises Conflict."""
    if seen and seen != terms_of(procurement).digest:
        hint = "Read what is there now, and decide again. Nothing was recorded."
        raise Conflict("the terms changed while your page was open", hint)


def refuse_blocked(blockers: Sequence[Blocker], verb: str) -> None:
    """Raises Conflict with everything that is in the way."""
    if not blockers:
        return
    facts = "; ".join(blocker.fact for blocker in blockers[:TOLD])
    more = f"; and {len(blockers) - TOLD} more" if len(blockers) > TOLD else ""
    raise Conflict(f"this cannot be {verb} yet: {facts}{more}", blockers[0].hint)


def party_in(procurement: Procurement, ref: str) -> Party:
    """The party of that organisation's reference. Raises NotFound."""
    wanted = ref.strip().upper()
    found = next((party for party in procurement.parties if party.organisation.ref == wanted), None)
    if found is None:
        raise NotFound("no such organisation takes part", "The parties are listed with the procurement.")
    return found


def own_part(procurement: Procurement, by: Actor) -> Party:
    """The party that the actor acts for. Raises NotFound."""
    found = next((party for party in procurement.parties if party.organisation_id == by.organisation_id), None)
    if found is None:
        raise NotFound("your organisation takes no part in this", "The lead invites organisations.")
    return found
