"""Computing what a month comes to, and computing it again when data came late, were corrected, or parties changed."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.contracts.actions.outcomes.common import begin_running
from marketplace.contracts.actions.outcomes.posting import CORRECTION, NOTHING, Posting, post
from marketplace.contracts.events.outcomes import OutcomeComputed
from marketplace.contracts.models import Contract, Settlement, Share
from marketplace.contracts.queries.outcomes.books import Book, book_of
from marketplace.contracts.rules.periods import in_words, is_over
from marketplace.contracts.rules.rating import ACCEPTED, Line, Rated
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, Invalid
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.values import Value

NAMED = 4


class Cause(Value):
    """Why something is settled: who did what when, in words that others read, and the kind of line that it makes."""

    by: Actor
    at: datetime
    reason: str = ""
    kind: str = CORRECTION


def compute_period(db: Session, contract: Contract, period: str, *, by: Actor, at: datetime) -> Settlement:
    """Settle a month whose data are all in, or stated as missing.

    Raises NotAllowed; Invalid for a month outside the term or not over; Conflict, naming whose data are missing, or
    where it was computed already.
    """
    begin_running(db, contract, by=by)
    book = book_of(db, contract)
    check_period(book, period, at)
    if period in book.settled:
        raise Conflict(f"{in_words(period)} was computed already", "Late or corrected data compute it again.")
    refuse_incomplete(book, period)
    bring_up_to_date(db, book, Cause(by, at), also=[period])
    return book_of(db, contract).settled[period]


def check_period(book: Book, period: str, at: datetime) -> None:
    """Raise Invalid for a month that the contract does not cover, or that is not over yet in London."""
    if period not in book.periods:
        covered = f"It covers {in_words(book.periods[0])} to {in_words(book.periods[-1])}."
        raise Invalid(f"{in_words(period)} lies outside the contract", covered, fields={"period": covered})
    if not is_over(period, day_in_london(at)):
        told = "Give its values once the month is over."
        raise Invalid(f"{in_words(period)} is not over yet", told, fields={"period": told})


def refuse_incomplete(book: Book, period: str) -> None:
    """Raise Conflict that names whose data of a month are missing."""
    missing = [f"{book.given.terms_on(period).measure(key).label} of {party.organisation.name}"
               for party, key in book.missing(period)]  # fmt: skip
    if missing:
        more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
        raise Conflict(
            f"data of {in_words(period)} are missing: {'; '.join(missing[:NAMED])}{more}",
            "Give each value, or say that there is none and why.",
        )


def settle_again(db: Session, contract: Contract, cause: Cause) -> list[Settlement]:
    """Bring every settled month to what the data say now. Repeatable: what did not change is left alone."""
    return bring_up_to_date(db, book_of(db, contract), cause)


def bring_up_to_date(db: Session, book: Book, cause: Cause, *, also: Iterable[str] = ()) -> list[Settlement]:
    """Settle these months, and again whatever of those before came to something else; post what is then missing.

    The cap is one for all months, so that a correction of one can change another.
    """
    periods = sorted({*book.settled, *also})
    if not periods:
        return []
    rated, basis = book.rated(periods), book.basis(periods)
    written: list[Settlement] = []
    for period in periods:
        before = book.settled.get(period)
        if before is None or _differs(book, before, rated[period]):
            settlement = _write(db, book, rated[period], before, {**basis, "period": period}, cause)
            db.flush()
            _post_all(db, book, settlement, cause)
            written.append(settlement)
    db.flush()
    return written


def _differs(book: Book, before: Settlement, rated: Rated) -> bool:
    """Whether rating says something else than the settlement that counts, in all or for anybody."""
    now = {book.organisation(line.organisation).id: line for line in rated.lines}
    then = {share.organisation_id: share for share in before.shares}
    return any(
        _amounts(now.get(organisation_id)) != _amounts(then.get(organisation_id)) for organisation_id in now | then
    )


def _amounts(one: Line | Share | None) -> tuple[int, int, dict[str, int]]:
    return (one.base_pence, one.at_risk_pence, dict(one.parts)) if one is not None else (0, 0, {})


def _write(
    db: Session, book: Book, rated: Rated, before: Settlement | None, basis: dict[str, object], cause: Cause
) -> Settlement:
    number = before.number + 1 if before is not None else 1
    if before is not None:
        before.state = "replaced"
    settlement = Settlement(
        id=new_id(cause.at), contract_id=book.contract.id, period=rated.period, number=number, state="computed",
        base_pence=rated.base_pence, at_risk_pence=rated.at_risk_pence, total_pence=rated.total_pence, basis=basis,
        reason=cause.reason, computed_by_id=cause.by.person_id, computed_at=cause.at,
        shares=_shares(book, rated, before, cause),
    )  # fmt: skip
    settlement.state = "closed" if all(share.verdict == ACCEPTED for share in settlement.shares) else "computed"
    settlement.closed_at = cause.at if settlement.state == "closed" else None
    db.add(settlement)
    told = OutcomeComputed(
        contract_id=book.contract.id, settlement_id=settlement.id, period=rated.period, number=number,
        base_pence=rated.base_pence, at_risk_pence=rated.at_risk_pence, total_pence=rated.total_pence,
        reason=cause.reason,
    )  # fmt: skip
    record(db, told, by=cause.by, at=cause.at)
    return settlement


def _shares(book: Book, rated: Rated, before: Settlement | None, cause: Cause) -> list[Share]:
    """A share of each party that takes part, and of each that did; verdicts are carried over."""
    then = {share.organisation_id: share for share in before.shares} if before is not None else {}
    lines = {book.organisation(line.organisation).id: line for line in rated.lines}
    named = [*lines, *(organisation_id for organisation_id in then if organisation_id not in lines)]
    shares = []
    for position, organisation_id in enumerate(named):
        line, old = lines.get(organisation_id), then.get(organisation_id)
        share = Share(
            id=new_id(cause.at), organisation_id=organisation_id, position=position, verdict="", disputed=[],
            part=str(line.share) if line else "0", base_pence=line.base_pence if line else 0,
            at_risk_pence=line.at_risk_pence if line else 0, parts=dict(line.parts) if line else {},
        )  # fmt: skip
        if old is not None and old.verdict:
            share.verdict, share.disputed, share.is_carried = old.verdict, list(old.disputed), True
            share.by_id, share.at = old.by_id, old.at
        shares.append(share)
    return shares


def _post_all(db: Session, book: Book, settlement: Settlement, cause: Cause) -> None:
    under = posting_for(book, settlement.period, cause.by, cause.at)
    for share in settlement.shares:
        if share.verdict:
            key = (settlement.period, share.organisation_id)
            posted, lines = book.posted.get(key, NOTHING), book.lines.get(key, 0)
            post(db, settlement, share, under, posted=posted, lines=lines, kind=cause.kind)


def posting_for(book: Book, period: str, by: Actor, at: datetime) -> Posting:
    """How lines of a month are posted now."""
    guards = [measure.key for measure in book.given.terms_on(period).measures if measure.is_guard]
    return Posting(book.contract.supplier_id, guards, bool(book.holds), by, at)
