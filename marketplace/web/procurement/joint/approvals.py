"""Local approvals: one's own whole, the others' state alone; asking for one, giving it, refusing it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from marketplace.faces.ask import Ask
from marketplace.frameworks.schema.procedures import ApprovalDeclared
from marketplace.identity.policies import ROLES, Permission
from marketplace.identity.queries.members import reach_of
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid, NotAllowed, NotFound, Refusal
from marketplace.kit.fields import Fields
from marketplace.kit.money import Money
from marketplace.ports.files.downloads import download_headers
from marketplace.procurement.actions.joint import (
    Given,
    Paper,
    ask_for_approval,
    give_approval,
    keep_paper,
    refuse_approval,
)
from marketplace.procurement.actions.joint.approvals import LARGEST_DOCUMENT, declared_in
from marketplace.procurement.models import Approval
from marketplace.procurement.policies import may_give_approval, may_read_inside
from marketplace.procurement.queries.joint.parties import PartySeen, find_approval
from marketplace.procurement.queries.joint.place import Place
from marketplace.procurement.rules.joint.approvals import missing_before
from marketplace.web.edge import ANYBODY_SIGNED_IN, Download, Goto, Page, page, post
from marketplace.web.procurement.common import told_of, typed
from marketplace.web.procurement.joint.common import (
    APPROVAL_STATES,
    day_shown,
    frame_of,
    joint_of,
    place_of,
    tag,
)

UNKNOWN = "application/octet-stream"


@page("/procurements/{ref:str}/approvals", who=ANYBODY_SIGNED_IN)
def show_approvals(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """My organisation's approvals whole, and the state of the others'."""
    place = place_of(ask, ref, tab="approvals")
    frame = frame_of(ask, place, "approvals")
    others = [] if frame.has_left else place.others
    values = {
        "frame": frame,
        "own": [shown_approval(ask, place, each) for each in place.procedure.approvals],
        "kinds": [each.label for each in place.procedure.approvals],
        "others": [shown_states(place, each) for each in others],
        "assured": place.now.assured,
        "reuses": place.mine.reuses,
        **told_of(refusal),
    }
    return Page("procurement/joint/approvals.html", values)


@page("/procurements/{ref:str}/approvals/{kind:str}", who=ANYBODY_SIGNED_IN)
def show_approval(ask: Ask, ref: str, kind: str, refusal: Refusal | None = None) -> Page:
    """One approval of mine: what it is about, every turn so far, and the decision alone with room around it."""
    place = place_of(ask, ref, tab="approvals")
    declared = declared_in(place.procedure, kind)
    if place.mine.inside is None:
        raise NotAllowed("this is for the people of the party", "Ask one of them.")
    values = {
        "frame": frame_of(ask, place, "approvals"),
        "one": shown_approval(ask, place, declared),
        "declared": declared,
        "turns": [shown_turn(row) for row in place.mine.inside.history if row.kind == kind],
        "mine": place.mine,
        "missing": missing_before(place.procedure, kind, place.now.standings[place.own.id].approvals),
        "limit": _limit(ask, declared),
        "seen": place.now.terms.digest,
        "valid_until": day_shown(ask.form, "valid_until", None),
        "typed": typed(ask.form),
        **told_of(refusal),
    }
    return Page("procurement/joint/approval.html", values)


@post("/procurements/{ref:str}/approvals/{kind:str}/request", who=ANYBODY_SIGNED_IN, again=show_approval)
def request(ask: Ask, ref: str, kind: str) -> Goto:
    """Ask one's own people for an approval."""
    procurement, own = joint_of(ask, ref)
    note = ask.form.one("note")
    ask_for_approval(ask.db, ask.services.frameworks, procurement, own, kind, note=note, by=ask.by, at=ask.at)
    return Goto(f"/procurements/{ref}/approvals", told="Asked for. Whoever can give it is told.")


@post(
    "/procurements/{ref:str}/approvals/{kind:str}/approval", who=ANYBODY_SIGNED_IN, again=show_approval,
    largest=LARGEST_DOCUMENT + 100_000,
)  # fmt: skip
def approve(ask: Ask, ref: str, kind: str) -> Goto:
    """Approve, on the terms that the page showed."""
    procurement, own = joint_of(ask, ref)
    declared = declared_in(place_of(ask, ref, tab="approvals").procedure, kind)
    if not may_give_approval(ask.by, own, declared.permission):
        raise NotAllowed(f"{declared.label} is for the {declared.who}", "Ask that person, or a manager for a deputy.")
    given, frameworks, seen = _given(ask), ask.services.frameworks, ask.form.one("seen")
    give_approval(ask.db, frameworks, procurement, own, kind, given, seen=seen, by=ask.by, at=ask.at)
    return Goto(f"/procurements/{ref}/approvals", told="Approved. The other parties see that, and no more.")


@post(
    "/procurements/{ref:str}/approvals/{kind:str}/refusal", who=ANYBODY_SIGNED_IN, again=show_approval,
    largest=LARGEST_DOCUMENT + 100_000,
)  # fmt: skip
def refuse(ask: Ask, ref: str, kind: str) -> Goto:
    """Refuse, with a reason for one's own people."""
    procurement, own = joint_of(ask, ref)
    note = ask.form.one("note")
    refuse_approval(ask.db, ask.services.frameworks, procurement, own, kind, note=note, by=ask.by, at=ask.at)
    return Goto(f"/procurements/{ref}/approvals", told="Refused. The other parties see that, and not why.")


@page("/procurements/{ref:str}/papers/{paper:uuid}", who=ANYBODY_SIGNED_IN)
def take_paper(ask: Ask, ref: str, paper: UUID) -> Download:
    """The document behind one turn of one's own approvals: nobody else's."""
    _, own = joint_of(ask, ref)
    row = find_approval(ask.db, own, paper) if may_read_inside(ask.by, own) else None
    if row is None or not row.document_digest:
        raise NotFound("there is no such document", "It stands with the approval that rests on it.")
    headers = download_headers(row.document_name, UNKNOWN)
    return Download(ask.services.files.open(row.document_digest), UNKNOWN, headers)


def shown_approval(ask: Ask, place: Place, declared: ApprovalDeclared) -> dict[str, Any]:
    """One of one's own approvals as the templates name it."""
    mine = place.mine
    row = mine.inside.turns.get(declared.id) if mine.inside else None
    state = mine.approvals[declared.id]
    live = place.procurement.state in ("inviting", "settled", "running") and place.own.takes_part
    return {
        "id": declared.id, "label": declared.label, "asks": declared.asks, "who": declared.who,
        "tag": tag(APPROVAL_STATES, state), "state": state, "cause": mine.causes.get(declared.id, ""),
        "last": shown_turn(row) if row else None, "source": f"{declared.source.document}, {declared.source.section}",
        "mark": declared.source.mark, "may_give": live and may_give_approval(ask.by, place.own, declared.permission),
        "may_ask": live and state in ("not-asked", "lapsed", "refused") and ask.may(Permission.PROJECT_WRITE),
    }  # fmt: skip


def shown_turn(row: Approval) -> dict[str, Any]:
    """One turn, whole: for one's own people."""
    return {
        "id": row.id, "tag": tag(APPROVAL_STATES, row.state), "by": row.by.name if row.by else "", "at": row.at,
        "role": ROLES[row.role].name if row.role in ROLES else "",
        "deputy_for": row.deputy_for.name if row.deputy_for else "", "amount": row.amount_pence, "note": row.note,
        "paper": row.document_name, "valid_until": row.valid_until,
    }  # fmt: skip


def shown_states(place: Place, seen: PartySeen) -> dict[str, Any]:
    """Another party: the state of each approval, and nothing else of them."""
    states: Mapping[str, str] = seen.approvals
    order = [each.id for each in place.procedure.approvals]
    return {"name": seen.name, "tags": [tag(APPROVAL_STATES, states[kind]) for kind in order], "reuses": seen.reuses}


def _given(ask: Ask) -> Given:
    """What the form gives, the file kept. Raises Invalid by field."""
    fields = Fields(typed(ask.form))
    amount = fields.take("amount", Money.parse, blank=None)
    valid_until = fields.day("valid_until")
    if amount is not None and amount.pence <= 0:
        fields.wrong["amount"] = "Write an amount above £0.00, VAT included."
    fields.check("the approval does not hold")
    uploads = ask.form.uploads.get("document", ())
    if len(uploads) > 1:
        raise Invalid("several documents were sent", "Send one.", fields={"document": "Send one document."})
    paper = keep_paper(ask.services.files, uploads[0].stream, uploads[0].name) if uploads else Paper()
    return Given(amount=amount, paper=paper, valid_until=valid_until, note=ask.form.one("note"))


def _limit(ask: Ask, declared: ApprovalDeclared) -> str:
    reaches = reach_of(ask.db, ask.by, Permission(declared.permission), on=day_in_london(ask.at))
    if not reaches or not declared.limited:
        return ""
    return "no limit" if reaches[0].limit_pence is None else str(Money(reaches[0].limit_pence))


ROUTES = [show_approvals, show_approval, request, approve, refuse, take_paper]
