"""Notices: what concerns a person's account and roles, and who wants to join what they manage."""

from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.identity.actions.notices import tell
from marketplace.identity.events import (
    CalendarFeedMade,
    DeputyNamed,
    JoinAsked,
    JoinRefused,
    MemberJoined,
    MembershipEnded,
    OrganisationRegistered,
    PasswordChanged,
    RoleGiven,
    RoleTaken,
    TokenMade,
)
from marketplace.identity.models import Membership, Organisation, Person
from marketplace.identity.policies import ROLES, Permission, allowed_in_words
from marketplace.identity.queries.members import domain_of, domains_of, holders_of, managers_of
from marketplace.kit.calendar import day_in_london
from marketplace.kit.jobs import Heard
from marketplace.kit.money import Money

CAME = {"approval": "", "succession": "What you did for the organisation before, you do for this one now."}
NOT_YOU = "If this was not you, set a new password now and tell whoever runs Touchstone for you."


def tells_of_password(db: Session, heard: Heard) -> None:
    """PasswordChanged: its owner is told, in case it was somebody else."""
    assert isinstance(heard.event, PasswordChanged)
    body = f"Your other sessions have ended. {NOT_YOU}"
    tell(db, [heard.event.person_id], kind="security", title="Your password was changed", body=body, path="/account",
         key=heard.key, at=heard.at)  # fmt: skip


def tells_of_token(db: Session, heard: Heard) -> None:
    """TokenMade: its owner is told, in case it was somebody else."""
    assert isinstance(heard.event, TokenMade)
    body = f"It may do this for you: {allowed_in_words(heard.event.scopes)}. {NOT_YOU}"
    tell(db, [heard.event.person_id], kind="security", title="A token for programs was made in your name", body=body,
         path="/account/tokens", key=heard.key, at=heard.at, organisation_id=heard.event.organisation_id)  # fmt: skip


def tells_of_feed(db: Session, heard: Heard) -> None:
    """CalendarFeedMade: its owner is told, in case it was somebody else."""
    assert isinstance(heard.event, CalendarFeedMade)
    body = f"Whoever has the address reads what is due for you. {NOT_YOU}"
    tell(db, [heard.event.person_id], kind="security", title="Your calendar was given an address", body=body,
         path="/calendar/feed", key=heard.key, at=heard.at, organisation_id=heard.event.organisation_id)  # fmt: skip


def tells_of_role_given(db: Session, heard: Heard) -> None:
    """RoleGiven: whose role it is."""
    assert isinstance(heard.event, RoleGiven)
    event, role = heard.event, ROLES[heard.event.role]
    terms = _terms(event.limit_pence, f" until {event.until:%-d %B %Y}" if event.until else "")
    title = f"You are {role.name.lower()} at {_name(db, event.organisation_id)}{terms}"
    _tell_of_role(db, heard, event.person_id, event.organisation_id, title, role.description)


def tells_of_role_taken(db: Session, heard: Heard) -> None:
    """RoleTaken: whose role it was."""
    assert isinstance(heard.event, RoleTaken)
    event, role = heard.event, ROLES[heard.event.role]
    title = f"You are no longer {role.name.lower()} at {_name(db, event.organisation_id)}"
    _tell_of_role(db, heard, event.person_id, event.organisation_id, title, "")


def tells_of_deputy(db: Session, heard: Heard) -> None:
    """DeputyNamed: the deputy."""
    assert isinstance(heard.event, DeputyNamed)
    event, role = heard.event, ROLES[heard.event.role]
    holder = db.get_one(Person, event.deputy_for_id).name
    terms = _terms(event.limit_pence, f" until {event.until:%-d %B %Y}")
    title = f"You deputise for {holder} as {role.name.lower()}{terms}"
    _tell_of_role(db, heard, event.person_id, event.organisation_id, title, role.description)


def tells_of_end(db: Session, heard: Heard) -> None:
    """MembershipEnded: who left, unless they did it themselves."""
    assert isinstance(heard.event, MembershipEnded)
    event = heard.event
    if event.by_succession:
        return
    title = f"You are no longer a member of {_name(db, event.organisation_id)}"
    _tell_of_role(db, heard, event.person_id, None, title, event.reason)


def tells_of_join_asked(db: Session, heard: Heard) -> None:
    """JoinAsked: the managers, or the operators where there is no manager yet."""
    assert isinstance(heard.event, JoinAsked)
    event = heard.event
    membership = db.get_one(Membership, event.membership_id)
    if membership.state != "asked":
        return
    person, organisation = db.get_one(Person, event.person_id), db.get_one(Organisation, event.organisation_id)
    managers = managers_of(db, organisation.id, on=day_in_london(heard.at))
    known = domain_of(person.email) in domains_of(db, organisation)
    domain = "Their mail domain is one of yours." if known else f"Their mail domain, {domain_of(person.email)}, is new."
    body = " ".join(filter(None, [membership.message, domain if managers else "There is no manager yet."]))
    path = f"/organisations/{organisation.ref}/members" if managers else "/organisations/requests"
    whom = managers or holders_of(db, Permission.OPERATE, on=day_in_london(heard.at))
    tell(db, whom, kind="membership", title=f"{person.name} asks to join {organisation.name}", body=body, path=path,
         key=heard.key, at=heard.at, organisation_id=organisation.id if managers else None)  # fmt: skip


def tells_of_join_refused(db: Session, heard: Heard) -> None:
    """JoinRefused: who asked, with the reason."""
    assert isinstance(heard.event, JoinRefused)
    title = f"You were not let into {_name(db, heard.event.organisation_id)}"
    tell(db, [heard.event.person_id], kind="membership", title=title, body=heard.event.reason, path="/organisations",
         key=heard.key, at=heard.at)  # fmt: skip


def tells_of_new_member(db: Session, heard: Heard) -> None:
    """MemberJoined: the member who waited for it, and the managers whose invitation was accepted."""
    assert isinstance(heard.event, MemberJoined)
    event, name = heard.event, _name(db, heard.event.organisation_id)
    path = f"/organisations/{db.get_one(Organisation, event.organisation_id).ref}"
    if event.how in CAME:
        tell(db, [event.person_id], kind="membership", title=f"You are a member of {name}", body=CAME[event.how],
             path=path, key=heard.key, at=heard.at, organisation_id=event.organisation_id)  # fmt: skip
    if event.how == "invitation":
        person = db.get_one(Person, event.person_id).name
        managers = set(managers_of(db, event.organisation_id, on=day_in_london(heard.at))) - {event.person_id}
        tell(db, sorted(managers), kind="membership", title=f"{person} joined {name}", body="", path=f"{path}/members",
             key=heard.key, at=heard.at, organisation_id=event.organisation_id)  # fmt: skip


def tells_of_look_alike(db: Session, heard: Heard) -> None:
    """OrganisationRegistered: the operators, where its name cannot be told from another's by looking."""
    assert isinstance(heard.event, OrganisationRegistered)
    if not heard.event.looks_like:
        return
    organisation = db.get_one(Organisation, heard.event.organisation_id)
    others = [db.get_one(Organisation, other) for other in heard.event.looks_like]
    told = ", ".join(f"{other.name} ({_number(other)})" for other in others)
    body = f"{organisation.name} ({_number(organisation)}) looks like {told}."
    tell(db, holders_of(db, Permission.OPERATE, on=day_in_london(heard.at)), kind="moderation",
         title=f"A look-alike was registered: {organisation.name}", body=body, path="/organisations/requests",
         key=heard.key, at=heard.at)  # fmt: skip


def _tell_of_role(
    db: Session, heard: Heard, person_id: UUID, organisation_id: UUID | None, title: str, body: str
) -> None:
    if person_id == heard.by_person_id:
        return
    tell(db, [person_id], kind="role", title=title, body=body, path="/organisations", key=heard.key, at=heard.at,
         organisation_id=organisation_id)  # fmt: skip


def _terms(limit_pence: int | None, until: str) -> str:
    return (f", up to {Money(limit_pence)}" if limit_pence is not None else "") + until


def _name(db: Session, organisation_id: UUID) -> str:
    return db.get_one(Organisation, organisation_id).name


def _number(organisation: Organisation) -> str:
    """What tells two look-alikes apart."""
    known = organisation.companies_house_number or organisation.ods_code or organisation.ror_id
    return known or f"registered here on {organisation.created_at:%-d %B %Y}"
