"""The framework made of the declarations: what is judged, drawn and asked from."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cached_property

from marketplace.frameworks.schema.assurance import (
    Assessed,
    CodeGate,
    Condition,
    Evidence,
    Expiry,
    FrameworkKind,
    PassRule,
    Tier,
    Transition,
    Unit,
    Who,
)
from marketplace.frameworks.schema.base import Source, titled
from marketplace.frameworks.schema.forms import Form
from marketplace.frameworks.schema.questions import Question
from marketplace.kit.values import Value


class Criterion(Value, dict=True):
    """One criterion with its question. `when` and `when_any` name codes; `assessed` is that of its section."""

    code: str
    question: Question
    section: str
    assessed: Assessed
    who: Who
    unit: Unit
    known: str
    when: CodeGate
    when_any: tuple[CodeGate, ...]
    passes: PassRule | None
    pass_in_words: str
    papers: tuple[Evidence, ...]
    documents: int
    expires: Expiry | None
    source: Source
    note: str

    @property
    def question_id(self) -> str:
        """Under which its answer is kept."""
        return self.question.id

    @property
    def label(self) -> str:
        return self.question.label

    @property
    def evidence(self) -> tuple[str, ...]:
        """The kinds of the documents that it asks for, each once."""
        return tuple(dict.fromkeys(paper.kind for paper in self.papers))

    @property
    def dated(self) -> str:
        """What the date beside the answer is; empty where none is asked for."""
        return self.expires.dated if self.expires else ""

    @cached_property
    def place(self) -> tuple[tuple[int, str], ...]:
        """Where its code stands among codes: C2 before C10, C3.3 before C3.3a."""
        parts = re.findall(r"[A-Za-z]|[0-9]+", self.code)
        return tuple((int(part), "") if part.isdigit() else (0, part) for part in parts)

    @cached_property
    def gates(self) -> tuple[str, ...]:
        """The codes that it depends on, each once, in the order in which they are named."""
        named = [*self.when, *(code for gate in self.when_any for code in gate)]
        return tuple(dict.fromkeys(named))


class Section(Value):
    """Criteria that stand together, in order."""

    id: str
    label: str
    note: str
    assessed: Assessed
    criteria: tuple[Criterion, ...]

    @property
    def title(self) -> str:
        """Its label, behind its code where it has one."""
        return titled(self.id, self.label)


class AssuranceFramework(Value, dict=True):
    """One version of a framework, everything in it resolved. `form` asks its questions, their gates open and shut."""

    id: str
    version: int
    label: str
    name: str
    edition: str
    publisher: str
    about: str
    note: str
    source: Source
    date: date
    sections: tuple[Section, ...]
    form: Form
    kind: FrameworkKind = "assessed"
    completed_by: Who = "supplier"
    applies: tuple[Condition, ...] = ()
    tiers: tuple[Tier, ...] = ()
    transition: Transition | None = None

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """Every criterion, in order."""
        return tuple(criterion for section in self.sections for criterion in section.criteria)

    @cached_property
    def gate_questions(self) -> frozenset[str]:
        """The questions whose answers open and shut something."""
        return frozenset(self.by_code[code].question_id for each in self.criteria for code in each.gates)

    @cached_property
    def by_code(self) -> Mapping[str, Criterion]:
        return {criterion.code: criterion for criterion in self.criteria}

    @cached_property
    def by_question(self) -> Mapping[str, Criterion]:
        return {criterion.question_id: criterion for criterion in self.criteria}
