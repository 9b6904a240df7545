"""The public register: what was promised, what happened, what was paid, and nobody's person."""

from datetime import timedelta
from decimal import Decimal

import pytest
import yaml
from sqlalchemy.orm import Session

from marketplace.contracts.models import Measure, Measurement, Settlement
from marketplace.faces.desk import CALCULATORS
from marketplace.faces.payments import rehearsal_of
from marketplace.faces.services import Services
from marketplace.identity.policies import CLOCK
from marketplace.kit.ids import new_id
from marketplace.payments.queries.invoices import find_invoice
from tests import cast
from tests.clients import browser_over, committed, sign_in
from tests.payments.scenes import NOW, Deal, a_deal, falls_due, settled
from tests.worlds import part


@pytest.fixture(autouse=True)
def what_is_read_takes_no_lock(db: Session) -> None:
    db.expire_on_commit = False


@part
def deal(db: Session, services: Services) -> Deal:
    """October came to 9 minutes a letter, three quarters of the way from 12 to 8, and is paid by Ashdown."""
    made = a_deal(db)
    made.contract.live_at = made.contract.signed_at = NOW - timedelta(days=84)
    measure = Measure(id=new_id(NOW), contract_id=made.contract.id, key="minutes", position=1, label="Minutes per letter",
                      unit="minutes", baseline=Decimal("13.2"), baseline_n=400, baseline_locked_at=NOW)  # fmt: skip
    db.add(measure)
    db.flush()
    for side in (made.ashdown, made.calder):
        db.add(Measurement(id=new_id(NOW), contract_id=made.contract.id, measure_id=measure.id, kind="period",
                           organisation_id=side.organisation_id, period="2026-10", value=Decimal(9), count=200, at=NOW))  # fmt: skip
    db.flush()
    falls_due(db, made, 855_000)
    falls_due(db, made, 285_000, of=made.calder)
    settlement = db.query(Settlement).one()
    settlement.base_pence, settlement.at_risk_pence, settlement.total_pence = 960_000, 180_000, 1_140_000
    committed(db)
    settled(services)
    with services.database.reading() as reading:
        first = find_invoice(reading, "LUME-000001", by=CLOCK)
    rehearsal_of(services).receive(first.gateway_ref, 1_026_000)
    settled(services)
    return made


def test_the_register_shows_what_was_promised_against_what_was_paid(deal: Deal, services: Services):
    page = browser_over(services)

    listed = page.get("/register")
    shown = page.get(f"/register/{deal.contract.ref}")

    assert "Ambient scribing in outpatients" in listed.text
    assert "£10,260.00" in listed.text
    for fact in ("£11,400.00 of £12,000.00 was earned: 95% of the full fee", "Ashdown Hospitals NHS Trust", "13.2",
                 "Does it give doctors time back?", "Minutes per letter: 9 minutes in October 2026, from 13.2 before",
                 "Lumen Health Ltd", "£10,260.00", "£13,680.00"):  # fmt: skip
        assert fact in shown.text, fact
    assert shown.headers["cache-control"].startswith("public")
    assert "set-cookie" not in shown.headers


def test_no_name_of_a_person_stands_on_the_register(deal: Deal, services: Services):
    page = browser_over(services)

    every = page.get("/register").text + page.get(f"/register/{deal.contract.ref}").text

    for actor in (deal.ashdown, deal.calder, deal.supplier):
        assert actor.person_name not in every
    assert "@" not in every


def test_anybody_works_the_amount_out_again_from_the_published_file(deal: Deal, services: Services):
    page = browser_over(services)

    told = page.get(f"/register/{deal.contract.ref}/recompute.yaml")
    worked = CALCULATORS["settle"].work(yaml.safe_load(told.text), services.frameworks)

    assert worked.document["total_pence"] == 1_140_000
    assert sorted(worked.document["owed_pence"].values()) == [285_000, 855_000]


def test_a_contract_that_is_not_signed_is_not_there(db: Session, services: Services):
    deal = a_deal(db)
    deal.contract.state = "issued"
    committed(db)
    page = browser_over(services)

    assert page.get(f"/register/{deal.contract.ref}").status_code == 404
    assert deal.contract.ref not in page.get("/register").text


def test_a_part_is_left_out_with_its_reason_until_its_day_and_comes_back(deal: Deal, services: Services, db, now):
    lead = cast.an_actor(db, "Mo Manages", "Ashdown Hospitals NHS Trust", "trust", "contract-manager", at=now)
    committed(db)
    page, public = sign_in(browser_over(services), services, lead, at=now), browser_over(services)
    base = f"/contracts/{deal.contract.ref}"
    form = {"part": "amounts", "ground": "commercial", "reason": "A tender runs until June.", "until": "2027-06-30"}

    wrong = page.send_form(f"{base}/redactions", {**form, "reason": "", "until": "2026-11-24"})
    right = page.send_form(f"{base}/redactions", form)
    hidden = public.get(f"/register/{deal.contract.ref}").text

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert "A tender runs until June." in hidden
    assert "30 June 2027" in hidden
    assert "£" not in hidden.replace("£12,000 a month", "")
    assert "£10,260.00" not in public.get("/register").text
    assert public.get(f"/register/{deal.contract.ref}/recompute.yaml").status_code == 404
    shown = page.get(f"{base}/register").text
    lifting = next(part for part in shown.split('"') if part.endswith("/lifting"))
    assert page.send_form(lifting).status_code == 303
    assert "£11,400.00" in public.get(f"/register/{deal.contract.ref}").text


def test_the_supplier_does_not_decide_what_the_register_leaves_out(deal: Deal, services: Services, now):
    page = sign_in(browser_over(services), services, deal.supplier, at=now)
    form = {"part": "amounts", "ground": "commercial", "reason": "We would rather not.", "until": "2027-06-30"}

    assert page.send_form(f"/contracts/{deal.contract.ref}/redactions", form).status_code == 403
