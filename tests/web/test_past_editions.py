"""An edition that left the catalogue: its certificate as it was then, and what became of it since."""

import re
from datetime import timedelta

import pytest

from marketplace.assurance.actions.certificates import reinstate_certificate, suspend_certificate, withdraw_certificate
from marketplace.assurance.queries.past import certificates_of_edition
from marketplace.catalogue.models import Version
from marketplace.kit.ids import new_id
from tests.assurance.conftest import bench
from tests.assurance.scenes import a_certificate, an_answered_product, whole
from tests.worlds import part

__all__ = ["bench"]

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def what_is_read_takes_no_lock(db):
    db.expire_on_commit = False


@part
def product(db, services, lumen, now):
    return an_answered_product(db, services, of=lumen, at=now)


def a_next(db, product, *, number, change, at):
    before = db.get_one(Version, product.live_version_id)
    before.state, before.superseded_at = "superseded", at
    db.flush()
    version = Version(
        id=new_id(at), product_id=product.id, edition=before.edition + 1, number=number, name=before.name,
        change=change, state="published", answers=dict(before.answers), created_at=at, published_at=at,
    )  # fmt: skip
    db.add(version)
    db.flush()
    product.live_version_id = version.id
    whole(db, product)
    return before


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_an_older_edition_shows_its_certificate_as_it_was_and_as_it_is(client, db, bench, product, lumen, now):
    certificate = a_certificate(db, bench, product, by=lumen, at=now)
    a_next(db, product, number="3.0", change="new-model", at=now)
    withdraw_certificate(db, certificate, reason="It invented a dose.", by=bench.first, at=now + DAY)
    db.commit()

    page = client.get(f"/products/{product.ref}/editions/1").text
    told = client.get(f"/v1/products/{product.ref}/editions/1").json()["certificates"]

    said = text_of(page)
    assert f'<a href="/certificates/{certificate.ref}">' in page
    assert "When this edition left the catalogue, 24 November 2026 Met It holds until" in said
    assert "A certificate of this edition does not hold today: withdrawn" in said
    assert "Today Withdrawn It invented a dose." in said
    assert "On 24 November 2026, when another edition took its place" in said
    assert "Given out" in said[said.index("What happened to it, from the day of issue") :]
    assert [(one["ref"], one["edition"], one["outcome"]) for one in told] == [(certificate.ref, 1, "met")]
    assert (told[0]["then"]["status"], told[0]["today"]["status"]) == ("met", "withdrawn")


def test_certificate_and_list_of_changes_lead_to_the_edition_as_it_was(client, db, bench, product, lumen, now):
    certificate = a_certificate(db, bench, product, by=lumen, at=now)
    a_next(db, product, number="3.0", change="new-model", at=now)
    db.commit()
    edition = f"/products/{product.ref}/editions/1"

    assert f'<a href="{edition}">version 1.0</a>' in client.get(f"/certificates/{certificate.ref}").text
    changes = client.get(f"/products/{product.ref}/changes").text
    assert f'<a href="/certificates/{certificate.ref}">{certificate.ref}</a>' in changes
    assert f'href="{edition}#certificates"' in changes


def test_the_edition_that_took_its_place_has_none_and_one_that_corrects_keeps_it(
    client, db, bench, product, lumen, now
):
    certificate = a_certificate(db, bench, product, by=lumen, at=now)
    a_next(db, product, number="2.4", change="correction", at=now)
    a_next(db, product, number="3.0", change="new-model", at=now + DAY)
    db.commit()

    first, second, third = (text_of(client.get(f"/products/{product.ref}/editions/{n}").text) for n in (1, 2, 3))

    assert certificate.ref in first
    assert "every edition from there to this one only corrects the description" in second
    assert "No certificate on Touchstone is of this edition." in third
    assert client.get(f"/v1/products/{product.ref}/editions/3").json()["certificates"] == []


def test_a_certificate_that_was_suspended_while_the_edition_was_on_show_was_so_then(
    db, services, bench, product, lumen, now
):
    certificate = a_certificate(db, bench, product, by=lumen, at=now)
    suspend_certificate(db, certificate, reason="A safety notice.", by=bench.third, at=now)
    edition = a_next(db, product, number="3.0", change="new-model", at=now + DAY)
    reinstate_certificate(db, certificate, reason="It is mended.", by=bench.first, at=now + 2 * DAY)

    (found,) = certificates_of_edition(db, services.frameworks, edition, on=(now + 3 * DAY).date())

    assert found.then is not None
    assert (found.then.status, found.then.cause, found.now.status) == ("suspended", "A safety notice.", "met")


def test_a_dated_part_that_ran_out_since_still_held_then(db, services, bench, product, lumen, now):
    a_certificate(db, bench, product, by=lumen, at=now)
    edition = a_next(db, product, number="3.0", change="new-model", at=now)

    (found,) = certificates_of_edition(db, services.frameworks, edition, on=(now + 400 * DAY).date())

    assert found.then is not None
    assert (found.then.status, found.now.status) == ("met", "expired")


def test_a_certificate_given_out_after_the_edition_had_left_says_so(client, db, bench, product, lumen, now):
    edition = db.get_one(Version, product.live_version_id)
    a_certificate(db, bench, product, by=lumen, at=now)
    edition.state, edition.superseded_at = "superseded", now - DAY
    db.commit()

    assert "It had not been given out yet." in text_of(client.get(f"/products/{product.ref}/editions/1").text)
