"""What an organisation says of an outcome: it accepts its share, or disputes measures of it until that is resolved."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from marketplace.contracts.actions.outcomes.common import begin_running, check_running, take_turn
from marketplace.contracts.actions.outcomes.measuring import replace_values
from marketplace.contracts.actions.outcomes.posting import (
    CORRECTION,
    RELEASE,
    SETTLEMENT,
    Posted,
    Posting,
    post,
)
from marketplace.contracts.actions.outcomes.safety import note_certificate
from marketplace.contracts.actions.outcomes.settling import Cause, settle_again
from marketplace.contracts.events.outcomes import DisputeResolved, OutcomeAccepted, OutcomeDisputed
from marketplace.contracts.models import Contract, Dispute, Settlement, Share
from marketplace.contracts.queries.outcomes.verdicts import Facts, ShareNow, facts_for
from marketplace.contracts.rules.given import measures_in
from marketplace.contracts.rules.rating import ACCEPTED, DISPUTED, withheld_of
from marketplace.contracts.schemas.outcomes import Measured
from marketplace.identity.models import Person
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london, in_words
from marketplace.kit.errors import Conflict, Invalid, NotFound
from marketplace.kit.events import Event
from marketplace.kit.fields import reason_of
from marketplace.kit.ids import new_id
from marketplace.kit.prepared import Prepared
from marketplace.kit.record import record
from marketplace.kit.text import quote
from marketplace.kit.values import replace

_SHARES = Share.__table__
_VERDICT = Prepared(
    update(Share.__table__)  # type: ignore[arg-type]
    .where(_SHARES.c.id == bindparam("key"))
    .values({name: bindparam(name) for name in ("verdict", "disputed", "is_carried", "by_id", "at")})
)
WITHDRAWN, AGREED = "withdrawn", "agreed"
OUTCOMES = {WITHDRAWN: "We withdraw it: the outcome stands", AGREED: "We agreed on other values of our own"}


def accept_outcome(
    db: Session, contract: Contract, settlement: Settlement, *, by: Actor, at: datetime
) -> Posted | None:
    """Accept the actor's organisation's share, which is then due; None where nothing of it is due now.

    Raises NotAllowed; Conflict where it was accepted or disputed already, or computed again meanwhile.
    """
    facts = _begin(db, contract, settlement, by=by)
    share = replace(_open_share(db, facts), verdict=ACCEPTED, by_id=by.person_id, at=at)
    _write_verdict(db, settlement, share)
    accepted = OutcomeAccepted(
        contract_id=contract.id, settlement_id=settlement.id, organisation_id=share.organisation_id,
        period=settlement.period, number=settlement.number, net_pence=share.base_pence + share.at_risk_pence,
    )  # fmt: skip
    due = _post(db, contract, settlement, share, facts, kind=SETTLEMENT, by=by, at=at, because=accepted)
    _close(settlement, facts, at)
    db.flush()
    return due


def dispute_outcome(
    db: Session, contract: Contract, settlement: Settlement, *, measures: Sequence[str], reason: str, by: Actor,
    at: datetime,
) -> Dispute:  # fmt: skip
    """Dispute measures of a settlement: what they earned of this organisation's share is withheld, the rest is due.

    What was only carried over from before data were corrected can still be disputed. Raises NotAllowed, Conflict,
    Invalid by field.
    """
    facts = _begin(db, contract, settlement, by=by)
    _check_disputed(measures, [row["key"] for row in measures_in(settlement.basis, settlement.period)])
    why = reason_of(reason, "Say what is wrong with it, so that it can be put right.")
    share = replace(
        _open_share(db, facts, carried=True), verdict=DISPUTED, disputed=list(dict.fromkeys(measures)),
        is_carried=False, by_id=by.person_id, at=at,
    )  # fmt: skip
    _write_verdict(db, settlement, share)
    dispute = Dispute(
        id=new_id(at), contract_id=contract.id, settlement_id=settlement.id, organisation_id=share.organisation_id,
        period=settlement.period, measures=list(share.disputed), reason=why, opened_by_id=by.person_id, opened_at=at,
    )  # fmt: skip
    db.add(dispute)
    settlement.state, settlement.closed_at = "computed", None
    _post(db, contract, settlement, share, facts, kind=CORRECTION, by=by, at=at)
    disputed = OutcomeDisputed(
        contract_id=contract.id, settlement_id=settlement.id, dispute_id=dispute.id, period=settlement.period,
        organisation_id=share.organisation_id, measures=list(share.disputed), reason=why,
        withheld_pence=withheld_of(share, DISPUTED, share.disputed, _guards(settlement)),
    )  # fmt: skip
    record(db, disputed, by=by, at=at)
    db.flush()
    return dispute


def resolve_dispute(
    db: Session, contract: Contract, dispute_id: UUID, *, outcome: str, reason: str, by: Actor, at: datetime,
    agreed: Sequence[Measured] = (),
) -> Dispute:  # fmt: skip
    """End a dispute: it is withdrawn, or other values of this organisation's own were agreed and replace the earlier.

    What was withheld is released, and a difference is posted where values changed. Raises NotAllowed, NotFound,
    Conflict, Invalid by field.
    """
    party = begin_running(db, contract, by=by)
    dispute = _find_dispute(db, contract, dispute_id)
    if dispute.organisation_id != party.organisation_id:
        raise Conflict("another organisation disputes this", "Those who opened a dispute resolve it.")
    if dispute.resolved_at is not None:
        raise Conflict(f"it was resolved on {in_words(day_in_london(dispute.resolved_at))}", "Look at how.")
    if outcome not in OUTCOMES or (outcome == AGREED) != bool(agreed):
        told = "Say that it is withdrawn, or give the values that were agreed."
        raise Invalid(f"{quote(outcome)} does not resolve it", told, fields={"outcome": told})
    why = reason_of(reason, "Say how it was resolved, and with whom.")
    dispute.outcome, dispute.outcome_reason = outcome, why
    dispute.resolved_by_id, dispute.resolved_at = by.person_id, at
    _take_back(db, contract, dispute, by=by, at=at)
    if agreed:
        replace_values(db, contract, dispute.period, agreed, reason=f"Agreed in a dispute: {why}", by=by, at=at)
        settle_again(db, contract, Cause(by, at, reason=f"Values were agreed: {why}"))
    resolved = DisputeResolved(
        contract_id=contract.id, settlement_id=dispute.settlement_id, dispute_id=dispute.id, period=dispute.period,
        organisation_id=dispute.organisation_id, outcome=outcome, reason=why,
    )  # fmt: skip
    record(db, resolved, by=by, at=at)
    db.flush()
    return dispute


def _take_back(db: Session, contract: Contract, dispute: Dispute, *, by: Actor, at: datetime) -> None:
    """The organisation accepts what counts of the month now, and what it withheld is due."""
    now = select(Settlement).where(
        Settlement.contract_id == contract.id, Settlement.period == dispute.period, Settlement.state != "replaced"
    )  # fmt: skip
    settlement = db.scalars(now.execution_options(populate_existing=True)).one()
    facts = facts_for(db, contract, settlement, dispute.organisation_id)
    if facts.share is None:
        raise NotFound("your organisation has no share of this month any more", "Nothing is withheld.")
    share = replace(facts.share, verdict=ACCEPTED, disputed=[], is_carried=False, by_id=by.person_id, at=at)
    _write_verdict(db, settlement, share)
    _post(db, contract, settlement, share, facts, kind=RELEASE, by=by, at=at)
    _close(settlement, facts, at)
    db.flush()


def _begin(db: Session, contract: Contract, settlement: Settlement, *, by: Actor) -> Facts:
    """What the verdict depends on, with nobody else at the same contract. Raises NotAllowed, Conflict."""
    take_turn(db, contract)
    facts = facts_for(db, contract, settlement, by.organisation_id)
    check_running(facts.party, facts.contract_state, by=by)
    return facts


def _open_share(db: Session, facts: Facts, *, carried: bool = False) -> ShareNow:
    """The actor's share, as long as nobody has spoken on it. Raises Conflict that says who did, and when."""
    if facts.state == "replaced":
        raise Conflict(
            "this outcome was computed again while your page was open", "Look at the newer one, and decide on that."
        )
    share = facts.share
    if share is None:
        raise NotFound("your organisation has no share of this month", "Only those who share its fee decide on it.")
    if share.verdict and not (carried and share.is_carried and share.verdict == ACCEPTED):
        person = db.get(Person, share.by_id) if share.by_id is not None else None
        when = in_words(day_in_london(share.at)) if share.at else ""
        raise Conflict(
            f"{person.name if person else 'Somebody'} {share.verdict} this outcome for your organisation on {when}",
            "It is settled once for each organisation. Nothing more is to be done.",
        )
    return share


def _write_verdict(db: Session, settlement: Settlement, share: ShareNow) -> None:
    """Write what was said of a share; whoever holds it as an object reads it anew."""
    said = {"key": share.id, "verdict": share.verdict, "disputed": list(share.disputed), "is_carried": share.is_carried,
            "by_id": share.by_id, "at": share.at}  # fmt: skip
    _VERDICT.run(db, said)
    for loaded in settlement.__dict__.get("shares", ()):
        db.expire(loaded)


def _post(
    db: Session, contract: Contract, settlement: Settlement, share: ShareNow, facts: Facts, *, kind: str, by: Actor,
    at: datetime, because: Event | None = None,
) -> Posted | None:  # fmt: skip
    """Bring the ledger of one share to what is due now; nothing at risk while something holds the contract."""
    if not facts.is_certified:
        note_certificate(db, contract, by=by, at=at)
    held = facts.is_held or not facts.is_certified
    guards = _guards(settlement) if share.verdict == DISPUTED else ()
    under = Posting(contract.supplier_id, guards, held, by, at)
    return post(db, settlement, share, under, posted=facts.posted, lines=facts.lines, kind=kind, because=because)


def _guards(settlement: Settlement) -> list[str]:
    return [row["key"] for row in measures_in(settlement.basis, settlement.period) if row.get("guard")]


def _close(settlement: Settlement, facts: Facts, at: datetime) -> None:
    """A month is closed when everybody has accepted."""
    if not facts.others_wait:
        settlement.state, settlement.closed_at = "closed", at


def _check_disputed(measures: Collection[str], keys: Sequence[str]) -> None:
    told = "Choose at least one measure: only what it earned is withheld."
    if not measures:
        raise Invalid("nothing is disputed", told, fields={"measures": told})
    if stranger := next((key for key in measures if key not in keys), ""):
        told = f"There are {', '.join(keys)}."
        raise Invalid(f"{quote(stranger)} is not a measure of this contract", told, fields={"measures": told})


def _find_dispute(db: Session, contract: Contract, dispute_id: UUID) -> Dispute:
    found = db.scalars(
        select(Dispute).where(Dispute.id == dispute_id, Dispute.contract_id == contract.id)
    ).one_or_none()
    if found is None:
        raise NotFound("there is no such dispute", "Open ones are listed under Outcomes.")
    return found
