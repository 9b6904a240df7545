"""What a version of a framework changes, and which products it moves: before it is published, and afterwards."""

from collections.abc import Iterator
from itertools import islice

from marketplace.assurance.queries.foreseen import Foreseen, foreseen
from marketplace.assurance.rules.differences import differences
from marketplace.faces.ask import Ask
from marketplace.faces.frameworks import described_by, find_framework
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.web.edge import PUBLIC, Page, page

MOST = 200
"""So many products are listed; the command line lists them all."""
WHAT = {"new": "New", "gone": "Not asked any more", "changed": "Changed"}


@page("/frameworks/{framework:str}/changes", who=PUBLIC)
def show_changes(ask: Ask, framework: str) -> Page:
    """Two versions beside each other; operators and suppliers see whose verdict becomes another, and why."""
    declared = ask.services.frameworks
    new = find_framework(declared, framework, ask.query.one("to"))
    before = ask.query.one("from") or str(max(new.version - 1, 1))
    old = find_framework(declared, framework, before)
    found = differences(old, new, described_by(declared))
    is_operator = ask.may(Permission.OPERATE)
    is_supplier = not is_operator and ask.may(Permission.CATALOGUE_WRITE)
    moved = list(islice(_moved(ask, old, new), MOST)) if old is not new and (is_operator or is_supplier) else []
    values = {
        "new": new, "old": old, "found": found, "what": WHAT, "is_one": old.version == new.version,
        "versions": [number for name, number in sorted(declared.assurance_versions) if name == new.id],
        "moved": moved, "most": MOST, "is_operator": is_operator, "is_supplier": is_supplier,
    }  # fmt: skip
    return Page("frameworks/changes.html", values, shared=True)


def _moved(ask: Ask, old: AssuranceFramework, new: AssuranceFramework) -> Iterator[Foreseen]:
    """All products for an operator; for a supplier its own."""
    mine = None if ask.may(Permission.OPERATE) else ask.by.organisation_id
    on = day_in_london(ask.at)
    return foreseen(ask.db, ask.services.frameworks, old, new, on=on, at=ask.at, supplier_id=mine)


ROUTES = [show_changes]
