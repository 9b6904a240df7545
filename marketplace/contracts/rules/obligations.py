"""What a signed contract obliges whom to do, by which day: made from the template, for every party that it concerns."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from marketplace.contracts.rules.periods import in_words, last_day, periods_between
from marketplace.frameworks.schema.contracts import ContractTemplate, Due, ObligationDeclared
from marketplace.kit.calendar import add_months
from marketplace.kit.values import Value

OWNERS = {
    "lead": ("lead",), "supplier": ("supplier",), "participants": ("participant",), "buyers": ("lead", "participant"),
    "everybody": ("lead", "participant", "supplier"),
}  # fmt: skip
SOON = timedelta(days=14)


class Duty(Value):
    """Something to do: `key` names it for life, with the period where it comes back each month."""

    key: str
    kind: str
    label: str
    clause: str
    organisation_id: UUID
    due_on: date


def duties(
    template: ContractTemplate,
    parties: Sequence[tuple[UUID, str]],
    values: Mapping[str, Any],
    standing: Mapping[str, bool],
) -> list[Duty]:
    """Every duty of these parties, given as (organisation, role), by day; nothing for a clause that does not stand."""
    starts, ends = date.fromisoformat(values["starts-on"]), date.fromisoformat(values["ends-on"])
    stands = {clause.id for clause in template.clauses if not clause.when or standing[clause.when]}
    found = [
        Duty(key, one.kind, label, one.clause, organisation_id, due_on)
        for one in template.declared.obligations
        if one.clause in stands and (not one.when or standing[one.when])
        for key, label, due_on in _occasions(one, starts, ends, values)
        for organisation_id, role in parties
        if role in OWNERS[one.owner]
    ]
    return sorted(found, key=lambda duty: (duty.due_on, duty.key))


def _occasions(
    one: ObligationDeclared, starts: date, ends: date, values: Mapping[str, Any]
) -> Iterator[tuple[str, str, date]]:
    if one.due.from_ == "each-month":
        for period in periods_between(starts, ends):
            day = min(last_day(period), ends)
            yield f"{one.id}.{period}", f"{one.label}, {in_words(period)}", _moved(day, one.due, values)
        return
    yield one.id, one.label, max(starts, _moved(starts if one.due.from_ == "start" else ends, one.due, values))


def _moved(day: date, due: Due, values: Mapping[str, Any]) -> date:
    given = sum(int(values.get(name, 0)) for name in due.parameters)
    return add_months(day, due.months) + timedelta(days=due.days + (-given if due.before else given))


def warning_days(starts_on: date, ends_on: date, months: Sequence[int]) -> list[tuple[int, date]]:
    """(months before the end, the day that is so many months before) for those within the term, the earliest first."""
    days = ((count, add_months(ends_on, -count)) for count in sorted(months, reverse=True))
    return [(count, day) for count, day in days if starts_on < day < ends_on]


def is_due_soon(due_on: date, today: date) -> bool:
    """Whether it is late, or due within two weeks."""
    return due_on <= today + SOON
