"""The transparency record of a deployment, put together from every room that knows something of it."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.assurance.models import Deployment
from marketplace.assurance.queries.given import local_answers
from marketplace.assurance.queries.safety.declared import record_shape
from marketplace.assurance.queries.safety.logs import log_of, reports_of
from marketplace.assurance.rules.safety.transparency import FilledBlock, filled_record, missing_of
from marketplace.frameworks.answers import described, display
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.calendar import in_words
from marketplace.procurement.models import Procurement

PHASES = {"planned": "Pre-deployment", "live": "Production", "ended": "Retired"}
PILOT = "Beta or pilot"
RECORD = "atrs"
"""The framework whose questions are those of the record."""


def record_of(db: Session, frameworks: Frameworks, deployment: Deployment, *, at: datetime) -> list[FilledBlock]:
    """Every field, as far as it is known; see rules.safety.transparency."""
    form = frameworks.form(deployment.product.kind)
    said = {
        entry.question.id: f"{entry.question.label}: {shown.text}"
        for _, rows in described(form, deployment.version.answers) for entry, shown in rows if shown.text
    }  # fmt: skip
    answered = _answered(db, frameworks, deployment, at)
    return filled_record(record_shape(frameworks), _facts(db, deployment), said, deployment.record, answered)


def record_data(frameworks: Frameworks, deployment: Deployment, record: list[FilledBlock]) -> dict[str, Any]:
    """The record as plain data, for programs."""
    shape = record_shape(frameworks)
    return {
        "standard": shape.label, "source": shape.source.document, "not-sure": shape.source.mark,
        "deployment": deployment.ref, "missing": [field.code for field in missing_of(record)],
        "fields": [
            {"block": block.label, "code": field.code, "label": field.label, "text": field.text, "whose": field.whose,
             "number-seen-in-v4": field.is_seen}
            for block in record for field in block.fields
        ],
    }  # fmt: skip


def _answered(db: Session, frameworks: Frameworks, deployment: Deployment, at: datetime) -> dict[str, str]:
    """What the organisation answered in the framework of the record, in words."""
    given = local_answers(db, deployment.product, deployment.organisation.id, at=at)
    asked = frameworks.assurance[RECORD].by_question
    shown = {name: display(asked[name].question, each.value).text for name, each in given.items() if name in asked}
    return {name: text for name, text in shown.items() if text}


def _facts(db: Session, deployment: Deployment) -> dict[str, str]:
    product, purchase = deployment.product, None
    if deployment.procurement_id is not None:
        purchase = db.get(Procurement, deployment.procurement_id)
    running = purchase is not None and purchase.state == "running"
    reports = reports_of(db, product.id, deployment_id=deployment.id)
    log = log_of(db, product.id, deployment_id=deployment.id)
    return {
        "title": f"{deployment.version.name} at {deployment.organisation.name}",
        "organisation": deployment.organisation.name, "product": deployment.version.name,
        "website": deployment.organisation.website, "place": deployment.place, "supplier": deployment.supplier.name,
        "role": "Supplies and runs the product", "phase": PILOT if running else PHASES[deployment.state],
        "procurement": f"{purchase.procedure} ({purchase.ref})" if purchase else "",
        "assessments": "\n".join(
            f"Clinical safety case (DCB0160), report {each.number}, {in_words(each.issued_on)}" for each in reports
        ),
        "risks": "\n".join(f"{each.name}: {each.disposition_reason or each.controls}" for each in log),
    }  # fmt: skip
