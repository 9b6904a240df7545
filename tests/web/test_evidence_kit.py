"""Planning an evaluation in the browser: from the kit to a plan on the record, to rates in the evidence."""


import pytest

from marketplace.evidence.queries.declared import protocol_rules
from tests import cast
from tests.clients import sign_in
from tests.evidence.test_protocols import LINES


@pytest.fixture
def scribe(db, lumen, now):
    return cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")


def text_of(page) -> str:
    return " ".join(page.text.split())


def test_the_kit_shows_each_template_with_its_size_and_a_text_to_take_away(client):
    kit = text_of(client.get("/evidence/kit"))
    assert "Stepped wedge" in kit
    page = text_of(client.get("/evidence/kit/stepped-wedge"))
    assert "Design effect" in page
    assert "/desk/sample?input=" in page
    assert client.get("/evidence/kit/stepped-wedge/protocol.md").text.startswith("# Protocol: Stepped wedge")
    assert client.get("/evidence/kit/horoscope").status_code == 404


def test_a_trust_plans_stamps_measures_and_publishes(client, services, db, frameworks, buyer, scribe, now):
    new, sections = f"/products/{scribe.ref}/protocols/new", protocol_rules(frameworks).sections_of("note-review")
    db.commit()
    sign_in(client, services, buyer, at=now)
    assert "Plan an evaluation of Lumen Scribe" in client.get(f"{new}?template=note-review").text
    form = {"template": "note-review", "title": "Notes of four clinics", "version_number": "1.0", "supplier_funded": "no"}

    wrong = client.send_form(new, {**form, "title": ""})
    assert wrong.status_code == 422
    assert "Give the evaluation a title." in wrong.text
    draft = client.send_form(new, {**form, "section-question": "Only this."})
    path = draft.headers["location"].split("#")[0]
    refused = client.send_form(f"{path}/stamp")
    assert refused.status_code == 422
    assert "sections are open" in text_of(refused)
    answers = {f"section-{one.id}": "As written." for one in sections}
    assert client.send_form(f"{path}/text", {**form, **answers, "row-version": ""}).status_code == 303
    assert client.send_form(f"{path}/stamp").status_code == 303
    page = text_of(client.get(path))
    assert "before any data" in page
    assert "Independent" in page
    assert "Bring in judgements of notes" in page

    day = {"began_on-day": f"{now.day}", "began_on-month": f"{now.month}", "began_on-year": f"{now.year}",
           "ended_on-day": f"{now.day}", "ended_on-month": f"{now.month}", "ended_on-year": f"{now.year}"}  # fmt: skip
    nothing = client.send_form(f"{path}/notes", day, files={"file": ("notes.csv", b"note\n1\n", "text/csv")})
    assert nothing.status_code == 422
    assert "reviewer is empty" in nothing.text
    sent = client.send_form(f"{path}/notes", day, files={"file": ("notes.csv", LINES.encode(), "text/csv")})
    assert sent.status_code == 303, text_of(sent)[-2000:]
    page = text_of(client.get(path))
    assert "Notes with a major hallucination" in page
    assert "kappa" in page
    assert client.send_form(f"{path}/notes/7/publication").status_code == 409
    published = client.send_form(f"{path}/notes/1/publication")
    study = text_of(client.get(published.headers["location"]))
    assert "Independent" in study
    assert "Notes with a major hallucination" in study
    evidence = text_of(client.get(f"/products/{scribe.ref}/evidence"))
    assert "Notes of four clinics, review 1" in evidence
    assert "Evaluations planned" in evidence


def test_somebody_without_the_role_is_told_who_plans(client, services, db, moderator, scribe, now):
    path = f"/products/{scribe.ref}/protocols/new"
    db.commit()
    sign_in(client, services, moderator, at=now)

    assert client.get(path).status_code == 403
