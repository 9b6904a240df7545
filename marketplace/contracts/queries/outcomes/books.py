"""Everything that rating a contract needs, read at once: terms by month, parties, what was measured and posted."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.contracts.models import (
    Contract,
    ContractParty,
    ContractText,
    Dispute,
    Due,
    Hold,
    Measure,
    Measurement,
    Settlement,
)
from marketplace.contracts.queries.contracts import parties_of
from marketplace.contracts.rules.given import Given, laid_out
from marketplace.contracts.rules.periods import days_within, is_over, periods_between
from marketplace.contracts.rules.pooling import Reading
from marketplace.contracts.rules.rating import Owed, Rated
from marketplace.contracts.rules.splitting import Member, parts_of
from marketplace.contracts.rules.terms import Terms, terms_from
from marketplace.identity.models import Organisation
from marketplace.kit.calendar import ONE_DAY, day_in_london
from marketplace.kit.errors import Invalid
from marketplace.kit.values import Value, replace

Latest = Mapping[tuple[str, str, UUID], Measurement]
"""The measurement that counts, by (period, key of the measure, organisation)."""


class Book(Value):
    """A contract as rating sees it. Organisations go by their references in `given`, and by their ids elsewhere.

    `first` and `last` are the days that are paid for; `settled` the newest settlement of each period, with its shares.
    """

    contract: Contract
    parties: Sequence[ContractParty]
    given: Given
    first: date
    last: date
    measures: Mapping[str, Measure]
    latest: Latest
    settled: Mapping[str, Settlement]
    posted: Mapping[tuple[str, UUID], Owed]
    lines: Mapping[tuple[str, UUID], int]
    holds: Sequence[Hold]

    @property
    def periods(self) -> list[str]:
        """Every month that the contract covers."""
        return periods_between(self.first, self.last)

    @property
    def buyers(self) -> list[ContractParty]:
        """Those who share the fee, or did, lead first."""
        return [party for party in self.parties if party.role != "supplier"]

    @property
    def labels(self) -> dict[str, str]:
        """What each measure is called, by key: of all terms that the contract has or had."""
        every = (self.given.terms, *(terms for _, terms in self.given.variations))
        return {measure.key: measure.label for terms in every for measure in terms.measures}

    def has_late_baseline(self, key: str) -> bool:
        """Whether the baseline of a measure was taken after go-live: a variation added it."""
        row, live_at = self.measures.get(key), self.contract.live_at
        return row is not None and row.baseline_locked_at is not None and live_at is not None and (
            row.baseline_locked_at > live_at
        )  # fmt: skip

    def organisation(self, ref: str) -> Organisation:
        return next(party.organisation for party in self.parties if party.organisation.ref == ref)

    def party_of(self, organisation_id: UUID | None) -> ContractParty | None:
        return next((party for party in self.parties if party.organisation_id == organisation_id), None)

    def sharing(self, period: str) -> list[ContractParty]:
        """Who shares the fee of a month, lead first."""
        within = days_within(period, self.first, self.last)
        parts = parts_of(self.given.members, *within) if within else {}
        return [party for party in self.buyers if party.organisation.ref in parts]

    def missing(self, period: str) -> list[tuple[ContractParty, str]]:
        """Whose data of a month are still not there, by party and key of the measure."""
        keys = self.given.terms_on(period).keys
        return [
            (party, key)
            for party in self.sharing(period)
            for key in keys
            if (period, key, party.organisation_id) not in self.latest
        ]

    def is_complete(self, period: str) -> bool:
        return not self.missing(period)

    def readings(self, period: str) -> dict[str, list[Reading]]:
        """What counts of a month, by key; only of those who share its fee."""
        sharing = self.sharing(period)
        found: dict[str, list[Reading]] = {}
        for key in self.given.terms_on(period).keys:
            for party in sharing:
                row = self.latest.get((period, key, party.organisation_id))
                if row is not None:
                    found.setdefault(key, []).append(reading_of(row, party.organisation.ref))
        return found

    def rated(self, periods: Sequence[str]) -> dict[str, Rated]:
        """These months, rated together in order of time, so that the cap is used up once."""
        measured = {period: self.readings(period) for period in periods}
        return {rated.period: rated for rated in replace(self.given, measured=measured).rated()}

    def basis(self, periods: Sequence[str]) -> dict[str, Any]:
        """What somebody needs to work these months out again, as `desk settle` reads it."""
        return laid_out(replace(self.given, measured={period: self.readings(period) for period in periods}))

    def open_periods(self, today: date) -> list[str]:
        """Months that are over and not settled yet, oldest first."""
        return [period for period in self.periods if is_over(period, today) and period not in self.settled]


def reading_of(row: Measurement, ref: str) -> Reading:
    return Reading(ref, Fraction(row.value) if row.value is not None else None, row.count)


def book_of(db: Session, contract: Contract) -> Book:
    """The book of a contract, in a fixed number of queries. Raises Invalid where its terms cannot be read."""
    parties = parties_of(db, contract.id)
    terms = _terms_of(db, contract)
    first, last = days_of(contract, terms)
    given = Given(
        replace(terms[0][1], starts_on=first, ends_on=last), _members(parties), {},
        tuple((since, replace(one, starts_on=first, ends_on=last)) for since, one in terms[1:]),
    )  # fmt: skip
    measures = measures_of(db, contract.id)
    posted, lines = _posted(db, contract.id)
    return Book(
        contract, parties, given, first, last, {measure.key: measure for measure in measures},
        latest_of(db, contract.id, measures), settlements_of(db, contract.id), posted, lines,
        holds_of(db, contract.id),
    )  # fmt: skip


def _buying(parties: Sequence[ContractParty]) -> list[ContractParty]:
    return [party for party in parties if party.role != "supplier"]


def _members(parties: Sequence[ContractParty]) -> tuple[Member, ...]:
    return tuple(each for party in _buying(parties) for each in members_of(party))


def members_of(party: ContractParty) -> list[Member]:
    """A party as the rules know it, by the reference of its organisation: once for each share that it had or has."""
    name, joined_on = party.organisation.ref, party.joined_on
    found = []
    for share in party.earlier or ():
        until = date.fromisoformat(share["until"])
        found.append(Member(name, share["weight"], joined_on, until))
        joined_on = until + ONE_DAY
    return [*found, Member(name, party.weight, joined_on, party.left_on)]


def _terms_of(db: Session, contract: Contract) -> list[tuple[str, Terms]]:
    """The terms of every signed text, each with the month that it counts from; of the draft where none is signed."""
    rows = select(ContractText.parameters, ContractText.effective_on).where(
        ContractText.contract_id == contract.id, ContractText.state.in_(("binding", "replaced"))
    )
    texts = list(db.execute(rows.order_by(ContractText.number)))
    if not texts:
        return [("", terms_from(contract.parameters))]
    found = [("", terms_from(texts[0].parameters))]
    return found + [(_counts_from(text.effective_on), terms_from(text.parameters)) for text in texts[1:]]


def _counts_from(effective_on: date) -> str:
    """The first month that begins on or after the day from which a variation is in force."""
    month = effective_on if effective_on.day == 1 else date(
        effective_on.year + effective_on.month // 12, effective_on.month % 12 + 1, 1
    )  # fmt: skip
    return f"{month.year:04}-{month.month:02}"


def days_of(contract: Contract, terms: Sequence[tuple[str, Terms]]) -> tuple[date, date]:
    """The first and last day that are paid for: from the start or the day it went live, to the day that it ended."""
    first, last = contract.starts_on or terms[0][1].starts_on, contract.ends_on or terms[-1][1].ends_on
    if first is None or last is None:
        raise Invalid("the contract has no first and last day", "Give both in its parameters.")
    if contract.live_at is not None:
        first = max(first, day_in_london(contract.live_at))
    if contract.ended_at is not None:
        last = min(last, day_in_london(contract.ended_at))
    return first, max(first, last)


_MEASURES = select(Measure).where(Measure.contract_id == bindparam("contract")).order_by(Measure.position)


def measures_of(db: Session, contract_id: UUID) -> list[Measure]:
    """The measures of a contract in their order; none before a baseline was begun."""
    return list(db.scalars(_MEASURES, {"contract": contract_id}))


_NEWEST = (
    select(
        Measurement.measure_id, Measurement.organisation_id, Measurement.period,
        func.max(Measurement.turn).label("turn"),
    )
    .where(Measurement.contract_id == bindparam("contract"), Measurement.kind == bindparam("kind"))
    .group_by(Measurement.measure_id, Measurement.organisation_id, Measurement.period)
    .subquery()
)  # fmt: skip
_SAME = and_(
    Measurement.measure_id == _NEWEST.c.measure_id, Measurement.organisation_id == _NEWEST.c.organisation_id,
    Measurement.period == _NEWEST.c.period, Measurement.turn == _NEWEST.c.turn,
)  # fmt: skip
_LATEST = select(Measurement).join(_NEWEST, _SAME)


def latest_of(db: Session, contract_id: UUID, measures: Sequence[Measure], *, kind: str = "period") -> Latest:
    """The last turn of each measurement; of baselines where `kind` says so, whose period is empty."""
    keys = {measure.id: measure.key for measure in measures}
    rows = db.scalars(_LATEST, {"contract": contract_id, "kind": kind})
    return {(row.period, keys[row.measure_id], row.organisation_id): row for row in rows}


_SETTLED = (
    select(Settlement)
    .options(selectinload(Settlement.shares))
    .where(Settlement.contract_id == bindparam("contract"), Settlement.state != "replaced")
    .order_by(Settlement.period)
)


def settlements_of(db: Session, contract_id: UUID) -> dict[str, Settlement]:
    """The settlement that counts of each period, with its shares, in order of time."""
    return {row.period: row for row in db.scalars(_SETTLED, {"contract": contract_id})}


_POSTED = (
    select(Due.period, Due.organisation_id, func.sum(Due.base_pence), func.sum(Due.at_risk_pence), func.count())
    .where(Due.contract_id == bindparam("contract"))
    .group_by(Due.period, Due.organisation_id)
)


def _posted(db: Session, contract_id: UUID) -> tuple[dict[tuple[str, UUID], Owed], dict[tuple[str, UUID], int]]:
    """What the ledger says so far by period and organisation, and how many lines say it."""
    owed, lines = {}, {}
    for period, organisation_id, base, at_risk, count in db.execute(_POSTED, {"contract": contract_id}):
        owed[period, organisation_id] = Owed(int(base), int(at_risk))
        lines[period, organisation_id] = int(count)
    return owed, lines


def holds_of(db: Session, contract_id: UUID) -> list[Hold]:
    """What holds the part at risk now, oldest first."""
    rows = select(Hold).where(Hold.contract_id == contract_id, Hold.ended_at.is_(None))
    return list(db.scalars(rows.order_by(Hold.since, Hold.id)))


def open_disputes(db: Session, contract_id: UUID) -> list[Dispute]:
    """What is disputed and not resolved yet, oldest first."""
    rows = select(Dispute).options(joinedload(Dispute.organisation)).where(
        Dispute.contract_id == contract_id, Dispute.resolved_at.is_(None)
    )  # fmt: skip
    return list(db.scalars(rows.order_by(Dispute.opened_at, Dispute.id)))
