"""What stands for the parameters of successions in the world of the house tests."""

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.faces.services import Services
from tests import cast
from tests.house.places import People, Place
from tests.successions import proposed


def places(db: Session, services: Services, people: People, at: datetime) -> dict[str, Place]:
    """The buyer's trust is to join another; who buys elsewhere has no part in it."""
    another = cast.an_actor(db, "Ida Moor", "Penwith NHS Trust", "trust", "manager", at=at)
    ref = {"ref": proposed(db, people.buyer, another, people.moderator, at=at).ref}
    ours = Place(people.moderator, people.other_buyer, ref)
    return {
        "/successions/": Place(people.buyer, people.other_buyer, ref),
        "/successions/{ref:str}/withdrawal": ours,
        "/successions/{ref:str}/completion": ours,
    }
