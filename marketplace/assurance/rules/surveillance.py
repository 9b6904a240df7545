"""Looking again at what was certified: how often, and what the findings of a visit come to."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import Field, Strict

from marketplace.frameworks.schema.base import Declared, DeclaredFile, Identifier, Words
from marketplace.kit.calendar import add_months

Months = Annotated[int, Strict(), Field(ge=1, le=60)]
CONTINUES, CONDITIONS, REMEDIATION, SUSPENDED = "continues", "with-conditions", "in-remediation", "suspended"


class Sooner(Declared):
    """A framework whose certificates are looked at more often, and why."""

    framework: Identifier
    months: Months
    because: Words


class Way(Declared):
    id: Identifier
    label: Words
    meaning: Words


class Surveillance(DeclaredFile):
    """How often certificates are looked at again, and how. A visit stands on desks `notice_days` ahead of its day."""

    every_months: Months
    notice_days: Annotated[int, Strict(), Field(ge=1, le=180)]
    sooner: tuple[Sooner, ...]
    ways: tuple[Way, ...]

    def months_of(self, framework_id: str) -> int:
        """How many months pass between two visits under a framework."""
        return next((each.months for each in self.sooner if each.framework == framework_id), self.every_months)


def next_visit(declared: Surveillance, framework_id: str, since: date) -> date:
    """By when a certificate is looked at again that was given out, or last looked at, on a day."""
    return add_months(since, declared.months_of(framework_id))


def came_to(findings: Iterable[tuple[str, str]]) -> str:
    """What a visit comes to, from the judgement and severity of each finding: by what weighs most.

    What is critical suspends the certificate; what is not met leaves it in remediation until it is put right.
    """
    found = list(findings)
    if any(severity == "critical" for _, severity in found):
        return SUSPENDED
    judgements = {judgement for judgement, _ in found}
    if "not-met" in judgements:
        return REMEDIATION
    return CONDITIONS if "met-with-conditions" in judgements else CONTINUES
