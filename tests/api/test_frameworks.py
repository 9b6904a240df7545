"""The frameworks as programs read them: everything that is on the page."""

from marketplace.frameworks.loader import Frameworks
from tests.api.programs import Program


def test_a_program_reads_every_criterion_of_a_framework(caller: Program, frameworks: Frameworks):
    told = caller.get("/frameworks/dtac").json()

    criteria = [row for section in told["sections"] for row in section["criteria"]]
    by_code = {row["code"]: row for row in criteria}
    assert list(by_code) == list(frameworks.assurance["dtac"].by_code)
    assert by_code["C3.3"]["expires"]["days"] == 365
    assert by_code["C3.3"]["when"]["all_of"] == {"C3.2": ["no"]}
    assert by_code["C3.3"]["documents_needed"] == 1
    assert by_code["C3.3a"]["passes"]["below"] == 7.0
    assert by_code["C2.1"]["expires"]["year_ends"] == "06-30"
    assert by_code["C1.2"]["when"]["one_of"] == [{"C1.1.1": ["no"]}, {"C1.1.2": ["no"]}]
    assert all(row["source"]["document"] for row in criteria)


def test_the_list_names_each_framework_with_its_address(caller: Program, frameworks: Frameworks):
    told = caller.get("/frameworks").json()["items"]

    assert [row["id"] for row in told] == list(frameworks.assurance)
    assert all(caller.get(row["url"].removeprefix("/v1")).status_code == 200 for row in told)


def test_a_framework_or_version_that_there_is_not_is_not_found(caller: Program):
    assert caller.get("/frameworks/nothing").status_code == 404
    assert caller.get("/frameworks/dtac?version=9").status_code == 404
    assert caller.get("/frameworks/dtac?version=1").json()["version"] == 1
