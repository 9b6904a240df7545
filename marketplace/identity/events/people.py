"""What identity tells: who came, who may do what, what ended. No address, name, password or secret is in an event."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from marketplace.kit.events import Event


class _AboutPerson(Event):
    about: ClassVar[str] = "person_id"
    person_id: UUID


class _AboutLink(Event):
    about: ClassVar[str] = "link_id"
    link_id: UUID


class _AboutOrganisation(Event):
    about: ClassVar[str] = "organisation_id"
    organisation_id: UUID


class _AboutMember(_AboutOrganisation):
    """Something about a person in an organisation."""

    person_id: UUID


class PersonAdded(_AboutPerson):
    """Somebody has an account from now on."""


class PersonChanged(_AboutPerson):
    """A person's name or language changed."""

    fields: list[str]


class SignUpAsked(_AboutLink):
    """An account was asked for, at an address that may have one; only the mail says which."""


class PasswordResetAsked(_AboutLink):
    """A reset was asked for, at an address that may have no account; then nothing follows."""


class PasswordChanged(_AboutPerson):
    """A person has a new password; `how` is change, reset or first. Their other sessions ended."""

    how: str


class AddressChangeAsked(_AboutLink):
    """A person wants mail at another address, which has to be confirmed from there."""


class AddressChanged(_AboutPerson):
    """A new address was confirmed; the link still knows the former one, which is told."""

    link_id: UUID


class PersonDisabled(_AboutPerson):
    """Nobody signs in as this person any more; their sessions and tokens ended."""

    reason: str


class PersonEnabled(_AboutPerson):
    """A disabled person may sign in again."""


class SignedIn(_AboutPerson):
    """A session began; `how` is password, passkey, elsewhere, sign-up, invitation or demonstration."""

    sign_in_id: UUID
    how: str


class SignedOut(_AboutPerson):
    """A session was ended by its owner."""

    sign_in_id: UUID


class SessionsEnded(_AboutPerson):
    """The owner ended their other sessions."""

    count: int


class ActingForChanged(_AboutOrganisation):
    """A session acts for this organisation from now on."""

    sign_in_id: UUID


class OrganisationRegistered(_AboutOrganisation):
    """An organisation stands here from now on; `looks_like` names others whose names look the same."""

    kind: str
    looks_like: list[UUID]


class OrganisationChanged(_AboutOrganisation):
    fields: list[str]


class JoinAsked(_AboutMember):
    """A person asked to join; a manager decides, or an operator where there is no manager yet."""

    membership_id: UUID


class JoinRefused(_AboutMember):
    membership_id: UUID
    reason: str


class JoinTakenBack(_AboutMember):
    """Whoever asked to join asks no more."""

    membership_id: UUID


class MemberJoined(_AboutMember):
    """A person is a member from now on; `how` is approval, invitation, registration or admission."""

    membership_id: UUID
    roles: list[str]
    how: str


class MembershipEnded(_AboutMember):
    """A person left or was removed; their sessions and tokens for the organisation ended, and their deputies' roles."""

    membership_id: UUID
    reason: str
    by_succession: bool = False


class RoleGiven(_AboutMember):
    """A role was given, or its limit or end changed. The limit is in pence."""

    role: str
    limit_pence: int | None = None
    until: date | None = None


class RoleTaken(_AboutMember):
    role: str


class DeputyNamed(_AboutMember):
    """`person_id` deputises for `deputy_for_id` in a role, within a limit in pence, until a date."""

    role: str
    deputy_for_id: UUID
    limit_pence: int | None
    until: date


class MemberInvited(_AboutOrganisation):
    """Somebody is offered membership, by a mailed link."""

    invitation_id: UUID
    roles: list[str]


class InvitationWithdrawn(_AboutOrganisation):
    invitation_id: UUID


class TokenMade(_AboutPerson):
    """A person made a key for programs."""

    token_id: UUID
    organisation_id: UUID
    scopes: list[str]


class TokenEnded(_AboutPerson):
    token_id: UUID
    organisation_id: UUID


class PersonTold(_AboutPerson):
    """A notice stands on a person's desk, and the person wants mail of it at once."""

    notice_id: UUID


class WebhookMade(_AboutOrganisation):
    """An address hears of events from now on. The address itself may hold a secret, and is not told here."""

    webhook_id: UUID
    events: list[str]


class WebhookEnded(_AboutOrganisation):
    webhook_id: UUID


class _AboutSuccession(Event):
    """Something about what `old_id` passes on to `new_id`."""

    about: ClassVar[str] = "succession_id"
    succession_id: UUID
    old_id: UUID
    new_id: UUID


class SuccessionProposed(_AboutSuccession):
    kind: str
    effective_on: date


class SuccessionAgreed(_AboutSuccession):
    """A manager of `organisation_id` agreed; `is_complete` where the other had."""

    organisation_id: UUID
    is_complete: bool


class SuccessionEnded(_AboutSuccession):
    """Nothing passes: a manager declined it, or an operator took it back."""

    reason: str


class ThingsPassed(_AboutOrganisation):
    """What `organisation_id` had passed to another, or came to it from another; `count` by kind of thing."""

    succession_id: UUID
    other_id: UUID
    kind: str
    is_old: bool
    effective_on: date
    reason: str
    count: dict[str, int]
