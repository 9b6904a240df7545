"""The certificates of one edition of a product: as given out, as they stood while it was on show, and as they stand."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance import events
from marketplace.assurance.models import Certificate
from marketplace.assurance.queries.certificates import Stood, certificates_of, standings_alone
from marketplace.assurance.queries.editions import Shown, shown_of
from marketplace.assurance.rules.conformity import Conformity, Edition, covers
from marketplace.catalogue.models import Version
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.calendar import day_in_london
from marketplace.kit.events import event_from
from marketplace.kit.record import Entry
from marketplace.kit.values import Value

IN_FORCE: Stood = ("in-force", "")


class OfEdition(Value, kw_only=True):
    """A certificate that is of an edition: given for it, or for an earlier one that was only corrected since.

    `then` is how it stood when the edition left the catalogue; None while that is on show, and where the certificate
    was given out later. What it was on its first day stands in `certificate` itself.
    """

    certificate: Certificate
    is_given_for_it: bool
    then: Conformity | None
    now: Conformity


def certificates_of_edition(
    db: Session, frameworks: Frameworks, version: Version, *, on: date
) -> tuple[OfEdition, ...]:  # fmt: skip
    """Every certificate of this edition, under whichever framework, the newest first; in eleven queries at most."""
    held = certificates_of(db, version.product_id)
    if not held:
        return ()
    editions = shown_of(db, frameworks, [version.product_id])[version.product_id]
    mine = [each for each in held if _is_of(each, version, editions)]
    now = standings_alone(db, frameworks, mine, on=on, stood={})
    then = _standings_then(db, frameworks, mine, version.superseded_at)
    return tuple(
        OfEdition(
            certificate=each, is_given_for_it=each.version_id == version.id, then=then.get(each.id), now=now[each.id]
        )
        for each in mine
    )


def certificates_by_version(db: Session, product_id: UUID) -> dict[int, list[str]]:
    """The references of the certificates that were given for each edition, by its number, the newest first."""
    rows = select(Version.edition, Certificate.ref).join(Version, Version.id == Certificate.version_id)
    found: dict[int, list[str]] = {}
    mine = rows.where(Certificate.product_id == product_id).order_by(Certificate.issued_at.desc(), Certificate.id)
    for edition, ref in db.execute(mine):
        found.setdefault(edition, []).append(ref)
    return found


def _is_of(certificate: Certificate, version: Version, editions: Sequence[Shown]) -> bool:
    first = certificate.version
    if first.edition > version.edition:
        return False
    until = [each for each in editions if each.version.edition <= version.edition]
    later = [Edition(each.version.edition, each.version.number, each.change) for each in until]
    return covers(Edition(first.edition, first.number, first.change), later)


def _standings_then(
    db: Session, frameworks: Frameworks, certificates: Sequence[Certificate], at: datetime | None
) -> Mapping[UUID, Conformity]:
    """How those stood that had been given out by a moment, judged by what counted on its day."""
    given = [each for each in certificates if at is not None and each.issued_at <= at]
    if at is None or not given:
        return {}
    return standings_alone(db, frameworks, given, on=day_in_london(at), stood=_states_at(db, given, at))


def _states_at(db: Session, certificates: Sequence[Certificate], at: datetime) -> dict[UUID, Stood]:
    """The state of each at a moment, and why, by the record."""
    found = {each.id: IN_FORCE for each in certificates}
    rows = select(Entry).where(Entry.about_id.in_(list(found)), Entry.at <= at).order_by(Entry.id)
    for entry in db.scalars(rows):
        match event_from(entry.name, entry.payload):
            case events.CertificateSuspended(certificate_id=key, reason=reason):
                found[key] = ("suspended", reason)
            case events.CertificateWithdrawn(certificate_id=key, reason=reason):
                found[key] = ("withdrawn", reason)
            case events.CertificateReinstated(certificate_id=key):
                found[key] = IN_FORCE
    return found
