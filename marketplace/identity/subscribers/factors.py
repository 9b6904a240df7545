"""Notices about how a person signs in: their owner is told of every change, in case it was somebody else."""

from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.identity.actions.notices import tell
from marketplace.identity.events import (
    KnownElsewhereLinked,
    KnownElsewhereUnlinked,
    RecoveryCodesMade,
    RecoveryCodeUsed,
    SecondFactorAdded,
    SecondFactorDemanded,
    SecondFactorMissed,
    SecondFactorNoLongerDemanded,
    SecondFactorRemoved,
)
from marketplace.identity.models import Organisation
from marketplace.identity.queries.factors import proven_strongly
from marketplace.identity.queries.members import members_of
from marketplace.identity.subscribers.tells import NOT_YOU
from marketplace.kit.jobs import Heard

PAGE = "/account/second-factor"
KINDS = {"code": "An app for one-time codes", "passkey": "A passkey"}


def tells_of_factor_added(db: Session, heard: Heard) -> None:
    """SecondFactorAdded: its owner."""
    assert isinstance(heard.event, SecondFactorAdded)
    title = f"{KINDS[heard.event.kind]} was added to your account"
    _tell(db, heard, heard.event.person_id, title, f"It is asked for when you sign in. {NOT_YOU}")


def tells_of_factor_removed(db: Session, heard: Heard) -> None:
    """SecondFactorRemoved: its owner, with the reason where somebody else did it."""
    assert isinstance(heard.event, SecondFactorRemoved)
    reason = f"The reason given: {heard.event.reason}. " if heard.event.reason else ""
    title = f"{KINDS[heard.event.kind]} was removed from your account"
    _tell(db, heard, heard.event.person_id, title, f"{reason}It opens nothing any more. {NOT_YOU}")


def tells_of_recovery_codes(db: Session, heard: Heard) -> None:
    """RecoveryCodesMade: their owner."""
    assert isinstance(heard.event, RecoveryCodesMade)
    body = f"Those that you had before work no longer. {NOT_YOU}"
    _tell(db, heard, heard.event.person_id, f"{heard.event.count} new recovery codes were made for your account", body)


def tells_of_recovery_used(db: Session, heard: Heard) -> None:
    """RecoveryCodeUsed: its owner, with how many are left."""
    assert isinstance(heard.event, RecoveryCodeUsed)
    left = f"{heard.event.left} {'is' if heard.event.left == 1 else 'are'} left"
    body = f"{left}; make new ones before they run out. {NOT_YOU}"
    _tell(db, heard, heard.event.person_id, "A recovery code was used for your account", body)


def tells_of_misses(db: Session, heard: Heard) -> None:
    """SecondFactorMissed: the owner, whose password somebody may know."""
    assert isinstance(heard.event, SecondFactorMissed)
    body = f"A wrong code was given {heard.event.misses} times. Nobody got in. {NOT_YOU}"
    title = "Somebody who may know your password tried to sign in as you"
    _tell(db, heard, heard.event.person_id, title, body)


def tells_of_link(db: Session, heard: Heard) -> None:
    """KnownElsewhereLinked: the owner of the account."""
    assert isinstance(heard.event, KnownElsewhereLinked)
    title = f"{heard.event.issuer} opens your account from now on"[:200]
    _tell(db, heard, heard.event.person_id, title, NOT_YOU, path="/account/single-sign-on")


def tells_of_unlink(db: Session, heard: Heard) -> None:
    """KnownElsewhereUnlinked: the owner of the account."""
    assert isinstance(heard.event, KnownElsewhereUnlinked)
    title = f"{heard.event.issuer} opens your account no longer"[:200]
    _tell(db, heard, heard.event.person_id, title, NOT_YOU, path="/account/single-sign-on")


def tells_of_demand(db: Session, heard: Heard) -> None:
    """SecondFactorDemanded: every member who has none yet, while there is time."""
    assert isinstance(heard.event, SecondFactorDemanded)
    organisation = db.get_one(Organisation, heard.event.organisation_id)
    if organisation.second_factor_from != heard.event.since:
        return
    people = [each.person_id for each in members_of(db, organisation.id) if not each.person.is_demonstration]
    without = sorted(set(people) - proven_strongly(db, people))
    title = f"{organisation.name} asks for a second factor from {heard.event.since:%-d %B %Y}"[:200]
    body = "From that day on nobody acts for it with a password alone. Set up a code app or a passkey before."
    tell(db, without, kind="security", title=title, body=body, path=PAGE, key=heard.key, at=heard.at,
         organisation_id=organisation.id)  # fmt: skip


def tells_of_no_demand(db: Session, heard: Heard) -> None:
    """SecondFactorNoLongerDemanded: the other managers, because it makes every account weaker."""
    assert isinstance(heard.event, SecondFactorNoLongerDemanded)
    organisation = db.get_one(Organisation, heard.event.organisation_id)
    managers = {
        each.person_id for each in members_of(db, organisation.id) if any(one.role == "manager" for one in each.grants)
    }
    title = f"{organisation.name} asks for a second factor no longer"[:200]
    body = "A password alone is enough again."
    tell(db, sorted(managers - {heard.by_person_id}), kind="security", title=title, body=body,
         path=f"/organisations/{organisation.ref}/second-factor", key=heard.key, at=heard.at,
         organisation_id=organisation.id)  # fmt: skip


def _tell(db: Session, heard: Heard, person_id: UUID, title: str, body: str, *, path: str = PAGE) -> None:
    tell(db, [person_id], kind="security", title=title, body=body, path=path, key=heard.key, at=heard.at)
