"""What clinical safety tells: logs, deployments, incidents, and notices that have to reach everybody."""

from typing import ClassVar
from uuid import UUID

from marketplace.kit.events import Event


class _AboutDeployment(Event):
    about: ClassVar[str] = "deployment_id"
    deployment_id: UUID
    organisation_id: UUID
    product_id: UUID


class DeploymentPlanned(_AboutDeployment):
    """An organisation is going to use a product: its own hazard log begins with what is handed over."""

    version_id: UUID
    supplier_id: UUID


class DeploymentWentLive(_AboutDeployment):
    version_id: UUID


class DeploymentMoved(_AboutDeployment):
    """It uses another version from now on."""

    version_id: UUID


class DeploymentEnded(_AboutDeployment):
    reason: str


class TransparencyRecordWritten(_AboutDeployment):
    """Fields of its transparency record were written; `changed` are their codes."""

    changed: list[str]


class _AboutProductLog(Event):
    about: ClassVar[str] = "product_id"
    product_id: UUID
    deployment_id: UUID | None = None


class HazardWritten(_AboutProductLog):
    """A line of a log is new or was changed; `changed` names the columns, `level` what is left of the risk."""

    hazard_id: UUID
    number: int
    changed: list[str]
    level: int | None = None


class HazardsImported(_AboutProductLog):
    """A spreadsheet was brought into a log, whole."""

    name: str
    digest: str
    count: int


class HazardsTakenOver(_AboutProductLog):
    """A deployment was handed these hazards of the manufacturer, and has to decide on each."""

    hazard_ids: list[UUID]
    organisation_id: UUID


class HazardDecided(_AboutProductLog):
    """A deployment decided what it does with a hazard that was handed over."""

    hazard_id: UUID
    number: int
    disposition: str
    reason: str


class SafetyCaseIssued(Event):
    """A safety case report was given out; `digest` is that of every word in it."""

    about: ClassVar[str] = "safety_case_id"
    safety_case_id: UUID
    product_id: UUID
    version_id: UUID
    organisation_id: UUID
    deployment_id: UUID | None = None
    number: int
    digest: str


class _AboutIncident(Event):
    about: ClassVar[str] = "incident_id"
    incident_id: UUID
    product_id: UUID
    supplier_id: UUID
    organisation_id: UUID


class IncidentReported(_AboutIncident):
    severity: str


class IncidentTriaged(_AboutIncident):
    severity: str
    serious: bool


class IncidentMadeSafe(_AboutIncident):
    words: str


class IncidentClosed(_AboutIncident):
    cause: str


class IncidentReopened(_AboutIncident):
    reason: str


class IncidentNoted(_AboutIncident):
    """A line was added to its journal."""

    by_organisation_id: UUID


class IncidentNumbered(_AboutIncident):
    """A reference of a national system was recorded."""

    system: str
    number: str


class IncidentLate(_AboutIncident):
    """A time limit ran out."""

    limit: str


class _AboutNotice(Event):
    about: ClassVar[str] = "notice_id"
    notice_id: UUID
    product_id: UUID
    supplier_id: UUID


class NoticeIssued(_AboutNotice):
    """A safety or change notice went out; `organisation_ids` are those that it reached on that day."""

    kind: str
    organisation_ids: list[UUID]


class NoticeReached(_AboutNotice):
    """An organisation that began to hold the product later was sent a notice that is still open."""

    organisation_id: UUID


class NoticeAcknowledged(_AboutNotice):
    organisation_id: UUID


class NoticeAnswered(_AboutNotice):
    organisation_id: UUID
    answer: str
    words: str
    final: bool


class NoticeChased(_AboutNotice):
    """Who has not answered is reminded. `times`: how often so far, `overdue` once the day has passed."""

    organisation_id: UUID
    times: int
    overdue: bool


class NoticeClosed(_AboutNotice):
    words: str
