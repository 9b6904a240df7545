"""A file that does not hold together is refused, with its file and its line."""

from pathlib import Path

import pytest

from marketplace.frameworks.loader import load, read_mapping, read_plain
from marketplace.kit.errors import Invalid
from tests.frameworks.building import FILES, declarations, spoilt, write

SLIPS = {
    "a bare yes": ("questions/use", 'acts: ["yes"]', "acts: [yes]", r"questions/use.yaml:22: .*bare “yes”"),
    "a bare on as a key": ("questions/use", "    limit: 20", "    on: 20", r"questions/use.yaml:10: .*bare “on”"),
    "a key twice": ("questions/use", "    limit: 20", "    limit: 20\n    limit: 30", r"use.yaml:11: .*“limit” twice"),
    "a key left empty": ("questions/use", "limit: 20", "limit:", r"use.yaml:10: .*left empty"),
    "a comma in brackets": ("taxonomy/kinds", "label: Data set", "label: Data, set", r"kinds.yaml:8: .*quotes"),
    "a number with a leading nought": ("questions/use", "limit: 20", "limit: 020", r"use.yaml:10: .*020"),
    "a time of day": ("taxonomy/kinds", "label: Scribe", "label: 12:30", r"kinds.yaml:7: .*12:30"),
    "a date that does not exist": ("taxonomy/kinds", "2026-11-24", "2026-02-30", r"kinds.yaml:4: .*2026-02-30"),
    "an anchor": (
        "taxonomy/kinds",
        "{id: data-set, label: Data set}",
        "&a {id: data-set, label: Data set}\n  - *a",
        r"kinds.yaml:8: .*anchor",
    ),
    "an unknown key": ("questions/use", "limit: 20", "lenght: 20", r"use.yaml:10: .*lenght: unknown key"),
    "an id that is not kebab-case": ("questions/use", "id: summary", "id: Summary", r"use.yaml:6: .*“Summary”"),
    "no source": (
        "questions/use",
        "    limit: 20\n    source: {document: Touchstone}",
        "    limit: 20",
        r"use.yaml:6: ",
    ),
    "an unknown kind": ("questions/use", "kind: text", "kind: texts", r"use.yaml:9: .*kind"),
    "true where a count is meant": ("questions/use", "limit: 20", "limit: true", r"use.yaml:10: .*limit"),
    "a question twice in a file": ("questions/use", "id: acts", "id: summary", r"“summary” stands twice"),
    "an option twice": ("taxonomy/kinds", "id: data-set", "id: scribe", r"kinds.yaml:.*“scribe” stands twice"),
    "options from nowhere": (
        "questions/use",
        "options-from: yes-no",
        "options-from: no-such",
        r"use.yaml:12: .*no-such",
    ),
    "a source key that is unknown": (
        "questions/use",
        "kind: text\n    limit: 20\n    source: {document: Touchstone}",
        "kind: text\n    source: {document: DTAC, key: S-NONE}",
        r"use.yaml:6: .*S-NONE",
    ),
    "a bound that does not go with the kind": ("questions/use", "limit: 20", "unit: days", r"use.yaml:6: .*`unit`"),
    "a section that names no question": (
        "catalogue/description",
        "summary, req",
        "sumary, req",
        r"n.yaml:8: .*“sumary”",
    ),
    "a kind that there is not": (
        "catalogue/description",
        "[scribe]}\n      - {q",
        "[scribes]}\n      - {q",
        r"scribes",
    ),
    "required of a kind that is not asked": (
        "catalogue/description",
        "required-for: [scribe]",
        "required-for: [data-set]",
        r"data-set",
    ),
    "a gate with an answer that is none": ("questions/use", 'acts: ["yes"]', "acts: [maybe]", r"“maybe”"),
    "a gate that is no question": ("questions/use", 'when: {acts: ["yes"]}', "when: {act: [a]}", r"depends on “act”"),
    "a gate without options": (
        "questions/use",
        'when: {acts: ["yes"]}',
        "when: {summary: [a]}",
        r"depends on “summary”",
    ),
    "a gate asked of fewer kinds": (
        "catalogue/description",
        "actions, kinds: [scribe], required-for: [scribe]",
        "actions",
        r"depends on “acts”",
    ),
    "a file named otherwise than its id": ("taxonomy/kinds", "id: kinds", "id: kind", r"kind.yaml"),
    "a mapping to no question": ("imports/list", "  acts:", "  act:", r"list.yaml:9: “act”"),
    "a mapping to no option": ("imports/list", 'N: "no"', "N: never", r"list.yaml:9: .*“never”"),
    "a mapping to no kind": ("imports/list", "default: scribe", "default: robot", r"list.yaml:8: .*“robot”"),
    "a mapping without a name": ("imports/list", "name: {from", "supplier: {from", r"must fill name"),
    "a mapping from nowhere": ("imports/list", "{default: scribe}", "{required: true}", r"say where it comes"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_refused_with_its_file_and_line(tmp_path: Path, slip: str):
    name, old, new, says = SLIPS[slip]
    root = declarations(tmp_path, **spoilt(name, old, new))

    with pytest.raises(Invalid, match=says):
        load(root)


def test_the_unspoilt_set_loads(tmp_path: Path):
    frameworks = load(declarations(tmp_path))

    assert list(frameworks.form("scribe").questions) == ["summary", "acts", "actions"]
    assert list(frameworks.form("data-set").questions) == ["summary"]


def test_an_id_is_given_once_over_all_files(tmp_path: Path):
    root = declarations(tmp_path)
    write(root, "questions/again.yaml", FILES["questions/use.yaml"].replace("id: use", "id: again", 1))

    with pytest.raises(Invalid, match=r"questions/use.yaml:6: the question “summary” exists already"):
        load(root)


def test_every_fault_of_a_file_is_named_at_once(tmp_path: Path):
    root = declarations(
        tmp_path, **spoilt("taxonomy/kinds", "{id: scribe, label: Scribe}", "{id: Scribe, name: Scribe}")
    )

    with pytest.raises(Invalid) as refusal:
        load(root)

    assert len(refusal.value.fact.splitlines()) == 3


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"a: [", b"a: !!python/object/apply:os.system [ls]", b"x" * 2_100_000]
)
def test_what_is_not_a_declaration_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "x.yaml"
    path.write_bytes(content)

    with pytest.raises(Invalid, match=r"^x.yaml"):
        read_plain(path)


def test_a_mapping_of_ones_own_is_checked_like_the_shipped_ones(tmp_path: Path):
    frameworks = load(declarations(tmp_path / "frameworks"))
    write(tmp_path, "mine.yaml", FILES["imports/list.yaml"].replace("  acts:", "  autonomy:"))

    with pytest.raises(Invalid, match=r"mine.yaml:9: “autonomy” is neither a question"):
        read_mapping(tmp_path / "mine.yaml", frameworks)


def test_xml_needs_the_element_that_repeats(tmp_path: Path):
    root = declarations(tmp_path, **spoilt("imports/list", "reads: csv", "reads: xml"))

    with pytest.raises(Invalid, match="XML needs `each`"):
        load(root)
