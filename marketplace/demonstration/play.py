"""Playing the demonstration from beginning to end, in the order in which it is said to have happened."""

from collections.abc import Callable, Iterable
from typing import Protocol

from sqlalchemy.orm import Session

from marketplace.demonstration import evaluating, evidence, listings, projects, safety, studies
from marketplace.demonstration.assurance import scenes as assurance
from marketplace.demonstration.content import Content, read_content
from marketplace.demonstration.people import bring_in
from marketplace.demonstration.pilots import do_what_was_due, pay_what_is_old, send_in_order
from marketplace.demonstration.pilots import scenes as scenes_of_pilots
from marketplace.demonstration.stage import Scene, Stage, organisation_called
from marketplace.demonstration.unclaimed import bring_unclaimed, claims
from marketplace.faces.payments import go_to_gateway
from marketplace.faces.sealing import sealing
from marketplace.faces.services import Services
from marketplace.faces.standing import standing_documents
from marketplace.faces.upkeep import is_empty
from marketplace.identity.actions.notices import mark_all_read
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict
from marketplace.kit.jobs import Subscribers, drain
from marketplace.settings import HOUSE

INDEX, MAIL = "index", "mail"
"""How the names of subscribers begin that keep the index and that post letters."""
READ_UNTIL = 21
"""Days ago; what people were told before was read."""


class House(Protocol):
    """What the demonstration needs of a plugged house."""

    @property
    def services(self) -> Services: ...
    @property
    def subscribers(self) -> Subscribers: ...


Progress = Callable[[str], None]


def _silent(_: str) -> None:
    pass


def play(house: House, *, only_if_empty: bool = False, progress: Progress = _silent) -> str:
    """Play what is not there yet, and say where to go; nothing and "" where `only_if_empty` and something is there.

    It takes about a minute; `progress` hears what it is at. Raises Conflict outside demonstration mode.
    """
    services = house.services
    if not services.is_demonstration:
        raise Conflict("invented data have no place in production", "Set TOUCHSTONE_MODE=demonstration elsewhere.")
    if only_if_empty and not is_empty(services.database):
        return ""
    progress("Playing the demonstration, once, for a minute or two: organisations, people and products")
    content = read_content(HOUSE / "frameworks")
    stage = Stage(content, services.frameworks, services.files, services.search, services.clock())
    begins = stage.moment(max(each.days_ago for each in content.projects))
    certified = assurance.scenes(stage, sealing(services))
    proven = [*studies.scenes(stage), *evidence.scenes(stage), *evaluating.scenes(stage)]
    scenes = [*listings.scenes(stage), *proven, *certified, *safety.scenes(stage)]
    drain(services.database, house.subscribers, clock=services.clock)
    with services.database.writing() as db:
        is_first = organisation_called(db, listings.DESK) is None
        bring_in(db, stage)
        scenes += scenes_of_pilots(stage, db)
        _play(db, (scene for scene in scenes if scene.at < begins))
    bring_unclaimed(services.database, stage)
    progress("who hears of what happened")
    _settle(house, without=(INDEX, MAIL))
    _index(services)
    progress("projects, cases and pilots")
    with services.database.writing() as db:
        later = [scene for scene in scenes if scene.at >= begins]
        _play(db, [*later, *claims(stage), *projects.scenes(stage, db)])
    _settle(house, without=(INDEX,))
    progress("invoices and payments")
    _pay(house, stage)
    progress("the index")
    _index(services)
    if is_first:
        _read_what_is_old(stage, services)
    return _told(content, services)


def _play(db: Session, scenes: Iterable[Scene]) -> None:
    for scene in sorted(scenes, key=lambda scene: scene.at):
        scene.play(db)


def _pay(house: House, stage: Stage) -> None:
    """Send what is owed and pay what was sent long ago; do what contracts obliged to."""
    send_in_order(house.services)
    _settle(house, without=(INDEX, MAIL))
    with house.services.database.writing() as db:
        pay_what_is_old(db, stage)
        do_what_was_due(db, stage)
    _settle(house, without=(INDEX, MAIL))
    while go_to_gateway(house.services):
        _settle(house, without=(INDEX, MAIL))


def _settle(house: House, *, without: tuple[str, ...]) -> None:
    """Let everybody hear what was recorded.

    `without` are subscribers that need not hear: the index is built anew, and letters of years ago are not posted.
    """
    hearing = {
        name: [(called, hears) for called, hears in rows if not called.startswith(without)]
        for name, rows in house.subscribers.items()
    }
    drain(house.services.database, hearing, clock=house.services.clock)


def _index(services: Services) -> None:
    """Build the index anew, at once instead of product by product."""
    with services.database.reading() as db:
        services.search.rebuild(standing_documents(db, services.frameworks, on=day_in_london(services.clock())))


def _read_what_is_old(stage: Stage, services: Services) -> None:
    with services.database.writing() as db:
        for person in stage.content.people:
            mark_all_read(db, by=stage.actor(db, person.name), at=stage.moment(READ_UNTIL))


def _told(content: Content, services: Services) -> str:
    doors = [person for person in content.people if person.door]
    lines = [
        f"The demonstration is here: {len(content.organisations)} organisations, {len(content.people)} people and "
        f"{sum(1 for _ in content.products())} products, all invented.",
        f"Go to {services.base_url}/sign-in and enter as one of {len(doors)} people. Nobody needs a password:",
        *(f"  {person.name}: {person.says}" for person in doors),
    ]
    return "\n".join(lines)
