"""The risk of bias of one result: what was read of its study, but for what was read otherwise of the result itself.

RoB 2 and ROBINS-I are judged for each result: a trial can lose its patients for one measure and keep them for another.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol
from uuid import UUID

from marketplace.evidence.rules.appraising import BiasTool, Checklist, Judgements, overall_of


class Numbered(Protocol):
    """A result with its number in its study, from 1."""

    @property
    def id(self) -> UUID: ...
    @property
    def position(self) -> int: ...


ByResult = Mapping[str, Judgements]
"""For each result, by its id, the domains that are judged otherwise than for the study."""


def numbers_of(results: Iterable[Numbered]) -> dict[str, str]:
    """The ids of results by their number in the study, as forms and programs name them."""
    return {str(each.position): str(each.id) for each in results}


def judged_for(judgements: Judgements, otherwise: Judgements) -> dict[str, Mapping[str, str]]:
    """Every domain as it holds for one result."""
    return {**judgements, **otherwise}


def risk_of(tool: Checklist | BiasTool, overall: str, judgements: Judgements, otherwise: Judgements) -> str:
    """The overall judgement of one result: that of the study where nothing is otherwise, else by the tool's rule.

    Empty for checklists and for tools without a summary.
    """
    return overall_of(tool, judged_for(judgements, otherwise)) if otherwise else overall


def reads_alike(one: ByResult, other: ByResult) -> bool:
    """Whether two readings say the same of every result; their reasons may differ."""
    return _answers(one) == _answers(other)


def shared_by(one: ByResult, other: ByResult) -> dict[str, dict[str, Mapping[str, str]]]:
    """What both say otherwise of the same domain of the same result."""
    found: dict[str, dict[str, Mapping[str, str]]] = {}
    for result, domains in one.items():
        for domain, judged in domains.items():
            if other.get(result, {}).get(domain, {}).get("answer") == judged["answer"]:
                found.setdefault(result, {})[domain] = judged
    return found


def _answers(read: ByResult) -> set[tuple[str, str, str]]:
    return {
        (result, domain, judged["answer"])
        for result, domains in read.items()
        for domain, judged in domains.items()
    }  # fmt: skip
