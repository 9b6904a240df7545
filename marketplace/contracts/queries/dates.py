"""The days of a contract that people keep in a calendar: its term, its warnings, what it obliges to."""

from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.contracts.models import Contract
from marketplace.contracts.queries.facts import template_of
from marketplace.contracts.queries.overview import obligations_of
from marketplace.contracts.rules.obligations import warning_days
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.icalendar import Entry


def entries_of(
    db: Session,
    frameworks: Frameworks,
    contract: Contract,
    *,
    organisation_id: UUID | None = None,
    with_obligations: bool = True,
) -> list[Entry]:
    """The days of a signed contract in order, with the obligations of one organisation; empty before it is signed."""
    starts, ends = contract.starts_on, contract.ends_on
    if starts is None or ends is None:
        return []
    name, uid = contract.name, f"{contract.ref.lower()}@touchstone"
    found = [
        Entry(f"start.{uid}", starts, f"First day: {name}", contract.ref),
        Entry(f"end.{uid}", ends, f"Last day: {name}", "It does not renew itself."),
    ]
    template = template_of(frameworks, contract)
    for months, day in warning_days(starts, ends, template.declared.warnings_months):
        found.append(Entry(f"warning-{months}.{uid}", day, f"{months} months until the end: {name}", contract.ref))
    if with_obligations:
        for one in obligations_of(db, contract.id):
            if organisation_id is None or one.organisation_id == organisation_id:
                title = f"{one.label}: {name}"
                found.append(Entry(f"{one.id}@touchstone", one.due_on, title, one.note, one.done_at is not None))
    return sorted(found, key=lambda entry: (entry.on, entry.uid))
