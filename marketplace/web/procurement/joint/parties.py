"""Who takes part with which share, what each pays, on which side of its threshold, and one's own call-off."""

from typing import Any

from marketplace.faces.ask import Ask
from marketplace.identity.queries.organisations import find_organisation
from marketplace.kit.errors import Refusal
from marketplace.kit.money import Money
from marketplace.procurement.actions.joint import (
    describe_call_off,
    invite_party,
    name_organisation,
    set_shares,
    take_back,
)
from marketplace.procurement.actions.joint.holding import party_in
from marketplace.procurement.queries.joint.organisations import organisation_meant
from marketplace.procurement.queries.joint.parties import PartySeen
from marketplace.procurement.queries.joint.place import Place
from marketplace.procurement.rules.joint.shares import WAYS
from marketplace.procurement.schemas import VOLUMES, read_call_off
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.procurement.common import options_of, told_of, typed, whole_number
from marketplace.web.procurement.joint.common import (
    PARTY_STATES,
    day_shown,
    frame_of,
    joint_of,
    place_of,
    tag,
)

SIDES = {"above": ("At or above", "conditions"), "below": ("Below", "met"), "unknown": ("Not declared", "unknown")}


@page("/procurements/{ref:str}/parties", who=ANYBODY_SIGNED_IN)
def show_parties(ask: Ask, ref: str, refusal: Refusal | None = None, party: str = "") -> Page:
    """Everybody, their shares to the penny and their thresholds; the forms of the lead. `party` is one of its forms."""
    place = place_of(ask, ref, tab="parties")
    procurement, terms = place.procurement, place.now.terms
    taking = [each for each in place.seen if each.state in ("invited", "joined")]
    nets = [each.net for each in taking if each.net is not None]
    values = {
        "frame": frame_of(ask, place, "parties"),
        "parties": [shown_party(each) for each in place.seen],
        "taking": [{"ref": each.ref, "name": each.name, "weight": each.weight} for each in taking],
        "total_net": sum(nets, Money.zero) if nets else None,
        "total_gross": sum((each.gross for each in taking if each.gross), Money.zero) if nets else None,
        "whole_gross": terms.whole_gross,
        "table": ask.services.frameworks.thresholds,
        "procedure": place.procedure,
        "named": _named_only(ask, place),
        "quantities": place.mine.inside.quantities if place.mine.inside else {},
        "units": VOLUMES,
        "ways": options_of(WAYS),
        "version": procurement.row_version,
        "typed": {"way": "parts", **typed(ask.form)},
        **told_of(refusal),
    }
    return Page("procurement/joint/parties.html", values)


@post("/procurements/{ref:str}/parties", who=ANYBODY_SIGNED_IN, again=show_parties)
def invite(ask: Ask, ref: str) -> Goto:
    """Invite an organisation, or name one that may join later."""
    procurement, _ = joint_of(ask, ref)
    organisation = organisation_meant(ask.db, ask.form.one("organisation"))
    if ask.form.one("later"):
        name_organisation(ask.db, procurement, organisation, by=ask.by, at=ask.at)
        return Goto(f"/procurements/{ref}/parties", told=f"{organisation.name} is named, and may join later.")
    invite_party(ask.db, ask.services.frameworks, procurement, organisation, by=ask.by, at=ask.at)
    return Goto(f"/procurements/{ref}/parties", told=f"{organisation.name} is on the list. Give everybody a share.")


@post("/procurements/{ref:str}/shares", who=ANYBODY_SIGNED_IN, again=show_parties)
def share_out(ask: Ask, ref: str) -> Goto:
    """Give everybody a share."""
    procurement, _ = joint_of(ask, ref)
    sent = {name.removeprefix("share-"): text for name, text in typed(ask.form).items() if name.startswith("share-")}
    expected = whole_number(ask.form.one("version"), "version")
    set_shares(ask.db, procurement, ask.form.one("way"), sent, expected=expected, by=ask.by, at=ask.at)
    return Goto(f"/procurements/{ref}/parties", told="The shares are kept, and add up.")


@post("/procurements/{ref:str}/parties/{party:str}/removal", who=ANYBODY_SIGNED_IN, again=show_parties)
def uninvite(ask: Ask, ref: str, party: str) -> Goto:
    """Take an invitation back."""
    procurement, _ = joint_of(ask, ref)
    gone = party_in(procurement, party)
    take_back(ask.db, procurement, gone, reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto(f"/procurements/{ref}/parties", told=f"The invitation of {gone.organisation.name} is taken back.")


@page("/procurements/{ref:str}/call-off", who=ANYBODY_SIGNED_IN)
def show_call_off(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """My own call-off: start, quantities, cost code, purchase order."""
    place = place_of(ask, ref, tab="parties")
    own = place.own
    now = {"cost_code": own.cost_code, "purchase_order": own.purchase_order}
    now |= {unit: f"{number:,}" for unit, number in own.quantities.items()}
    values = {
        "frame": frame_of(ask, place, "parties"),
        "mine": place.mine,
        "typed": {**now, **typed(ask.form)},
        "starts_on": day_shown(ask.form, "starts_on", own.starts_on),
        "units": VOLUMES,
        "vat": place.procedure.vat,
        **told_of(refusal),
    }
    return Page("procurement/joint/call_off.html", values)


@post("/procurements/{ref:str}/call-off", who=ANYBODY_SIGNED_IN, again=show_call_off)
def call_off(ask: Ask, ref: str) -> Goto:
    """Keep my own call-off."""
    procurement, own = joint_of(ask, ref)
    describe_call_off(ask.db, procurement, own, read_call_off(typed(ask.form)), by=ask.by, at=ask.at)
    return Goto(f"/procurements/{ref}/parties", told="Your call-off is kept. The others do not see it.")


def shown_party(seen: PartySeen) -> dict[str, Any]:
    """A party as the templates name it."""
    word = tag(PARTY_STATES, seen.state)
    if seen.confirms is False:
        word = {"word": "To confirm again", "kind": "conditions"}
    return {
        "ref": seen.ref, "name": seen.name, "role": seen.role, "tag": word, "reason": seen.state_reason,
        "share": seen.share, "net": seen.net, "gross": seen.gross, "is_own": seen.is_own, "changes": seen.changes,
        "takes_part": seen.state in ("invited", "joined"), "is_invited": seen.state == "invited",
        "answer_by": seen.answer_by, "act": seen.act, "act_tag": tag(SIDES, seen.act.side),
        "own_tag": tag(SIDES, seen.own_act.side), "notifiable_tag": tag(SIDES, seen.notifiable.side),
    }  # fmt: skip


def _named_only(ask: Ask, place: Place) -> list[str]:
    known = {each.ref for each in place.seen}
    return [find_organisation(ask.db, ref).name for ref in place.procurement.admits if ref not in known]


ROUTES = [show_parties, invite, share_out, uninvite, show_call_off, call_off]
