"""A credential follows its certificate: renewed, it is sealed anew and holds longer; once, however often it is told."""

from datetime import timedelta

import pytest

from marketplace.assurance.actions.answers import answer
from marketplace.assurance.actions.renewing import ask_renewal, settle_renewal
from marketplace.assurance.queries.certificates import find_certificate
from marketplace.assurance.rules.checking import check
from marketplace.catalogue.queries.products import attachments_of
from marketplace.faces.sealing import trusted
from marketplace.kit.jobs import drain
from marketplace.wiring import subscribers_over
from tests.assurance.scenes import an_answered_product
from tests.worlds import part

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def listening(db, services):
    db.expire_on_commit = False
    services.search.rebuild([])


@part
def product(db, services, lumen, now):
    return an_answered_product(db, services, of=lumen, at=now, tested=340)


def test_a_renewed_part_seals_the_credential_anew(db, services, bench, product, certificate, lumen, now):
    old = certificate.document
    paper, later = attachments_of(db, product.id)[1], now + DAY
    answer(
        db, product, {}, framework=services.frameworks.assurance["dtac"],
        dated={"penetration-test": (now - 2 * DAY).date()}, documents={"penetration-test": [paper.id]}, by=lumen, at=later,
    )  # fmt: skip
    renewal = ask_renewal(db, certificate, "C3.3", frameworks=services.frameworks, by=lumen, at=later)
    settle_renewal(
        db, certificate, renewal, accepted=True, has_no_conflict=True, frameworks=services.frameworks, by=bench.third,
        at=later,
    )  # fmt: skip
    for _ in range(2):
        db.commit()
        drain(services.database, subscribers_over(services), clock=lambda: later)
    db.expire_all()
    new = find_certificate(db, certificate.ref).document
    db.commit()

    late = now + 60 * DAY
    trust = trusted(db, services, at=late)
    assert old["validUntil"] == "2026-12-19T23:59:59Z"
    assert new["validUntil"] == "2027-06-30T22:59:59Z"
    assert list(check(old, trust, at=late).reasons) == ["ran-out"]
    assert check(new, trust, at=late).holds
    assert new["credentialSubject"] == old["credentialSubject"]
