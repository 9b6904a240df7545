"""Clinical safety through the browser: a log, its report, a deployment, an incident, and a notice that both holders answer."""

import re
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.models import Deployment, Hazard, Incident, SafetyNotice
from marketplace.catalogue.models import Product
from marketplace.kit.jobs import drain
from marketplace.wiring import subscribers_over
from tests.assurance.conftest import bench
from tests.assurance.safety import NEGATION, NOTICE, OUTAGE, REPORT, a_deployment, a_log, a_notice, a_safety_officer
from tests.assurance.scenes import Bench, a_certificate, an_answered_product
from tests.worlds import part, quick_part

__all__ = ["bench"]
CSV = (
    b"Hazard,Clinical impact,Causes,Severity,Likelihood,Residual severity,Residual likelihood,Status,Handed over\r\n"
    b"Lost,Harm,Noise,Major,Medium,Major,Very low,closed,\r\nAway,Late,Fails,Minor,High,Minor,Low,transferred,Paper\r\n"
)


@pytest.fixture(autouse=True)
def held(db: Session) -> None:
    db.expire_on_commit = False


@part
def product(db, services, lumen, now) -> Product:
    services.search.rebuild([])
    return an_answered_product(db, services, of=lumen, at=now)


@quick_part
def officer(db, now):
    return a_safety_officer(db, at=now)


def kept(db: Session, table):
    db.expire_all()
    found = list(db.scalars(select(table).order_by(table.id)))
    db.commit()
    return found


def heard(db, services, now):
    db.commit()
    drain(services.database, subscribers_over(services), clock=lambda: now)


def test_a_supplier_types_a_hazard_in_gives_out_the_report_and_a_holder_reads_it_on_paper(
    db, client_of, product, lumen, other_buyer, officer, buyer, now
):
    a_deployment(db, product, by=buyer, at=now)
    db.commit()
    supplier = client_of(lumen)
    base = f"/listings/{product.ref}/safety"

    refused = supplier.send_form(f"{base}/hazards/new", {**NEGATION, "effect": ""})
    supplier.send_form(f"{base}/hazards/new", {**NEGATION, "residual-likelihood": "high"})
    stopped = supplier.get(base).text
    row = kept(db, Hazard)[0].row_version
    supplier.send_form(f"{base}/hazards/1", {**NEGATION, "row-version": str(row)})
    supplier.send_form(f"{base}/hazards/new", OUTAGE)
    given = supplier.send_form(f"{base}/reports", REPORT)
    address = given.headers["location"]
    report = client_of(officer).get(address)
    paper = client_of(officer).get(f"{address}/report.pdf")
    stranger = client_of(other_buyer).get(address)

    assert refused.status_code == 422
    assert "Say what could happen to a patient." in refused.text
    assert "The risk that is left is 4" in stopped
    assert "DCB0129 safety case report 1: Lumen Scribe" in report.text
    assert "Keep a paper template in each room." in report.text
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(paper.content)).pages)
    assert "A negation is lost" in text
    assert "Dr Wen Li" in text
    assert stranger.status_code == 404


def test_a_spreadsheet_is_looked_at_first_and_then_brought_in(db, client_of, product, lumen):
    db.commit()
    supplier = client_of(lumen)
    base = f"/listings/{product.ref}/safety/import"
    bad = CSV.replace(b"Harm", b"")

    looked = supplier.send_form(base, files={"file": ("log.csv", CSV, "text/csv")})
    before = len(kept(db, Hazard))
    wrong = supplier.send_form(base, files={"file": ("log.csv", bad, "text/csv")})
    none = supplier.send_form(base, files={"file": ("log.csv", b"x,y\n1,2\n", "text/csv")})
    content = re.search(r'name="content" value="([^"]+)"', looked.text)
    assert content
    supplier.send_form(f"{base}/confirmation", {"content": content[1], "name": "log.csv"})

    assert "2 hazards can be brought in" in looked.text
    assert before == 0
    assert "the effect is empty" in wrong.text
    assert "nothing can be brought in" in wrong.text
    assert none.status_code == 422
    assert "lacks the columns" in none.text
    assert [each.name for each in kept(db, Hazard)] == ["Lost", "Away"]


def test_a_deployment_decides_on_what_is_handed_over_and_goes_live(
    db, services, client_of, product, lumen, buyer, officer, now
):
    a_log(db, services.frameworks, product, by=lumen, at=now)
    db.commit()
    planned = client_of(buyer).send_form(f"/products/{product.ref}/deployments", {"place": "Outpatients"})
    url = planned.headers["location"]
    safety = client_of(officer)

    page = safety.get(url).text
    early = safety.send_form(f"{url}/going-live")
    empty = safety.send_form(f"{url}/hazards/1/disposition", {"disposition": "controlled"})
    safety.send_form(f"{url}/hazards/1/disposition", {"disposition": "controlled", "disposition-reason": "A template."})
    own = {**NEGATION, "name": "Our template drops allergies"}
    safety.send_form(f"{url}/hazards/new", own)
    safety.send_form(f"{url}/reports", {**REPORT, "phase": "deployment"})
    safety.send_form(f"{url}/going-live")
    live = safety.get(url)
    safety.send_form(f"{url}/end", {"reason": "Another took its place."})
    ended = safety.get(url)

    assert "Keep a paper template in each room." in page
    assert early.status_code == 409
    assert "It was handed over to you" in early.text
    assert "Say what you did" in empty.text
    assert "In use" in live.text
    assert [each.name for each in kept(db, Hazard)][-2:] == ["The service is away", "Our template drops allergies"]
    assert "Another took its place." in ended.text


def test_an_incident_is_reported_judged_and_closed_with_its_clocks_and_numbers(
    db, services, client_of, product, lumen, buyer, other_buyer, now
):
    a_log(db, services.frameworks, product, by=lumen, at=now)
    db.commit()
    reporter, supplier = client_of(buyer), client_of(lumen)
    form = {"severity": "severe", "words": "A dose was ten times too small.", "lfpse": "LF-77"}

    refused = reporter.send_form(f"/products/{product.ref}/incidents/new", {"words": ""})
    sent = reporter.send_form(f"/products/{product.ref}/incidents/new", form)
    url = sent.headers["location"]
    supplier.send_form(f"{url}/triage", {"judged": "fatal", "is-device": "yes", "hazard": "1", "assessment": "A zero."})
    supplier.send_form(f"{url}/numbers", {"mhra": "2026/011"})
    reporter.send_form(f"{url}/notes", {"words": "It happened twice."})
    supplier.send_form(f"{url}/safety", {"made-safe": "Doses are written in words."})
    supplier.send_form(f"{url}/closure", {"cause": "A tokeniser."})
    page = reporter.get(url).text
    stranger = client_of(other_buyer).get(url)

    assert refused.status_code == 422
    for words in ("LF-77", "2026/011", "It happened twice.", "A tokeniser.", "Initial report to the MHRA",
                  "one source says working days", "In time"):  # fmt: skip
        assert words in page
    assert kept(db, Incident)[0].state == "closed"
    assert stranger.status_code == 404


def test_a_safety_notice_is_acknowledged_by_both_holders_and_everybody_sees_who_has_not_answered(
    db, services, bench: Bench, client_of, product, lumen, buyer, other_buyer, officer, now
):
    a_certificate(db, bench, product, by=lumen, at=now)
    other_officer = a_safety_officer(db, at=now, organisation="Calder Valley NHS Trust", name="Dr Bea Holt")
    for actor in (buyer, other_buyer):
        a_deployment(db, product, by=actor, at=now)
    db.commit()
    supplier = client_of(lumen)

    supplier.send_form(f"/listings/{product.ref}/safety/notices/new", NOTICE)
    url = f"/safety-notices/{kept(db, SafetyNotice)[0].ref}"
    draft, hidden = supplier.get(url), client_of(officer).get(url)
    supplier.send_form(f"{url}/issue")
    heard(db, services, now)
    desk = client_of(officer).get("/my-desk").text
    client_of(officer).send_form(f"{url}/acknowledgement")
    client_of(officer).send_form(f"{url}/answer", {"answer": "done", "words": "Every dose is checked."})
    half = supplier.get(url).text
    assessor = client_of(bench.third).get(url).text
    refused = supplier.send_form(f"{url}/closure", {"closing": ""})
    client_of(other_officer).send_form(f"{url}/answer", {"answer": "not-affected", "words": "We use no doses."})
    whole = supplier.get(url).text
    supplier.send_form(f"{url}/closure", {"closing": ""})

    assert "It reaches 2 organisations" in draft.text
    assert hidden.status_code == 404
    assert "Doses above 1,000 lose a zero" in desk
    for page in (half, assessor):
        assert "Has not acknowledged it" in page
        assert "Every dose is checked." in page
    assert "1 have not answered" in refused.text
    assert "Has not acknowledged it" not in whole
    assert kept(db, SafetyNotice)[0].state == "closed"


def test_a_change_notice_names_the_criteria_that_lapse_and_is_accepted_by_a_date(
    db, services, client_of, product, lumen, buyer, officer, now
):
    a_deployment(db, product, by=buyer, at=now)
    notice = a_notice(db, services.frameworks, product, by=lumen, at=now, kind="change")
    db.commit()

    page = client_of(officer).get(f"/safety-notices/{notice.ref}").text
    client_of(officer).send_form(f"/safety-notices/{notice.ref}/answer", {"answer": "accepted", "words": "Tested."})
    watched = client_of(lumen).get(f"/safety-notices/{notice.ref}").text

    assert "Criteria that lapse" in page
    assert "C1.2.4" in page
    assert "10 January 2027" in page
    assert "We accept the change" in watched


def test_the_safety_tab_tells_everybody_something_and_whoever_holds_the_product_all(
    db, services, client_of, client, product, lumen, buyer, other_buyer, now
):
    a_log(db, services.frameworks, product, by=lumen, at=now)
    a_notice(db, services.frameworks, product, by=lumen, at=now)
    a_deployment(db, product, by=buyer, at=now)
    db.commit()
    url = f"/products/{product.ref}/safety"

    public, buys, holds = client.get(url).text, client_of(other_buyer).get(url).text, client_of(buyer).get(url).text

    assert "2 hazards in its log, 1 handed over" in public
    assert "Doses above 1,000 lose a zero" in public
    assert "A negation is lost" not in public
    assert "Keep a paper template" not in public
    assert "Keep a paper template" in buys
    assert "A negation is lost" not in buys
    assert "A negation is lost" in holds
    assert client_of(other_buyer).get(f"{url}/log.csv").status_code == 403
    assert b"A negation is lost" in client_of(buyer).get(f"{url}/log.csv").content


def test_what_one_organisation_uses_is_listed_for_it_alone(db, client_of, product, buyer, other_buyer, now):
    a_deployment(db, product, by=buyer, at=now)
    db.commit()

    assert "Lumen Scribe" in client_of(buyer).get("/safety").text
    assert "Lumen Scribe" not in client_of(other_buyer).get("/safety").text
    assert len(kept(db, Deployment)) == 1


def test_a_transparency_record_is_filled_from_what_is_known_and_says_what_is_missing(
    db, client_of, product, buyer, other_buyer, now
):
    deployment = a_deployment(db, product, by=buyer, at=now)
    db.commit()
    url = f"/deployments/{deployment.ref}/transparency"
    trust = client_of(buyer)

    before = trust.get(url).text
    trust.send_form(url, {"2.1.3": "Dr Ines Marlowe, chief clinical information officer"})
    after = trust.get(url).text
    data = trust.get(f"{url}.json").json()
    stranger = client_of(other_buyer).get(url)

    fields = {each["code"]: each for each in data["fields"]}
    assert "2.1.3 Senior responsible owner</a>" in before
    assert "2.1.3 Senior responsible owner</a>" not in after
    assert (fields["2.1.3"]["whose"], fields["1.2"]["whose"], fields["0.2"]["text"]) == (
        "organisation", "supplier", "Ashdown Hospitals NHS Trust",
    )  # fmt: skip
    assert "2.2.3" in data["missing"]
    assert data["not-sure"]
    assert stranger.status_code == 404
