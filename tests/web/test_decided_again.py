"""Back, and the same button again: the page says that this is decided, and the trail has it once."""

from tests.procurement.conftest import project, scribe

__all__ = ["project", "scribe"]


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
