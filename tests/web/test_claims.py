"""Claims in the browser: written by the supplier, held against every result, weighed by people outside."""

from decimal import Decimal

import pytest

from marketplace.evidence.actions.publishing import retract_study
from marketplace.evidence.actions.reopening import reopen_claims
from marketplace.evidence.queries.claims import claims_of
from tests import cast
from tests.evidence.scenes import a_claim, a_published, measured

FORM = {
    "words": "Clinicians write for at least two minutes less per note.", "measure": "Minutes per note",
    "unit": "minutes", "effect": "difference", "better": "lower", "direction": "lower", "size": "2",
    "setting": "outpatients", "population": "adults", "role": "workload",
}  # fmt: skip


@pytest.fixture
def scribe(db, lumen, now):
    db.expire_on_commit = False
    return cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")


@pytest.fixture
def academic(db, scribe, now):
    return cast.an_actor(db, "Ffion Pugh", "University of Estermouth", "university", "academic", at=now)


@pytest.fixture
def supplier(client_of, lumen, scribe):
    return client_of(lumen)


def test_a_claim_goes_from_the_form_to_the_tab_of_its_product(supplier, client, db, frameworks, lumen, scribe, now):
    a_published(db, frameworks, scribe.id, by=lumen, at=now)
    db.commit()

    draft = supplier.send_form(f"/listings/{scribe.ref}/claims/new", FORM).headers["location"]
    assert "Minutes per note (minutes)" in supplier.get(draft).text
    public = supplier.send_form(f"{draft}/publication").headers["location"]

    page = client.get(public).text
    assert "Supported by every result that settles it" in page
    assert "Minutes per note: down by at least 2 minutes" in page
    assert "Outpatient clinics; adults" in page
    assert "1 for it, 0 against it" in page
    assert "Tier A of the NICE Evidence Standards Framework" in page
    assert "Report results of their own for the groups that are missing" in page
    assert FORM["words"] in client.get(f"/products/{scribe.ref}/evidence").text
    assert "Contested" not in supplier.get(f"/listings/{scribe.ref}/claims").text


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("words", "", "Say it in one sentence"),
        ("measure", "", "Say what was measured"),
        ("size", "-2", "without a sign"),
        ("direction", "up and down", "is not one of the choices"),
        ("setting", "the moon", "is not one of the choices"),
    ],
)
def test_what_was_typed_of_a_claim_comes_back(supplier, db, lumen, scribe, field, typed, told):
    page = supplier.send_form(f"/listings/{scribe.ref}/claims/new", {**FORM, field: typed})

    assert page.status_code == 422
    assert told in page.text
    assert "Minutes per note" in page.text or field == "measure"
    assert claims_of(db, [scribe.id], by=lumen) == []


def test_results_for_and_against_stand_side_by_side_with_who_is_behind_them(client, db, frameworks, lumen, scribe, now):
    worse = measured(estimate=Decimal("1.0"), low=Decimal("0.2"), high=Decimal("1.8"))
    a_published(db, frameworks, scribe.id, by=lumen, at=now, supplier_funded="yes")
    a_published(db, frameworks, scribe.id, worse, by=lumen, at=now, title="Another hospital", version_number="0.9")
    claim = a_claim(db, scribe.id, by=lumen, at=now)
    db.commit()

    page = client.get(f"/claims/{claim.ref}").text

    assert "Some results support it, others contradict it" in page
    assert "Paid for by the supplier" in page
    assert "1 of 2 independent of the supplier" in page
    assert "Studied version 0.9" in page


def test_an_academic_says_otherwise_than_the_numbers_and_both_are_read(
    client, client_of, db, frameworks, lumen, scribe, academic, now
):
    study = a_published(db, frameworks, scribe.id, by=lumen, at=now)
    claim = a_claim(db, scribe.id, by=lumen, at=now)
    db.commit()
    university = client_of(academic)
    assert "Say what a result does for it" in university.get(f"/claims/{claim.ref}").text
    form = {"result": f"{study.ref}:1", "stance": "neutral", "reason": "One hospital, whose notes were long before."}

    refused = university.send_form(f"/claims/{claim.ref}/results", {**form, "reason": ""})
    there = university.send_form(f"/claims/{claim.ref}/results", form).headers["location"]

    assert refused.status_code == 422
    page = client.get(there).text
    assert "One hospital, whose notes were long before. (Ffion Pugh, University of Estermouth)" in page
    assert "Its numbers alone: supports it" in page
    assert "No result settles it" in page


def test_a_supplier_is_not_offered_the_results_that_speak_by_their_numbers(
    supplier, db, frameworks, lumen, scribe, now
):
    a_published(db, frameworks, scribe.id, by=lumen, at=now)
    claim = a_claim(db, scribe.id, by=lumen, at=now)
    db.commit()

    assert "There is no result that you could weigh" in supplier.get(f"/claims/{claim.ref}/results").text


def test_a_claim_whose_study_was_retracted_says_so_until_its_owner_looked_again(
    supplier, client, db, frameworks, lumen, scribe, now
):
    study = a_published(db, frameworks, scribe.id, by=lumen, at=now)
    claim = a_claim(db, scribe.id, by=lumen, at=now)
    retract_study(db, study, reason="The data were mixed up.", by=lumen, at=now)
    reopen_claims(db, study, because="A trial was retracted.", at=now)
    db.commit()
    page = client.get(f"/claims/{claim.ref}").text
    assert "Being looked at again" in page
    assert "Retracted, and counted no longer" in page
    assert "Being looked at again" in client.get(f"/products/{scribe.ref}/evidence").text

    desk = supplier.get("/my-desk").text
    assert f'href="/claims/{claim.ref}"' in desk
    assert "Look at a claim again" in desk
    assert "What do you make of it?" in supplier.get(f"/claims/{claim.ref}").text
    assert supplier.send_form(f"/claims/{claim.ref}/settlement", {"words": ""}).status_code == 422
    supplier.send_form(f"/claims/{claim.ref}/settlement", {"words": "We wait for the second trial."})

    assert "Look at a claim again" not in supplier.get("/my-desk").text
    page = client.get(f"/claims/{claim.ref}").text
    assert "We wait for the second trial." in page
    assert "Being looked at again" not in page


def test_a_claim_is_withdrawn_with_a_reason_that_everybody_reads(supplier, client, db, lumen, scribe, now):
    claim = a_claim(db, scribe.id, by=lumen, at=now)
    db.commit()
    assert "Why is it claimed no longer?" in supplier.get(f"/claims/{claim.ref}/withdrawal").text

    supplier.send_form(f"/claims/{claim.ref}/withdrawal", {"reason": "The model changed."})

    assert "The model changed." in client.get(f"/claims/{claim.ref}").text
    assert claim.words not in client.get(f"/products/{scribe.ref}/evidence").text


def test_a_rival_finds_no_draft_of_ours(rival, supplier, client_of, scribe):
    draft = supplier.send_form(f"/listings/{scribe.ref}/claims/new", FORM).headers["location"]

    assert client_of(rival).get(draft).status_code == 404
    assert client_of(rival).get(f"/claims/{draft.rpartition('/')[2]}").status_code == 404


def test_what_is_claimed_gives_a_product_its_tier_and_its_gaps_become_one_plan(client, db, frameworks, lumen, scribe, now):
    db.commit()
    empty = " ".join(client.get(f"/products/{scribe.ref}/evidence").text.split())
    assert "Nothing is claimed yet." in empty
    a_published(db, frameworks, scribe.id, by=lumen, at=now, supplier_run="yes")
    a_claim(db, scribe.id, by=lumen, at=now)
    harm = a_claim(db, scribe.id, by=lumen, at=now, measure="Notes with a made-up dose", unit="%", effect="proportion", role="safety", words="Doses are not made up.")
    db.commit()

    tab = " ".join(client.get(f"/products/{scribe.ref}/evidence").text.split())
    assert "By what is claimed it is Tier C of the NICE Evidence Standards Framework" in tab
    assert "1 of 2 claims has a study of a design that is asked for." in tab
    assert "Let somebody measure it who has nothing to gain." in tab
    assert f"/products/{scribe.ref}/protocols/new?template=shadow-mode" in tab
    plan = client.get(f"/v1/products/{scribe.ref}/evidence").json()["plan"]
    assert (plan["tier"], plan["shown"], plan["claims"]) == ("tier-c", 1, 2)
    assert {"id": "measure-it", "do": "Measure it: nothing that is published has.", "template": "shadow-mode", "claims": [harm.ref]} in plan["next"]
