"""A program that sends a decision again gets the one that stands."""

from tests.procurement.conftest import project, scribe

__all__ = ["project", "scribe"]


def test_the_same_decision_sent_again_is_answered_with_the_one_that_stands(caller_of, buyer, project, scribe):
    program, path = caller_of(buyer), f"/projects/{project.ref}/candidates/{scribe.ref}/inclusion"
    first = program.post(path, {"reason": "Works with our EPR."})

    again = program.post(path, {"reason": "Works with our EPR.", "turns": 0})

    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert [decision["verdict"] for decision in again.json()["decisions"]] == ["added", "included"]


def test_several_are_not_excluded_by_a_program_that_did_not_see_what_was_decided(caller_of, buyer, project, scribe):
    program, path = caller_of(buyer), f"/projects/{project.ref}"
    program.post(f"{path}/candidates/{scribe.ref}/inclusion", {"reason": "Works with our EPR."})
    sent = {"products": [scribe.ref], "reason_code": "above-budget", "turns": {scribe.ref: 0}}

    refused = program.post(f"{path}/exclusions", sent)
    taken = program.post(f"{path}/exclusions", {**sent, "turns": {scribe.ref: 2}})

    assert refused.status_code == 409
    assert refused.json()["title"] == "You decided on Lumen Scribe while your page was open: included"
    assert [each["ref"] for each in taken.json()["excluded"]] == [scribe.ref]
