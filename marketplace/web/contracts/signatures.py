"""Signing: whose turn it is, what it commits to, and the form that signs or declines."""

from collections.abc import Sequence
from typing import Any

from marketplace.contracts.actions.signing import decline, sign
from marketplace.contracts.models import Contract, ContractText
from marketplace.contracts.queries.contracts import parties_of
from marketplace.contracts.queries.facts import certificate_of
from marketplace.contracts.queries.overview import TURN, Step, beyond_approval, steps_of
from marketplace.contracts.queries.signing import has_read, open_text, signing_limit
from marketplace.contracts.rules.signing import commits, is_within
from marketplace.faces.ask import Ask
from marketplace.kit.errors import Refusal
from marketplace.kit.money import Money
from marketplace.kit.values import asdict
from marketplace.web.contracts.common import contract_of, frame_of, own_party, today_of, told_of, typed, wanted_first
from marketplace.web.contracts.contracts import ROLES
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.proving import is_proven, prove


@page("/contracts/{ref:str}/signatures", who=ANYBODY_SIGNED_IN)
def show_signatures(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Who has signed, whose turn it is, and what a signature of one's own commits to."""
    contract = contract_of(ask, ref)
    text = open_text(ask.db, contract.id)
    waits = text is not None and text.state == "issued"
    steps = steps_of(ask.db, text, parties_of(ask.db, contract.id)) if text else []
    values = {
        "frame": frame_of(ask, contract, ""),
        "waits": waits,
        "number": text.number if text else 0,
        "digest": text.digest if text else "",
        "opened": ask.form.one("digest") or (text.digest if text else ""),
        "steps": [{**asdict(step), "role": ROLES[step.role]} for step in steps],
        "approved": beyond_approval(ask.db, contract, text),
        "is_turn": any(step.state == TURN and step.organisation_id == ask.by.organisation_id for step in steps),
        "organisation": ask.by.organisation_name,
        "signs_as": _signs_as(ask, steps),
        "has_read": waits and text is not None and has_read(ask.db, text, ask.by),
        "is_proven": is_proven(ask),
        "own": _own(ask, contract, text) if text is not None and waits else None,
        "wanted": wanted_first(ask, contract),
        "certificate": certificate_of(ask.db, ask.services.frameworks, contract, on=today_of(ask)),
        "typed": typed(ask.form),
        **told_of(refusal),
    }
    return Page("contracts/signatures.html", values)


@post("/contracts/{ref:str}/signatures", who=ANYBODY_SIGNED_IN, again=show_signatures)
def put_signature(ask: Ask, ref: str) -> Goto:
    """Sign the text that was read, for the organisation that one acts for."""
    prove(ask)
    contract = contract_of(ask, ref)
    sign(
        ask.db, ask.services.frameworks, contract, digest=ask.form.one("digest"), capacity=ask.form.one("capacity"),
        by=ask.by, at=ask.at,
    )  # fmt: skip
    text = open_text(ask.db, contract.id)
    if text is None:
        return Goto(f"/contracts/{ref}", told="Signed. Every party has signed: the text binds.")
    following = _signs_as(ask, steps_of(ask.db, text, parties_of(ask.db, contract.id)))
    return Goto(f"/contracts/{ref}", told=f"Signed. {following} signs next for you." if following else "Signed.")


@post("/contracts/{ref:str}/refusals", who=ANYBODY_SIGNED_IN, again=show_signatures)
def refuse(ask: Ask, ref: str) -> Goto:
    """Decline to sign, with a reason."""
    contract = contract_of(ask, ref)
    decline(ask.db, contract, digest=ask.form.one("digest"), reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto(f"/contracts/{ref}", told="Declined. The lead reads your reason and writes another text.")


def _signs_as(ask: Ask, steps: Sequence[Step]) -> str:
    """As what the next person of one's own organisation signs, where the text names several; else empty."""
    own = (one for step in steps if step.organisation_id == ask.by.organisation_id for one in step.people)
    return next((one.label for one in own if not one.person), "")


def _own(ask: Ask, contract: Contract, text: ContractText) -> dict[str, Any]:
    """What a signature of one's own commits to, and whether one's limit allows it."""
    party, limit = own_party(ask, contract), signing_limit(ask.db, ask.by, on=today_of(ask))
    buyers = [one for one in text.body["parties"] if one["role"] != "supplier"]
    place = next((at for at, one in enumerate(buyers) if party and one["ref"] == party.organisation.ref), None)
    amount = commits(text.parameters, [one["weight"] for one in buyers], place)
    return {
        "amount": amount,
        "is_supplier": place is None,
        "limit": None if limit is None or limit.pence is None else Money(limit.pence),
        "signs": limit is not None,
        "is_within": limit is not None and is_within(limit.pence, amount),
    }


ROUTES = [show_signatures, put_signature, refuse]
