"""Signing: who has signed, whose turn it is, signing and declining; and what the signed contract obliges to."""

from datetime import date, datetime
from uuid import UUID

from marketplace.api.calls import ANYBODY_SIGNED_IN, Answer, Asked, Document, get, post
from marketplace.api.contracts.common import (
    ContractOut,
    PartyOut,
    SignerOut,
    answer,
    contract_of,
    parties_out,
    signer_out,
)
from marketplace.api.shapes import In, Line, Listed, Out, Text, all_of
from marketplace.contracts.actions.obligations import finish_obligation
from marketplace.contracts.actions.signing import decline, sign
from marketplace.contracts.models import Obligation
from marketplace.contracts.queries.contracts import parties_of
from marketplace.contracts.queries.dates import entries_of
from marketplace.contracts.queries.overview import find_obligation, obligations_of, steps_of
from marketplace.contracts.queries.signing import open_text
from marketplace.identity.policies import Permission
from marketplace.kit.icalendar import calendar

READ, SIGN = Permission.CONTRACT_READ, Permission.CONTRACT_SIGN


class SignatureIn(In):
    """The digest of the text that was read, and the capacity in which it is signed."""

    digest: Line
    capacity: Line


class RefusalIn(In):
    """Which text is not signed, and why."""

    digest: Line
    reason: Text


class NoteIn(In):
    note: Text = ""


class ObligationOut(Out):
    """Something to do by a day, by its owner."""

    id: UUID
    label: str
    kind: str
    clause: str
    owner: str
    due_on: date
    done_at: datetime | None
    note: str


@get("/contracts/{ref:str}/parties", who=ANYBODY_SIGNED_IN, scope=READ)
def list_parties(ask: Asked, ref: str) -> Listed[PartyOut]:
    """Who is bound, from when until when, and with which share."""
    return all_of(parties_out(ask, contract_of(ask, ref)))


@get("/contracts/{ref:str}/signatures", who=ANYBODY_SIGNED_IN, scope=READ)
def list_signers(ask: Asked, ref: str) -> Listed[SignerOut]:
    """Who signs the text that is open, in order; nobody where none is."""
    contract = contract_of(ask, ref)
    text = open_text(ask.db, contract.id)
    if text is None:
        return all_of([])
    steps = steps_of(ask.db, text, parties_of(ask.db, contract.id))
    return all_of(signer_out(step) for step in steps)


@post("/contracts/{ref:str}/signatures", who=ANYBODY_SIGNED_IN, scope=SIGN, status=201)
def put_signature(ask: Asked, ref: str, body: SignatureIn) -> Answer[ContractOut]:
    """Sign the issued text over its digest, for the organisation that the token acts for."""
    contract = contract_of(ask, ref)
    sign(ask.db, ask.services.frameworks, contract, digest=body.digest, capacity=body.capacity, by=ask.by, at=ask.at)
    return answer(ask, ref)


@post("/contracts/{ref:str}/refusals", who=ANYBODY_SIGNED_IN, scope=SIGN)
def refuse(ask: Asked, ref: str, body: RefusalIn) -> Answer[ContractOut]:
    """Decline to sign, with a reason that every party reads."""
    decline(ask.db, contract_of(ask, ref), digest=body.digest, reason=body.reason, by=ask.by, at=ask.at)
    return answer(ask, ref)


@get("/contracts/{ref:str}/obligations", who=ANYBODY_SIGNED_IN, scope=READ)
def list_obligations(ask: Asked, ref: str) -> Listed[ObligationOut]:
    """What the contract obliges each party to, by day."""
    return all_of(_obligation(one) for one in obligations_of(ask.db, contract_of(ask, ref).id))


@post("/contracts/{ref:str}/obligations/{duty:str}/completion", who=ANYBODY_SIGNED_IN, scope=READ)
def finish(ask: Asked, ref: str, duty: UUID, body: NoteIn) -> ObligationOut:
    """Say that it is done, and how."""
    obligation = find_obligation(ask.db, contract_of(ask, ref).id, duty)
    finish_obligation(ask.db, obligation, note=body.note, by=ask.by, at=ask.at)
    return _obligation(obligation)


@get("/contracts/{ref:str}/calendar.ics", who=ANYBODY_SIGNED_IN, scope=READ, media_type="text/calendar")
def take_calendar(ask: Asked, ref: str) -> Document:
    """Term, warnings and the obligations of one's own organisation, for any calendar."""
    contract = contract_of(ask, ref)
    entries = entries_of(ask.db, ask.services.frameworks, contract, organisation_id=ask.by.organisation_id)
    headers = {"content-disposition": f'attachment; filename="{contract.ref}.ics"'}
    written = calendar(contract.name, entries, at=ask.at).encode()
    return Document(written, "text/calendar; charset=utf-8", headers)


def _obligation(one: Obligation) -> ObligationOut:
    return ObligationOut(
        id=one.id, label=one.label, kind=one.kind, clause=one.clause, owner=one.organisation.name, due_on=one.due_on,
        done_at=one.done_at, note=one.note,
    )  # fmt: skip


CALLS = [
    list_parties, list_signers, put_signature, refuse, list_obligations, finish, take_calendar,
]  # fmt: skip
