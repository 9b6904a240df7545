"""What an organisation answers: joining, confirming, declining, leaving; and what an outsider with the link sees."""

from typing import Any

from marketplace.faces.ask import Ask
from marketplace.identity.policies import Permission
from marketplace.identity.queries.members import reach_of
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotFound, Refusal
from marketplace.kit.money import Money
from marketplace.procurement.actions.joint import confirm, decline, join, withdraw_party
from marketplace.procurement.models import Procurement
from marketplace.procurement.queries.joint.finding import procurement_behind_link
from marketplace.procurement.queries.joint.place import Place
from marketplace.procurement.queries.joint.standing import procedure_of
from marketplace.procurement.rules.joint.joining import Door, door, may_leave
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.procurement.common import told_of, typed
from marketplace.web.procurement.joint.common import frame_of, joint_of, place_of
from marketplace.web.procurement.joint.overview import protocol_shown


@page("/procurements/{ref:str}/join", who=ANYBODY_SIGNED_IN)
def show_answer(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """One's answer, on the terms of today; for an outsider with the link, the rule and the ways on."""
    try:
        place = place_of(ask, ref, tab="approvals")
    except NotFound:
        return _outside(ask, ref)
    if not place.own.takes_part:
        return _outside(ask, ref)
    values = {
        "frame": frame_of(ask, place, "parties"),
        "mine": place.mine,
        "protocol": protocol_shown(place),
        "seen": place.now.terms.digest,
        "others": [{"name": each.name, "share": each.share, "net": each.net} for each in place.others if each.share],
        "remainder": place.procedure.remainder,
        "agreed": place.procedure.agreed,
        "vat": place.procedure.vat,
        **_limits(ask, place),
        "may_leave": may_leave(place.procurement.state) and place.procurement.awarded_at is None,
        "typed": typed(ask.form),
        **told_of(refusal),
    }
    return Page("procurement/joint/answer.html", values)


@post("/procurements/{ref:str}/join", who=ANYBODY_SIGNED_IN, again=show_answer)
def join_it(ask: Ask, ref: str) -> Goto:
    """Join, on the terms that the page showed."""
    procurement, own = joint_of(ask, ref)
    join(ask.db, procurement, own, seen=ask.form.one("seen"), by=ask.by, at=ask.at)
    return Goto(f"/procurements/{ref}", told="Your organisation has joined.")


@post("/procurements/{ref:str}/confirmation", who=ANYBODY_SIGNED_IN, again=show_answer)
def confirm_it(ask: Ask, ref: str) -> Goto:
    """Say yes again, on the terms that the page showed."""
    procurement, own = joint_of(ask, ref)
    confirm(ask.db, procurement, own, seen=ask.form.one("seen"), by=ask.by, at=ask.at)
    return Goto(f"/procurements/{ref}", told="Confirmed, on the terms of today.")


@post("/procurements/{ref:str}/refusal", who=ANYBODY_SIGNED_IN, again=show_answer)
def decline_it(ask: Ask, ref: str) -> Goto:
    """Take no part."""
    procurement, own = joint_of(ask, ref)
    decline(ask.db, procurement, own, reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto("/procurements", told="Declined. The others are told, with your reason.")


@post("/procurements/{ref:str}/withdrawal", who=ANYBODY_SIGNED_IN, again=show_answer)
def leave_it(ask: Ask, ref: str) -> Goto:
    """Leave before the award."""
    procurement, own = joint_of(ask, ref)
    withdraw_party(ask.db, procurement, own, reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto(f"/procurements/{ref}", told="Your organisation left. The others confirm again.")


def door_of(ask: Ask, procurement: Procurement) -> Door:
    """Whether one's organisation may join, and why."""
    declared = procedure_of(ask.services.frameworks, procurement).joining
    return door(declared, ref=ask.by.organisation_ref, admits=procurement.admits, state=procurement.state)


def _outside(ask: Ask, ref: str) -> Page:
    """What somebody sees who holds the link and takes no part: the rule, and nothing of the purchase."""
    procurement = procurement_behind_link(ask.db, ref, by=ask.by)
    entry = door_of(ask, procurement)
    source = procedure_of(ask.services.frameworks, procurement).joining.source
    values = {"ref": procurement.ref, "door": entry, "source": source, "organisation": ask.by.organisation_name}
    return Page("procurement/joint/outside.html", values)


def _limits(ask: Ask, place: Place) -> dict[str, Any]:
    """What the actor may sign for the party, and whether it covers the share."""
    reaches = reach_of(ask.db, ask.by, Permission.CONTRACT_SIGN, on=day_in_london(ask.at))
    gross = place.mine.gross
    widest = reaches[0].limit_pence if reaches else 0
    covered = bool(reaches) and gross is not None and (widest is None or gross.pence <= widest)
    told = "no limit" if reaches and widest is None else str(Money(widest or 0))
    return {"may_sign": ask.may(Permission.CONTRACT_SIGN), "limit": told, "covered": covered}


ROUTES = [show_answer, join_it, confirm_it, decline_it, leave_it]
