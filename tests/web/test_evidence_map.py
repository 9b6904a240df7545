"""Where the catalogue is proven, and where nobody has looked: each place of the map is a search."""

import pytest

from marketplace.evidence.queries.declared import map_rules
from marketplace.evidence.rules.gapmap import NOT_TOLD, Looked, Offered, cells_of, places_of, wanted
from marketplace.faces.gapmap import gap_map
from tests import cast
from tests.evidence.scenes import a_claim, a_published, measured


@pytest.fixture
def scribe(db, lumen, now):
    return cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")


def some(*values: str) -> frozenset[str]:
    return frozenset(values)


LOOKED = Looked(study="STU-1", product="PRD-1", role="safety", settings=some("outpatients"), populations=some("adults"), purposes=some("ambient-scribing"), level=3, is_independent=True)  # fmt: skip
OFFERED = Offered("PRD-1", some("outpatients", "maternity"), some("adults"), some("ambient-scribing"), frozenset({("safety", "maternity")}))


def test_a_study_stands_where_its_own_words_say(frameworks):
    rules = map_rules(frameworks)

    assert places_of("Outpatient clinics of two hospitals", rules.settings) == {"outpatients"}
    assert places_of("Sound studio", rules.settings) == {NOT_TOLD}
    assert "pregnant" in places_of("Midwives and pregnant women", rules.populations)
    for each in rules.settings:
        assert each.id in {option.id for option in frameworks.taxonomies["care-settings"].options}
    for each in rules.populations:
        assert each.id in {option.id for option in frameworks.taxonomies["patient-groups"].options}


def test_a_gap_is_a_place_where_products_are_offered_and_nobody_looked():
    cells = cells_of([LOOKED], [OFFERED], roles=["safety", "workload"], settings=["outpatients", "maternity"])

    assert cells["safety", "outpatients"].level == 3
    assert not cells["safety", "outpatients"].is_gap
    assert cells["safety", "maternity"].is_gap
    assert [(cell.role, cell.setting) for cell in wanted(cells, most=2)] == [("safety", "maternity"), ("workload", "maternity")]
    assert cells["safety", "outpatients"].unproven == 0
    nobody = cells_of([LOOKED], [OFFERED], roles=["safety"], settings=["outpatients"], population="pregnant")
    assert not nobody["safety", "outpatients"].offered


def test_the_map_shows_studies_gaps_and_what_is_wanted(client, db, frameworks, lumen, scribe, now):
    a_published(db, frameworks, scribe.id, measured(role="workload"), by=lumen, at=now)
    db.commit()

    page = client.get("/evidence/map")

    text = " ".join(page.text.split())
    assert page.status_code == 200
    assert "1 study, 1 independent, high certainty" in text
    assert "/products?care-setting=" in text
    assert "Evaluations that are wanted" in text
    assert "none was studied" in text


def test_a_study_that_names_its_settings_stands_there_whatever_its_words_say(client, db, frameworks, lumen, scribe, now):
    a_published(db, frameworks, scribe.id, measured(role="workload"), by=lumen, at=now, settings="maternity, outpatients", populations="pregnant")
    a_published(db, frameworks, scribe.id, measured(role="workload"), by=lumen, at=now, title="Told in words alone")

    cells = gap_map(db, frameworks).cells

    assert len(cells["workload", "maternity"].studies) == 1
    assert len(cells["workload", "outpatients"].studies) == 2
    assert len(cells["workload", "outpatients"].from_words) == 1
    assert not gap_map(db, frameworks, population="children").cells["workload", "maternity"].studies
    db.commit()
    assert "1 of 2 studies name their settings themselves; 1 is placed by what its words say." in " ".join(client.get("/evidence/map").text.split())


def test_the_map_can_be_narrowed_and_refuses_what_it_does_not_know(client, scribe):
    assert client.get("/evidence/map?patient-group=children&purpose=ambient-scribing").status_code == 200
    assert client.get("/evidence/map?patient-group=unicorns").status_code == 422


def test_the_page_of_a_claim_says_where_a_result_was_measured(client, db, frameworks, lumen, scribe, now):
    a_published(db, frameworks, scribe.id, by=lumen, at=now, settings="inpatient-wards", populations="adults")
    claim = a_claim(db, scribe.id, by=lumen, at=now)
    db.commit()

    assert "Measured in hospital wards, which is not what is claimed." in client.get(f"/claims/{claim.ref}").text
