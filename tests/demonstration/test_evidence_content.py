"""The invented evidence: enough to add up, one claim contradicted, and none of it to be taken for real."""

from collections import Counter
from decimal import Decimal

import pytest

from marketplace.demonstration.content import read_content
from marketplace.demonstration.evidence_content import EvidenceOf, read_evidence, result_of
from marketplace.evidence.rules.claims import CONTRADICTED, is_of, stance_of, verdict_of
from marketplace.evidence.schemas.claims import read_claim
from marketplace.evidence.schemas.studies import read_result
from marketplace.faces.claims import claim_words
from marketplace.faces.evidence import vocabulary
from marketplace.frameworks.loader import Frameworks
from tests.conftest import HOUSE

FOLDER = HOUSE / "frameworks" / "demonstration"


@pytest.fixture(scope="module")
def content() -> EvidenceOf:
    return read_evidence(FOLDER)


def spoken(content: EvidenceOf, frameworks: Frameworks, declared) -> list[str]:
    """What each result of the series does for a claim, by its numbers."""
    claim = read_claim(declared.model_dump(exclude={"product", "published"}), claim_words(frameworks))
    rows = [(series.product, read_result(result_of(series, member), vocabulary(frameworks)))
            for series, member, _ in content.members()]  # fmt: skip
    return [stance_of(claim, row).id for name, row in rows if name == declared.product and is_of(claim, row)]


def test_there_are_sixty_studies_with_results_and_each_says_that_it_is_invented(content):
    titles = [member.title for _, member, _ in content.members()]
    others = [study for study in read_content(HOUSE / "frameworks").studies if study.results]

    assert len(titles) + len(others) >= 60
    assert all("(invented)" in title for title in titles)
    assert [title for title, count in Counter(titles).items() if count > 1] == []
    assert all("INVENTED" in fields.get("registration", "INVENTED") for _, _, fields in content.members())


def test_three_claims_have_studies_enough_to_add_up_and_one_is_contradicted(content, frameworks):
    told = {claim.words: spoken(content, frameworks, claim) for claim in content.claims}

    assert sum(len(stances) >= 4 for stances in told.values()) >= 3
    assert verdict_of(told["Consultations are at least two minutes shorter."]) == CONTRADICTED


def test_readings_and_judgements_are_of_what_is_there_by_people_who_are_there(content):
    titles = {member.title for _, member, _ in content.members()}
    people = {person.name for person in read_content(HOUSE / "frameworks").people}

    assert {each.study for each in (*content.readings, *content.lookups)} <= titles
    assert {each.claim for each in content.certainties} <= {claim.words for claim in content.claims}
    assert {name for each in content.readings for name in each.readers} <= people
    assert {each.by for each in (*content.certainties, *content.lookups)} <= people


def test_no_study_ends_before_it_begins_or_is_published_before_it_ended(content):
    for _, member, _ in content.members():
        assert member.began > member.ended > member.published > 0
        low, high = Decimal(member.found[1]), Decimal(member.found[2])
        assert low <= Decimal(member.found[0]) <= high
