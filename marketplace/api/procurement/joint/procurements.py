"""Purchases of several: listed, started, described, and the moves of their lead."""

from marketplace.api.calls import ANYBODY_SIGNED_IN, Answer, Asked, get, post, put
from marketplace.api.procurement.joint.common import answer, joint_of, place_of
from marketplace.api.procurement.joint.sent import (
    InvitationIn,
    ProcurementIn,
    ProtocolIn,
    SharesIn,
)
from marketplace.api.procurement.joint.shapes import (
    LineOut,
    PartyOut,
    ProcurementOut,
    ProcurementRowOut,
    party_out,
)
from marketplace.api.shapes import Listed, Paged, Reason, all_of, page_of
from marketplace.catalogue.queries.products import product_for
from marketplace.identity.policies import Permission
from marketplace.kit.errors import NotFound
from marketplace.procurement.actions.joint import (
    cancel_procurement,
    describe_procurement,
    invite_party,
    name_organisation,
    open_invitations,
    reopen_procurement,
    set_shares,
    settle_procurement,
    start_procurement,
    take_back,
    take_edition,
)
from marketplace.procurement.actions.joint.holding import party_in
from marketplace.procurement.models import Procurement
from marketplace.procurement.queries.joint import own_party, procurements_of
from marketplace.procurement.queries.joint.finding import supplied_procurement
from marketplace.procurement.queries.joint.history import history_of
from marketplace.procurement.queries.joint.organisations import organisation_meant
from marketplace.procurement.queries.joint.standing import terms_of
from marketplace.procurement.queries.projects import find_project
from marketplace.procurement.rules.joint.shares import percent_of

READ, WRITE = Permission.PROJECT_READ, Permission.PROJECT_WRITE


@get("/procurements", who=ANYBODY_SIGNED_IN, scope=READ)
def list_procurements(ask: Asked, query: Paged) -> Listed[ProcurementRowOut]:
    """What one's organisation buys together with others, newest first."""
    found = procurements_of(ask.db, by=ask.by, after=query.after or None, limit=query.limit)
    return page_of(found, (_row(ask, one) for one in found.items))


@post("/procurements", who=WRITE, status=201)
def start(ask: Asked, body: ProcurementIn) -> Answer[ProcurementOut]:
    """Start a pilot of a product, perhaps from the decision of a project."""
    product = product_for(ask.db, body.product, by=ask.actor)
    project = find_project(ask.db, body.project, by=ask.by) if body.project else None
    made = start_procurement(
        ask.db, ask.services.frameworks, product, name=body.name, project=project, by=ask.by, at=ask.at
    )
    return answer(ask, made.ref, location=f"/v1/procurements/{made.ref}")


@get("/procurements/{ref:str}", who=ANYBODY_SIGNED_IN, scope=READ)
def show_procurement(ask: Asked, ref: str) -> Answer[ProcurementOut]:
    """A purchase of several as one's organisation sees it, and its ETag."""
    try:
        return answer(ask, ref)
    except NotFound:
        return Answer(_supplied(supplied_procurement(ask.db, ref, by=ask.by)))


@put("/procurements/{ref:str}/protocol", who=ANYBODY_SIGNED_IN, scope=WRITE, conditional=True)
def describe(ask: Asked, ref: str, body: ProtocolIn) -> Answer[ProcurementOut]:
    """Write the protocol anew: whoever said yes to another one says yes again."""
    place = place_of(ask, ref)
    expected = ask.expected(place.procurement.row_version)
    protocol = body.protocol([route.id for route in place.procedure.routes])
    describe_procurement(ask.db, place.procurement, protocol, expected=expected, by=ask.by, at=ask.at)
    return answer(ask, ref)


@post("/procurements/{ref:str}/edition", who=ANYBODY_SIGNED_IN, scope=WRITE)
def take_newest(ask: Asked, ref: str) -> Answer[ProcurementOut]:
    """Take the edition of the product that is on show now."""
    take_edition(ask.db, joint_of(ask, ref)[0], by=ask.by, at=ask.at)
    return answer(ask, ref)


@post("/procurements/{ref:str}/opening", who=ANYBODY_SIGNED_IN, scope=WRITE)
def open_it(ask: Asked, ref: str) -> Answer[ProcurementOut]:
    """Fix who may join, and send the invitations."""
    open_invitations(ask.db, ask.services.frameworks, joint_of(ask, ref)[0], by=ask.by, at=ask.at)
    return answer(ask, ref)


@post("/procurements/{ref:str}/settlement", who=ANYBODY_SIGNED_IN, scope=WRITE)
def settle(ask: Asked, ref: str) -> Answer[ProcurementOut]:
    """Settle who takes part, on which terms."""
    settle_procurement(ask.db, ask.services.frameworks, joint_of(ask, ref)[0], by=ask.by, at=ask.at)
    return answer(ask, ref)


@post("/procurements/{ref:str}/reopening", who=ANYBODY_SIGNED_IN, scope=WRITE)
def reopen(ask: Asked, ref: str, body: Reason) -> Answer[ProcurementOut]:
    """Open what was settled."""
    reopen_procurement(ask.db, joint_of(ask, ref)[0], reason=body.reason, by=ask.by, at=ask.at)
    return answer(ask, ref)


@post("/procurements/{ref:str}/cancellation", who=ANYBODY_SIGNED_IN, scope=WRITE)
def cancel(ask: Asked, ref: str, body: Reason) -> Answer[ProcurementOut]:
    """Give it up before it runs."""
    cancel_procurement(ask.db, joint_of(ask, ref)[0], reason=body.reason, by=ask.by, at=ask.at)
    return answer(ask, ref)


@get("/procurements/{ref:str}/parties", who=ANYBODY_SIGNED_IN, scope=READ)
def list_parties(ask: Asked, ref: str) -> Listed[PartyOut]:
    """Everybody who takes part or did: one's own party whole, the others' state."""
    return all_of(party_out(seen) for seen in place_of(ask, ref).seen)


@post("/procurements/{ref:str}/parties", who=ANYBODY_SIGNED_IN, scope=WRITE)
def invite(ask: Asked, ref: str, body: InvitationIn) -> Answer[ProcurementOut]:
    """Invite an organisation, or name one that may join later."""
    procurement, _ = joint_of(ask, ref)
    organisation = organisation_meant(ask.db, body.organisation)
    if body.later:
        name_organisation(ask.db, procurement, organisation, by=ask.by, at=ask.at)
    else:
        invite_party(ask.db, ask.services.frameworks, procurement, organisation, by=ask.by, at=ask.at)
    return answer(ask, ref)


@post("/procurements/{ref:str}/parties/{party:str}/removal", who=ANYBODY_SIGNED_IN, scope=WRITE)
def uninvite(ask: Asked, ref: str, party: str, body: Reason) -> Answer[ProcurementOut]:
    """Take an invitation back that nobody answered."""
    procurement, _ = joint_of(ask, ref)
    take_back(ask.db, procurement, party_in(procurement, party), reason=body.reason, by=ask.by, at=ask.at)
    return answer(ask, ref)


@put("/procurements/{ref:str}/shares", who=ANYBODY_SIGNED_IN, scope=WRITE, conditional=True)
def share_out(ask: Asked, ref: str, body: SharesIn) -> Answer[ProcurementOut]:
    """Give every party its share."""
    procurement, _ = joint_of(ask, ref)
    expected = ask.expected(procurement.row_version)
    set_shares(ask.db, procurement, body.way, body.shares, expected=expected, by=ask.by, at=ask.at)
    return answer(ask, ref)


@get("/procurements/{ref:str}/history", who=ANYBODY_SIGNED_IN, scope=READ)
def show_history(ask: Asked, ref: str) -> Listed[LineOut]:
    """What happened, in order of time, as far as one's organisation may read it."""
    procurement, _ = joint_of(ask, ref)
    lines = history_of(ask.db, ask.services.frameworks, procurement, by=ask.by)
    return all_of(LineOut.model_validate(line) for line in lines)


def _row(ask: Asked, one: Procurement) -> ProcurementRowOut:
    own = own_party(one, ask.by)
    share = terms_of(one).share_of(own.organisation.ref) if own else None
    return ProcurementRowOut(
        ref=one.ref, name=one.name, state=one.state, lead=one.organisation.name, product=one.version.name,
        own_state=own.state if own else "", share=percent_of(share) if share else "", url=f"/v1/procurements/{one.ref}",
    )  # fmt: skip


def _supplied(one: Procurement) -> ProcurementOut:
    return ProcurementOut(ref=one.ref, state=one.state, product_ref=one.product.ref, product=one.version.name)


CALLS = [
    list_procurements, start, show_procurement, describe, take_newest, open_it, settle, reopen, cancel, list_parties,
    invite, uninvite, share_out, show_history,
]  # fmt: skip
