"""What the register leaves out of a contract: read by its parties, decided by the lead."""

from datetime import date
from uuid import UUID

from marketplace.api.calls import ANYBODY_SIGNED_IN, Asked, get, post
from marketplace.api.shapes import In, Line, Listed, Out, Text, all_of
from marketplace.contracts.queries.contracts import find_contract
from marketplace.identity.policies import Permission
from marketplace.transparency.actions import lift, redact
from marketplace.transparency.models import Redaction
from marketplace.transparency.queries import find_redaction, redactions_of

READ, MANAGE = Permission.CONTRACT_READ, Permission.CONTRACT_MANAGE


class RedactionIn(In):
    """Which part, on which ground, why, and until when; everybody reads all of it."""

    part: Line
    ground: Line
    reason: Text
    until: date


class RedactionOut(Out):
    id: UUID
    part: str
    ground: str
    reason: str
    until: date


@get("/contracts/{ref:str}/redactions", who=ANYBODY_SIGNED_IN, scope=READ)
def list_redactions(ask: Asked, ref: str) -> Listed[RedactionOut]:
    """What is left out of a contract, newest first."""
    contract = find_contract(ask.db, ref, by=ask.by)
    return all_of(_redaction(one) for one in redactions_of(ask.db, contract.id))


@post("/contracts/{ref:str}/redactions", who=ANYBODY_SIGNED_IN, scope=MANAGE, status=201)
def leave_out(ask: Asked, ref: str, body: RedactionIn) -> RedactionOut:
    """Leave a part out until a day."""
    contract = find_contract(ask.db, ref, by=ask.by)
    made = redact(
        ask.db, contract, part=body.part, ground=body.ground, reason=body.reason, until=body.until, by=ask.by,
        at=ask.at,
    )  # fmt: skip
    return _redaction(made)


@post("/contracts/{ref:str}/redactions/{redaction:str}/lifting", who=ANYBODY_SIGNED_IN, scope=MANAGE)
def show_again(ask: Asked, ref: str, redaction: UUID) -> RedactionOut:
    """Show a part again before its day."""
    contract = find_contract(ask.db, ref, by=ask.by)
    found = find_redaction(ask.db, contract.id, redaction)
    lift(ask.db, contract, found, by=ask.by, at=ask.at)
    return _redaction(found)


def _redaction(one: Redaction) -> RedactionOut:
    return RedactionOut.model_validate(one)


CALLS = [list_redactions, leave_out, show_again]
