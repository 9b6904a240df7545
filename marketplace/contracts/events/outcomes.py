"""What contracts tell of measurements, outcomes, harms and the end of a pilot: each is about one contract."""

from datetime import date
from uuid import UUID

from marketplace.contracts.events.agreements import _AboutContract


class BaselineRecorded(_AboutContract):
    """What an organisation found before go-live; `value` is exact, as text."""

    organisation_id: UUID
    measure: str
    value: str
    count: int
    turn: int
    reason: str


class BaselineLocked(_AboutContract):
    """The pooled baseline of each measure, by key, cannot change any more; `digest` covers what it was pooled from."""

    baselines: dict[str, str]
    digest: str


class ContractWentLive(_AboutContract):
    product_id: UUID
    supplier_id: UUID
    ends_on: date


class MeasurementsAdded(_AboutContract):
    """An organisation gave data of a period; `corrects` where they replace what it gave before, for a reason."""

    organisation_id: UUID
    period: str
    measures: list[str]
    corrects: bool
    reason: str
    source_digest: str = ""


class OutcomeComputed(_AboutContract):
    """A period was settled, or settled again: `number` above 1 says that data came late or were corrected."""

    settlement_id: UUID
    period: str
    number: int
    base_pence: int
    at_risk_pence: int
    total_pence: int
    reason: str = ""


class OutcomeAccepted(_AboutContract):
    settlement_id: UUID
    organisation_id: UUID
    period: str
    number: int
    net_pence: int


class OutcomeDisputed(_AboutContract):
    """Only `withheld_pence` is withheld: what the disputed measures earned of this organisation's share."""

    settlement_id: UUID
    dispute_id: UUID
    organisation_id: UUID
    period: str
    measures: list[str]
    reason: str
    withheld_pence: int


class DisputeResolved(_AboutContract):
    """`outcome` is withdrawn, or agreed where a value was agreed and added as a correction."""

    settlement_id: UUID
    dispute_id: UUID
    organisation_id: UUID
    period: str
    outcome: str
    reason: str


class OutcomeHeld(_AboutContract):
    """From now on nothing at risk is paid: `kind` is certificate or harm."""

    hold_id: UUID
    kind: str
    reason: str


class OutcomeReleased(_AboutContract):
    """The reason for a hold is gone; what waited is due where nothing else holds it."""

    hold_id: UUID
    kind: str
    reason: str


class AmountDue(_AboutContract):
    """A line was added to the ledger: what one organisation owes the supplier, before VAT; below zero goes back."""

    due_id: UUID
    settlement_id: UUID
    organisation_id: UUID
    supplier_id: UUID
    period: str
    net_pence: int
    kind: str


class HarmReported(_AboutContract):
    harm_id: UUID
    organisation_id: UUID
    severity: str


class HarmClosed(_AboutContract):
    harm_id: UUID
    organisation_id: UUID
    reason: str


class PilotDecided(_AboutContract):
    """The pilot ends in scale or stop; `study_id` is the evidence that its result became."""

    product_id: UUID
    supplier_id: UUID
    verdict: str
    reasons: str
    study_id: UUID | None


class PilotExtended(_AboutContract):
    """A variation was begun that moves the last day; it binds when all have signed it."""

    reasons: str
    until: date


class PilotRanOut(_AboutContract):
    """The last day passed without a decision: the pilot has stopped."""

    product_id: UUID
    supplier_id: UUID
    ended_on: date


class ContractEnded(_AboutContract):
    """The contract has ended, with what was decided; `study_id` is the evidence that its result became."""

    product_id: UUID
    supplier_id: UUID
    verdict: str
    ended_on: date
    study_id: UUID
