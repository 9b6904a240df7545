"""Back, and the same button again: the page says that this is decided, and the trail has it once."""

from marketplace.procurement.actions.searches import lock_step
from marketplace.procurement.actions.shortlist import Reason, decide_on
from tests import cast
from tests.procurement.conftest import project, quill, scribe
from tests.procurement.scenes import a_step, loaded

__all__ = ["project", "quill", "scribe"]


def test_include_again_after_back_adds_nothing_and_says_so(client_of, db, buyer, project, scribe):
    db.expire_on_commit = False
    browser, base = client_of(buyer), f"/projects/{project.ref}"
    place, form = f"{base}/candidates/{scribe.ref}", {"reason": "Works with our EPR.", "turns": "0"}
    browser.send_form(f"{place}/inclusion", form)
    assert "is included, with your reason" in browser.get(base).text

    for seen in ("0", "2"):
        assert browser.send_form(f"{place}/inclusion", {**form, "turns": seen}).status_code == 303
        assert (
            "You decided this on Lumen Scribe before, for the same reason. Nothing was added." in browser.get(base).text
        )

    assert browser.get(place).text.count("Works with our EPR.") == 1


def test_what_is_excluded_and_put_on_the_list_again_is_not_told_as_being_to_decide(
    client_of, db, buyer, project, scribe, quill
):
    db.expire_on_commit = False
    browser, base = client_of(buyer), f"/projects/{project.ref}"
    browser.send_form(f"{base}/candidates/{scribe.ref}/exclusion", {"reason_code": "above-budget", "turns": "0"})

    browser.send_form(f"{base}/candidates", {"product": [scribe.ref, quill.ref]})

    told = browser.get(base).text
    assert f"Quill Notes: on the list of {project.name}, to be decided upon." in told
    assert f"Lumen Scribe: excluded from {project.name} before, which stays so until you decide anew." in told


def test_a_locked_search_whose_results_a_colleague_decided_on_meanwhile_is_not_excluded_unseen(
    client_of, db, buyer, project, scribe, now
):
    db.expire_on_commit = False
    lock_step(db, project, a_step(db, project, by=buyer, at=now), [scribe.ref], total=1, by=buyer, at=now)
    kofi = cast.an_actor(db, "Kofi Mensah", "Ashdown Hospitals NHS Trust", "trust", "buyer", at=now)
    browser, base = client_of(buyer), f"/projects/{project.ref}"
    stale = {"product": scribe.ref, f"turns-{scribe.ref}": "0", "reason_code": "above-budget"}
    assert f'name="turns-{scribe.ref}" value="0"' in browser.get(f"{base}/searches/1").text
    decide_on(db, project, loaded(db, scribe), verdict="included", reason=Reason(words="Fits."), by=kofi, at=now)
    db.commit()

    refused = browser.send_form(f"{base}/searches/1/exclusions", stale)

    assert refused.status_code == 409
    assert "Kofi Mensah decided on Lumen Scribe while your page was open: included" in refused.text
    assert f'name="turns-{scribe.ref}" value="2"' in refused.text
    assert '<option value="above-budget" selected>' in refused.text
    for told in ("1 product excluded, each with your reason.", "Nothing was added. You excluded 1 before"):
        browser.send_form(f"{base}/searches/1/exclusions", {**stale, f"turns-{scribe.ref}": "2"})
        assert told in browser.get(base).text
