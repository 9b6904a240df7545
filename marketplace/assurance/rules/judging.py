"""`judge`: a framework, what was answered and a day give the verdict on that day."""

from collections.abc import Mapping
from datetime import date

from marketplace.assurance.rules.verdicts import Given, Verdict
from marketplace.frameworks.schema.criteria import AssuranceFramework


def judge(framework: AssuranceFramework, given: Mapping[str, Given], *, on: date) -> Verdict:
    """The verdict on a day; `given` is by question id. The same whatever the order of questions or answers."""
    raise NotImplementedError
