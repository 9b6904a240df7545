"""One calendar of everything that is due: each room gives its own dates, and here they stand together."""

from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from marketplace.assurance.queries import dates as assurance
from marketplace.assurance.queries.safety import dates as safety
from marketplace.catalogue.queries import dates as catalogue
from marketplace.contracts.queries import dates as contracts
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.identity.queries import dates as identity
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid
from marketplace.kit.icalendar import Entry, calendar, in_order
from marketplace.kit.text import quote
from marketplace.kit.values import Value
from marketplace.payments.queries import dates as payments
from marketplace.procurement.queries import dates as procurement

KINDS = {
    "project": "Projects",
    "joint": "Buying together",
    "contract": "Contracts",
    "outcome": "Measurements and outcomes",
    "payment": "Invoices",
    "certificate": "Certificates",
    "assurance": "Assurance",
    "safety": "Clinical safety",
    "catalogue": "Our products",
    "comment": "Asked in comments",
    "account": "Your account",
}
"""What a date belongs to, as people choose among them."""
BACK, AHEAD = timedelta(days=92), timedelta(days=400)
"""How far a calendar that others follow reaches."""
LONGEST = timedelta(days=800)


class Span(Value):
    """Whose dates, as things are on `today`, from `first` to `last`, both included."""

    by: Actor
    today: date
    first: date
    last: date


Room = Callable[[Session, Frameworks, Span], list[Entry]]
ROOMS: tuple[tuple[frozenset[str], Room], ...] = (
    (frozenset({"project", "joint"}),
     lambda db, _, span: procurement.dates_of(db, by=span.by, first=span.first, last=span.last)),
    (frozenset({"contract", "outcome"}),
     lambda db, known, span: contracts.dates_of(db, known, by=span.by, first=span.first, last=span.last)),
    (frozenset({"payment"}), lambda db, _, span: payments.dates_of(db, by=span.by, first=span.first, last=span.last)),
    (frozenset({"certificate", "assurance"}),
     lambda db, known, span: assurance.dates_of(
         db, known, by=span.by, first=span.first, last=span.last, today=span.today)),
    (frozenset({"safety"}),
     lambda db, known, span: safety.dates_of(db, known, by=span.by, first=span.first, last=span.last)),
    (frozenset({"catalogue"}),
     lambda db, _, span: catalogue.dates_of(db, by=span.by, first=span.first, last=span.last)),
    (frozenset({"account", "comment"}),
     lambda db, _, span: identity.dates_of(db, by=span.by, first=span.first, last=span.last)),
)  # fmt: skip
"""Each room, with the kinds of dates that it gives: a room is asked only where one of its kinds is wanted."""


def dates_for(
    db: Session, frameworks: Frameworks, *, by: Actor, at: datetime, first: date, last: date,
    kinds: Collection[str] = (),
) -> list[Entry]:  # fmt: skip
    """Everything that is due for the actor from `first` to `last`, in order; of all kinds unless some are named.

    In a fixed number of queries, whatever there is. Raises Invalid for an unknown kind and for a span that is too long.
    """
    check_kinds(kinds)
    if last - first > LONGEST:
        raise Invalid(f"from {first} to {last} is too long", f"Ask for at most {LONGEST.days} days at once.")
    wanted, span = frozenset(kinds or KINDS), Span(by, day_in_london(at), first, last)
    found = [entry for gives, room in ROOMS if gives & wanted for entry in room(db, frameworks, span)]
    return in_order(entry for entry in found if entry.kind in wanted)


def check_kinds(kinds: Collection[str]) -> None:
    """Raises Invalid for one that there is not."""
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise Invalid(f"{quote(unknown[0])} is no kind of date", f"Choose among {', '.join(KINDS)}.")


def is_late(entry: Entry, *, at: datetime) -> bool:
    """Whether its day, or its moment, is past and it was not done."""
    over = entry.at <= at if entry.at is not None else entry.on < day_in_london(at)
    return over and entry.is_task and not entry.is_done


def followed(
    db: Session, frameworks: Frameworks, *, by: Actor, at: datetime, base_url: str, kinds: Collection[str] = ()
) -> str:
    """The actor's dates as a calendar that other programs follow, three months back and a year ahead."""
    today = day_in_london(at)
    entries = dates_for(db, frameworks, by=by, at=at, first=today - BACK, last=today + AHEAD, kinds=kinds)
    return calendar(f"Touchstone: {by.organisation_name}", entries, at=at, base_url=base_url, kinds=KINDS)
