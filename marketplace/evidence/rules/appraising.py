"""What is declared of appraisal, which tools fit a design, and what two readings come to.

The shape is that of frameworks/evidence/appraisal.yaml. A reporting checklist is never turned into a score.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property

from marketplace.evidence.rules.declared import Declared, Origin
from marketplace.kit.values import Value

Judgements = Mapping[str, Mapping[str, str]]
"""For each item or domain {"answer": ..., "reason": ...}."""
NOT_APPLICABLE = "not-applicable"
WORST, ANY_HIGH, SOME_CONCERNS, NONE = "worst", "any-high", "some-concerns", "none"


class Item(Declared):
    """Something that a reader looks for."""

    id: str
    label: str


class Tool(Declared):
    """A checklist or a tool for the risk of bias; `designs` are those that it fits."""

    id: str
    label: str
    designs: tuple[str, ...]
    source: str
    mark: str = ""


class Checklist(Tool):
    """A reporting guideline, by its headings; `size` says how long it is."""

    size: str
    items: tuple[Item, ...]


class BiasTool(Tool):
    """A tool for the risk of bias; `answers` go from best to worst, `overall` names its rule."""

    overall: str
    answers: tuple[Item, ...]
    domains: tuple[Item, ...]


class Start(Declared):
    """Where the certainty of a body of results begins."""

    id: str
    label: str
    level: int
    may_go_up: bool


class Domain(Declared):
    """What puts a level down or up, by at most so many steps."""

    id: str
    label: str
    most: int
    prompt: str
    most_with_robins: int = 0


class GradeRules(Declared):
    """The domains of GRADE."""

    source: str
    mark: str
    starts: tuple[Start, ...]
    down: tuple[Domain, ...]
    up: tuple[Domain, ...]

    @cached_property
    def start(self) -> dict[str, Start]:
        return {each.id: each for each in self.starts}


class AppraisalRules(Declared):
    """frameworks/evidence/appraisal.yaml."""

    id: str
    version: int
    label: str
    date: date
    note: str
    source: Origin
    coverage: tuple[Item, ...]
    checklists: tuple[Checklist, ...]
    bias_tools: tuple[BiasTool, ...]
    grade: GradeRules

    @cached_property
    def tool(self) -> dict[str, Checklist | BiasTool]:
        tools: tuple[Checklist | BiasTool, ...] = (*self.checklists, *self.bias_tools)
        return {each.id: each for each in tools}

    def fitting(self, design: str) -> tuple[Checklist | BiasTool, ...]:
        """The checklist and the tool for the risk of bias that fit a design; none for words and opinions."""
        return tuple(each for each in self.tool.values() if design in each.designs)


class Agreement(Value):
    """How far two readings say the same: the items in which they differ, and how many there are."""

    differing: tuple[str, ...]
    of: int

    @property
    def same(self) -> int:
        return self.of - len(self.differing)


def rows_of(tool: Checklist | BiasTool) -> tuple[Item, ...]:
    """What is judged, item by item."""
    return tool.items if isinstance(tool, Checklist) else tool.domains


def answers_of(tool: Checklist | BiasTool, rules: AppraisalRules) -> tuple[Item, ...]:
    """What can be said of each."""
    return rules.coverage if isinstance(tool, Checklist) else tool.answers


def overall_of(tool: Checklist | BiasTool, judgements: Judgements) -> str:
    """What the rule of a tool makes of its domains; empty for checklists and for tools without a summary."""
    if isinstance(tool, Checklist) or tool.overall == NONE:
        return ""
    told = [judgements[row.id]["answer"] for row in tool.domains if row.id in judgements]
    order = [answer.id for answer in tool.answers]
    return max(told, key=order.index) if told else ""


def may_be_raised_to(tool: Checklist | BiasTool, judgements: Judgements) -> tuple[str, ...]:
    """The overall judgements that people may give: the rule's own, and the next one up where the tool lets several
    concerns or several serious domains come to more than each.
    """
    own = overall_of(tool, judgements)
    if not own or isinstance(tool, Checklist):
        return ()
    order = [answer.id for answer in tool.answers]
    several = sum(judgements[row.id]["answer"] == own for row in tool.domains if row.id in judgements) > 1
    place = order.index(own)
    rises = several and 0 < place < len(order) - 1 and tool.overall in (WORST, SOME_CONCERNS)
    return (own, order[place + 1]) if rises else (own,)


def agreement_of(tool: Checklist | BiasTool, one: Judgements, other: Judgements) -> Agreement:
    """Where two readings differ in what they answer; their reasons may differ."""
    rows = rows_of(tool)
    differing = tuple(row.id for row in rows if _answer(one, row.id) != _answer(other, row.id))
    return Agreement(differing, len(rows))


def coverage_of(judgements: Judgements, answers: Sequence[Item]) -> list[tuple[str, int]]:
    """How many items are reported, partly reported and so on: counted, and never added up to a score."""
    told = [each.get("answer", "") for each in judgements.values()]
    return [(answer.label, told.count(answer.id)) for answer in answers if answer.id in told]


def _answer(judgements: Judgements, row: str) -> str:
    return judgements.get(row, {}).get("answer", "")
