"""A purchase of several at a glance: its stage, what is in the way, its protocol, and the moves of its lead."""

from typing import Any

from marketplace.faces.ask import Ask
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotFound, Refusal
from marketplace.kit.money import Money
from marketplace.procurement.actions.joint import (
    cancel_procurement,
    describe_procurement,
    open_invitations,
    reopen_procurement,
    settle_procurement,
    take_edition,
)
from marketplace.procurement.queries.joint.finding import supplied_procurement
from marketplace.procurement.queries.joint.place import Place
from marketplace.procurement.queries.joint.reused import reused_by
from marketplace.procurement.rules.joint.joining import answer_by
from marketplace.procurement.schemas import read_protocol
from marketplace.web.edge import ANYBODY_SIGNED_IN, Answer, Goto, Page, page, post
from marketplace.web.procurement.common import told_of, typed, whole_number
from marketplace.web.procurement.joint.common import STATES, day_shown, frame_of, joint_of, place_of, tag

NEXT = {"draft": "open", "inviting": "settle", "settled": "run"}


@page("/procurements/{ref:str}", who=ANYBODY_SIGNED_IN)
def show_procurement(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """The overview; the supplier of the product sees the state and the product alone."""
    try:
        place = place_of(ask, ref)
    except NotFound:
        return _supplied(ask, ref)
    if not place.own.takes_part:
        return Page("procurement/joint/left.html", {"frame": frame_of(ask, place, ""), "mine": place.mine})
    procurement, move = place.procurement, NEXT.get(place.procurement.state)
    values = {
        "frame": frame_of(ask, place, ""),
        "procedure": place.procedure,
        "stages": _stages(place),
        "stage": next(each for each in place.procedure.stages if each.id == procurement.state),
        "reason": procurement.state_reason,
        "move": move,
        "blockers": place.now.blockers(move) if move else [],
        "answer_by": answer_by(place.procedure, procurement.starts_on, on=day_in_london(ask.at)),
        "protocol": protocol_shown(place),
        "assured": place.now.assured,
        "mine": place.mine,
        "joined": sum(each.state == "joined" for each in place.seen),
        "asked": sum(each.state in ("invited", "joined") for each in place.seen),
        "newer": procurement.product.live_version_id != procurement.version_id,
        "reused": reused_by(ask.db, procurement, by=ask.by, on=day_in_london(ask.at)),
        "typed": typed(ask.form),
        **told_of(refusal),
    }
    return Page("procurement/joint/overview.html", values)


def _supplied(ask: Ask, ref: str) -> Page:
    procurement = supplied_procurement(ask.db, ref, by=ask.by)
    values = {
        "ref": procurement.ref,
        "product": procurement.version.name,
        "product_ref": procurement.product.ref,
        "tag": tag(STATES, procurement.state),
    }
    return Page("procurement/joint/supplied.html", values)


def _stages(place: Place) -> list[dict[str, str]]:
    """The way from draft to closed, with what is behind, here and ahead."""
    order = ["draft", "inviting", "settled", "running", "closed"]
    state = place.procurement.state
    at = order.index(state) if state in order else -1
    labels = {each.id: each.label for each in place.procedure.stages}
    return [
        {"label": labels[name], "state": "done" if here < at else "current" if here == at else "waiting"}
        for here, name in enumerate(order)
    ]


def protocol_shown(place: Place) -> list[dict[str, Any]]:
    """The parts of the protocol in their order, as they were declared."""
    procurement = place.procurement
    ceiling = procurement.fee_ceiling_pence
    values: dict[str, Any] = {
        each.field: getattr(procurement, each.field.replace("-", "_"), None) for each in place.procedure.requires
    }
    values["fee-ceiling"] = f"{Money(ceiling)} before VAT" if ceiling is not None else ""
    routes = {route.id: route.label for route in place.procedure.routes}
    route = procurement.route
    rows = [
        {"label": each.label, "value": values[each.field], "source": each.hint if not values[each.field] else ""}
        for each in place.procedure.requires
    ]
    named = [routes.get(route.get("kind", ""), ""), *(route.get(key, "") for key in ("framework", "lot", "agreement"))]
    rows.append({"label": "Fewest parties", "value": procurement.fewest, "source": ""})
    rows.append({"label": "Route to market", "value": ", ".join(filter(None, named)), "source": ""})
    return rows


@page("/procurements/{ref:str}/protocol", who=ANYBODY_SIGNED_IN)
def show_protocol(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """The form of the protocol; after a conflict what was typed stays."""
    place = place_of(ask, ref, tab="parties")
    procurement, form = place.procurement, ask.form
    ceiling = procurement.fee_ceiling_pence
    now = {
        "name": procurement.name, "question": procurement.question, "exit_criteria": procurement.exit_criteria,
        "stop_rule": procurement.stop_rule, "price_afterwards": procurement.price_afterwards,
        "fee_ceiling": str(Money(ceiling)).removeprefix("£") if ceiling is not None else "",
        "fewest": str(procurement.fewest), "route": procurement.route.get("kind", ""),
        **{key: procurement.route.get(key, "") for key in ("framework", "lot", "agreement")},
    }  # fmt: skip
    values = {
        "frame": frame_of(ask, place, ""),
        "typed": {**now, **typed(form)},
        "days": {name: day_shown(form, name, getattr(procurement, name)) for name in ("starts_on", "ends_on")},
        "longest": day_shown(form, "longest_until", None) or procurement.route.get("longest_until", ""),
        "hints": {each.field: each.hint for each in place.procedure.requires},
        "routes": [{"value": each.id, "label": each.label, "hint": each.meaning} for each in place.procedure.routes],
        "version": procurement.row_version,
        **told_of(refusal),
    }
    return Page("procurement/joint/protocol.html", values)


@post("/procurements/{ref:str}/protocol", who=ANYBODY_SIGNED_IN, again=show_protocol)
def describe(ask: Ask, ref: str) -> Goto:
    """Write the protocol anew, unless somebody else did meanwhile."""
    procurement, _ = joint_of(ask, ref)
    routes = [each.id for each in place_of(ask, ref).procedure.routes]
    expected = whole_number(ask.form.one("version"), "version")
    protocol = read_protocol(typed(ask.form), routes)
    describe_procurement(ask.db, procurement, protocol, expected=expected, by=ask.by, at=ask.at)
    return Goto(f"/procurements/{ref}", told="The protocol is kept.")


@post("/procurements/{ref:str}/edition", who=ANYBODY_SIGNED_IN, again=show_procurement)
def take_newest(ask: Ask, ref: str) -> Answer:
    """Take the edition of the product that is on show."""
    take_edition(ask.db, joint_of(ask, ref)[0], by=ask.by, at=ask.at)
    return Goto(f"/procurements/{ref}", told="The pilot is about the edition on show now.")


@post("/procurements/{ref:str}/opening", who=ANYBODY_SIGNED_IN, again=show_procurement)
def open_it(ask: Ask, ref: str) -> Answer:
    """Fix who may join, and send the invitations."""
    open_invitations(ask.db, ask.services.frameworks, joint_of(ask, ref)[0], by=ask.by, at=ask.at)
    return Goto(f"/procurements/{ref}", told="It is open. Everybody invited is told.")


@post("/procurements/{ref:str}/settlement", who=ANYBODY_SIGNED_IN, again=show_procurement)
def settle(ask: Ask, ref: str) -> Answer:
    """Settle who takes part, on which terms."""
    settle_procurement(ask.db, ask.services.frameworks, joint_of(ask, ref)[0], by=ask.by, at=ask.at)
    return Goto(f"/procurements/{ref}", told="It is settled. The contract can be written.")


@post("/procurements/{ref:str}/reopening", who=ANYBODY_SIGNED_IN, again=show_procurement)
def reopen(ask: Ask, ref: str) -> Answer:
    """Open what was settled."""
    reopen_procurement(ask.db, joint_of(ask, ref)[0], reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto(f"/procurements/{ref}", told="It is open again. Whoever a change concerns confirms again.")


@post("/procurements/{ref:str}/cancellation", who=ANYBODY_SIGNED_IN, again=show_procurement)
def cancel(ask: Ask, ref: str) -> Answer:
    """Give it up."""
    cancel_procurement(ask.db, joint_of(ask, ref)[0], reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto(f"/procurements/{ref}", told="It is cancelled, and everybody is told why.")


ROUTES = [
    show_procurement, show_protocol, describe, take_newest, open_it, settle, reopen, cancel,
]  # fmt: skip
