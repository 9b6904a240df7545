"""A listing on show is held to the declared matrix: suspended by what its log leaves, with everybody told, once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.assurance.actions.safety.listings import hold_listings_to_matrix
from marketplace.assurance.queries.safety.declared import matrix_of
from marketplace.catalogue.actions.listing import reinstate_listing, suspend_listing
from marketplace.catalogue.models import Product
from marketplace.faces.safety import hindered_by_hazards
from marketplace.identity.models import Notice
from marketplace.kit.errors import Conflict
from marketplace.kit.jobs import drain
from marketplace.kit.values import replace
from marketplace.wiring import subscribers_over
from tests.assurance.safety import a_deployment, a_safety_officer
from tests.web.test_safety_blocking import rate

MINUTE = timedelta(minutes=1)
MENDED = {"residual-likelihood": "very-low", "reason": "Doses are read back."}
BY_MATRIX = "example risk matrix of the DCB0129 implementation guidance: hazard 1, A dose is misheard"


@pytest.fixture(autouse=True)
def listening(db, services):
    db.expire_on_commit = False
    services.search.rebuild([])


@pytest.fixture
def officer(db, now):
    return a_safety_officer(db, at=now)


def heard(db, services, at):
    db.commit()
    drain(services.database, subscribers_over(services), clock=lambda: at)
    db.expire_all()


def told(db, actor, words):
    mine = select(Notice.title).where(Notice.person_id == actor.person_id, Notice.title.contains(words))
    return list(db.scalars(mine.order_by(Notice.id)))


def test_what_suspends_is_declared_in_the_matrix_and_the_one_before_it_suspended_nothing(frameworks):
    matrix = matrix_of(frameworks)

    assert [(each.level, each.on_sale) for each in matrix.levels] == [
        (1, "stays"), (2, "stays"), (3, "stays"), (4, "suspended"), (5, "suspended"),
    ]  # fmt: skip
    assert ("high", "major") in matrix.off_sale_risks
    assert ("low", "major") not in matrix.off_sale_risks
    first = type(matrix).model_validate(frameworks.plain["safety/matrix.yaml"][0])
    assert first.off_sale_risks == []


def test_a_risk_that_is_rated_too_high_suspends_a_live_listing_and_everybody_concerned_hears(
    db, services, product, lumen, buyer, other_buyer, moderator, officer, now
):
    a_deployment(db, product, by=buyer, at=now)
    rate(db, services.frameworks, product, lumen, now)
    heard(db, services, now)

    assert product.state == "suspended"
    assert BY_MATRIX in product.state_reason
    assert told(db, lumen, "is suspended") == ["Lumen Scribe is suspended"]
    assert told(db, moderator, "suspended") == ["Lumen Scribe was suspended by a rule of the house"]
    assert told(db, officer, "suspended") == ["Lumen Scribe, which you hold, is suspended"]
    assert told(db, other_buyer, "suspended") == []


@pytest.mark.parametrize("changes", [MENDED, {"residual-likelihood": "", "residual-severity": ""}])
def test_a_risk_that_may_stay_or_is_not_rated_suspends_nothing(db, services, product, lumen, now, changes):
    rate(db, services.frameworks, product, lumen, now, **changes)
    heard(db, services, now)

    assert product.state == "live"


def test_a_log_of_one_deployment_suspends_nothing_for_everybody(db, services, product, lumen, buyer, officer, now):
    deployment = a_deployment(db, product, by=buyer, at=now)
    rate(db, services.frameworks, product, replace(officer), now, deployment=deployment)
    heard(db, services, now)

    assert product.state == "live"


def test_when_the_risk_is_less_supplier_and_moderators_hear_it_once_and_a_moderator_puts_it_back(
    db, services, product, lumen, moderator, buyer, officer, now
):
    a_deployment(db, product, by=buyer, at=now)
    rate(db, services.frameworks, product, lumen, now)
    heard(db, services, now)
    hindered = hindered_by_hazards(db, services.frameworks, product)
    with pytest.raises(Conflict, match="cannot go live"):
        reinstate_listing(db, product, reason="Again.", hindered=hindered, by=moderator, at=now)
    db.rollback()

    for minute in (1, 2):
        rate(db, services.frameworks, product, lumen, now + minute * MINUTE, **{**MENDED, "owner": f"Number {minute}"})
        heard(db, services, now + minute * MINUTE)

    words = "Lumen Scribe: the risk that is left is no longer too high"
    assert (told(db, moderator, "no longer"), told(db, lumen, "no longer")) == ([words], [words])
    assert product.state == "suspended"
    hindered = hindered_by_hazards(db, services.frameworks, product)
    reinstate_listing(db, product, reason="Doses are read back.", hindered=hindered, by=moderator, at=now + 3 * MINUTE)
    heard(db, services, now + 3 * MINUTE)
    assert told(db, officer, "on show again") == ["Lumen Scribe, which you hold, is on show again"]


def test_a_suspension_by_a_moderator_is_no_matter_of_the_matrix(db, services, product, lumen, moderator, now):
    suspend_listing(db, product, reason="It mishears doses.", by=moderator, at=now)
    rate(db, services.frameworks, product, lumen, now, **MENDED)
    heard(db, services, now)

    assert told(db, moderator, "no longer") == []
    assert told(db, moderator, "rule of the house") == []
    assert product.state_reason == "It mishears doses."


def test_the_clock_finds_what_was_on_show_before_the_matrix_said_so_and_does_it_once(db, services, product, lumen, now):
    rate(db, services.frameworks, product, lumen, now)

    counts = [hold_listings_to_matrix(db, services.frameworks, at=now) for _ in range(2)]

    assert counts == [1, 0]
    assert db.get_one(Product, product.id).state == "suspended"
