"""The passport in OSCAL: valid against the published schemas, and open about nothing that only a supplier says."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from marketplace.assurance.actions.certificates import suspend_certificate
from marketplace.faces.oscal import KINDS, oscal_of
from marketplace.kit.errors import NotFound

SCHEMAS = Path(__file__).parent / "vectors" / "oscal-1.2.1"


def faults(kind, document):
    checks = jsonschema_rs.validator_for(json.loads((SCHEMAS / f"{kind}.json").read_text()), validate_formats=True)
    return [f"{each.instance_path}: {each.message}" for each in checks.iter_errors(document)]


@pytest.mark.parametrize("kind", KINDS)
def test_both_documents_are_valid_against_the_published_schema(db, services, product, certificate, now, kind):
    document = json.loads(json.dumps(oscal_of(db, services, product, kind, at=now)))

    assert faults(kind, document) == []
    assert faults(kind, {kind: {}}), "the schema refuses what is empty"


def test_the_results_name_each_criterion_and_follow_a_suspension(db, services, bench, product, certificate, now):
    before = oscal_of(db, services, product, "assessment-results", at=now)["assessment-results"]["results"][0]
    suspend_certificate(db, certificate, reason="Three doses were wrong.", by=bench.first, at=now)

    after = oscal_of(db, services, product, "assessment-results", at=now)["assessment-results"]["results"][0]

    ids = [each["target"]["target-id"] for each in before["findings"]]
    assert "dtac_C3.3" in ids
    assert {each["target"]["status"]["state"] for each in before["findings"]} == {"satisfied"}
    assert before["props"][1]["value"] == "met"
    assert after["props"][1]["value"] == "suspended"
    assert "Three doses were wrong." in after["description"]
    assert any(each.get("expires") == "2027-06-30T22:59:59Z" for each in before["observations"])


def test_without_a_certificate_there_are_no_results_and_no_answers_either(db, services, product, now):
    document = oscal_of(db, services, product, "component-definition", at=now)

    component = document["component-definition"]["components"][0]
    dtac = next(each for each in component["control-implementations"] if each["source"].endswith("/dtac"))
    assert faults("component-definition", document) == []
    assert [each["control-id"] for each in dtac["implemented-requirements"]] == ["dtac"]
    assert "nobody here has assessed it" in dtac["implemented-requirements"][0]["description"]
    assert "Answered:" not in json.dumps(document)
    with pytest.raises(NotFound, match="nobody has assessed"):
        oscal_of(db, services, product, "assessment-results", at=now)
    with pytest.raises(NotFound, match="no such OSCAL document"):
        oscal_of(db, services, product, "system-security-plan", at=now)


def test_the_same_passport_keeps_its_identifiers(db, services, product, now):
    one, two = (oscal_of(db, services, product, "component-definition", at=now) for _ in range(2))

    assert one == two
