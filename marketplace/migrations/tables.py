"""Every module that declares tables, imported so that one metadata knows them all."""

from marketplace.assurance import models as assurance
from marketplace.catalogue import models as catalogue
from marketplace.contracts import models as contracts
from marketplace.evidence import models as evidence
from marketplace.identity import models as identity
from marketplace.kit import idempotency, jobs, record, schedules, unsent
from marketplace.payments import models as payments
from marketplace.procurement import models as procurement
from marketplace.transparency import models as transparency

__all__ = [
    "assurance", "catalogue", "contracts", "evidence", "idempotency", "identity", "jobs", "payments",
    "procurement", "record", "schedules", "transparency", "unsent",
]  # fmt: skip
