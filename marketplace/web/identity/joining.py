"""Ways in: invitations offered and accepted, and decisions about those who ask."""

from datetime import datetime
from uuid import UUID

from marketplace.faces.ask import Ask
from marketplace.identity.actions.invitations import (
    accept_as_newcomer,
    accept_invitation,
    dead_invitation,
    invite,
    invite_again,
    open_invitation,
    withdraw_invitation,
)
from marketplace.identity.actions.links import person_at
from marketplace.identity.actions.members import approve_join, refuse_join
from marketplace.identity.actions.people import oneself
from marketplace.identity.actions.sessions import act_for
from marketplace.identity.models import Invitation, SentMail
from marketplace.identity.policies import KINDS, ROLES, Permission, roles_for
from marketplace.identity.queries.mails import invitation_mails
from marketplace.identity.queries.members import (
    domain_of,
    domains_of,
    find_invitation,
    find_request,
    invitations_to,
    open_invitations,
    people_named,
    waiting_without_manager,
)
from marketplace.identity.queries.registers import look_alikes
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Refusal
from marketplace.web import cookies
from marketplace.web.edge import ANYBODY_SIGNED_IN, PUBLIC, Goto, Page, page, post
from marketplace.web.identity.common import DESK, common_ones, device_of, options, own, session_id, tabs, told_of


@page("/organisations/{ref:str}/invitations", who=Permission.MEMBER_MANAGE)
def show_invitations(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Open invitations, and the form for another."""
    organisation = own(ask, ref)
    offers = open_invitations(ask.db, organisation.id, at=ask.at)
    names = people_named(ask.db, [each.invited_by_id for each in offers])
    mails = invitation_mails(ask.db, organisation.id)
    values = {
        "organisation": organisation,
        "tabs": tabs(ask, organisation, "Invitations"),
        "invitations": [
            {
                "id": each.id,
                "email": each.email,
                "roles": _named(each.roles),
                "by": names.get(each.invited_by_id, ""),
                "until": each.expires_at,
                "fails": _failed(mails.get(each.email), each.invited_at),
            }
            for each in offers
        ],
        "options": options(roles_for(organisation.kind)),
        "typed": {"email": ask.form.one("email"), "roles": ask.form.all("roles")},
        "errors": _told_of_roles(refusal),
    }
    return Page("identity/invitations.html", values)


def _failed(mail: SentMail | None, invited_at: datetime) -> str:
    """Why the mail of an invitation did not arrive; empty where it did, or nothing is known of it."""
    if mail is None or mail.at < invited_at or mail.state != "failed":
        return ""
    return mail.reason or "The other side will not take it."


@post("/organisations/{ref:str}/invitations", who=Permission.MEMBER_MANAGE, again=show_invitations)
def offer(ask: Ask, ref: str) -> Goto:
    """Invite somebody by mail."""
    roles = [role for role in ask.form.all("roles") if role]
    invitation = invite(ask.db, own(ask, ref), ask.form.one("email"), roles, by=ask.by, at=ask.at)
    return Goto(f"/organisations/{ref}/invitations", told=f"An invitation is on its way to {invitation.email}.")


@post("/organisations/{ref:str}/invitations/{key:str}/renewal", who=Permission.MEMBER_MANAGE)
def offer_again(ask: Ask, ref: str, key: str) -> Goto:
    """Mail an invitation once more."""
    own(ask, ref)
    invitation = find_invitation(ask.db, key, by=ask.by)
    invite_again(ask.db, invitation, by=ask.by, at=ask.at)
    told = f"The invitation is on its way to {invitation.email} again. The link before works no longer."
    return Goto(f"/organisations/{ref}/invitations", told=told)


@post("/organisations/{ref:str}/invitations/{key:str}/withdrawal", who=Permission.MEMBER_MANAGE)
def withdraw(ask: Ask, ref: str, key: str) -> Goto:
    own(ask, ref)
    invitation = find_invitation(ask.db, key, by=ask.by)
    withdraw_invitation(ask.db, invitation, by=ask.by, at=ask.at)
    return Goto(f"/organisations/{ref}/invitations", told=f"The invitation to {invitation.email} is withdrawn.")


@page("/invitations/{secret:str}", who=PUBLIC)
def show_invitation(ask: Ask, secret: str, refusal: Refusal | None = None) -> Page:
    """An invitation as its reader sees it: accept it, sign in first, or make an account on the way."""
    invitation = open_invitation(ask.db, secret, at=ask.at)
    values = {
        "to": f"/invitations/{secret}",
        "organisation": invitation.organisation.name,
        "kind": KINDS[invitation.organisation.kind],
        "by": people_named(ask.db, [invitation.invited_by_id]).get(invitation.invited_by_id, ""),
        "roles": [ROLES[role] for role in invitation.roles],
        "email": invitation.email,
        "name": ask.form.one("name"),
        "errors": told_of(refusal),
    }
    if ask.actor is not None:
        return Page("identity/invitation.html", {**values, "reads": oneself(ask.db, ask.by).email})
    has_account = person_at(ask.db, invitation.email) is not None
    return Page("identity/invitation-newcomer.html", {**values, "has_account": has_account})


@post("/invitations/{secret:str}", who=ANYBODY_SIGNED_IN, again=show_invitation)
def accept(ask: Ask, secret: str) -> Goto:
    """Accept as the person who is signed in."""
    invitation = open_invitation(ask.db, secret, at=ask.at)
    return _joined(ask, invitation)


@post("/invitations/{secret:str}/account", who=PUBLIC, again=show_invitation, slow=True)
def accept_newly(ask: Ask, secret: str) -> Goto:
    """Accept and make an account in one step."""
    session = accept_as_newcomer(
        ask.services.database, secret, name=ask.form.one("name"), password=ask.form.one("password"),
        common=common_ones(ask), device=device_of(ask), at=ask.at,
    )  # fmt: skip
    told = "Welcome. Your account is made and you are a member."
    return Goto(DESK, told=told, cookies=[cookies.session(session, ask.services)])


@post("/organisations/offers/{key:uuid}/acceptance", who=ANYBODY_SIGNED_IN)
def accept_listed(ask: Ask, key: UUID) -> Goto:
    """Accept an invitation to one's own address, without its mail."""
    mine = invitations_to(ask.db, oneself(ask.db, ask.by).email, at=ask.at)
    invitation = next((each for each in mine if each.id == key), None)
    if invitation is None:
        raise dead_invitation()
    return _joined(ask, invitation)


def _joined(ask: Ask, invitation: Invitation) -> Goto:
    """Accept; whoever acted for nobody acts for that organisation at once."""
    accept_invitation(ask.db, invitation, by=ask.by, at=ask.at)
    told = f"You are a member of {invitation.organisation.name}"
    if ask.by.organisation_id is not None:
        return Goto("/organisations", told=f"{told}. Act for it from here.")
    act_for(ask.db, session_id(ask), invitation.organisation.ref, by=ask.by, at=ask.at)
    return Goto(DESK, told=f"{told}, and act for it.")


@page("/organisations/requests", who=Permission.OPERATE)
def list_requests(ask: Ask) -> Page:
    """Who asks to join an organisation that nobody manages yet."""
    waiting = waiting_without_manager(ask.db, on=day_in_london(ask.at))
    rows = [
        {
            "id": each.id,
            "name": each.person.name,
            "email": each.person.email,
            "organisation": each.organisation.name,
            "since": each.since,
        }
        for each in waiting
    ]
    return Page("identity/requests.html", {"requests": rows})


@page("/organisations/requests/{key:str}", who=ANYBODY_SIGNED_IN)
def show_request(ask: Ask, key: str, refusal: Refusal | None = None) -> Page:
    """Somebody who asks to join: what is known of them, and the decision."""
    asked = find_request(ask.db, key, by=ask.by, on=day_in_london(ask.at))
    organisation, domain = asked.organisation, domain_of(asked.person.email)
    is_first = ask.by.organisation_id != organisation.id
    alike = look_alikes(ask.db, organisation.name, apart_from=organisation)
    values = {
        "request": {"id": asked.id, "name": asked.person.name, "email": asked.person.email, "message": asked.message},
        "since": asked.since,
        "organisation": organisation,
        "kind": KINDS[organisation.kind],
        "domain": domain,
        "is_known_domain": domain in domains_of(ask.db, organisation),
        "is_first": is_first,
        "alike": [{"name": each.name, "code": each.companies_house_number or each.ods_code or each.ror_id or ""}
                  for each in alike],
        "options": options(roles_for(organisation.kind)),
        "typed": {
            "roles": ask.form.all("roles") if ask.form else ["manager"] if is_first else [],
            "reason": ask.form.one("reason"),
        },
        "errors": _told_of_roles(refusal),
    }  # fmt: skip
    return Page("identity/request.html", values)


@post("/organisations/requests/{key:str}/approval", who=ANYBODY_SIGNED_IN, again=show_request)
def approve(ask: Ask, key: str) -> Goto:
    """Let somebody in, with these roles."""
    asked = find_request(ask.db, key, by=ask.by, on=day_in_london(ask.at))
    approve_join(ask.db, asked, [role for role in ask.form.all("roles") if role], by=ask.by, at=ask.at)
    return Goto(_back(ask, asked.organisation_id), told=f"{asked.person.name} is a member, and is told.")


@post("/organisations/requests/{key:str}/refusal", who=ANYBODY_SIGNED_IN, again=show_request)
def turn_down(ask: Ask, key: str) -> Goto:
    """Turn somebody down, with a reason that they read."""
    asked = find_request(ask.db, key, by=ask.by, on=day_in_london(ask.at))
    refuse_join(ask.db, asked, reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto(_back(ask, asked.organisation_id), told=f"{asked.person.name} is told why.")


def _back(ask: Ask, organisation_id: UUID) -> str:
    is_own = ask.by.organisation_id == organisation_id
    return f"/organisations/{ask.by.organisation_ref}/members" if is_own else "/organisations/requests"


def _told_of_roles(refusal: Refusal | None) -> dict[str, str]:
    """What is wrong with one of several roles, told where they are chosen."""
    return {"roles" if field == "role" else field: told for field, told in told_of(refusal).items()}


def _named(roles: list[str]) -> str:
    return ", ".join(ROLES[role].name for role in roles if role in ROLES) or "No role yet"


ROUTES = [
    show_invitations, offer, offer_again, withdraw, show_invitation, accept, accept_newly, accept_listed, list_requests,
    show_request, approve, turn_down,
]  # fmt: skip
