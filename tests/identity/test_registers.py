"""Names of organisations, and the registers of real bodies in which people find theirs by typing."""

import csv
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from marketplace.identity.rules.identifiers import ods_code, ror_id
from marketplace.identity.rules.name_index import FORGIVEN_FROM, NameIndex
from marketplace.identity.rules.names import name_matches, name_rank, organisation_words, title_case
from marketplace.kit.text import clean_line

REGISTERS = Path(__file__).parents[2] / "frameworks" / "registers"
DECLARED = yaml.safe_load((REGISTERS / "registers.yaml").read_text())["registers"]
NATIONS = {"england", "wales", "scotland", "northern-ireland", ""}


NAMES = ["Leeds Teaching Hospitals NHS Trust", "University of Oxford", "Betsi Cadwaladr University Health Board"]


def rows_of(register: str) -> list[dict[str, str]]:
    with (REGISTERS / f"{register}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def found(query: str, *registers: str) -> list[str]:
    rows = [row for register in registers for row in rows_of(register)]
    ranks = {row["name"]: name_rank(query, row["name"], row["other-names"].split("|")) for row in rows}
    return sorted((name for name, rank in ranks.items() if rank is not None), key=lambda name: (ranks[name], name))


@pytest.mark.parametrize(
    ("shouted", "written"),
    [
        ("EAST KENT HOSPITALS UNIVERSITY NHS FOUNDATION TRUST", "East Kent Hospitals University NHS Foundation Trust"),
        ("GUY'S AND ST THOMAS' NHS FOUNDATION TRUST", "Guy's and St Thomas' NHS Foundation Trust"),
        ("THE NEWCASTLE UPON TYNE HOSPITALS", "The Newcastle upon Tyne Hospitals"),
        ("NHS CORNWALL AND THE ISLES OF SCILLY BOARD", "NHS Cornwall and the Isles of Scilly Board"),
        ("NHS STAFFORDSHIRE AND STOKE-ON-TRENT ICB", "NHS Staffordshire and Stoke-on-Trent ICB"),
        ("THE QUEEN ELIZABETH HOSPITAL, KING'S LYNN", "The Queen Elizabeth Hospital, King's Lynn"),
        ("WESTON-SUPER-MARE", "Weston-super-Mare"),
        ("O'NEILL & D\u2019ARCY (UK) LLP", "O'Neill & D\u2019Arcy (UK) LLP"),
        ("eConsult Health", "eConsult Health"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_shouted_name_is_written_as_people_write_it(shouted, written):
    assert title_case(shouted) == written
    assert title_case(written) == written


def test_the_words_of_a_name_know_no_accents_case_or_apostrophes():
    assert organisation_words("GUY\u2019S & St. Thomas' FT") == ("guys", "and", "st", "thomas", "foundation", "trust")


def test_guys_finds_guys_and_st_thomas():
    assert found("guys", "nhs-trusts") == ["Guy's and St Thomas' NHS Foundation Trust"]


def test_manchester_uni_finds_both_universities():
    names = found("Manchester Uni", "nhs-trusts", "research-organisations")

    assert {"University of Manchester", "Manchester Metropolitan University"} <= set(names)
    assert "Central Manchester University Hospitals NHS Foundation Trust" in names
    assert "University of Oxford" not in names


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("uclh", "University College London Hospitals NHS Foundation Trust"),
        ("saint georges", "St George's University Hospitals NHS Foundation Trust"),
        ("st george's", "St George's University Hospitals NHS Foundation Trust"),
        ("leeds teaching", "Leeds Teaching Hospitals NHS Trust"),
        ("the leeds teaching", "Leeds Teaching Hospitals NHS Trust"),
        ("trust leeds teach", "Leeds Teaching Hospitals NHS Trust"),
        ("great ormond", "Great Ormond Street Hospital for Children NHS Foundation Trust"),
        ("gosh", "Great Ormond Street Hospital for Children NHS Foundation Trust"),
        ("barts", "Barts Health NHS Trust"),
        ("the christie", "The Christie NHS Foundation Trust"),
    ],
)
def test_a_trust_is_found_by_what_people_call_it(query, first):
    assert found(query, "nhs-trusts")[0] == first


def test_a_board_is_found_by_its_letters():
    assert found("sussex icb", "integrated-care-boards") == ["NHS Sussex Integrated Care Board"]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("UCL", "University College London"),
        ("oxford university", "University of Oxford"),
        ("glyndwr", "Wrexham University"),
        ("imperial lon", "Imperial College London"),
    ],
)
def test_a_university_is_found_by_another_name(query, first):
    assert found(query, "research-organisations")[0] == first


@pytest.mark.parametrize("query", ["", " ", "'", "\u202e", "zzz", "leeds zzz"])
def test_a_query_without_a_matching_word_finds_nothing(query):
    assert not name_matches(query, "Leeds Teaching Hospitals NHS Trust", ["LTHT"])


def test_better_matches_come_first():
    ranks = [
        name_rank("leeds", "Leeds"),
        name_rank("leeds", "Leeds Teaching Hospitals"),
        name_rank("leeds", "University of Leeds"),
        name_rank("leed", "University of Leeds"),
        name_rank("leeds", "Beckett", ["Leeds Beckett"]),
    ]

    assert ranks == sorted(ranks)
    assert len(set(ranks)) == 5


@given(st.text(max_size=30), st.text(max_size=60))
def test_whatever_is_typed_has_a_rank_or_none(query, name):
    assert name_rank(query, name) in (None, 0, 1, 2, 3)
    assert name_rank(name, name) == (0 if organisation_words(name) else None)


@given(st.sampled_from(NAMES), st.data())
def test_an_index_knows_what_can_be_meant(name, data):
    word = data.draw(st.sampled_from([each for each in organisation_words(name) if len(each) >= FORGIVEN_FROM]))
    at, letter = data.draw(st.integers(0, len(word) - 1)), data.draw(st.sampled_from("aeqz"))
    slips = (word[:at] + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :],
             word[:at] + word[at : at + 2][::-1] + word[at + 2 :])  # fmt: skip
    index = NameIndex([(1, [name, "St John"])])

    for slip in slips:
        if len(slip) >= FORGIVEN_FROM and not name_matches(slip, name):
            assert any(1 in index.candidates(meant) and name_matches(meant, name) for meant in index.meant(slip))


@given(st.text("abcd st", max_size=12), st.text("abcd st", max_size=20))
def test_whatever_is_found_by_its_name_is_a_candidate(query, name):
    assert 1 in NameIndex([(1, [name])]).candidates(query) or not name_matches(query, name)


@pytest.mark.parametrize("register", DECLARED, ids=lambda register: register["id"])
def test_every_row_of_a_register_holds_by_its_own_rule(register):
    rows = rows_of(register["file"].removesuffix(".csv"))
    rule = {"ods-code": ods_code, "ror-id": ror_id}[register["identifier"]]

    assert len(rows) == len({row["id"] for row in rows}) == register["count"]
    assert [row["id"] for row in rows] == sorted(rule(row["id"]) for row in rows)
    for row in rows:
        for text in (row["name"], row["town"], *row["other-names"].split("|")):
            assert clean_line(text, 200) == text
        assert row["name"] != row["name"].upper() or row["type"].split()[0] not in ("nhs-trust", "foundation-trust")
        assert row["nation"] in NATIONS
        assert row["status"] in ("listed", "active", "inactive", "withdrawn")
        assert row["type"]


def test_no_body_stands_in_two_registers_under_one_id():
    ids = [row["id"] for register in DECLARED for row in rows_of(register["id"])]

    assert len(ids) == len(set(ids)) == 1571


def test_every_register_names_its_source_its_licence_and_its_date():
    for register in DECLARED:
        assert {"document", "publisher", "address", "licence"} <= set(register["source"])
        assert register["received"]
        assert register["note"]
