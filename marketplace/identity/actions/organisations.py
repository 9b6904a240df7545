"""Organisations registered, by a person from a register or as a supplier of their own, and kept true."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.frameworks.loader.registers import Listed
from marketplace.identity.actions.attempts import count
from marketplace.identity.actions.members import ask_to_join, enter
from marketplace.identity.actions.races import flush_or
from marketplace.identity.events import OrganisationChanged, OrganisationRegistered
from marketplace.identity.models import Membership, Organisation
from marketplace.identity.policies import Actor, Permission, may_manage_members, require
from marketplace.identity.queries.registers import look_alikes, registered
from marketplace.identity.rules.attempts import REGISTERING
from marketplace.identity.rules.credentials import email_address
from marketplace.identity.schemas import BODIES, Details, checked, details_of
from marketplace.kit.db import hold_version
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.record import record
from marketplace.kit.text import quote, skeleton
from marketplace.kit.values import asdict, replace

FIRST_ROLES = ("manager", "supplier-manager")
CODES = {
    "ods_code": "the ODS code",
    "companies_house_number": "the Companies House number",
    "ror_id": "the ROR id",
}
CHANGEABLE = ("name", "town", "nation", "size", "website", "about")


def register_organisation(db: Session, details: Details, *, by: Actor, at: datetime) -> Organisation:
    """Put an organisation on the books, without a member. Raises Invalid; Conflict where its code is here already."""
    clean = checked(details)
    _refuse_known(db, clean)
    alike = look_alikes(db, clean.name)
    organisation = Organisation(
        id=new_id(at),
        ref=new_reference("ORG"),
        skeleton=skeleton(clean.name)[:200],
        created_at=at,
        **{key: value or None if key in CODES else value for key, value in asdict(clean).items()},
    )
    organisation.email_domains = domains(clean.email_domains)
    db.add(organisation)
    flush_or(db, Conflict("this organisation was registered at this moment", "Ask to join it."))
    told = OrganisationRegistered(
        organisation_id=organisation.id, kind=organisation.kind, looks_like=[other.id for other in alike]
    )
    record(db, told, by=by, at=at)
    return organisation


def register_body(db: Session, details: Details, *, by: Actor, at: datetime) -> Organisation:
    """Register what no register here lists, and is no company: an assessor body, a board. By an operator.

    Whoever asks to join it first waits for an operator. Raises NotAllowed, Invalid, Conflict.
    """
    require(by, Permission.OPERATE)
    if details.kind not in BODIES:
        told = "Choose what it is. A company registers itself."
        raise Invalid(f"{quote(details.kind)} is no kind of body", told, fields={"kind": told})
    return register_organisation(db, replace(details, is_demonstration=by.is_demonstration), by=by, at=at)


def register_listed(db: Session, listed: Listed, *, message: str, by: Actor, at: datetime) -> Membership:
    """Register one's organisation from a register, and ask to join it: an operator lets its first manager in.

    Where somebody registered it meanwhile, one asks to join that.
    """
    _count(db, by, at)
    here = registered(db, [listed]).get(listed.id)
    if here is not None:
        return ask_to_join(db, here, message=message, by=by, at=at)
    details = replace(details_of(listed), is_demonstration=by.is_demonstration)
    organisation = register_organisation(db, details, by=by, at=at)
    return ask_to_join(db, organisation, message=message, by=by, at=at)


def register_supplier(db: Session, details: Details, *, by: Actor, at: datetime) -> Membership:
    """Register one's own company and manage it; where its name looks like another's, an operator decides first."""
    _count(db, by, at)
    own = replace(details, kind="supplier", is_demonstration=by.is_demonstration)
    organisation = register_organisation(db, own, by=by, at=at)
    if look_alikes(db, organisation.name, apart_from=organisation):
        return ask_to_join(db, organisation, message="", by=by, at=at)
    assert by.person_id is not None
    return enter(db, organisation, by.person_id, FIRST_ROLES, how="registration", by=by, at=at)


def change_organisation(
    db: Session, organisation: Organisation, details: Details, *, version: int | None, by: Actor, at: datetime
) -> None:
    """Change what an organisation says of itself; the name that a register gives it stays. Raises Invalid, Conflict."""
    if not may_manage_members(by, organisation.id):
        raise NotAllowed("only a manager changes the organisation's details", "Ask one of them.")
    hold_version(version, organisation.version)
    clean = checked(replace(details, kind=organisation.kind))
    if clean.name != organisation.name and is_from_register(organisation):
        raise Conflict(f"the name {quote(organisation.name)} comes from a register", "Tell its publisher.")
    wanted = {key: getattr(clean, key) for key in CHANGEABLE} | {"email_domains": domains(details.email_domains)}
    changed = [key for key, value in wanted.items() if getattr(organisation, key) != value]
    for key in changed:
        setattr(organisation, key, wanted[key])
    organisation.skeleton = skeleton(organisation.name)[:200]
    if changed:
        record(db, OrganisationChanged(organisation_id=organisation.id, fields=changed), by=by, at=at)
        db.flush()


def is_from_register(organisation: Organisation) -> bool:
    return bool(organisation.ods_code or organisation.ror_id)


def domains(typed: tuple[str, ...]) -> list[str]:
    """Mail domains as they are compared. Raises Invalid, for the field `email_domains`."""
    cleaned: list[str] = []
    for each in filter(None, (part.strip().lower().lstrip("@") for part in typed)):
        try:
            cleaned.append(email_address(f"name@{each}").rpartition("@")[2])
        except Invalid as wrong:
            told = f"{quote(each)} is not a mail domain. Write one such as trust.nhs.uk."
            raise Invalid(f"{quote(each)} is not a mail domain", wrong.hint, fields={"email_domains": told}) from wrong
    return sorted(set(cleaned))


def _count(db: Session, by: Actor, at: datetime) -> None:
    if by.person_id is None:
        raise NotFound("there is no such person", "Sign in first.")
    count(db, REGISTERING, str(by.person_id), at=at)


def _refuse_known(db: Session, details: Details) -> None:
    given = {key: value for key in CODES if (value := getattr(details, key))}
    if not given:
        return
    same = select(Organisation).where(or_(*(getattr(Organisation, key) == value for key, value in given.items())))
    known = db.scalars(same.limit(1)).first()
    if known is not None:
        key = next(key for key, value in given.items() if getattr(known, key) == value)
        fact = f"{known.name} with {CODES[key]} {given[key]} is here already"
        raise Conflict(fact, "Ask to join it.", fields={key: f"{known.name} has it. Ask to join that organisation."})
