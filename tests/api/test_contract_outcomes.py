"""The life of an outcome through the API: baseline, months, acceptance, dispute, harm, simulation, decision."""

from datetime import UTC, date, datetime

import pytest

from marketplace.contracts.actions.texts import begin_variation, issue_variation
from tests.api.programs import Program, token_of
from tests.contracts.agreements import a_draft
from tests.contracts.conftest import certified, live, live_with, people, running, scribe, settled, signed
from tests.contracts.outcomes import GOOD, JANUARY, TERMS, a_month
from tests.contracts.test_added_measures import CALLS, LESS

__all__ = ["certified", "live", "live_with", "people", "running", "scribe", "settled", "signed"]
LATER = datetime(2027, 3, 4, 9, tzinfo=UTC)


def values(reason: str = "", **changes: tuple[str | None, int]):
    return [
        {"measure": key, "value": value, "count": count, "reason": reason}
        for key, (value, count) in {**GOOD, **changes}.items()
    ]


@pytest.fixture
def spoken(caller, db, clock):
    """A program of an actor, in March 2027."""

    def speak(actor):
        db.expire_on_commit, clock.at = False, LATER
        token = token_of(db, actor, at=LATER)
        db.commit()
        return Program(caller.client, token)

    return speak


def test_the_baseline_is_given_and_locked(spoken, signed, running):
    lead, other = spoken(running.lead), spoken(running.participant)
    rows = [{"measure": key, "value": value, "count": 300, "reason": ""} for key, value in
            (("letter-minutes", "12"), ("sent-in-7-days", "61"), ("serious-errors", "1.5"))]  # fmt: skip

    assert lead.post(f"/contracts/{signed.ref}/baseline", {"values": rows}).status_code == 201
    assert lead.post(f"/contracts/{signed.ref}/baseline/lock").status_code == 409
    assert other.post(f"/contracts/{signed.ref}/baseline", {"values": rows}).status_code == 201
    locked = lead.post(f"/contracts/{signed.ref}/baseline/lock").json()["items"]

    assert [row["value"] for row in locked] == ["12.0000", "61.0000", "1.5000"]
    answer = lead.post(f"/contracts/{signed.ref}/going-live")
    assert answer.status_code == 409
    assert answer.json()["errors"]
    assert lead.get(f"/contracts/{signed.ref}/outcomes").json()["missing"]


def test_a_month_from_its_data_to_the_ledger(spoken, live, running, lumen):
    lead, other, supplier = spoken(running.lead), spoken(running.participant), spoken(lumen)
    base = f"/contracts/{live.ref}"

    first = lead.post(f"{base}/measurements", {"period": JANUARY, "values": values()})
    assert (first.status_code, first.json()["items"]) == (201, [])
    settled_now = other.post(f"{base}/measurements", {"period": JANUARY, "values": values()}).json()["items"]
    assert settled_now[0]["total_pence"] == 1_200_000
    accepted = lead.post(f"{base}/periods/{JANUARY}/acceptance", {"number": 1})
    assert accepted.json()["lines"][0]["net_pence"] == 720_000
    assert lead.post(f"{base}/periods/{JANUARY}/acceptance", {"number": 1}).status_code == 409
    assert supplier.post(f"{base}/periods/{JANUARY}/acceptance", {"number": 1}).status_code == 403

    body = {"number": 1, "measures": ["minutes"], "reason": "Too late."}
    disputed = other.post(f"{base}/periods/{JANUARY}/disputes", body)
    assert disputed.status_code == 201
    dispute = disputed.json()["disputes"][0]["id"]
    resolved = other.post(
        f"{base}/periods/{JANUARY}/disputes/{dispute}/resolution", {"outcome": "withdrawn", "reason": "We looked."}
    )
    assert resolved.json()["settlement"]["state"] == "closed"
    assert sum(line["net_pence"] for line in resolved.json()["lines"]) == 1_200_000
    assert supplier.get(f"{base}/periods/{JANUARY}").json()["settlement"]["basis"]["measurements"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"period": "2027-13", "values": []}, 422),
        ({"period": JANUARY, "values": [{"measure": "notes", "value": "NaN", "count": 1}]}, 422),
        ({"period": JANUARY, "values": [{"measure": "notes", "value": 0.9, "count": 1}]}, 422),
        ({"period": JANUARY, "values": [{"measure": "notes", "value": "0.9", "count": -1}]}, 422),
        ({"period": "2027-05", "values": [{"measure": "notes", "value": "0.9", "count": 1}]}, 422),
        ({"period": JANUARY, "values": [{"measure": "notes", "value": "0.9", "count": 1, "by": "me"}]}, 422),
    ],
)
def test_what_does_not_hold_is_refused_by_field(spoken, live, running, body, status):
    answer = spoken(running.lead).post(f"/contracts/{live.ref}/measurements", body)

    assert answer.status_code == status
    assert answer.json()["detail"]


def test_a_file_is_previewed_and_brought_in(spoken, live, running):
    lead = spoken(running.lead)
    rows = "month,measure,value,cases,reason\r\n" + "".join(
        f"{JANUARY},{key},{value},{count},\r\n" for key, (value, count) in GOOD.items()
    )
    sent = {"files": {"file": ("winter.csv", rows.encode(), "text/csv")}}

    preview = lead.call("POST", f"/contracts/{live.ref}/measurements/import", None, data={"preview": "yes"}, **sent)
    assert preview.json()["is_preview"] is True
    assert lead.get(f"/contracts/{live.ref}/measurements?period={JANUARY}").json()["items"] == []
    brought = lead.call("POST", f"/contracts/{live.ref}/measurements/import", None, **sent)
    assert brought.status_code == 200
    assert len(lead.get(f"/contracts/{live.ref}/measurements?period={JANUARY}").json()["items"]) == 3


def test_a_simulation_and_the_finance_table(spoken, db, frameworks, settled, certified, buyer, now):
    contract = a_draft(db, frameworks, settled, by=buyer, at=now, **TERMS)
    program = spoken(buyer)

    scenarios = program.get(f"/contracts/{contract.ref}/simulation").json()["items"]
    typed = program.get(f"/contracts/{contract.ref}/simulation?notes=0.95&minutes=8").json()["items"]

    assert [one["total_pence"] for one in scenarios] == [5_760_000, 6_480_000, 7_000_000]
    assert typed[1]["total_pence"] == 7_000_000
    assert program.get(f"/contracts/{contract.ref}/simulation?mood=1").status_code == 422
    assert program.get(f"/contracts/{contract.ref}/finance").json()["items"]
    assert program.get(f"/contracts/{contract.ref}/finance.csv").text.startswith("\ufeffMonth")


def test_a_harm_holds_and_a_decision_ends(spoken, db, live, running):
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    lead, safety = spoken(running.lead), spoken(running.safety)
    base = f"/contracts/{live.ref}"

    harm = lead.post(f"{base}/harms", {"severity": "low", "words": "A slip."}).json()["items"][0]
    assert lead.get(f"{base}/outcomes").json()["holds"][0]["kind"] == "harm"
    assert lead.post(f"{base}/harms/{harm['id']}/closure", {"reason": "Done."}).status_code == 403
    assert safety.post(f"{base}/harms/{harm['id']}/closure", {"reason": "Mended."}).status_code == 200

    decided = lead.post(f"{base}/decision", {"verdict": "scale", "reasons": "It works.", "at_once": True})
    assert decided.status_code == 201
    assert decided.json()["decisions"][0]["study_id"]
    assert decided.json()["state"] == "ended"


def test_a_stranger_finds_nothing(spoken, live, rival):
    program = spoken(rival)

    for place in ("outcomes", "measurements", "simulation", "finance", "harms", "decision", f"periods/{JANUARY}"):
        assert program.get(f"/contracts/{live.ref}/{place}").status_code == 404


def test_the_baseline_of_a_measure_that_a_variation_adds_is_wanted_and_locked(
    spoken, db, frameworks, live, running, buyer
):
    begin_variation(
        db, frameworks, live, {"measures": [*LESS, CALLS]}, reason="Patients ring back.", effective_on=date(2027, 4, 1),
        by=buyer, at=LATER,
    )  # fmt: skip
    issue_variation(db, frameworks, live, by=buyer, at=LATER)
    lead, other = spoken(running.lead), spoken(running.participant)
    place = f"/contracts/{live.ref}/baseline"
    given = {"values": [{"measure": "calls", "value": "0.25", "count": 200, "reason": ""}]}

    assert lead.post(place, given).status_code == 201
    wanted = lead.get(place).json()["items"][-1]
    assert (wanted["measure"], wanted["missing"]) == ("calls", ["Calls back of Calder Valley NHS Trust"])
    assert lead.post(f"{place}/lock").status_code == 409
    other.post(place, given)
    locked = lead.post(f"{place}/lock").json()["items"]

    assert [(one["measure"], one["missing"]) for one in locked if one["measure"] == "calls"] == [("calls", [])]
    assert lead.post(f"{place}/lock").status_code == 409
