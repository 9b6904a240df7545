"""A small set of declarations that a test can spoil."""

from pathlib import Path

FILES = {
    "taxonomy/yes-no.yaml": """
id: yes-no
version: 1
label: Yes or no
date: 2026-11-24
source: {document: Touchstone}
options:
  - {id: "yes", label: "Yes"}
  - {id: "no", label: "No"}
""",
    "taxonomy/kinds.yaml": """
id: kinds
version: 1
label: Kinds
date: 2026-11-24
source: {document: Touchstone}
options:
  - {id: scribe, label: Scribe}
  - {id: data-set, label: Data set}
""",
    "questions/use.yaml": """
id: use
version: 1
label: Use
date: 2026-11-24
questions:
  - id: summary
    label: Summary
    ask: What does it do?
    kind: text
    limit: 20
    source: {document: Touchstone}
  - id: acts
    label: Acts
    ask: Does it act by itself?
    kind: choice
    options-from: yes-no
    source: {document: Touchstone}
  - id: actions
    label: Actions
    ask: Which actions?
    kind: list
    when: {acts: ["yes"]}
    source: {document: Touchstone}
""",
    "catalogue/description.yaml": """
id: description
version: 1
label: Description
date: 2026-11-24
source: {document: Touchstone}
kinds-from: kinds
sections:
  - id: use
    label: Use
    questions:
      - {question: summary, required-for: all}
      - {question: acts, kinds: [scribe]}
      - {question: actions, kinds: [scribe], required-for: [scribe]}
""",
    "imports/list.yaml": """
id: list
version: 1
reads: csv
source: {document: List, publisher: Somebody, date: 2026-11-24, licence: Open}
fields:
  external-ref: Number
  name: {from: Name, required: true}
  kind: {default: scribe}
  acts: {from: Acts, values: {J: "yes", N: "no"}}
""",
}


def declarations(root: Path, **changed: str) -> Path:
    """The small set, with some files replaced; `questions__use="..."` replaces questions/use.yaml."""
    for name, text in FILES.items():
        write(root, name, changed.pop(name.removesuffix(".yaml").replace("/", "__"), text))
    assert not changed, f"no such files: {changed.keys()}"
    return root


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.lstrip(), encoding="utf-8")


def spoilt(name: str, old: str, new: str) -> dict[str, str]:
    """The replacement of one piece of one file, as `declarations` takes it."""
    assert old in FILES[f"{name}.yaml"], f"{old!r} is not in {name}"
    return {name.replace("/", "__"): FILES[f"{name}.yaml"].replace(old, new)}
