"""A supplier describes a product in the browser: saved as it grows, refused with what was typed still there."""

import gzip
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from pytest import fixture, mark
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import Version
from marketplace.frameworks import answers
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from tests.catalogue.shelf import COMPLETE, a_complete_draft, a_draft
from tests.clients import Browser
from tests.worlds import part

HEAVIEST = 14 * 1024
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
BIDI = "safe\u202efdp"
PRICE = {"price.0.model": "per-use", "price.0.label": "Letters", "price.0.unit": "letter", "price.0.period": "year",
         "price.0.price": "0.40"}  # fmt: skip


@fixture
def supplier(client_of: Callable[[Actor], Browser], lumen: Actor) -> Browser:
    return client_of(lumen)


@part
def draft(db: Session, frameworks: Frameworks, lumen: Actor, now: datetime) -> str:
    """The address of a product with nothing but its name."""
    path = f"/listings/{a_draft(db, frameworks, by=lumen, at=now).ref}"
    db.commit()
    return path


def section_sent(frameworks: Frameworks, section: str, said: dict[str, Any]) -> dict[str, Any]:
    """What the browser sends for a section: every question that stands on it, those not answered blank."""
    form = frameworks.form("genai-application").section(section)
    filled = answers.fields(form, {name: said[name] for name in form.questions if name in said})
    return {"section": section, "shown": [*form.questions], **filled}


def answers_of(db: Session) -> dict[str, Any]:
    db.expire_all()
    said = dict(db.scalars(select(Version).order_by(Version.edition.desc())).first().answers)  # type: ignore[union-attr]
    db.rollback()
    return said


def test_a_supplier_describes_a_product_and_submits_it(
    supplier: Browser, db: Session, frameworks: Frameworks, lumen: Actor
) -> None:
    added = supplier.send_form("/listings/new", {"name": "Lumen Scribe", "kind": "genai-application"})
    base = added.headers["location"]
    refused = supplier.send_form(f"{base}/submission")
    assert refused.status_code == 422
    assert "Lumen Scribe is not complete: 36 of 36 things are missing" in refused.text

    for section in frameworks.form("genai-application").sections:
        sent = section_sent(frameworks, section.id, COMPLETE)
        saved = supplier.send_form(f"{base}/description", {**sent, "go": "on"})
        assert saved.status_code == 303, saved.text
    assert supplier.send_form(f"{base}/prices", PRICE).status_code == 303
    assert "Nothing is missing" in supplier.get(base).text
    assert supplier.send_form(f"{base}/submission").status_code == 303

    assert "Waits for a moderator" in supplier.get("/listings").text
    assert answers_of(db) == {name: COMPLETE[name] for name in COMPLETE}


def test_good_answers_are_saved_and_bad_ones_come_back_as_they_were_typed(
    supplier: Browser, db: Session, frameworks: Frameworks, draft: str
) -> None:
    sent = {
        **section_sent(frameworks, "what-it-does", COMPLETE),
        "website": "javascript:alert(1)",
        "available-since-day": "31",
        "available-since-month": "2",
        "available-since-year": "2026",
    }

    page = supplier.send_form(f"{draft}/description", sent)

    assert page.status_code == 422
    assert "Saved: Summary, Description, Purpose." in page.text
    assert "javascript:alert(1)" in page.text
    assert 'value="31"' in page.text
    assert set(answers_of(db)) == {"summary", "description", "purpose"}


@mark.parametrize(
    ("section", "field", "typed", "told"),
    [
        ("what-it-does", "summary", "x" * 701, "too long"),
        ("what-it-does", "summary", BIDI, "cannot be seen or misleads"),
        ("what-it-does", "summary", "a\x00b", "cannot be seen or misleads"),
        ("what-it-does", "purpose", "world-peace", "is not one of the options"),
        ("what-it-does", "website", "http://169.254.169.254/", "is not a link"),
        ("oversight", "model-change-notice", "-1", ""),
        ("oversight", "model-change-notice", "NaN", ""),
        ("oversight", "model-change-notice", "1e999", ""),
        ("oversight", "autonomy", "perhaps", "is not one of the options"),
        ("data-and-hosting", "hosting-country", "Atlantis", "is not one of the options"),
        ("how-it-works", "base-models.0.country", "Atlantis", "is not one of the options"),
        ("how-it-works", "base-models.0.evil", "x", ""),
        ("how-it-works", "base-models.999999.name", "x", ""),
    ],
)
def test_bad_input_of_each_kind_is_refused_named_and_kept(
    supplier: Browser, db: Session, frameworks: Frameworks, draft: str, section: str, field: str, typed: str, told: str
) -> None:
    sent = {**section_sent(frameworks, section, {}), field: typed}

    page = supplier.send_form(f"{draft}/description", sent)

    assert page.status_code == 422
    assert "There is a problem" in page.text or "Some answers were not saved" in page.text
    assert told in page.text
    assert answers_of(db) == {}


def test_a_question_that_was_not_on_the_page_keeps_its_answer(
    supplier: Browser, db: Session, frameworks: Frameworks, lumen: Actor, now: datetime
) -> None:
    path = f"/listings/{a_complete_draft(db, frameworks, by=lumen, at=now).ref}/description"
    db.commit()

    supplier.send_form(path, {"section": "oversight", "shown": ["autonomy"], "autonomy": "advises", "role": "operator"})

    assert answers_of(db) == {**COMPLETE, "autonomy": "advises"}


def test_what_is_unticked_is_cleared(
    supplier: Browser, db: Session, frameworks: Frameworks, lumen: Actor, now: datetime
) -> None:
    path = f"/listings/{a_complete_draft(db, frameworks, by=lumen, at=now).ref}/description"
    db.commit()

    supplier.send_form(path, {"section": "who-and-where", "shown": ["nation", "language"], "language": ["cy", "en"]})

    assert "nation" not in answers_of(db)
    assert answers_of(db)["language"] == ["en", "cy"]


def test_questions_that_an_answer_opens_are_asked_before_going_on(
    supplier: Browser, frameworks: Frameworks, draft: str
) -> None:
    sent = {**section_sent(frameworks, "oversight", {}), "autonomy": "acts", "go": "on"}
    sent["shown"] = [name for name in sent["shown"] if name != "actions-it-takes"]

    went = supplier.send_form(f"{draft}/description", sent)

    assert went.headers["location"] == f"{draft}/description?section=oversight"
    assert 'name="shown" value="actions-it-takes"' in supplier.get(went.headers["location"]).text


def test_a_stale_tab_does_not_overwrite_a_colleague_and_keeps_what_was_typed(
    supplier: Browser, db: Session, frameworks: Frameworks, draft: str
) -> None:
    stale = re.search(r'name="row-version" value="(\d+)"', supplier.get(f"{draft}/description").text)
    assert stale is not None
    sent = section_sent(frameworks, "intended-use", {})
    supplier.send_form(f"{draft}/description", {**sent, "intended-use": "Mine.", "row-version": stale[1]})

    page = supplier.send_form(f"{draft}/description", {**sent, "intended-use": "Late.", "row-version": stale[1]})

    assert page.status_code == 409
    assert "Somebody changed this while your page was open" in page.text
    assert "Late.</textarea>" in page.text
    assert answers_of(db)["intended-use"] == "Mine."


@mark.parametrize("sent", ["x", "-1", "9" * 40, "１"])
def test_a_version_that_no_page_of_ours_sends_is_refused(supplier: Browser, draft: str, sent: str) -> None:
    assert supplier.send_form(f"{draft}/description", {"row-version": sent}).status_code == 422


@mark.parametrize("section", ["nonsense", "..", "'"])
def test_a_section_that_is_none_is_not_found(supplier: Browser, draft: str, section: str) -> None:
    assert supplier.get(f"{draft}/description", params={"section": section}).status_code == 404


def test_every_section_of_every_kind_is_a_light_page_that_names_its_fields(
    supplier: Browser, db: Session, frameworks: Frameworks, lumen: Actor, now: datetime
) -> None:
    for kind in frameworks.kinds:
        added = supplier.send_form("/listings/new", {"name": f"Lumen {kind.id}", "kind": kind.id})
        for section in frameworks.form(kind.id).sections:
            page = supplier.get(f"{added.headers['location']}/description?section={section.id}")

            assert page.status_code == 200
            assert len(gzip.compress(page.content)) < HEAVIEST
            assert all(f'id="{entry.question.id}"' in page.text for entry in section.entries)
