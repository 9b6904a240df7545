"""The demonstration played on a database: everything through actions, marked, and the same when it is played again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import Attachment, Claim, Product, Review, Version
from marketplace.catalogue.rules.ageing import is_hidden, is_stale
from marketplace.demonstration import play
from marketplace.faces.services import Services
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.models import Invitation, Organisation, Person
from marketplace.kit.db import Base, Database
from marketplace.kit.errors import Conflict
from marketplace.kit.jobs import Delivery, Subscribers
from marketplace.kit.record import Entry, Outbox
from marketplace.ports.search.port import Query
from marketplace.procurement.models import Comment, Decision, Project
from marketplace.wiring import subscribers_over
from tests.databases import sqlite_copy
from tests.services import services_over

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


@dataclass(frozen=True)
class House:
    services: Services
    subscribers: Subscribers


@pytest.fixture(scope="module")
def house(template: Path, tmp_path_factory: pytest.TempPathFactory, frameworks: Frameworks) -> Iterator[House]:
    """Where the demonstration was played once. Tests here only read, or play it again."""
    folder = tmp_path_factory.mktemp("demonstration")
    with sqlite_copy(template) as database:
        played = _house(database, folder, frameworks)
        play(played)
        yield played


@pytest.fixture
def played(house: House) -> Iterator[Session]:
    with house.services.database.reading() as db:
        yield db


def _house(database: Database, folder: Path, frameworks: Frameworks, **changes: object) -> House:
    services = services_over(database, folder, frameworks, lambda: NOW, **changes)
    return House(services, subscribers_over(services))


def _counts(database: Database) -> dict[str, int]:
    with database.reading() as db:
        return {
            table.name: db.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables if inspect(db.connection()).has_table(table.name)
        }  # fmt: skip


def test_playing_it_again_changes_nothing(house: House):
    before = _counts(house.services.database)

    told = play(house)

    assert "/sign-in" in told
    assert _counts(house.services.database) == before
    assert play(house, only_if_empty=True) == ""


def test_everything_is_marked_and_nobody_has_a_password(played: Session):
    assert played.scalars(select(Organisation.name).where(~Organisation.is_demonstration)).all() == []
    assert played.scalars(select(Person.name).where(~Person.is_demonstration)).all() == []
    assert played.scalars(select(Person.name).where(Person.password_hash.is_not(None))).all() == []
    claimed = select(Product.name).where(~Product.is_demonstration, Product.organisation_id.is_not(None))
    assert played.scalars(claimed).all() == []
    unclaimed = played.scalars(select(Product).where(Product.organisation_id.is_(None))).all()
    assert all("demonstration" in str(product.source["supplier"]) for product in unclaimed)


def test_no_organisation_carries_a_code_of_a_register(played: Session):
    codes = (Organisation.ods_code, Organisation.ror_id, Organisation.companies_house_number)

    assert [row for row in played.execute(select(*codes)) if any(row)] == []


def test_listings_stand_in_every_state(played: Session):
    states = dict(played.execute(select(Product.state, func.count()).group_by(Product.state)).all())

    assert states["live"] >= 38
    assert set(states) == {"draft", "submitted", "live", "suspended", "withdrawn"}
    assert played.scalar(select(func.count(Review.id)).where(Review.outcome == "sent back")) == 2
    assert played.scalar(select(func.count(Version.id)).where(Version.edition >= 2)) >= 20
    assert played.scalar(select(func.count(Attachment.id))) >= 45


def test_a_listing_is_stale_and_another_left_the_default_search(played: Session):
    today = NOW.date()
    touched = played.execute(select(Product.name, Product.touched_at).where(Product.state == "live")).all()

    stale = {name for name, at in touched if is_stale(at.date(), today=today)}
    assert "Geiriad Llythyr" in stale
    assert [name for name, at in touched if is_hidden(at.date(), today=today)] == ["Paleglass Slide Notes"]


def test_what_happened_happened_in_the_past_and_by_somebody(played: Session):
    first, last = played.execute(select(func.min(Entry.at), func.max(Entry.at))).one()
    nobody = select(Entry.name).where(Entry.by_person_id.is_(None)).distinct()

    assert first < NOW - timedelta(days=1_160)
    assert last <= NOW
    assert set(played.scalars(nobody)) <= {
        "identity.OrganisationRegistered", "identity.MemberJoined", "identity.PersonTold", "assurance.IssuerKeyMade",
        "assurance.DeploymentPlanned", "assurance.NoticeChased", "assurance.SampleDrawn", "evidence.SynthesisChanged",
        "procurement.CandidateChanged", "contracts.ObligationFinished", "payments.CreditSet", "payments.GatewayTold",
        "payments.InvoiceIssued", "payments.InvoiceRaised", "payments.InvoiceSent",
    }  # fmt: skip


def test_everything_was_heard(played: Session):
    assert played.scalar(select(func.count()).select_from(Outbox).where(~Outbox.heard)) == 0
    waiting = select(Delivery.subscriber, Delivery.error).where(Delivery.done_at.is_(None))
    assert played.execute(waiting).all() == []


def test_buyers_have_searched_shortlisted_and_talked(played: Session):
    verdicts = set(played.scalars(select(Decision.verdict)))

    assert played.scalar(select(func.count(Project.id))) == 3
    assert verdicts == {"added", "included", "excluded"}
    assert set(played.scalars(select(Comment.is_private))) == {True, False}
    assert set(played.scalars(select(Project.state))) == {"open", "decided"}


def test_two_invitations_are_open_and_a_claim_waits(played: Session):
    offers = played.scalars(select(Invitation)).all()

    assert sum(offer.is_open(NOW) for offer in offers) == 2
    assert played.scalars(select(Claim.state)).all() == ["asked"]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("discharge letters safe for children", "Tamarask Discharge"),
        ("Welsh scribe", "Geiriad Clinig"),
        ("ambulance handover", "Tamarask Blue"),
        ("easy read", "Clearfen Easy Read"),
        ("complaints", "Oxbarrow Replies"),
    ],
)
def test_a_clinician_finds_what_they_mean(house: House, words: str, first: str):
    found = house.services.search.find(Query(words=words))

    assert found.hits[0].stored["title"] == first


def test_it_is_not_played_in_production(template: Path, tmp_path: Path, frameworks: Frameworks):
    with sqlite_copy(template) as database, pytest.raises(Conflict, match="production"):
        play(_house(database, tmp_path, frameworks, is_demonstration=False))
