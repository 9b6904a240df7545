"""Contract templates: data and words read together, laid over one another, refused where they do not fit."""

from pathlib import Path

import pytest

from marketplace.contracts.rules.assembly import assemble
from marketplace.contracts.rules.redline import changed, redline
from marketplace.frameworks.loader import drift, load, write_lock
from marketplace.frameworks.loader.load import Frameworks
from marketplace.kit.errors import Invalid
from tests.contracts.agreements import facts
from tests.frameworks.building import declarations, write

DATA = """
id: pilot
version: 1
label: Pilot
date: 2026-11-24
source: {document: Touchstone}
title: Agreement
notice: A template to be reviewed by a lawyer.
mechanism: at-risk-fee
signing: [participant, lead, supplier]
sections:
  - id: term
    label: Term
    parameters:
      - {id: ends-on, label: Last day, ask: When does it end?, kind: date, source: {document: Touchstone}}
      - {id: days, label: Days, ask: How many days?, kind: number, unit: days, minimum: 1, maximum: 90, default: 30, source: {document: Touchstone}}
      - {id: aims, label: Aims, ask: Which aims?, kind: list, required: false, source: {document: Touchstone}}
conditions:
  - {id: has-aims, label: Aims are named, given: [aims]}
clauses:
  - {id: term, source: {document: Touchstone, section: A}}
  - {id: aims, when: has-aims, source: {document: Touchstone, section: B}}
obligations:
  - {id: report, label: Report, kind: report, owner: lead, clause: term, due: {from: end, parameters: [days], before: true}}
"""
WORDS = """
# Pilot

## Term {#term}

It ends on {{ ends-on }}, with **{{ days }}** of notice.

## Aims {#aims}

These are the aims:

{{ aims }}
"""
NEXT = """
id: pilot
version: 2
label: Pilot
date: 2027-06-01
source: {document: Touchstone}
title: Agreement
notice: A template to be reviewed by a lawyer.
mechanism: at-risk-fee
signing: [participant, lead, supplier]
sections: []
clauses:
  - {id: term, version: 2, source: {document: Touchstone, section: A2}}
retired: [aims]
"""
NEXT_WORDS = """
## Term {#term}

It ends on {{ ends-on }}, and not later.
"""
VALUES = {"ends-on": "2027-09-30", "days": 30, "aims": ["One"]}


def templates(root: Path, data: str = DATA, words: str = WORDS) -> Frameworks:
    declarations(root)
    write(root, "contracts/pilot.yaml", data)
    write(root, "contracts/pilot.md", words)
    return load(root)


def test_a_template_is_read_with_its_words(tmp_path: Path):
    template = templates(tmp_path).contracts["pilot"]

    assert [(one.id, one.heading, one.when) for one in template.clauses] == [("term", "Term", ""), ("aims", "Aims", "has-aims")]
    assert [(run.text, run.mark, run.names) for run in template.clauses[0].blocks[0].runs] == [
        ("It ends on ", "", ""), ("", "", "ends-on"), (", with ", "", ""), ("", "strong", "days"), (" of notice.", "", ""),
    ]  # fmt: skip
    assert template.defaults == {"days": 30}


def test_a_next_version_names_what_differs_and_old_contracts_keep_their_own(tmp_path: Path):
    templates(tmp_path)
    write(tmp_path, "contracts/pilot.2.yaml", NEXT)
    write(tmp_path, "contracts/pilot.2.md", NEXT_WORDS)

    frameworks = load(tmp_path)

    older, newer = frameworks.contract_versions["pilot", 1], frameworks.contracts["pilot"]
    assert (newer.version, older.version) == (2, 1)
    assert [(one.id, one.version, one.source.section) for one in newer.clauses] == [("term", 2, "A2")]
    assert older.digest != newer.digest
    found = changed(redline(assemble(older, facts(), VALUES), assemble(newer, facts(), VALUES)))
    assert {one.id: one.state for one in found} == {"term": "changed", "aims": "removed"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{{ days }}", "{{ dayz }}", "the clause “term” names “dayz”, which is no parameter or fact"),
        ("{#aims}", "{#goals}", "the clause “aims” has no words"),
        ("{{ aims }}", "We want {{ aims }}.", "“aims” stands alone if and only if it is laid out"),
        ("These are the aims:", "{when: rich} These are the aims:", "depends on “rich”, which is no condition"),
        ("## Aims {#aims}", "## Aims", "a clause needs an id of its own"),
        ("## Aims {#aims}", "## Aims {#term}", "a clause needs an id of its own"),
        ("These are the aims:", "- one\n  - two", "a list within a list is not read"),
        ("# Pilot", "# Pilot\n\n## More {#more}\n\nMore.", "“more” has words and is not declared"),
    ],
)
def test_words_that_do_not_fit_are_refused(tmp_path: Path, old: str, new: str, said: str):
    assert old in WORDS

    with pytest.raises(Invalid) as refused:
        templates(tmp_path, words=WORDS.replace(old, new))
    assert said in refused.value.fact


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("given: [aims]", "given: [goals]", "goals is named and is no parameter"),
        ("clause: term, due", "clause: terms, due", "names a clause or a condition that there is not"),
        ("parameters: [days]", "parameters: [weeks]", "weeks is named and is no parameter"),
        ("kind: list, required", "kind: list, money: true, required", "money is a number, in pence"),
        ("id: pilot", "id: other", "belongs in a file named other.yaml"),
        ("mechanism:", "colour: red\nmechanism:", "colour: unknown key"),
        ("version: 1", "version: 3", "belongs in a file named pilot.3.yaml"),
    ],
)
def test_data_that_does_not_fit_is_refused(tmp_path: Path, old: str, new: str, said: str):
    assert old in DATA

    with pytest.raises(Invalid) as refused:
        templates(tmp_path, data=DATA.replace(old, new, 1))
    assert said in refused.value.fact


def test_the_words_of_a_published_template_are_frozen_too(tmp_path: Path):
    templates(tmp_path)
    write_lock(tmp_path)
    write(tmp_path, "contracts/pilot.md", WORDS.replace("with", "without"))

    assert drift(tmp_path) == ["contracts/pilot.md: was published and has changed without a new version"]
    with pytest.raises(Invalid, match="was published and has changed"):
        load(tmp_path)


def test_the_shipped_template_says_what_a_pilot_contract_has_to(frameworks: Frameworks):
    template = frameworks.contracts["joint-pilot"]

    assert len(template.clauses) >= 25
    assert {"model-change", "training", "logs", "incidents", "safety-gate", "clinical-safety", "data-protection"} <= {
        one.id for one in template.clauses
    }
    assert all(one.source.document and one.source.section for one in template.clauses)
    assert {duty.kind for duty in template.declared.obligations} >= {"report", "renewal", "exit", "notice"}
    assert template.declared.warnings_months == (12, 6, 3)
    assert template.declared.signing == ("participant", "lead", "supplier")
