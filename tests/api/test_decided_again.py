"""A program that sends a decision again gets the one that stands."""

from tests.procurement.conftest import project, scribe

__all__ = ["project", "scribe"]


def test_the_same_decision_sent_again_is_answered_with_the_one_that_stands(caller_of, buyer, project, scribe):
    program, path = caller_of(buyer), f"/projects/{project.ref}/candidates/{scribe.ref}/inclusion"
    first = program.post(path, {"reason": "Works with our EPR."})

    again = program.post(path, {"reason": "Works with our EPR.", "turns": 0})

    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert [decision["verdict"] for decision in again.json()["decisions"]] == ["added", "included"]
