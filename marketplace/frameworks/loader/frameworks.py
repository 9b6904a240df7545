"""Everything that is declared, read and resolved, as one frozen thing that the whole house may hold on to."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from marketplace.frameworks.schema.base import Option
from marketplace.frameworks.schema.contracts import ContractTemplate
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.frameworks.schema.crosswalks import Home, Market
from marketplace.frameworks.schema.forms import Facet, Form
from marketplace.frameworks.schema.mappings import ImportMapping
from marketplace.frameworks.schema.mechanisms import Mechanism
from marketplace.frameworks.schema.procedures import Procedure, Thresholds
from marketplace.frameworks.schema.questions import Question
from marketplace.frameworks.schema.taxonomies import Taxonomy
from marketplace.kit.errors import NotFound
from marketplace.kit.values import Value, field


class Frameworks(Value, dict=True):
    """What `load` found.

    `calendars` are plain data, for `kit.calendar`. `plain` holds the versions, oldest first, of the files that other
    rooms shape, such as taxonomy/synonyms.yaml. `assurance_versions` has every version of an assurance framework by its
    id and number, so that an old case is judged by the version that it names.
    """

    questions: Mapping[str, Question]
    taxonomies: Mapping[str, Taxonomy]
    description: Form
    kinds: tuple[Option, ...]
    mappings: Mapping[str, ImportMapping]
    calendars: Mapping[str, Mapping[str, Any]]
    plain: Mapping[str, tuple[Any, ...]]
    digests: Mapping[str, str]
    contracts: Mapping[str, ContractTemplate] = field(default_factory=dict)
    contract_versions: Mapping[tuple[str, int], ContractTemplate] = field(default_factory=dict)
    assurance_versions: Mapping[tuple[str, int], AssuranceFramework] = field(default_factory=dict)
    procedure_versions: Mapping[tuple[str, int], Procedure] = field(default_factory=dict)
    mechanism_versions: Mapping[tuple[str, int], Mechanism] = field(default_factory=dict)
    thresholds: Thresholds | None = None
    home: Home | None = None
    markets: Mapping[str, Market] = field(default_factory=dict)

    def form(self, kind: str) -> Form:
        """The description of one kind of product. Raises NotFound."""
        if kind not in self._forms:
            raise NotFound(f"there is no kind of product “{kind}”", f"Choose one of {', '.join(self._forms)}.")
        return self._forms[kind]

    @cached_property
    def _forms(self) -> dict[str, Form]:
        return {kind.id: self.description.of_kind(kind.id) for kind in self.kinds}

    @cached_property
    def assurance(self) -> Mapping[str, AssuranceFramework]:
        """The newest version of each assurance framework by its id."""
        return {name: self.assurance_versions[name, version] for name, version in sorted(self.assurance_versions)}

    @cached_property
    def mechanisms(self) -> Mapping[str, Mechanism]:
        """The newest version of each payment mechanism by its id."""
        return {name: self.mechanism_versions[name, version] for name, version in sorted(self.mechanism_versions)}

    @cached_property
    def procedures(self) -> Mapping[str, Procedure]:
        """The newest version of each procedure by its id."""
        return {name: self.procedure_versions[name, version] for name, version in sorted(self.procedure_versions)}

    def assurance_form(self, framework_id: str) -> Form:
        """The questions of the newest version of an assurance framework as a form. Raises NotFound."""
        if framework_id not in self.assurance:
            known = ", ".join(self.assurance)
            raise NotFound(f"there is no assurance framework “{framework_id}”", f"There are {known}.")
        return self.assurance[framework_id].form

    @cached_property
    def facets(self) -> tuple[Facet, ...]:
        """Every filter that a question makes, in the order in which filters stand."""
        asked = (q for q in self.description.questions.values() if q.filterable)
        facets = (Facet(q.id, q.facet.label or q.label, q.facet.order, q.options) for q in asked)
        return tuple(sorted(facets, key=lambda facet: facet.order))
