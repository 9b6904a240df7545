"""What happened in an organisation, from the record, in sentences."""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.identity.models import Organisation, Person
from marketplace.identity.policies import ROLES, Actor, Permission, allowed_in_words, require
from marketplace.kit.errors import NotFound
from marketplace.kit.money import Money
from marketplace.kit.paging import decode_cursor, encode_cursor
from marketplace.kit.record import Entry
from marketplace.kit.text import words_of
from marketplace.kit.values import Value

PAGE = 50
UNKNOWN = "somebody"
SENTENCES = {
    "SignedIn": "signed in ({how})",
    "SignedOut": "signed out",
    "SessionsEnded": "ended {count} other sessions",
    "ActingForChanged": "began to act for {organisation_id}",
    "PersonChanged": "changed their {fields}",
    "PasswordChanged": "set a new password ({how})",
    "AddressChanged": "confirmed a new mail address",
    "AddressChangeAsked": "asked for mail at another address",
    "OrganisationRegistered": "registered {organisation_id}",
    "OrganisationChanged": "changed the organisation's {fields}",
    "JoinAsked": "asked to join",
    "JoinTakenBack": "took their request to join back",
    "JoinRefused": "did not let {person_id} in: {reason}",
    "MemberJoined": "made {person_id} a member by {how}, as {roles}",
    "MemberJoined by themselves": "became a member by {how}, as {roles}",
    "MembershipEnded by themselves": "left: {reason}",
    "MembershipEnded": "ended the membership of {person_id}: {reason}",
    "RoleGiven": "gave {person_id} the role {role}, limit {limit_pence}, until {until}",
    "RoleTaken": "took the role {role} from {person_id}",
    "DeputyNamed": "made {person_id} deputy of {deputy_for_id} as {role}, limit {limit_pence}, until {until}",
    "MemberInvited": "invited somebody as {roles}",
    "InvitationWithdrawn": "withdrew an invitation",
    "SecondFactorAdded": "added a second factor ({kind})",
    "SecondFactorRemoved by themselves": "removed a second factor ({kind})",
    "SecondFactorRemoved": "removed a second factor ({kind}) of {person_id}: {reason}",
    "SecondFactorMissed": "gave a wrong second factor {misses} times",
    "RecoveryCodesMade": "made new recovery codes",
    "RecoveryCodeUsed": "used a recovery code",
    "IdentityConfirmed": "proved again who they are ({how})",
    "KnownElsewhereLinked": "linked their account to {issuer}",
    "KnownElsewhereUnlinked": "ended the link of their account to {issuer}",
    "SecondFactorDemanded": "asked for a second factor from {since} on",
    "SecondFactorNoLongerDemanded": "asked for a second factor no longer",
    "TokenMade": "made a token that may {scopes}",
    "TokenEnded": "ended a token of {person_id}",
    "WebhookMade": "made a webhook",
    "WebhookEnded": "ended a webhook",
    "SuccessionProposed": "proposed a {kind} of {old_id} with {new_id}",
    "SuccessionAgreed": "agreed that {old_id} passes things on to {new_id}",
    "SuccessionEnded": "ended what {old_id} and {new_id} had before them: {reason}",
    "MailFailed": "noted that a mail to {person_id} did not arrive",
    "MailReachesAgain": "confirmed an address at which mail had not arrived",
    "CalendarFeedMade": "made an address for a calendar",
    "CalendarFeedEnded": "ended an address for a calendar",
    "RemarkMade": "commented",
    "RemarkDone": "did what a comment asked for",
    "ThingsPassed": "carried out a {kind} of {organisation_id} with {other_id}: {reason}",
}
TELLING = ("name", "reason")
"""Fields of other rooms' events that say something to a reader."""


class Happening(Value):
    """One entry of the record as a person reads it: who (and for whom, where it was another body), what, when."""

    at: datetime
    who: str
    for_whom: str
    what: str
    name: str

    @property
    def line(self) -> str:
        """Who and what in one line; what other rooms tell is a heading, not a sentence."""
        return f"{self.who} {self.what}" if self.name.startswith("identity.") else f"{self.who}: {self.what}"


class Trail(Value):
    """A page of what happened, newest first, and the cursor of the page after it."""

    happenings: list[Happening]
    next: str | None


def trail_of(db: Session, *, by: Actor, after: str = "", size: int = PAGE) -> Trail:
    """What people did for the actor's organisation, and what others did to it. Raises NotAllowed, Invalid."""
    require(by, Permission.AUDIT_READ)
    if by.organisation_id is None:
        raise NotFound("there is no organisation to look at", "Act for one first.")
    last = decode_cursor(after, [UUID])[0] if after else None
    entries = _entries(db, by.stands_for, last, size + 1)
    more = encode_cursor(entries[size - 1].id) if len(entries) > size else None
    return Trail(_told(db, entries[:size], by.organisation_id), more)


def _entries(db: Session, organisation_ids: Collection[UUID], before: UUID | None, most: int) -> list[Entry]:
    """By the organisation, or one that joined it, or about one of them: two walks along two indexes."""
    found: dict[UUID, Entry] = {}
    for concerns in (Entry.by_organisation_id.in_(organisation_ids), Entry.about_id.in_(organisation_ids)):
        walk = select(Entry).where(concerns).order_by(Entry.id.desc()).limit(most)
        found |= {entry.id: entry for entry in db.scalars(walk.where(Entry.id < before) if before else walk)}
    return sorted(found.values(), key=lambda entry: entry.id, reverse=True)[:most]


def _told(db: Session, entries: Iterable[Entry], own: UUID) -> list[Happening]:
    rows = [(entry, json.loads(entry.payload)) for entry in entries]
    names = _names(db, rows)
    return [
        Happening(
            at=entry.at,
            who=names.get(str(entry.by_person_id), "Touchstone"),
            for_whom="" if entry.by_organisation_id in (own, None) else names.get(str(entry.by_organisation_id), ""),
            what=sentence(_kind(entry, payload), payload, names),
            name=entry.name,
        )
        for entry, payload in rows
    ]


def _kind(entry: Entry, payload: Mapping[str, Any]) -> str:
    """Which sentence tells it: what people do to themselves reads differently."""
    name = entry.name.rpartition(".")[2]
    to_themselves = f"{name} by themselves"
    is_own = payload.get("person_id") == str(entry.by_person_id)
    return to_themselves if is_own and to_themselves in SENTENCES else name


def _names(db: Session, rows: list[tuple[Entry, dict[str, Any]]]) -> dict[str, str]:
    ids: set[UUID] = set()
    for entry, payload in rows:
        ids |= {each for each in (entry.by_person_id, entry.by_organisation_id) if each}
        ids |= {UUID(value) for key, value in payload.items() if key.endswith("_id") and is_id(value)}
    people = db.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    bodies = db.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids)))
    return {str(key): name for key, name in (*people, *bodies)}


def is_id(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value) is not None


def sentence(name: str, payload: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """What an event says, after the name of who did it. Events of other rooms are told by their own name."""
    pattern = SENTENCES.get(name)
    if pattern is None:
        told = [str(payload[key]) for key in TELLING if payload.get(key)]
        return ": ".join([words_of(name), *told])
    filled = pattern.format_map({key: _shown(key, value, names) for key, value in payload.items()})
    return re.sub(r", (limit|until) (?=,|$)", "", filled).strip().rstrip(",:")


def _shown(key: str, value: Any, names: Mapping[str, str]) -> str:
    """A field as it reads: names for ids, amounts for pence, days for dates; nothing for what is not there."""
    if value is None or value == "":
        return ""
    if key.endswith("_id"):
        return names.get(str(value), UNKNOWN)
    if key.endswith("_pence"):
        return str(Money(value))
    if key in ("until", "since"):
        return f"{date.fromisoformat(value):%-d %B %Y}"
    if key == "scopes":
        return allowed_in_words(value)
    if key == "role":
        return ROLES[value].name.lower() if value in ROLES else value
    if isinstance(value, list):
        shown = [ROLES[each].name.lower() if each in ROLES else str(each).replace("_", " ") for each in value]
        return ", ".join(shown) or "nothing in particular"
    return str(value)
