"""Organisations: found by typing, registered, joined; one's own and its details."""

from typing import Annotated

from pydantic import Field

from marketplace.api.calls import ANYBODY_SIGNED_IN, EVERYTHING, Answer, Asked, delete, get, patch, post
from marketplace.api.identity.me import StandingOut, standing_out
from marketplace.api.shapes import Asking, In, Line, Out, Text
from marketplace.frameworks.loader.registers import Listed as ListedBody
from marketplace.identity.actions.members import ask_to_join, take_request_back
from marketplace.identity.actions.organisations import (
    change_organisation,
    register_body,
    register_listed,
    register_supplier,
)
from marketplace.identity.models import Membership, Organisation
from marketplace.identity.policies import Permission
from marketplace.identity.queries.organisations import find_organisation, find_own, standings_of
from marketplace.identity.queries.registers import find_by_typing, listed_as
from marketplace.identity.schemas import Details

FIELDS = ("name", "town", "nation", "size", "website", "about")
Domains = Annotated[list[Line], Field(max_length=50)]


class Typed(Asking):
    """What was typed so far of a name, a code or initials."""

    q: Annotated[str, Field(min_length=1, max_length=200)]


class SupplierIn(In):
    """A company of one's own."""

    name: Line
    companies_house_number: Line = ""
    town: Line = ""
    nation: Line = ""
    size: Line = ""
    website: Line = ""
    about: Text = ""
    email_domains: Domains = Field(default_factory=list)


class BodyIn(In):
    """A body that no register lists, such as an assessor body."""

    kind: Line
    name: Line
    ods_code: Line = ""
    companies_house_number: Line = ""
    ror_id: Line = ""
    town: Line = ""
    nation: Line = ""
    website: Line = ""


class ListedIn(In):
    """A body of a register, by its key there, and a word to whoever lets its first manager in."""

    key: Line
    message: Line = ""


class MessageIn(In):
    message: Line = ""


class DetailsIn(In):
    """What changes of the details of an organisation; what is left out stays."""

    name: Line | None = None
    town: Line | None = None
    nation: Line | None = None
    size: Line | None = None
    website: Line | None = None
    about: Text | None = None
    email_domains: Domains | None = None


class OrganisationOut(Out):
    """An organisation as anybody who looks for it sees it."""

    ref: str
    kind: str
    name: str
    town: str
    nation: str
    ods_code: str | None
    companies_house_number: str | None
    ror_id: str | None
    is_demonstration: bool


class OwnOut(OrganisationOut):
    """One's own organisation."""

    size: str
    website: str
    about: str
    email_domains: list[str]


class BodyOut(Out):
    """A body of a register that is not here yet; `key` registers it."""

    key: str
    name: str
    other_names: list[str]
    town: str
    kind: str
    register_name: str
    publisher: str
    received: str


class FoundOut(Out):
    """What was found by typing: organisations that are here, and bodies of registers that are not."""

    here: list[OrganisationOut]
    listed: list[BodyOut]


@get("/organisations", who=ANYBODY_SIGNED_IN)
def find(ask: Asked, query: Typed) -> FoundOut:
    """Find an organisation by typing: its name, its initials, its code."""
    found = find_by_typing(ask.db, ask.services.registers, query.q)
    here = [OrganisationOut.model_validate(each) for each in found.here]
    return FoundOut(here=here, listed=[_body(body) for body in found.listed])


@post("/organisations", who=ANYBODY_SIGNED_IN, scope=EVERYTHING, status=201)
def register_own(ask: Asked, body: SupplierIn) -> StandingOut:
    """Register a company; its maker manages it, unless its name looks like another's."""
    details = Details(**{**body.model_dump(), "kind": "supplier", "email_domains": tuple(body.email_domains)})
    membership = register_supplier(ask.db, details, by=ask.by, at=ask.at)
    return _standing(ask, membership)


@post("/organisations/listed", who=ANYBODY_SIGNED_IN, scope=EVERYTHING, status=201)
def register_from_list(ask: Asked, body: ListedIn) -> StandingOut:
    """Register a body of a register, and ask to join it; an operator lets its first manager in."""
    listed = listed_as(ask.services.registers, body.key)
    return _standing(ask, register_listed(ask.db, listed, message=body.message, by=ask.by, at=ask.at))


@post("/organisations/bodies", who=Permission.OPERATE, status=201)
def register_unlisted(ask: Asked, body: BodyIn) -> OrganisationOut:
    """Register a body that no register lists; whoever asks first to join it waits for an operator."""
    made = register_body(ask.db, Details(**body.model_dump()), by=ask.by, at=ask.at)
    return OrganisationOut.model_validate(made)


@get("/organisations/{ref:str}", who=ANYBODY_SIGNED_IN)
def show(ask: Asked, ref: str) -> Answer[OwnOut]:
    """The organisation that this token acts for, with its ETag."""
    return _own(find_own(ask.db, ref, by=ask.by))


@patch("/organisations/{ref:str}", who=Permission.MEMBER_MANAGE, conditional=True)
def change(ask: Asked, ref: str, body: DetailsIn) -> Answer[OwnOut]:
    """Change what an organisation says of itself."""
    organisation = find_own(ask.db, ref, by=ask.by)
    expected = ask.expected(organisation.version)
    sent = body.model_dump(exclude_none=True)
    facts = {name: sent.get(name, getattr(organisation, name)) for name in FIELDS}
    domains = tuple(sent.get("email_domains", organisation.email_domains))
    details = Details(kind=organisation.kind, email_domains=domains, **facts)
    change_organisation(ask.db, organisation, details, version=expected, by=ask.by, at=ask.at)
    return _own(organisation)


@post("/organisations/{ref:str}/joining", who=ANYBODY_SIGNED_IN, scope=EVERYTHING, status=201)
def join(ask: Asked, ref: str, body: MessageIn) -> StandingOut:
    """Ask the managers of an organisation to be let in."""
    organisation = find_organisation(ask.db, ref)
    return _standing(ask, ask_to_join(ask.db, organisation, message=body.message, by=ask.by, at=ask.at))


@delete("/organisations/{ref:str}/joining", who=ANYBODY_SIGNED_IN, scope=EVERYTHING)
def take_back(ask: Asked, ref: str) -> None:
    """Ask to be let in no more."""
    take_request_back(ask.db, ref, by=ask.by, at=ask.at)


def _own(organisation: Organisation) -> Answer[OwnOut]:
    return Answer(OwnOut.model_validate(organisation), version=organisation.version)


def _standing(ask: Asked, membership: Membership) -> StandingOut:
    ask.db.flush()
    return next(standing_out(each) for each in standings_of(ask.db, ask.person_id) if each.id == membership.id)


def _body(body: ListedBody) -> BodyOut:
    register = body.register
    return BodyOut(
        key=body.id, name=body.name, other_names=list(body.other_names), town=body.town,
        kind=register.organisation_kind, register_name=register.label, publisher=register.publisher,
        received=register.received,
    )  # fmt: skip


CALLS = [find, register_own, register_from_list, register_unlisted, show, change, join, take_back]
