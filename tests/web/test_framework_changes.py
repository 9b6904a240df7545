"""What a version of a framework changes and whom it moves; the form to try; all of it before anything is published."""

from types import MappingProxyType

import pytest
from sqlalchemy.orm import Session

from marketplace.assurance.queries.foreseen import foreseen, standings_over
from marketplace.assurance.rules.differences import differences
from marketplace.faces.frameworks import described_by
from marketplace.faces.services import Services
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.assurance import PassRule
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.kit.values import replace
from tests.assurance.scenes import an_answered_product
from tests.clients import browser_over


def stricter(frameworks: Frameworks) -> AssuranceFramework:
    """DTAC as a next version might be: a test may find nothing above 4, one criterion is gone."""
    dtac = frameworks.assurance["dtac"]
    sections = []
    for section in dtac.sections:
        criteria = tuple(
            replace(each, passes=PassRule(below=4.0), pass_in_words="Nothing above 4.")
            if each.code == "C3.3a"
            else each
            for each in section.criteria
            if each.code != "D1.5"
        )
        sections.append(replace(section, criteria=criteria))
    return replace(dtac, version=2, edition="2.1", sections=tuple(sections))


@pytest.fixture
def next_one(frameworks: Frameworks) -> Frameworks:
    new = stricter(frameworks)
    versions = {**frameworks.assurance_versions, (new.id, 2): new}
    return replace(frameworks, assurance_versions=MappingProxyType(versions))


def test_the_differences_are_told_criterion_by_criterion(frameworks: Frameworks):
    dtac = frameworks.assurance["dtac"]

    found = differences(dtac, stricter(frameworks), described_by(frameworks))

    assert found.whole == (("Edition", "2.0", "2.1"),)
    assert [(each.code, each.what) for each in found.criteria] == [("C3.3a", "changed"), ("D1.5", "gone")]
    assert found.criteria[0].parts == (
        ("Passes", "No open finding with a CVSS score of 7.0 or more.", "Nothing above 4."),
    )
    assert differences(dtac, dtac, described_by(frameworks)).is_empty


def test_whose_verdict_becomes_another_is_told_with_the_reason(db: Session, services, frameworks, lumen, now):
    strict, fine = (
        an_answered_product(db, services, of=lumen, at=now, name=name, penetration_test_worst=worst)
        for name, worst in (("Scribe", 4.3), ("Letters", 2.0))
    )
    told: list[tuple[int, int]] = []

    found = list(foreseen(
        db, frameworks, frameworks.assurance["dtac"], stricter(frameworks), on=now.date(), at=now,
        told=lambda done, of: told.append((done, of)),
    ))  # fmt: skip

    assert [(each.ref, each.turn.before, each.turn.after) for each in found] == [(strict.ref, "Met", "Not met")]
    assert "C3.3a" in found[0].turn.cause
    assert told == [(2, 2)]
    assert fine.ref not in {each.ref for each in found}


def test_every_product_is_judged_under_every_framework_with_progress(db: Session, services, frameworks, lumen, now):
    for name in ("Scribe", "Letters"):
        an_answered_product(db, services, of=lumen, at=now, name=name)
    told: list[tuple[int, int]] = []

    found = list(standings_over(db, frameworks, on=now.date(), at=now, told=lambda done, of: told.append((done, of))))

    assert [len(standings) for _, standings in found] == [len(frameworks.assurance)] * 2
    assert told == [(2, 2)]


def test_the_page_of_changes_shows_suppliers_their_own(db, services: Services, next_one, client_of, lumen, now):
    product = an_answered_product(db, services, of=lumen, at=now)
    db.commit()
    newer = replace(services, frameworks=next_one)
    with browser_over(newer) as anybody:
        page = anybody.get("/frameworks/dtac/changes").text
        one = anybody.get("/frameworks/dcb0129/changes").text
        listed = anybody.get("/v1/frameworks/dtac/changes").json()

    assert f"C3.3a</span> {next_one.assurance['dtac'].by_code['C3.3a'].label}: changed" in page
    assert "Was: </span>No open finding with a CVSS score of 7.0 or more." in page
    assert "marketplace desk check --against" in page
    assert product.name not in page
    assert "stands by itself" in one
    assert [each["code"] for each in listed["criteria"]] == ["C3.3a", "D1.5"]


def test_a_version_that_there_is_not_is_not_found(client):
    assert client.get("/frameworks/dtac/changes?from=7").status_code == 404
    assert client.get("/v1/frameworks/dtac/changes?old=7").status_code == 404


def test_anybody_tries_the_form_and_sees_its_gates(client):
    shut = client.get("/frameworks/dtac/preview?section=c3&shown=cyber-charter&cyber-charter=yes").text
    opened = client.get("/frameworks/dtac/preview?section=c3&shown=cyber-charter&cyber-charter=no").text

    assert "Asked only when “Cyber security charter” is “No”." in shut
    assert 'name="penetration-test"' not in shut
    assert 'name="penetration-test"' in opened


def test_what_was_typed_in_another_section_still_counts(client):
    page = client.get("/frameworks/dtac/preview?section=c3&shown=leaves-uk&leaves-uk=yes&shown=nothing&x=y").text

    assert '<input type="hidden" name="leaves-uk" value="yes">' in page
    assert 'name="x"' not in page


def test_a_bad_answer_of_a_preview_says_so(client):
    typed = {"cyber-charter": "no", "penetration-test": "provided", "penetration-test-worst": "eleven"}
    sent = [("section", "c3"), *(("shown", name) for name in typed), *typed.items()]

    page = client.get("/frameworks/dtac/preview", params=sent)

    assert page.status_code == 200
    assert "eleven" in page.text


def test_every_framework_is_read_and_tried_by_people_and_programs(client, frameworks: Frameworks):
    for name in frameworks.assurance:
        addresses = (f"/frameworks/{name}", f"/frameworks/{name}/preview", f"/v1/frameworks/{name}")
        assert [client.get(each).status_code for each in addresses] == [200, 200, 200], name
