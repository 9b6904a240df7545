"""The guide of the main job runs: two trusts, a supplier, months that pass, and money that follows from results."""

import runpy
import sys
from datetime import UTC, date, datetime

import pytest

from marketplace.evidence.models import Study
from marketplace.faces.payments import go_to_gateway
from marketplace.identity.models import Token
from marketplace.kit.jobs import drain
from marketplace.payments.actions.keeping import describe_billing
from marketplace.payments.schemas import read_billing
from marketplace.wiring import subscribers_over
from tests import cast
from tests.api.test_story import GUIDE
from tests.assurance.scenes import accredit_for_all

MAIN = GUIDE.with_name("main_job.py")
ROLES = {
    "buyer": "buyer", "safety": "clinical-safety-officer", "privacy": "information-governance-lead",
    "budget": "budget-holder", "approver": "approver", "manager": "contract-manager", "finance": "finance-officer",
}  # fmt: skip
TRUSTS = {"lead": "Ashdown Hospitals NHS Trust", "other": "Calder Valley NHS Trust"}
MONTHS = {"2027-01": 0, "2027-02": 1, "2027-03": 2}


@pytest.fixture
def guide(monkeypatch):
    monkeypatch.syspath_prepend(str(MAIN.parent))
    yield runpy.run_path(str(MAIN))
    sys.modules.pop("api_story", None)


@pytest.fixture
def people(db, services, lumen, now):
    """Everybody in the story, by part; who pays and is paid stands on invoices."""
    found = {"supplier": lumen}
    for part, name in {"first_assessor": "Dr Ruth Bell", "second_assessor": "Tom Sexton"}.items():
        found[part] = cast.an_actor(db, name, "Sandlings Assurance", "assessor-body", "assessor", at=now)
    accredit_for_all(db, services, found["first_assessor"].organisation_id, at=now)
    for side, name in TRUSTS.items():
        for part, role in ROLES.items():
            found[f"{side}.{part}"] = cast.an_actor(db, f"{side} {part}", name, "trust", role, at=now)
    typed = {"legal_name": "Lumen Health Ltd", "address": "1 High Street", "vat_number": "GB123456727"}
    for actor in (lumen, found["lead.finance"], found["other.finance"]):
        describe_billing(db, actor.organisation_id, read_billing(typed), by=actor, at=now)
    return found


@pytest.fixture
def scribe(db, lumen, now):
    """A product on show, of which nobody assured anything yet."""
    return cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")


def a_cast(guide, caller_of, people, db):
    """Everybody with a program whose token outlives the pilot."""
    programs = {part: caller_of(actor) for part, actor in people.items()}
    callers = {part: guide["Caller"](program.client, program.token) for part, program in programs.items()}
    db.query(Token).update({"expires_on": date(2028, 1, 1)})
    db.commit()
    trusts = tuple(
        guide["Trust"](people[f"{side}.buyer"].organisation_ref, {part: callers[f"{side}.{part}"] for part in ROLES})
        for side in TRUSTS
    )
    return guide["Cast"](callers["supplier"], (callers["first_assessor"], callers["second_assessor"]), trusts)


def everybody_hears(services):
    subscribers = subscribers_over(services)
    drain(services.database, subscribers, clock=services.clock)
    go_to_gateway(services)
    drain(services.database, subscribers, clock=services.clock)


def test_it_goes_on_with_what_the_first_story_described(guide, caller_of, people, moderator, services, db, now):
    supplier, silent = people["supplier"], lambda text: None
    story = runpy.run_path(str(GUIDE))
    ref = story["list_product"](story_caller(story, caller_of(supplier)), "Lumen Aloud", today=f"{now:%F}", say=silent)
    story["publish"](story_caller(story, caller_of(moderator)), ref, say=silent)
    players, said = a_cast(guide, caller_of, people, db), []

    guide["assure"](players, ref, now.date(), say=said.append)

    assert said[0].startswith("CER-")


def story_caller(story, program):
    return story["Caller"](program.client, program.token)


def test_the_main_job_of_the_guide_runs_from_the_answers_to_the_decision(
    guide, caller_of, people, scribe, services, clock, db, now
):
    players, said = a_cast(guide, caller_of, people, db), []
    begins = date(2027, 1, 1)

    guide["assure"](players, scribe.ref, now.date(), say=said.append)
    procurement = guide["prepare"](players, scribe.ref, begins, say=said.append)
    contract = guide["agree"](players, procurement, begins, say=said.append)
    clock.at = datetime(2026, 12, 29, 10, tzinfo=UTC)
    guide["get_ready"](players, procurement, contract, say=said.append)
    with pytest.raises(guide["Refused"], match="its first day, 1 January 2027, is still to come"):
        guide["go_live"](players, contract, say=said.append)
    clock.at = datetime(2027, 1, 1, 10, tzinfo=UTC)
    guide["go_live"](players, contract, say=said.append)
    for period, place in MONTHS.items():
        clock.at = datetime(2027, place + 2, 6, 10, tzinfo=UTC)
        guide["measure"](players, contract, period, guide["FOUND"][place], say=said.append)
        everybody_hears(services)
    paid = guide["pay"](players, say=said.append)
    everybody_hears(services)
    entry = guide["decide"](players, contract, say=said.append)

    assert paid == sum(invoice["amount"]["gross_pence"] for invoice in players.supplier.get("/invoices")["items"])
    assert entry["decision"] == "scale"
    assert db.query(Study).filter_by(contract_ref=contract, state="published").count() == 1
    assert said[-1].endswith(contract + ".")
