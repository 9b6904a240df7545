"""Adding measurements: what an organisation found in a month, late or in time, and what replaces an earlier value."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.contracts.actions.outcomes.common import begin_running
from marketplace.contracts.actions.outcomes.settling import Cause, bring_up_to_date, check_period
from marketplace.contracts.events.outcomes import MeasurementsAdded
from marketplace.contracts.models import Contract, Measure, Measurement, Settlement
from marketplace.contracts.queries.outcomes.books import Book, book_of
from marketplace.contracts.rules.given import check_value
from marketplace.contracts.rules.periods import in_words, is_over
from marketplace.contracts.rules.terms import MeasureTerms, plain
from marketplace.contracts.schemas.outcomes import Measured
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.calendar import in_words as day_in_words
from marketplace.kit.errors import Invalid, NotAllowed
from marketplace.kit.fields import told
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.text import quote
from marketplace.kit.values import Value


class Source(Value):
    """Where values came from: the name of a file and the digest of its bytes; both empty for what was typed."""

    name: str = ""
    digest: str = ""


TYPED = Source()


def add_measurements(
    db: Session, contract: Contract, period: str, rows: Sequence[Measured], *, by: Actor, at: datetime
) -> list[Settlement]:
    """Add what the actor's organisation found in a month; what was settled anew for it.

    A value that replaces an earlier one needs a reason. When the last one is in, the month is computed. Raises
    NotAllowed, Conflict, Invalid by field.
    """
    begin_running(db, contract, by=by)
    book = book_of(db, contract)
    write_rows(db, book, period, rows, TYPED, by=by, at=at)
    return settle_after(db, contract, [period], rows, by=by, at=at)


def replace_values(
    db: Session, contract: Contract, period: str, rows: Sequence[Measured], *, reason: str, by: Actor, at: datetime
) -> None:
    """Add values that replace earlier ones, all for one reason; computing again is for the caller."""
    replaced = [Measured(row.key, row.value, row.count, reason) for row in rows]
    write_rows(db, book_of(db, contract), period, replaced, TYPED, by=by, at=at)
    db.flush()


def write_rows(
    db: Session, book: Book, period: str, rows: Sequence[Measured], source: Source, *, by: Actor, at: datetime
) -> None:
    """Write the rows down as what the actor's organisation found in a month. Raises Invalid by field."""
    check_party(book, period, by, at)
    wrong: dict[str, str] = {}
    for row in rows:
        try:
            check_row(book, period, row, by)
        except Invalid as refusal:
            wrong[f"value-{row.key}"] = told(refusal)
    if wrong:
        raise Invalid("the measurements do not hold", "Look at what is marked. Nothing was lost.", fields=wrong)
    measures = ensure_measures(db, book, book.given.terms_on(period).measures, at=at)
    replaced = [_write(db, book, measures, period, row, source, by=by, at=at) for row in rows]
    if rows:
        added = MeasurementsAdded(
            contract_id=book.contract.id, organisation_id=_own(by), period=period, measures=[row.key for row in rows],
            corrects=any(replaced), reason=next((row.reason for row in rows if row.reason), ""),
            source_digest=source.digest,
        )  # fmt: skip
        record(db, added, by=by, at=at)
    db.flush()


def check_party(book: Book, period: str, by: Actor, at: datetime) -> None:
    check_period(book, period, at)
    if by.organisation_id not in [party.organisation_id for party in book.sharing(period)]:
        names = ", ".join(party.organisation.name for party in book.sharing(period))
        raise Invalid(
            f"{by.organisation_name} takes no part in the contract in {in_words(period)}", f"Those who do are {names}.",
            fields={"period": "Choose a month in which your organisation takes part."},
        )  # fmt: skip


def check_row(book: Book, period: str, row: Measured, by: Actor) -> None:
    terms = book.given.terms_on(period)
    if row.key not in terms.keys:
        known = ", ".join(terms.keys)
        raise Invalid(f"{quote(row.key)} is not a measure of {in_words(period)}", f"There are {known}.")
    if row.value is not None:
        check_value(terms.measure(row.key), Fraction(row.value), row.count)
    elif not row.reason:
        raise Invalid(f"{quote(row.key)} has no value, and no reason for that", "Give the value, or say why not.")
    there = book.latest.get((period, row.key, _own(by)))
    if there is not None and not row.reason:
        given = "no value" if there.value is None else plain(Fraction(there.value))
        raise Invalid(
            f"{terms.measure(row.key).label} of {in_words(period)} was given on"
            f" {day_in_words(day_in_london(there.at))}: {given}",
            "Measurements are never edited. Give a reason, and the new value is added and counts from now on.",
        )


def ensure_measures(
    db: Session, book: Book, measures: Sequence[MeasureTerms], *, at: datetime
) -> Mapping[str, Measure]:
    """The rows of the measures of a contract, by key; those of these are made where there are none yet."""
    found = dict(book.measures)
    for measure in measures:
        if measure.key not in found:
            row = Measure(
                id=new_id(at), contract_id=book.contract.id, key=measure.key, position=len(found),
                label=measure.label, unit=measure.unit,
            )  # fmt: skip
            db.add(row)
            found[measure.key] = row
    db.flush()
    return found


def _write(
    db: Session, book: Book, measures: Mapping[str, Measure], period: str, row: Measured, source: Source, *,
    by: Actor, at: datetime,
) -> bool:  # fmt: skip
    there = book.latest.get((period, row.key, _own(by)))
    row_of = Measurement(
        id=new_id(at), contract_id=book.contract.id, measure_id=measures[row.key].id, organisation_id=_own(by),
        kind="period", period=period, turn=there.turn + 1 if there else 1, value=row.value, count=row.count,
        replaces_id=there.id if there else None, reason=row.reason, source_name=source.name,
        source_digest=source.digest, added_by_id=by.person_id, at=at,
    )  # fmt: skip
    db.add(row_of)
    return there is not None


def settle_after(
    db: Session, contract: Contract, periods: Sequence[str], rows: Sequence[Measured], *, by: Actor, at: datetime
) -> list[Settlement]:
    """Compute what is complete now, and again what was settled before."""
    book = book_of(db, contract)
    today = day_in_london(at)
    ready = [period for period in periods if is_over(period, today) and book.is_complete(period)]
    reason = next((row.reason for row in rows if row.reason), "")
    cause = Cause(by, at, reason=f"{by.organisation_name}: {reason}" if reason else "")
    return bring_up_to_date(db, book, cause, also=ready)


def _own(by: Actor) -> UUID:
    if by.organisation_id is None:
        raise NotAllowed("nobody acts for an organisation", "Act for one of the contract.")
    return by.organisation_id
