"""A small assurance framework that a test can spoil, over the small set of declarations."""

from pathlib import Path

from tests.frameworks.building import declarations, write

QUESTIONS = """
id: safety
version: 1
label: Safety
date: 2026-11-24
questions:
  - id: device
    label: Device
    ask: Is it a device?
    kind: choice
    options-from: yes-no
    source: {document: Touchstone}
  - id: why-not
    label: Why not
    ask: Why is it none?
    kind: text
    source: {document: Touchstone}
  - id: tested
    label: Tested
    ask: Was it tested?
    kind: choice
    options: [{id: done, label: Done}, {id: none-yet, label: Not yet}, {id: old-way, label: The old way, retired: true}]
    source: {document: Touchstone}
  - id: score
    label: Score
    ask: What was the score?
    kind: number
    minimum: 0
    maximum: 10
    decimals: 1
    source: {document: Touchstone}
"""

FRAMEWORK = """
id: small
version: 1
label: Small 1.0
date: 2026-11-24
name: A small framework
edition: "1.0"
publisher: Touchstone
about: For tests.
source: {document: Touchstone}
sections:
  - id: s
    label: Safety
    assessed: pass
    criteria:
      - {code: S1, question: device, passes: {options: ["yes", "no"]}, source: {document: Touchstone}}
      - {code: S1.1, question: why-not, when: {S1: ["no"]}, passes: {answered: true}, source: {document: Touchstone}}
      - code: S2
        question: tested
        when: {S1: ["yes"]}
        passes: {options: [done]}
        evidence: [{kind: security, label: Report}]
        documents: 1
        expires: {dated: Tested on, days: 365}
        source: {document: Touchstone}
      - {code: S2.1, question: score, when: {S2: [done]}, passes: {below: 7.0}, source: {document: Touchstone}}
"""

NEXT = """
id: small
version: 2
label: Small 2.0
date: 2027-01-10
name: A small framework
edition: "2.0"
publisher: Touchstone
about: For tests.
source: {document: Touchstone}
sections:
  - id: s
    label: Safety
    assessed: pass
    criteria:
      - {code: S1, question: device, passes: {options: ["yes"]}, source: {document: Touchstone}}
"""


def assured(root: Path, old: str = "", new: str = "", *, questions: str = QUESTIONS) -> Path:
    """The small set with a small framework, one piece of which is replaced."""
    assert old in FRAMEWORK, f"{old!r} is not in the framework"
    declarations(root)
    write(root, "questions/safety.yaml", questions)
    write(root, "assurance/small.yaml", FRAMEWORK.replace(old, new) if old else FRAMEWORK)
    return root
