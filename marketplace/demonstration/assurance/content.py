"""The shape of frameworks/demonstration/assurance.yaml."""

from pathlib import Path
from typing import Any, Literal

from marketplace.assurance.queries.certificates import DTAC
from marketplace.demonstration.content import Document, Sheet
from marketplace.frameworks.loader.reading import declared, read
from marketplace.frameworks.schema.base import Declared

Reach = Literal[
    "draft", "applied", "assigned", "in-assessment", "clarification", "proposed", "disagreed", "decided", "withdrawn"
]


class PaperOf(Document):
    """A document that stands behind answers of every product."""

    id: str
    access: str = "on-request"


class FindingOf(Declared):
    """What is found otherwise than met, or met with a word to it; `due_in` counts days from today."""

    judgement: str
    severity: str = ""
    note: str = ""
    condition: str = ""
    due_in: int | None = None


class AskOf(Declared):
    """A question to the supplier; without a reply it is open still."""

    code: str
    words: str
    reply: str = ""


class ThenOf(Declared):
    move: Literal["suspend", "reinstate", "withdraw"]
    days_ago: int
    by: str
    reason: str


class RenewOf(Declared):
    days_ago: int
    codes: tuple[str, ...]


class ReuseOf(Declared):
    organisation: str
    days_ago: int
    reason: str
    accepts: bool = False


class ReaderOf(Declared):
    """An organisation that asks to read a document."""

    organisation: str
    file: str
    days_ago: int
    words: str


class CaseOf(Declared):
    """A product on its way: answered, applied, and as far as it `reaches`. `otherwise` is what a second one thinks,
    `instead` what is answered otherwise or besides, `judged` how many criteria are while it is in assessment.

    What other frameworks than DTAC ask is answered in conformity.yaml.
    """

    product: str
    supplier: str
    applied: int
    framework: str = DTAC
    body: str = ""
    scope: str = ""
    reaches: Reach = "decided"
    first: str = ""
    second: str = ""
    outcome: str = "met"
    otherwise: str = ""
    reasons: str = ""
    agrees: str = ""
    tested: int | None = None
    judged: int = 9
    leaves_out: tuple[str, ...] = ()
    instead: dict[str, str] = {}
    findings: dict[str, FindingOf] = {}
    asks: tuple[AskOf, ...] = ()
    then: tuple[ThenOf, ...] = ()
    renews: tuple[RenewOf, ...] = ()
    reuses: tuple[ReuseOf, ...] = ()
    documents: tuple[ReaderOf, ...] = ()


class AssuranceOf(Sheet):
    """Everything: what each product answers, with which papers, and its cases."""

    dated: dict[str, int]
    papers: tuple[PaperOf, ...]
    behind: dict[str, tuple[str, ...]]
    answers: dict[str, Any]
    cases: tuple[CaseOf, ...]


def read_assurance(folder: Path) -> AssuranceOf:
    """What is declared. Raises Invalid, naming the file and line."""
    return declared(AssuranceOf, read(folder / "assurance.yaml", "demonstration/assurance.yaml"))
