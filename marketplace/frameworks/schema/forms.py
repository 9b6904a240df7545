"""The form made of the declarations: what every page, check and comparison is drawn from."""

from collections.abc import Mapping
from functools import cached_property

from marketplace.frameworks.schema.base import Option, titled
from marketplace.frameworks.schema.questions import Question
from marketplace.kit.errors import NotFound
from marketplace.kit.values import Value, replace


class Entry(Value):
    """A question in its section: of which kinds of product it is asked, whether it must be answered, is compared."""

    question: Question
    kinds: frozenset[str]
    required_for: frozenset[str]
    required: bool
    compared: bool


class Section(Value):
    """Questions that stand together, in order."""

    id: str
    label: str
    hint: str
    stands_above: bool
    entries: tuple[Entry, ...]

    @property
    def title(self) -> str:
        """Its label, behind its code where it has one."""
        return titled(self.id, self.label)


class Facet(Value):
    """A filter: its key is the id of the question."""

    key: str
    label: str
    order: int
    options: tuple[Option, ...]


class Form(Value, dict=True):
    """The description of one kind of product, or of all when `kind` is empty."""

    kind: str
    sections: tuple[Section, ...]

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry, in order."""
        return tuple(entry for section in self.sections for entry in section.entries)

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """Every question by its id, in order."""
        return {entry.question.id: entry.question for entry in self.entries}

    @cached_property
    def gated(self) -> Mapping[str, Question]:
        """Those that are asked only after some earlier answers, in order."""
        return {name: question for name, question in self.questions.items() if question.when or question.when_any}

    @cached_property
    def filterable(self) -> Mapping[str, Question]:
        """Those that make a filter, in order."""
        return {name: question for name, question in self.questions.items() if question.filterable}

    def section(self, section_id: str) -> "Form":
        """The form with this section alone. Raises NotFound."""
        kept = tuple(section for section in self.sections if section.id == section_id)
        if not kept:
            raise NotFound(f"there is no section “{section_id}”")
        return replace(self, sections=kept)

    def of_kind(self, kind: str) -> "Form":
        """What is asked of one kind of product."""
        sections = (replace(section, entries=_asked_of(kind, section)) for section in self.sections)
        return Form(kind=kind, sections=tuple(section for section in sections if section.entries))


def _asked_of(kind: str, section: Section) -> tuple[Entry, ...]:
    asked = (entry for entry in section.entries if kind in entry.kinds)
    return tuple(replace(entry, required=kind in entry.required_for) for entry in asked)
