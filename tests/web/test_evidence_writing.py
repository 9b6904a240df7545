"""A supplier writes its studies down in the browser; what was typed comes back where it does not hold."""

import pytest

from marketplace.catalogue.models import Attachment
from marketplace.evidence.queries.studies import find_study, studies_of
from marketplace.kit.ids import new_id
from tests import cast
from tests.evidence.scenes import TRIAL, a_published, a_study

FORM = {
    **{name: value for name, value in TRIAL.items() if not name.endswith("_on")},
    "began_on-day": "2", "began_on-month": "3", "began_on-year": "2026",
    "ended_on-day": "31", "ended_on-month": "8", "ended_on-year": "2026",
}  # fmt: skip
RESULT = {
    "measure": "Minutes per note", "role": "workload", "unit": "minutes", "better": "lower", "effect": "difference",
    "estimate": "-3.1", "low": "-4.0", "high": "-2.2", "participants": "120", "at_time": "after 6 months",
}  # fmt: skip


@pytest.fixture
def scribe(db, lumen, now):
    db.expire_on_commit = False
    return cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")


@pytest.fixture
def base(scribe) -> str:
    return f"/listings/{scribe.ref}/studies"


@pytest.fixture
def supplier(client_of, lumen, scribe):
    return client_of(lumen)


def test_a_study_goes_from_the_first_form_to_the_public_page(supplier, client, db, scribe, base):
    draft = supplier.send_form(f"{base}/new", FORM).headers["location"]
    assert "There is no result yet" in supplier.get(draft).text
    assert supplier.send_form(f"{draft}/results/new", RESULT).headers["location"] == draft
    assert "Nothing is missing" in supplier.get(draft).text

    public = supplier.send_form(f"{draft}/publication").headers["location"]

    assert "−3.1 minutes (95% −4.0 to −2.2)" in client.get(public).text
    assert TRIAL["title"] in supplier.get(base).text
    assert TRIAL["title"] in client.get(f"/products/{scribe.ref}/evidence").text


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("participants", "-5", "is not a whole number from 0"),
        ("ended_on-year", "2031", "has not come yet"),
        ("ended_on-month", "1", "It ended before it began"),
        ("ended_on-day", "32", "day that does not exist"),
        ("design", "guess", "is not one of the choices"),
        ("url", "javascript:alert(1)", "is not a link that can be shown"),
        ("title", "", "Give the study its title"),
        ("document", "0197f3a0-0000-7000-8000-000000000000", "Choose one of the documents of this product"),
    ],
)
def test_what_was_typed_comes_back_where_it_does_not_hold(
    supplier, db, scribe, base, field: str, typed: str, told: str
):
    page = supplier.send_form(f"{base}/new", {**FORM, field: typed})

    assert page.status_code == 422
    assert "There is a problem" in page.text
    assert told in page.text
    assert "120 consultants and registrars" in page.text
    assert studies_of(db, scribe.id, by=None) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"estimate": "-1"}, "does not lie between"),
        ({"low": "-2", "high": "-4"}, "the lower end of the interval comes first"),
        ({"estimate": "NaN"}, "is not a number that can be kept"),
        ({"participants": "500"}, "more than the 120 who took part"),
        ({"group": "sex"}, "Say who of this group"),
    ],
)
def test_a_result_that_cannot_be_comes_back_as_typed(supplier, db, frameworks, lumen, scribe, base, now, changes, told):
    study = a_study(db, frameworks, scribe.id, by=lumen, at=now)
    db.commit()

    page = supplier.send_form(f"{base}/{study.ref}/results/new", {**RESULT, **changes})

    assert page.status_code == 422
    assert told in page.text
    assert 'value="after 6 months"' in page.text


def test_a_published_result_is_corrected_with_a_reason(supplier, client, db, frameworks, lumen, scribe, base, now):
    study = a_published(db, frameworks, scribe.id, by=lumen, at=now)
    db.commit()
    changed = {**RESULT, "estimate": "-2.5"}

    refused = supplier.send_form(f"{base}/{study.ref}/results/1", changed)
    assert refused.status_code == 422
    assert "Say what was wrong: everybody reads the correction." in refused.text
    supplier.send_form(f"{base}/{study.ref}/results/1", {**changed, "reason": "A slip of typing."})

    assert "A slip of typing." in client.get(f"/studies/{study.ref}").text


def test_a_result_and_a_draft_can_be_taken_away(supplier, db, frameworks, lumen, scribe, base, now):
    study = a_study(db, frameworks, scribe.id, by=lumen, at=now)
    db.commit()

    supplier.send_form(f"{base}/{study.ref}/results/1/removal")
    assert "There is no result yet" in supplier.get(f"{base}/{study.ref}").text
    supplier.send_form(f"{base}/{study.ref}/abandonment")

    assert supplier.get(f"{base}/{study.ref}").status_code == 404


def test_a_publication_that_lacks_something_says_what(supplier, db, frameworks, lumen, scribe, base, now):
    study = a_study(db, frameworks, scribe.id, by=lumen, at=now, funder="")
    db.commit()

    page = supplier.send_form(f"{base}/{study.ref}/publication")

    assert page.status_code == 422
    assert "The study is not complete: 1 thing is missing" in page.text
    assert "Who paid for it is missing." in page.text


def test_a_stale_page_changes_nothing(supplier, db, frameworks, lumen, scribe, base, now):
    study = a_study(db, frameworks, scribe.id, by=lumen, at=now)
    db.commit()

    page = supplier.send_form(f"{base}/{study.ref}/description", {**FORM, "title": "Another", "row-version": "1"})

    assert page.status_code == 409
    assert "somebody changed this while your page was open" in page.text.lower()


def test_a_document_is_named_by_its_digest_and_stands_on_the_page(supplier, client, db, lumen, scribe, base, now):
    document = Attachment(
        id=new_id(now), product_id=scribe.id, kind="evidence", name="trial.pdf", digest="ab" * 32, size=10,
        media_type="application/pdf", access="public", added_at=now,
    )  # fmt: skip
    db.add(document)
    db.commit()

    draft = supplier.send_form(f"{base}/new", {**FORM, "document": str(document.id)}).headers["location"]

    page = supplier.get(f"/studies/{draft.rsplit('/', 1)[-1]}").text
    assert f"/products/{scribe.ref}/documents/{document.id}" in page
    assert "ab" * 32 in page


@pytest.mark.parametrize("who", ["rival", "buyer"])
def test_the_studies_of_others_cannot_be_opened_or_written(
    request, client_of, db, frameworks, lumen, scribe, base, now, who
):
    study = a_study(db, frameworks, scribe.id, by=lumen, at=now)
    stranger = client_of(request.getfixturevalue(who))

    for path in ("", "/new", f"/{study.ref}", f"/{study.ref}/description", f"/{study.ref}/results/1"):
        assert stranger.get(f"{base}{path}").status_code in (403, 404)
    for path, form in (("/new", FORM), (f"/{study.ref}/description", FORM), (f"/{study.ref}/publication", {})):
        assert stranger.send_form(f"{base}{path}", form).status_code in (403, 404)
    assert find_study(db, study.ref, by=lumen).state == "draft"


def test_a_study_of_another_product_of_one_s_own_is_not_found_here(supplier, db, frameworks, lumen, base, now):
    other = cast.a_product(db, of=lumen, at=now, name="Lumen Letters")
    study = a_study(db, frameworks, other.id, by=lumen, at=now)
    db.commit()

    assert supplier.get(f"{base}/{study.ref}").status_code == 404


def test_a_retraction_asks_why_and_tells_everybody(supplier, client, db, frameworks, lumen, scribe, now):
    study = a_published(db, frameworks, scribe.id, by=lumen, at=now)
    db.commit()
    assert supplier.get(f"/studies/{study.ref}/retraction").status_code == 200

    assert supplier.send_form(f"/studies/{study.ref}/retraction", {"reason": " "}).status_code == 422
    supplier.send_form(f"/studies/{study.ref}/retraction", {"reason": "The groups were mixed up."})

    assert "The groups were mixed up." in client.get(f"/studies/{study.ref}").text


def test_others_cannot_retract(client_of, db, frameworks, lumen, rival, moderator, scribe, now):
    study = a_published(db, frameworks, scribe.id, by=lumen, at=now)

    refused = client_of(rival).send_form(f"/studies/{study.ref}/retraction", {"reason": "Ours is better."})
    allowed = client_of(moderator).send_form(f"/studies/{study.ref}/retraction", {"reason": "Its journal withdrew it."})

    assert (refused.status_code, allowed.status_code) == (403, 303)
