"""Who and what the scenes speak of: people, organisations and products by their names, and moments in the past."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session, joinedload

from marketplace.catalogue.models import Product
from marketplace.demonstration.content import Content
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.models import Organisation, Person
from marketplace.identity.policies import Actor
from marketplace.identity.queries import actor_for
from marketplace.kit.errors import NotFound
from marketplace.kit.events import Event
from marketplace.kit.record import Entry
from marketplace.kit.text import quote
from marketplace.kit.values import Value, field
from marketplace.ports.files.port import Files
from marketplace.ports.search.port import Search

FRIDAY = 4
OPENS = 9


class Scene(Value):
    """Something that somebody did at a moment. Playing it again does nothing."""

    at: datetime
    play: Callable[[Session], None]


class Stage(Value):
    """What the scenes are played with; `now` is the one moment that all others are counted back from."""

    content: Content
    frameworks: Frameworks
    files: Files
    search: Search
    now: datetime
    _actors: dict[tuple[str, str], Actor] = field(default_factory=dict)

    def moment(self, days_ago: int, minutes: int = 0) -> datetime:
        """That many days ago in working hours, the Friday before where it was a weekend."""
        day = self.now - timedelta(days=days_ago)
        day -= timedelta(days=max(0, day.weekday() - FRIDAY))
        return day.replace(hour=OPENS, minute=0, second=0, microsecond=0) + timedelta(minutes=minutes)

    def actor(self, db: Session, person: str, organisation: str = "") -> Actor:
        """A person of the demonstration, acting for one of their organisations: the first, unless one is named."""
        declared = next(each for each in self.content.people if each.name == person)
        name = organisation or declared.seats[0].organisation
        if (person, name) not in self._actors:
            found = person_at(db, declared.email)
            acting = organisation_called(db, name)
            if found is None or acting is None:
                raise NotFound(f"{quote(person)} of {quote(name)} is not here", "Play it from the start.")
            self._actors[person, name] = actor_for(db, found, acting, on=self.now.date())
        return self._actors[person, name]

    def somebody(self, db: Session, organisation: str, role: str) -> Actor:
        """The first person of an organisation who holds a role there."""
        held = (
            person.name for person in self.content.people for seat in person.seats
            if seat.organisation == organisation and role in seat.roles
        )  # fmt: skip
        return self.actor(db, next(held), organisation)


def person_at(db: Session, address: str) -> Person | None:
    return db.scalars(select(Person).where(Person.email == address)).one_or_none()


_ORGANISATION = (
    select(Organisation)
    .where(Organisation.name == bindparam("name"), Organisation.is_demonstration)
    .order_by(Organisation.id)
    .limit(1)
)
_PRODUCT = (
    select(Product)
    .options(joinedload(Product.supplier), joinedload(Product.live_version))
    .where(Product.name == bindparam("name"))
    .order_by(Product.id)
    .limit(1)
    .execution_options(populate_existing=True)
)
_OF_SUPPLIER = _PRODUCT.where(Product.organisation_id == bindparam("supplier"))


def organisation_called(db: Session, name: str) -> Organisation | None:
    """An organisation of the demonstration; asked for once in a session, because none is called anew."""
    known: dict[str, Organisation] = db.info.setdefault("organisations", {})
    if name not in known:
        found = db.scalars(_ORGANISATION, {"name": name}).one_or_none()
        if found is None:
            return None
        known[name] = found
    return known[name]


def product_called(db: Session, name: str, supplier: str = "") -> Product | None:
    """A product of the demonstration by the name that it began with; an unclaimed one where no supplier is given."""
    if not supplier:
        return db.scalars(_PRODUCT, {"name": name}).one_or_none()
    organisation = organisation_called(db, supplier)
    if organisation is None:
        return None
    return db.scalars(_OF_SUPPLIER, {"name": name, "supplier": organisation.id}).one_or_none()


def product_known(db: Session, name: str) -> Product:
    """Raises NotFound."""
    product = product_called(db, name)
    if product is None:
        raise NotFound(f"there is no product {quote(name)} in the demonstration", "Mend its name in projects.yaml.")
    return product


def happened(db: Session, event: type[Event], about: UUID) -> bool:
    """Whether an event of this kind was recorded about a thing."""
    said = select(exists().where(Entry.about_id == about, Entry.name == event.recorded_as))
    return bool(db.scalar(said))
