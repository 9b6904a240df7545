"""Outcomes in the browser: from the baseline to the decision, as the people of two trusts and the supplier see them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from marketplace.contracts.actions.outcomes.verdicts import accept_outcome, dispute_outcome
from marketplace.contracts.actions.signing import read_text
from marketplace.contracts.actions.texts import begin_variation, issue_variation
from marketplace.contracts.models import Contract, Dispute, Harm, PilotDecision, Settlement
from marketplace.contracts.queries.contracts import find_contract
from marketplace.contracts.queries.signing import open_text
from marketplace.faces.desk import CALCULATORS
from marketplace.faces.services import Services
from marketplace.identity.policies import Actor
from tests.clients import Browser, browser_over, sign_in
from tests.contracts.agreements import a_draft
from tests.contracts.conftest import certified, live, live_with, people, running, scribe, settled, signed
from tests.contracts.outcomes import FEBRUARY, GOOD, JANUARY, POOR, TERMS, a_month, after, settled_in
from tests.contracts.test_added_measures import CALLS, LESS
from tests.services import services_over

__all__ = ["certified", "live", "live_with", "people", "running", "scribe", "settled", "signed"]
LATER = datetime(2027, 3, 4, 9, tzinfo=UTC)
Enter = Callable[[Actor], Browser]
BASELINE_FORM = {
    "value-notes": "0.75", "cases-notes": "400", "value-minutes": "13", "cases-minutes": "400", "value-gap": "4",
    "cases-gap": "400",
}  # fmt: skip
JANUARY_FORM = {**BASELINE_FORM, "value-notes": "0.86", "value-minutes": "10", "value-gap": "2", "period": JANUARY}


@pytest.fixture(autouse=True)
def what_is_read_takes_no_lock(db):
    """References stay readable after a commit without a new transaction, which would hold the writers' lock."""
    db.expire_on_commit = False


@pytest.fixture
def services(database, tmp_path, frameworks) -> Services:
    """The house in March 2027, when two months of the contract are over."""
    return services_over(database, tmp_path, frameworks, lambda: LATER)


@pytest.fixture
def client_of(services, db) -> Enter:
    def enter(actor: Actor) -> Browser:
        db.commit()
        return sign_in(browser_over(services), services, actor, at=LATER)

    return enter


def page_of(contract: Contract, place: str = "outcomes") -> str:
    return f"/contracts/{contract.ref}/{place}"


def test_every_page_of_outcomes_opens_for_every_party_and_for_no_stranger(
    client_of, db, live, running, people, lumen, rival, buyer, now
):
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    places = ["outcomes", "measurements", "simulation", "finance", "harms", "decision", f"periods/{JANUARY}"]

    for actor in (running.lead, running.participant, running.safety, people.participant, lumen, buyer):
        browser = client_of(actor)
        for place in places:
            assert browser.get(page_of(live, place)).status_code == 200, (actor.person_name, place)
    stranger = client_of(rival)
    for place in places:
        assert stranger.get(page_of(live, place)).status_code == 404


def test_a_signed_contract_says_everything_that_is_missing_before_it_goes_live(client_of, db, signed, running):
    browser = client_of(running.lead)

    shown = browser.get(page_of(signed)).text
    answer = browser.send_form(page_of(signed, "going-live"))

    assert "The baseline is not locked" in shown
    assert answer.status_code == 409
    assert "the baseline is not locked" in answer.text


def test_the_baseline_is_typed_by_each_trust_and_locked_by_the_lead(client_of, db, signed, running):
    lead, other = client_of(running.lead), client_of(running.participant)
    form = {
        "value-letter-minutes": "12", "cases-letter-minutes": "300", "value-sent-in-7-days": "61", "cases-sent-in-7-days": "300",
        "value-serious-errors": "1.5", "cases-serious-errors": "100",
    }  # fmt: skip

    assert lead.send_form(page_of(signed, "baseline"), form).status_code == 303
    assert "Letters sent within seven days of Calder Valley NHS Trust" in lead.get(page_of(signed, "measurements")).text
    assert lead.send_form(page_of(signed, "baseline/lock")).status_code == 409
    assert other.send_form(page_of(signed, "baseline"), form).status_code == 303
    assert other.send_form(page_of(signed, "baseline/lock")).status_code == 403
    assert lead.send_form(page_of(signed, "baseline/lock")).status_code == 303

    shown = lead.get(page_of(signed, "measurements")).text
    assert "Nobody changes it any more" in shown
    assert lead.send_form(page_of(signed, "baseline"), {**form, "reason": "Late."}).status_code == 409


def test_before_anybody_signs_a_simulation_tells_what_it_will_cost(
    client_of, db, frameworks, settled, certified, buyer, now
):
    contract = a_draft(db, frameworks, settled, by=buyer, at=now, **TERMS)
    browser = client_of(buyer)

    shown = browser.get(page_of(contract, "simulation")).text
    typed = browser.get(page_of(contract, "simulation") + "?expected-notes=0.95&expected-minutes=12").text
    wrong = browser.get(page_of(contract, "simulation") + "?expected-notes=NaN")

    assert "Between £57,600.00 if nothing gets better and £70,000.00 if every target is met" in shown
    assert "£34,560.00" in shown  # Ashdown's three fifths of low
    assert "£67,680.00" in typed  # six months of base fee and 70 % of what is at risk
    assert wrong.status_code == 422
    assert "is not a number" in wrong.text


def test_a_month_is_typed_in_computed_and_accepted(client_of, db, live, running):
    lead, other = client_of(running.lead), client_of(running.participant)

    assert "Give the data of January 2027" in lead.get(page_of(live, "measurements")).text
    assert lead.send_form(page_of(live, "measurements"), JANUARY_FORM).headers["location"].endswith("/measurements")
    answer = other.send_form(page_of(live, "measurements"), JANUARY_FORM)
    assert answer.headers["location"].endswith(f"/periods/{JANUARY}")

    shown = lead.get(page_of(live, f"periods/{JANUARY}")).text
    assert "January 2027 comes to <strong>£10,632.00</strong>" in shown
    assert "(0.86 - 0.8) / (0.95 - 0.8)" in shown
    assert lead.send_form(page_of(live, f"periods/{JANUARY}/acceptance"), {"number": "1"}).status_code == 303
    twice = lead.send_form(page_of(live, f"periods/{JANUARY}/acceptance"), {"number": "1"})
    assert twice.status_code == 409
    assert "Marta Lind accepted this outcome" in twice.text
    assert "£6,379.20" in lead.get(page_of(live, f"periods/{JANUARY}")).text


def test_what_does_not_hold_comes_back_with_what_was_typed(client_of, db, live, running):
    browser = client_of(running.lead)

    answer = browser.send_form(page_of(live, "measurements"), {**JANUARY_FORM, "value-notes": "86"})

    assert answer.status_code == 422
    assert 'value="86"' in answer.text
    assert "86 share is outside what" in answer.text
    assert "It is between 0 and 1 share" in answer.text


@pytest.mark.parametrize("typed", ["NaN", "1e999", "０.9", "-0.1", "0,9", "=1+1", "0.9\u202e"])
def test_no_number_but_a_number_is_taken(client_of, db, live, running, typed):
    answer = client_of(running.lead).send_form(page_of(live, "measurements"), {**JANUARY_FORM, "value-notes": typed})

    assert answer.status_code == 422
    assert "value-notes" in answer.text


def test_a_file_is_shown_before_it_is_brought_in(client_of, db, live, running):
    browser = client_of(running.lead)
    rows = "month,measure,value,cases,reason\r\n" + "".join(
        f"{JANUARY},{key},{value},{count},\r\n" for key, (value, count) in GOOD.items()
    )

    shown = browser.send_form(
        page_of(live, "measurements/preview"), files={"file": ("winter.csv", rows.encode(), "text/csv")}
    )
    assert shown.status_code == 200
    assert "3 rows can be brought in" in shown.text
    content = shown.text.split('name="content" value="')[1].split('"')[0]

    answer = browser.send_form(page_of(live, "measurements/import"), {"content": content, "name": "winter.csv"})
    assert answer.status_code == 303
    assert "winter.csv" in browser.get(page_of(live, "measurements")).text

    bad = browser.send_form(
        page_of(live, "measurements/preview"),
        files={"file": ("winter.csv", rows.replace("0.95", "95").encode(), "text/csv")},
    )
    assert "rows do not hold: nothing can be brought in" in bad.text or "row does not hold" in bad.text
    assert browser.send_form(page_of(live, "measurements/import"), {"content": "!", "name": "x"}).status_code == 422


def test_the_sheet_to_fill_in_names_what_is_missing(client_of, db, live, running):
    text = client_of(running.lead).get(page_of(live, "measurements.csv")).text

    assert "2027-01,notes" in text
    assert text.count("\r\n") == 1 + 2 * 3


def test_only_the_disputed_part_is_withheld_and_stays_listed(client_of, db, live, running):
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    browser = client_of(running.participant)

    empty = browser.send_form(page_of(live, f"periods/{JANUARY}/disputes"), {"reason": "Why."})
    assert empty.status_code == 422
    form = {"measures": "minutes", "reason": "The clock starts too late.", "number": "1"}
    assert browser.send_form(page_of(live, f"periods/{JANUARY}/disputes"), form).status_code == 303

    assert "Calder Valley NHS Trust disputes Minutes per letter" in client_of(running.lead).get(page_of(live)).text
    shown = browser.get(page_of(live, f"periods/{JANUARY}")).text
    assert "£288.00" in shown
    dispute = db.scalars(select(Dispute)).one()
    db.commit()
    answer = browser.send_form(
        page_of(live, f"periods/{JANUARY}/disputes/{dispute.id}/resolution"),
        {"outcome": "agreed", "value-minutes": "12", "cases-minutes": "400", "reason": "Agreed with Lumen."},
    )
    assert answer.status_code == 303
    assert "Computed again: this is number 2" in browser.get(page_of(live, f"periods/{JANUARY}")).text


def test_a_page_that_showed_an_older_number_cannot_accept_the_newer_one(client_of, db, live, running):
    a_month(db, live, JANUARY, POOR, running.lead, running.participant)
    a_correction = {**JANUARY_FORM, "reason": "Wrong ward."}
    browser = client_of(running.lead)
    browser.send_form(page_of(live, "measurements"), a_correction)

    answer = browser.send_form(page_of(live, f"periods/{JANUARY}/acceptance"), {"number": "1"})

    assert answer.status_code == 409
    assert "computed again while your page was open" in answer.text


def test_anybody_of_the_parties_takes_the_basis_and_works_it_out_again(client_of, db, live, running, lumen, frameworks):
    settlement = a_month(db, live, JANUARY, GOOD, running.lead, running.participant)

    content = client_of(lumen).get(page_of(live, f"periods/{JANUARY}/basis.yaml")).text

    found = CALCULATORS["settle"].work(yaml.safe_load(content), frameworks).document
    assert found["total_pence"] == settlement.total_pence


def test_a_harm_holds_what_is_at_risk_and_its_reason_stands_on_every_page(client_of, db, live, running, lumen):
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    supplier = client_of(lumen)

    assert supplier.send_form(page_of(live, "harms"), {"severity": "dire", "words": "X"}).status_code == 422
    form = {"severity": "moderate", "words": "A dose was left out of a letter."}
    assert supplier.send_form(page_of(live, "harms"), form).status_code == 303

    lead = client_of(running.lead)
    for place in ("", "outcomes", "measurements", f"periods/{JANUARY}"):
        assert "Nothing at risk is paid for now" in lead.get(page_of(live, place)).text
    lead.send_form(page_of(live, f"periods/{JANUARY}/acceptance"), {"number": "1"})
    held, due = '<td class="number">£1,440.00</td>', '<td class="number">£5,760.00</td>'
    assert held + due in lead.get(page_of(live, f"periods/{JANUARY}")).text

    harm = db.scalars(select(Harm)).one()
    db.commit()
    assert lead.send_form(page_of(live, f"harms/{harm.id}/closure"), {"reason": "Found."}).status_code == 403
    safety = client_of(running.safety)
    assert safety.send_form(page_of(live, f"harms/{harm.id}/closure"), {"reason": ""}).status_code == 422
    closed = safety.send_form(page_of(live, f"harms/{harm.id}/closure"), {"reason": "The template was mended."})
    assert closed.status_code == 303
    assert "£7,200.00" in lead.get(page_of(live, f"periods/{JANUARY}")).text


def test_finance_takes_accrual_forecast_and_what_is_at_risk_by_month(client_of, db, live, running, lumen):
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    accept_outcome(db, live, settled_in(db, live, JANUARY), by=running.lead, at=after(JANUARY))

    own = client_of(running.lead).get(page_of(live, "finance.csv")).text
    every = client_of(lumen).get(page_of(live, "finance.csv")).text

    assert "Calder Valley" not in own
    assert own.count("\r\n") == 7
    assert (
        'January 2027,Ashdown Hospitals NHS Trust,,"Computed, not accepted by all",7200.00,0.00,0.00,1440.00,0.00'
        in own
    )
    assert "Calder Valley NHS Trust" in every
    assert client_of(running.participant).get(page_of(live, "finance")).status_code == 200


def test_the_lead_decides_with_reasons_and_the_result_becomes_evidence(client_of, db, live, running):
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    browser = client_of(running.lead)

    assert "Target met" in browser.get(page_of(live, "decision")).text
    assert client_of(running.participant).send_form(page_of(live, "decision"), {"verdict": "stop"}).status_code == 403
    assert browser.send_form(page_of(live, "decision"), {"verdict": "scale"}).status_code == 422
    answer = browser.send_form(
        page_of(live, "decision"), {"verdict": "scale", "reasons": "Every target was met.", "at_once": "yes"}
    )

    assert answer.status_code == 303
    shown = browser.get(page_of(live, "decision")).text
    assert "Scale, decided on 4 March 2027 by Marta Lind" in shown
    assert "/studies/STU-" in shown


def test_an_extension_is_a_variation_that_all_sign(client_of, db, live, running):
    browser = client_of(running.lead)
    form: dict[str, Any] = {"verdict": "extend", "reasons": "Too few cases so far."}

    assert browser.send_form(page_of(live, "decision"), form).status_code == 422
    form |= {"until-day": "30", "until-month": "9", "until-year": "2027"}
    answer = browser.send_form(page_of(live, "decision"), form)

    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].endswith("/changes")
    contract = find_contract(db, live.ref, by=running.lead)
    assert (contract.state, contract.ends_on) == ("live", date(2027, 6, 30))
    assert db.scalars(select(PilotDecision.verdict)).all() == ["extend"]
    place = page_of(live, "decision")
    db.rollback()
    browser.send_form(place, {**form, "reasons": "Far too few cases."})
    shown = browser.get(place).text
    assert "decision 2 of 2" in shown
    assert "decision 1 of 2" in shown


def test_a_disputed_month_is_still_shown_to_the_supplier(client_of, db, live, running, lumen):
    settlement: Settlement = a_month(db, live, FEBRUARY, GOOD, running.lead, running.participant)
    dispute_outcome(
        db, live, settlement, measures=["notes"], reason="<script>alert(1)</script>", by=running.lead, at=LATER
    )

    shown = client_of(lumen).get(page_of(live, f"periods/{FEBRUARY}")).text

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "<script>alert" not in shown


def test_a_measure_that_a_variation_adds_has_its_baseline_given_and_locked_before_it_is_signed(
    client_of, db, frameworks, live, running, people, buyer
):
    begin_variation(
        db, frameworks, live, {"measures": [*LESS, CALLS]}, reason="Patients ring back.", effective_on=date(2027, 4, 1),
        by=buyer, at=LATER,
    )  # fmt: skip
    issue_variation(db, frameworks, live, by=buyer, at=LATER)
    read_text(db, live, digest=open_text(db, live.id).digest, by=people.participant, at=LATER)
    db.commit()
    signer, lead, other = client_of(people.participant), client_of(running.lead), client_of(running.participant)
    place, given = page_of(live, "measurements"), {"value-calls": "0.25", "cases-calls": "200", "period": "baseline"}
    assert "A baseline is wanted first: Calls back" in signer.get(page_of(live, "signatures")).text
    assert "Calls back of Calder Valley NHS Trust" in lead.get(place).text
    assert "Give the data of February 2027" in lead.get(f"{place}?period={FEBRUARY}").text

    wrong = lead.send_form(page_of(live, "baseline"), {**given, "value-calls": "7"})
    assert wrong.status_code == 422
    assert "Give your baseline" in wrong.text
    for browser in (lead, other):
        assert browser.send_form(page_of(live, "baseline"), given).status_code == 303
    assert "Give or correct your baseline" in lead.get(place).text
    assert lead.send_form(page_of(live, "baseline/lock")).status_code == 303

    locked = lead.get(place).text
    assert "Calls back: locked on 4 March 2027" in locked
    assert "Letters complete within a day, Minutes per letter, Gap between language groups: locked on" in locked
    assert "A baseline is wanted first" not in signer.get(page_of(live, "signatures")).text
