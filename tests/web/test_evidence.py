"""What everybody reads of the evidence of a product, and of one study."""

from datetime import timedelta
from decimal import Decimal

import pytest

from marketplace.evidence.actions.pilots import PilotFacts, record_pilot_result
from marketplace.evidence.actions.publishing import retract_study
from marketplace.evidence.actions.writing import set_results
from tests import cast
from tests.evidence.scenes import FASTER, a_published, a_study, measured

LATER = timedelta(hours=1)


@pytest.fixture
def scribe(db, lumen, now):
    return cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")


def text_of(page) -> str:
    return " ".join(page.text.split())


def test_the_tab_is_one_summary_of_what_is_known_in_whom_and_how_sure(client, db, frameworks, lumen, scribe, now):
    a_published(db, frameworks, scribe.id, by=lumen, at=now)
    paid = {"supplier_funded": "yes", "design": "before-after", "comparator": "", "title": "In six practices"}
    a_published(db, frameworks, scribe.id, by=lumen, at=now, **paid)
    db.commit()

    page = text_of(client.get(f"/products/{scribe.ref}/evidence"))

    assert "2 studies, in 240 people or cases, looked at this product; 1 of them was independent" in page
    assert "Minutes per note: better in all 2 results" in page
    assert "120 consultants and registrars" in page
    assert "<strong>1 of 2</strong> independent of the supplier" in page
    assert "No result about safety or errors" in page
    assert "Not reported by age, sex, ethnicity" in page


def test_effects_stand_on_one_scale_with_their_intervals_and_are_never_pooled(
    client, db, frameworks, lumen, scribe, now
):
    a_published(db, frameworks, scribe.id, by=lumen, at=now)
    slower = measured(estimate=Decimal("0.5"), low=Decimal("-0.5"), high=Decimal("1.5"))
    a_published(db, frameworks, scribe.id, slower, by=lumen, at=now, title="In six practices")
    db.commit()

    page = text_of(client.get(f"/products/{scribe.ref}/evidence"))

    assert page.count('class="effects"') == 1
    assert "−3.1 minutes (95% −4.0 to −2.2)" in page
    assert "0.5 minutes (95% −0.5 to 1.5)" in page
    assert "They are not added up into one number, because designs, versions and settings differ." in page
    assert "pooled" not in page.lower()


def test_the_top_of_a_product_shows_its_evidence_in_one_picture(client, db, frameworks, lumen, scribe, now):
    assert "Evidence in one picture" not in client_get(client, db, f"/products/{scribe.ref}")
    a_published(db, frameworks, scribe.id, by=lumen, at=now)

    page = client_get(client, db, f"/products/{scribe.ref}")

    assert "Evidence in one picture" in page
    assert "1 study, 120 people or cases." in page
    assert "High" in page


def client_get(client, db, path: str) -> str:
    db.commit()
    return text_of(client.get(path))


def test_a_product_without_a_study_says_that_this_is_neither_good_nor_bad(client, db, scribe):
    page = client_get(client, db, f"/products/{scribe.ref}/evidence")

    assert "That says nothing for or against it." in page
    assert "No evidence on Touchstone yet" in page


def test_a_study_is_shown_with_every_field_and_who_paid(client, db, frameworks, lumen, scribe, now):
    more = {
        "registration": "ISRCTN12345",
        "doi": "10.1000/182",
        "url": "https://example.org/trial",
        "supplier_run": "yes",
    }
    study = a_published(db, frameworks, scribe.id, by=lumen, at=now, **more)

    page = client_get(client, db, f"/studies/{study.ref}")

    for told in (
        "Randomised trial", "Run by the supplier", "Northern Trials Fund", "None declared.", "120 consultants and registrars",
        "Outpatient clinics of two hospitals", "Typed notes as before", "ISRCTN12345", "https://doi.org/10.1000/182",
        "https://example.org/trial", "2 March 2026 to 31 August 2026", "Clinicians wrote for three minutes less.",
        "Parallel groups over six months", "Put here by", "Lumen Health Ltd", "after 6 months",
    ):  # fmt: skip
        assert told in page, told
    assert "Starts at high by its design" in page
    assert "The supplier paid for or ran every study of it" in page


def test_the_results_of_groups_are_shown_and_the_missing_ones_say_so(client, db, frameworks, lumen, scribe, now):
    women = measured(subgroup="sex: women", participants=60)
    study = a_published(db, frameworks, scribe.id, FASTER, women, by=lumen, at=now)

    page = client_get(client, db, f"/studies/{study.ref}")

    assert "Sex: women" in page
    assert page.count("Not reported</span>") == 5


def test_a_study_of_another_version_is_marked_wherever_it_is_told(client, db, frameworks, lumen, scribe, now):
    study = a_published(db, frameworks, scribe.id, by=lumen, at=now, version_number="0.9")

    for path in (f"/studies/{study.ref}", f"/products/{scribe.ref}/evidence"):
        page = client_get(client, db, path)
        assert "Studied version 0.9; version 1.0 is on sale" in page
        assert "Another version" in page


def test_a_retracted_study_says_so_first_and_leaves_the_summary(client, db, frameworks, lumen, scribe, now):
    study = a_published(db, frameworks, scribe.id, by=lumen, at=now)
    retract_study(db, study, reason="The groups were mixed up.", by=lumen, at=now)

    assert "Retracted on 24 November 2026: it counts no longer" in client_get(client, db, f"/studies/{study.ref}")
    tab = client_get(client, db, f"/products/{scribe.ref}/evidence")
    assert "1 more was retracted, and counts no longer." in tab
    assert "Retracted</span>" in tab


def test_a_correction_shows_its_reason_and_what_stood_there_before(client, db, frameworks, lumen, scribe, now):
    study = a_published(db, frameworks, scribe.id, by=lumen, at=now)
    set_results(db, study, [measured(estimate=Decimal("-2.5"))], reason="A slip of typing.", by=lumen, at=now + LATER)

    page = client_get(client, db, f"/studies/{study.ref}")

    assert "Corrected: results" in page
    assert "A slip of typing." in page
    assert "Minutes per note: -3.1 minutes (-4.0 to -2.2)" in page


def test_a_pilot_that_failed_is_real_world_evidence_with_its_contract(client, db, buyer, lumen, scribe, now):
    manager = cast.an_actor(db, "Owen Talgarreg", "Ashdown Hospitals NHS Trust", "trust", "contract-manager", at=now)
    worse = measured(estimate=Decimal("1.5"), low=Decimal("0.4"), high=Decimal("2.6"), participants=None)
    study = record_pilot_result(
        db, product_id=scribe.id, version_number="1.0", edition=1, owner_id=manager.organisation_id,
        contract_ref="CON-7K3M-QX9F-C", title="Pilot at Ashdown", results=[worse], facts=PilotFacts(participants=80),
        by=manager, at=now,
    )  # fmt: skip

    page = client_get(client, db, f"/studies/{study.ref}")
    assert "Real-world evidence" in page
    assert "CON-7K3M-QX9F-C" in page
    assert "Worse</span>" in page
    assert "Real-world evidence" in client_get(client, db, f"/products/{scribe.ref}/evidence")


def test_a_draft_is_not_found_by_others(client, client_of, db, frameworks, lumen, rival, scribe, now):
    study = a_study(db, frameworks, scribe.id, by=lumen, at=now)
    db.commit()

    assert client.get(f"/studies/{study.ref}").status_code == 404
    assert client_of(rival).get(f"/studies/{study.ref}").status_code == 404
    assert "A draft: nobody outside its owner sees it" in client_of(lumen).get(f"/studies/{study.ref}").text
    assert study.title not in client.get(f"/products/{scribe.ref}/evidence").text


@pytest.mark.parametrize("ref", ["STU-0000-0000-0", "nonsense", "PRD-7K3M-QX9F-C", "%00"])
def test_a_reference_that_nobody_has_is_not_found(client, ref: str):
    assert client.get(f"/studies/{ref}").status_code == 404
