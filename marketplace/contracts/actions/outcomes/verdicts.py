"""What an organisation says of an outcome: it accepts its share, or disputes measures of it until that is resolved."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.contracts.actions.outcomes.common import begin_running, reason_of
from marketplace.contracts.actions.outcomes.measuring import replace_values
from marketplace.contracts.actions.outcomes.posting import CORRECTION, RELEASE, SETTLEMENT, Posting, line_of, post
from marketplace.contracts.actions.outcomes.safety import note_certificate
from marketplace.contracts.actions.outcomes.settling import Cause, settle_again
from marketplace.contracts.events.outcomes import DisputeResolved, OutcomeAccepted, OutcomeDisputed
from marketplace.contracts.models import Contract, Dispute, Due, Hold, Settlement, Share
from marketplace.contracts.rules.given import measures_in
from marketplace.contracts.rules.rating import ACCEPTED, DISPUTED, Owed, withheld_of
from marketplace.contracts.schemas.outcomes import Measured
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london, in_words
from marketplace.kit.errors import Conflict, Invalid, NotFound
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.text import quote

WITHDRAWN, AGREED = "withdrawn", "agreed"
OUTCOMES = {WITHDRAWN: "We withdraw it: the outcome stands", AGREED: "We agreed on other values of our own"}


def accept_outcome(db: Session, contract: Contract, settlement: Settlement, *, by: Actor, at: datetime) -> Due | None:
    """Accept the actor's organisation's share, which is then due; None where nothing of it is due now.

    Raises NotAllowed; Conflict where it was accepted or disputed already, or computed again meanwhile.
    """
    begin_running(db, contract, by=by)
    share = _open_share(db, settlement, by)
    share.verdict, share.by_id, share.at = ACCEPTED, by.person_id, at
    due = _post(db, contract, settlement, share, kind=SETTLEMENT, by=by, at=at)
    accepted = OutcomeAccepted(
        contract_id=contract.id, settlement_id=settlement.id, organisation_id=share.organisation_id,
        period=settlement.period, number=settlement.number, net_pence=share.base_pence + share.at_risk_pence,
    )  # fmt: skip
    record(db, accepted, by=by, at=at)
    _close(db, settlement, at)
    return due


def dispute_outcome(
    db: Session, contract: Contract, settlement: Settlement, *, measures: Sequence[str], reason: str, by: Actor,
    at: datetime,
) -> Dispute:  # fmt: skip
    """Dispute measures of a settlement: what they earned of this organisation's share is withheld, the rest is due.

    What was only carried over from before data were corrected can still be disputed. Raises NotAllowed, Conflict,
    Invalid by field.
    """
    begin_running(db, contract, by=by)
    _check_disputed(measures, [row["key"] for row in measures_in(settlement.basis, settlement.period)])
    why = reason_of(reason, "Say what is wrong with it, so that it can be put right.")
    share = _open_share(db, settlement, by, carried=True)
    share.verdict, share.disputed, share.is_carried = DISPUTED, list(dict.fromkeys(measures)), False
    share.by_id, share.at = by.person_id, at
    dispute = Dispute(
        id=new_id(at), contract_id=contract.id, settlement_id=settlement.id, organisation_id=share.organisation_id,
        period=settlement.period, measures=share.disputed, reason=why, opened_by_id=by.person_id, opened_at=at,
    )  # fmt: skip
    db.add(dispute)
    settlement.state, settlement.closed_at = "computed", None
    _post(db, contract, settlement, share, kind=CORRECTION, by=by, at=at)
    disputed = OutcomeDisputed(
        contract_id=contract.id, settlement_id=settlement.id, dispute_id=dispute.id, period=settlement.period,
        organisation_id=share.organisation_id, measures=share.disputed, reason=why,
        withheld_pence=withheld_of(line_of(share), DISPUTED, share.disputed, _guards(settlement)),
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
    share = _share_of(db, settlement, dispute.organisation_id)
    share.verdict, share.disputed, share.is_carried = ACCEPTED, [], False
    share.by_id, share.at = by.person_id, at
    _post(db, contract, settlement, share, kind=RELEASE, by=by, at=at)
    _close(db, settlement, at)


def _open_share(db: Session, settlement: Settlement, by: Actor, *, carried: bool = False) -> Share:
    """The actor's share, as long as nobody has spoken on it. Raises Conflict that says who did, and when."""
    state = db.execute(select(Settlement.state).where(Settlement.id == settlement.id)).scalar_one()
    if state == "replaced":
        raise Conflict(
            "this outcome was computed again while your page was open", "Look at the newer one, and decide on that."
        )
    if by.organisation_id is None:
        raise NotFound("there is no share", "Act for an organisation of the contract.")
    share = _share_of(db, settlement, by.organisation_id)
    if share.verdict and not (carried and share.is_carried and share.verdict == ACCEPTED):
        who = share.by.name if share.by else "Somebody"
        when = in_words(day_in_london(share.at)) if share.at else ""
        raise Conflict(
            f"{who} {share.verdict} this outcome for your organisation on {when}",
            "It is settled once for each organisation. Nothing more is to be done.",
        )
    return share


def _share_of(db: Session, settlement: Settlement, organisation_id: UUID) -> Share:
    rows = select(Share).options(joinedload(Share.by)).where(
        Share.settlement_id == settlement.id, Share.organisation_id == organisation_id
    )  # fmt: skip
    share = db.scalars(rows.execution_options(populate_existing=True)).one_or_none()
    if share is None:
        raise NotFound("your organisation has no share of this month", "Only those who share its fee decide on it.")
    return share


def _post(
    db: Session, contract: Contract, settlement: Settlement, share: Share, *, kind: str, by: Actor, at: datetime
) -> Due | None:
    """Bring the ledger of one share to what is due now."""
    mine = (
        Due.contract_id == contract.id,
        Due.period == settlement.period,
        Due.organisation_id == share.organisation_id,
    )
    sums = func.coalesce(func.sum(Due.base_pence), 0), func.coalesce(func.sum(Due.at_risk_pence), 0), func.count(Due.id)
    base, at_risk, lines = db.execute(select(*sums).where(*mine)).one()
    under = Posting(contract.supplier_id, _guards(settlement), is_held(db, contract, by=by, at=at), by, at)
    return post(db, settlement, share, under, posted=Owed(int(base), int(at_risk)), lines=int(lines), kind=kind)


def is_held(db: Session, contract: Contract, *, by: Actor, at: datetime) -> bool:
    """Whether something holds the part at risk at this moment: an open harm, or a certificate that is not in force."""
    note_certificate(db, contract, by=by, at=at)
    rows = select(Hold.id).where(Hold.contract_id == contract.id, Hold.ended_at.is_(None)).limit(1)
    return db.execute(rows).first() is not None


def _guards(settlement: Settlement) -> list[str]:
    return [row["key"] for row in measures_in(settlement.basis, settlement.period) if row.get("guard")]


def _close(db: Session, settlement: Settlement, at: datetime) -> None:
    """A month is closed when everybody has accepted."""
    waiting = select(Share.id).where(Share.settlement_id == settlement.id, Share.verdict != ACCEPTED).limit(1)
    if db.execute(waiting).first() is None:
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
