"""What contracts tell of measurements, outcomes, harms and the end of a pilot: each is about one contract."""

from datetime import date
from uuid import UUID

from marketplace.contracts.events.agreements import AboutContract


class BaselineRecorded(AboutContract):
    """What an organisation found before go-live; `value` is exact, as text."""

    organisation_id: UUID
    measure: str
    value: str
    count: int
    turn: int
    reason: str


class BaselineLocked(AboutContract):
    """The pooled baseline of each measure, by key, cannot change any more; `digest` covers what it was pooled from."""

    baselines: dict[str, str]
    digest: str


class ContractWentLive(AboutContract):
    product_id: UUID
    supplier_id: UUID
    ends_on: date


class MeasurementsAdded(AboutContract):
    """An organisation gave data of a period; `corrects` where they replace what it gave before, for a reason."""

    organisation_id: UUID
    period: str
    measures: list[str]
    corrects: bool
    reason: str
    source_digest: str = ""


class OutcomeComputed(AboutContract):
    """A period was settled, or settled again: `number` above 1 says that data came late or were corrected."""

    settlement_id: UUID
    period: str
    number: int
    base_pence: int
    at_risk_pence: int
    total_pence: int
    reason: str = ""


class OutcomeAccepted(AboutContract):
    settlement_id: UUID
    organisation_id: UUID
    period: str
    number: int
    net_pence: int


class OutcomeDisputed(AboutContract):
    """Only `withheld_pence` is withheld: what the disputed measures earned of this organisation's share."""

    settlement_id: UUID
    dispute_id: UUID
    organisation_id: UUID
    period: str
    measures: list[str]
    reason: str
    withheld_pence: int


class DisputeResolved(AboutContract):
    """`outcome` is withdrawn, or agreed where a value was agreed and added as a correction."""

    settlement_id: UUID
    dispute_id: UUID
    organisation_id: UUID
    period: str
    outcome: str
    reason: str


class OutcomeHeld(AboutContract):
    """From now on nothing at risk is paid: `kind` is certificate or harm."""

    hold_id: UUID
    kind: str
    reason: str


class OutcomeReleased(AboutContract):
    """The reason for a hold is gone; what waited is due where nothing else holds it."""

    hold_id: UUID
    kind: str
    reason: str


class AmountDue(AboutContract):
    """A line was added to the ledger: what one organisation owes the supplier, before VAT; below zero goes back."""

    due_id: UUID
    settlement_id: UUID
    organisation_id: UUID
    supplier_id: UUID
    period: str
    net_pence: int
    kind: str


class HarmReported(AboutContract):
    harm_id: UUID
    organisation_id: UUID
    severity: str


class HarmClosed(AboutContract):
    harm_id: UUID
    organisation_id: UUID
    reason: str


class PilotDecided(AboutContract):
    """The pilot ends in scale or stop; `study_id` is the evidence that its result became."""

    product_id: UUID
    supplier_id: UUID
    verdict: str
    reasons: str
    study_id: UUID | None


class PilotExtended(AboutContract):
    """A variation was begun that moves the last day; it binds when all have signed it."""

    reasons: str
    until: date


class PilotRanOut(AboutContract):
    """The last day passed without a decision: the pilot has stopped."""

    product_id: UUID
    supplier_id: UUID
    ended_on: date


class ContractEnded(AboutContract):
    """The contract has ended, with what was decided; `study_id` is the evidence that its result became."""

    product_id: UUID
    supplier_id: UUID
    verdict: str
    ended_on: date
    study_id: UUID
