"""Everything that is declared, read and resolved, as one frozen thing that the whole house may hold on to."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from marketplace.frameworks.schema.base import Option
from marketplace.frameworks.schema.forms import Facet, Form
from marketplace.frameworks.schema.mappings import ImportMapping
from marketplace.frameworks.schema.questions import Question
from marketplace.frameworks.schema.taxonomies import Taxonomy
from marketplace.kit.errors import NotFound


@dataclass(frozen=True)
class Frameworks:
    """What `load` found.

    `calendars` are plain data, for `kit.calendar`. `plain` holds the versions, oldest first, of the files that other
    rooms shape, such as taxonomy/synonyms.yaml.
    """

    questions: Mapping[str, Question]
    taxonomies: Mapping[str, Taxonomy]
    description: Form
    kinds: tuple[Option, ...]
    mappings: Mapping[str, ImportMapping]
    calendars: Mapping[str, Mapping[str, Any]]
    plain: Mapping[str, tuple[Any, ...]]
    digests: Mapping[str, str]

    def form(self, kind: str) -> Form:
        """The description of one kind of product. Raises NotFound."""
        if kind not in self._forms:
            raise NotFound(f"there is no kind of product “{kind}”", f"Choose one of {', '.join(self._forms)}.")
        return self._forms[kind]

    @cached_property
    def _forms(self) -> dict[str, Form]:
        return {kind.id: self.description.of_kind(kind.id) for kind in self.kinds}

    @cached_property
    def facets(self) -> tuple[Facet, ...]:
        """Every filter that a question makes, in the order in which filters stand."""
        asked = (q for q in self.description.questions.values() if q.filterable)
        facets = (Facet(q.id, q.facet.label or q.label, q.facet.order, q.options) for q in asked)
        return tuple(sorted(facets, key=lambda facet: facet.order))
