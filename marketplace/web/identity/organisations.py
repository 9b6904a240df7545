"""Organisations: mine, found by typing, registered, joined, and their details."""

from typing import Any

from marketplace.faces.ask import Ask
from marketplace.frameworks.loader.registers import Listed
from marketplace.identity.actions.members import ask_to_join, take_request_back
from marketplace.identity.actions.organisations import (
    change_organisation,
    is_from_register,
    register_listed,
    register_supplier,
)
from marketplace.identity.actions.people import oneself
from marketplace.identity.actions.sessions import act_for
from marketplace.identity.models import Membership, Organisation
from marketplace.identity.policies import KINDS, ROLES, Permission, may_manage_members
from marketplace.identity.queries.members import has_manager, invitations_to
from marketplace.identity.queries.organisations import find_organisation, standings_of
from marketplace.identity.queries.registers import find_by_typing, listed_as, look_alikes, registered
from marketplace.identity.queries.successions import successions_of
from marketplace.identity.schemas import NATIONS, SIZES, Details
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Refusal
from marketplace.kit.values import asdict
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.identity.common import DESK, joined_one, own, session_id, tabs, told_of

FIELDS = ("name", "companies_house_number", "town", "nation", "size", "website", "about")
STATES = {"active": ("Member", "live"), "asked": ("Waits for an answer", "submitted")}


@page("/organisations", who=ANYBODY_SIGNED_IN)
def list_mine(ask: Ask) -> Page:
    """Whom one may act for, whom one asked to join, and who invites one."""
    offers = invitations_to(ask.db, oneself(ask.db, ask.by).email, at=ask.at)
    values = {
        "standings": [_standing(ask, each) for each in standings_of(ask.db, ask.person_id)],
        "offers": [
            {
                "id": each.id,
                "organisation": each.organisation.name,
                "roles": ", ".join(ROLES[role].name for role in each.roles) or "No role yet",
                "until": each.expires_at,
            }
            for each in offers
        ],
        "may_decide": ask.may(Permission.OPERATE),
        "has_successions": bool(successions_of(ask.db, by=ask.by)),
    }
    return Page("identity/organisations.html", values)


def _standing(ask: Ask, membership: Membership) -> dict[str, Any]:
    organisation = membership.organisation
    word, kind = STATES[membership.state]
    return {
        "ref": organisation.ref,
        "name": organisation.name,
        "kind": KINDS[organisation.kind],
        "roles": ", ".join(ROLES[grant.role].name for grant in membership.grants if grant.role in ROLES),
        "word": word,
        "status": kind,
        "is_current": organisation.id == ask.by.organisation_id,
        "may_act": membership.state == "active" and organisation.id != ask.by.organisation_id,
        "may_take_back": membership.state == "asked",
    }


@page("/organisations/new", who=ANYBODY_SIGNED_IN)
def find(ask: Ask) -> Page:
    """Find one's organisation by typing; as a fragment while somebody types."""
    typed = ask.query.one("q")
    found = find_by_typing(ask.db, ask.services.registers, typed)
    values = {
        "typed": typed,
        "known": [_known(each) for each in found.here],
        "listed": [_listed(body) for body in found.listed],
        "sources": [
            {"label": each.label, "publisher": each.publisher, "received": each.received}
            for each in ask.services.registers.registers
        ],
        "may_register": ask.may(Permission.OPERATE),
    }
    return Page("identity/_found.html" if ask.is_fragment else "identity/find.html", values)


def _known(organisation: Organisation) -> dict[str, str]:
    code = organisation.ods_code or organisation.companies_house_number or organisation.ror_id or "no number"
    return {
        "ref": organisation.ref, "name": organisation.name, "kind": KINDS[organisation.kind],
        "town": organisation.town, "code": code,
    }  # fmt: skip


def _listed(body: Listed) -> dict[str, str]:
    return {
        "id": body.id, "name": body.name, "town": body.town, "code": body.id.removeprefix("https://"),
        "kind": KINDS[body.register.organisation_kind], "others": ", ".join(body.other_names[:4]),
    }  # fmt: skip


@page("/organisations/new/listed", who=ANYBODY_SIGNED_IN)
def show_listed(ask: Ask, refusal: Refusal | None = None) -> Page | Goto:
    """A body of a register, before it is registered here; afterwards this leads on to joining it."""
    body = listed_as(ask.services.registers, ask.form.one("key") or ask.query.one("key"))
    here = registered(ask.db, [body]).get(body.id)
    if here is not None and refusal is None:
        return Goto(f"/organisations/{here.ref}/join")
    register = body.register
    values = {
        "body": _listed(body),
        "source": f"{register.label}, {register.publisher}",
        "received": register.received,
        "message": ask.form.one("message"),
        "errors": told_of(refusal),
    }
    return Page("identity/listed.html", values)


@post("/organisations/new/listed", who=ANYBODY_SIGNED_IN, again=show_listed)
def register_from_list(ask: Ask) -> Goto:
    """Register a body of a register, and ask to join it."""
    body = listed_as(ask.services.registers, ask.form.one("key"))
    register_listed(ask.db, body, message=ask.form.one("message"), by=ask.by, at=ask.at)
    return Goto("/organisations", told=f"You asked to join {body.name}. Whoever decides is told, and so are you.")


@page("/organisations/new/supplier", who=ANYBODY_SIGNED_IN)
def show_supplier(ask: Ask, refusal: Refusal | None = None) -> Page:
    """The form for a company of one's own."""
    values = {"typed": {name: ask.form.one(name) for name in FIELDS}, "errors": told_of(refusal)}
    return Page("identity/supplier.html", {**values, **_choices()})


@post("/organisations/new/supplier", who=ANYBODY_SIGNED_IN, again=show_supplier)
def register_own(ask: Ask) -> Goto:
    """Register a company; its maker manages it, unless its name looks like another's."""
    membership = register_supplier(ask.db, _details(ask, "supplier"), by=ask.by, at=ask.at)
    if membership.state == "asked":
        told = "Your company is registered. Its name looks like another's, so an operator checks it; you are told."
        return Goto("/organisations", told=told)
    told = "Your company is registered and you manage it."
    if ask.by.organisation_id is not None:
        return Goto("/organisations", told=f"{told} Act for it to list a product.")
    company = ask.db.get_one(Organisation, membership.organisation_id)
    act_for(ask.db, session_id(ask), company.ref, by=ask.by, at=ask.at)
    return Goto(DESK, told=f"{told} You act for it.")


@page("/organisations/{ref:str}/join", who=ANYBODY_SIGNED_IN)
def show_join(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Ask to join an organisation that is here."""
    joined = joined_one(ask, ref)
    if joined is not None:
        return joined
    organisation = find_organisation(ask.db, ref)
    mine = standings_of(ask.db, ask.person_id)
    standing = next((each for each in mine if each.organisation_id == organisation.id), None)
    values = {
        "organisation": _known(organisation),
        "standing": standing.state if standing else "ended",
        "since": standing.since if standing else None,
        "has_manager": has_manager(ask.db, organisation.id, on=day_in_london(ask.at)),
        "message": ask.form.one("message"),
        "errors": told_of(refusal),
    }
    return Page("identity/join.html", values)


@post("/organisations/{ref:str}/join", who=ANYBODY_SIGNED_IN, again=show_join)
def join(ask: Ask, ref: str) -> Goto:
    organisation = find_organisation(ask.db, ref)
    ask_to_join(ask.db, organisation, message=ask.form.one("message"), by=ask.by, at=ask.at)
    return Goto("/organisations", told=f"You asked to join {organisation.name}. You are told when somebody decides.")


@post("/organisations/{ref:str}/join/withdrawal", who=ANYBODY_SIGNED_IN)
def take_back(ask: Ask, ref: str) -> Goto:
    """Ask to be let in no more."""
    organisation = take_request_back(ask.db, ref, by=ask.by, at=ask.at)
    return Goto("/organisations", told=f"You ask to join {organisation.name} no more.")


@page("/organisations/{ref:str}", who=ANYBODY_SIGNED_IN)
def show(ask: Ask, ref: str) -> Page:
    """An organisation, to those who act for it; one that joined another leads on to it."""
    joined = joined_one(ask, ref)
    if joined is not None:
        return joined
    organisation = own(ask, ref)
    values = {
        "organisation": organisation,
        "kind": KINDS[organisation.kind],
        "nation": NATIONS.get(organisation.nation, ""),
        "size": SIZES.get(organisation.size, ""),
        "domains": ", ".join(organisation.email_domains),
        "alike": [_known(each) for each in look_alikes(ask.db, organisation.name, apart_from=organisation)],
        "may_change": may_manage_members(ask.by, organisation.id),
        "roles": [ROLES[role] for role in ask.by.roles if role in ROLES],
        "tabs": tabs(ask, organisation, "Details"),
        "desk": DESK,
    }
    return Page("identity/organisation.html", values)


@page("/organisations/{ref:str}/details", who=Permission.MEMBER_MANAGE)
def show_details(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """The form of the details."""
    organisation = own(ask, ref)
    stored = {name: getattr(organisation, name) or "" for name in FIELDS}
    typed = {name: ask.form.one(name) for name in FIELDS} if ask.form else stored
    domains = ask.form.one("email_domains").splitlines() if ask.form else organisation.email_domains
    values = {
        "organisation": organisation, "typed": typed, "domains": domains, "errors": told_of(refusal),
        "version": ask.form.one("version") or organisation.version, "is_fixed": is_from_register(organisation),
    }  # fmt: skip
    return Page("identity/details.html", {**values, **_choices()})


@post("/organisations/{ref:str}/details", who=Permission.MEMBER_MANAGE, again=show_details)
def save_details(ask: Ask, ref: str) -> Goto:
    organisation = own(ask, ref)
    version = ask.form.one("version")
    change_organisation(
        ask.db, organisation, _details(ask, organisation.kind),
        version=int(version) if version.isdecimal() else None, by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto(f"/organisations/{ref}", told="The details are changed.")


def _details(ask: Ask, kind: str) -> Details:
    typed = asdict(Details(kind, "")) | {name: ask.form.one(name) for name in FIELDS}
    return Details(**{**typed, "email_domains": tuple(ask.form.one("email_domains").splitlines())})


def _choices() -> dict[str, list[dict[str, str]]]:
    return {
        "nations": [{"value": value, "label": label} for value, label in NATIONS.items()],
        "sizes": [{"value": value, "label": label} for value, label in SIZES.items()],
    }


ROUTES = [
    list_mine, find, show_listed, register_from_list, show_supplier, register_own, show_join, join, take_back, show,
    show_details, save_details,
]  # fmt: skip
