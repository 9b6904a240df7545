"""The calculators as pages: an example to start from, the result with its working, and the same as data."""

from typing import Any

import yaml

from marketplace.faces.ask import Ask
from marketplace.faces.desk import CALCULATORS
from marketplace.faces.desk.worked import Calculator
from marketplace.kit.errors import Invalid, NotFound, Refusal
from marketplace.web.desk_pictures import pictures_of
from marketplace.web.edge import PUBLIC, Page, page

LONGEST = 20_000


class Typed(yaml.SafeLoader):
    """YAML as people type it: without aliases, by which a short text stands for any number of long ones."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias stands here")
        return super().compose_node(parent, index)


@page("/desk", who=PUBLIC)
def calculators(ask: Ask) -> Page:
    """Which calculators there are."""
    return Page("desk/calculators.html", {"calculators": list(CALCULATORS.values())}, shared=True)


@page("/desk/{name:str}", who=PUBLIC)
def calculator(ask: Ask, name: str) -> Page:
    """One calculator; what is typed travels in the address, so that a result can be shared."""
    found = find_calculator(name)
    typed = ask.query.one("input") or found.example
    values: dict[str, Any] = {"calculator": found, "typed": typed, "worked": None, "refusal": None, "pictures": {}}
    try:
        given = read(typed)
        values["worked"] = found.work(given, ask.services.frameworks)
        values["pictures"] = pictures_of(name, values["worked"], given)
    except Refusal as refusal:
        values["refusal"] = refusal
    return Page("desk/calculator.html", values, status=422 if values["refusal"] else 200, shared=True)


def find_calculator(name: str) -> Calculator:
    if name not in CALCULATORS:
        raise NotFound(f"there is no calculator called {name}", f"There are {', '.join(CALCULATORS)}.")
    return CALCULATORS[name]


def read(typed: str) -> dict[str, Any]:
    """What was typed, as YAML or JSON. Raises Invalid."""
    if len(typed) > LONGEST:
        raise Invalid(f"the input is {len(typed) - LONGEST:,} characters too long", "Shorten it.")
    try:
        given = yaml.load(typed, Loader=Typed)  # noqa: S506  (a SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as wrong:
        raise Invalid("the input cannot be read", "Write `name: value` lines, as in the example.") from wrong
    if not isinstance(given, dict):
        raise Invalid("the input holds no named values", "Write `name: value` lines, as in the example.")
    return given


ROUTES = [calculators, calculator]
