"""Writing hazard logs: the manufacturer's of a product, and that of a deployment."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.assurance.events.safety import HazardDecided, HazardWritten
from marketplace.assurance.models import Deployment, Hazard
from marketplace.assurance.policies import may_keep_deployment, may_keep_log
from marketplace.assurance.queries.safety.declared import log_shape, matrix_of
from marketplace.assurance.queries.safety.logs import next_number
from marketplace.assurance.rules.safety.declared import LogShape, Matrix
from marketplace.assurance.rules.safety.hazards import changed_columns, plain
from marketplace.assurance.states import HAZARD
from marketplace.catalogue.models import Product
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.db import hold_version
from marketplace.kit.errors import Conflict, NotAllowed
from marketplace.kit.fields import Fields
from marketplace.kit.ids import new_id
from marketplace.kit.record import record

LONG, LINE, OWNER = 4_000, 200, 120
CONTROLS = ("design", "test", "process", "training")
LONG_TEXTS = ("description", "effect", "causes", "controls", "reason", "action", "handed-over")
MOVES = {"transferred": "transfer", "closed": "close", "open": "reopen"}


def write_hazard(
    db: Session, product: Product, given: Mapping[str, str], *, hazard: Hazard | None = None,
    deployment: Deployment | None = None, row_version: int | None = None, frameworks: Frameworks, by: Actor,
    at: datetime,
) -> Hazard:  # fmt: skip
    """A new line of a log, or a line changed. Fields are named as the columns of frameworks/safety/log.yaml.

    A risk that is still too high may be written down; it stops the report. Raises NotAllowed, Conflict, Invalid.
    """
    allow_writing(by, product, deployment)
    if hazard is not None:
        hold_version(row_version, hazard.row_version)
    read = read_hazard(given, matrix_of(frameworks), log_shape(frameworks))
    return put_hazard(db, product, read, hazard=hazard, deployment=deployment, frameworks=frameworks, by=by, at=at)


def put_hazard(
    db: Session, product: Product, read: Mapping[str, Any], *, hazard: Hazard | None, deployment: Deployment | None,
    frameworks: Frameworks, by: Actor, at: datetime,
) -> Hazard:  # fmt: skip
    """Keep what was read already. Raises Conflict for a state that cannot follow."""
    before = plain(hazard) if hazard is not None else {}
    deployment_id = id_of(deployment)
    if hazard is None:
        number = next_number(db, product.id, deployment_id=deployment_id)
        hazard = Hazard(
            id=new_id(at), product_id=product.id, deployment_id=deployment_id, number=number, state="open",
            created_at=at, disposition="", disposition_reason="",
        )  # fmt: skip
        db.add(hazard)
    state = str(read["state"])
    if state != hazard.state:
        hazard.state = HAZARD.after(MOVES[state], hazard.state)
    for name, value in read.items():
        setattr(hazard, name, value)
    hazard.changed_by_id, hazard.changed_at = by.person_id, at
    db.flush()
    changed = changed_columns(before, plain(hazard))
    level = matrix_of(frameworks).rated(hazard.residual_likelihood, hazard.residual_severity)
    if changed:
        written = HazardWritten(
            product_id=product.id, deployment_id=deployment_id, hazard_id=hazard.id, number=hazard.number,
            changed=changed, level=level.level if level else None,
        )  # fmt: skip
        record(db, written, by=by, at=at)
    return hazard


def read_hazard(given: Mapping[str, str], matrix: Matrix, shape: LogShape) -> dict[str, Any]:
    """The columns of a hazard as they are kept. Raises Invalid, naming every fault by its column."""
    fields = Fields(given)
    severities = [each.id for each in matrix.severities]
    likelihoods = [each.id for each in matrix.likelihoods]
    read: dict[str, Any] = {"name": fields.line("name", LINE, needed="Name the hazard in a few words.")}
    for name in LONG_TEXTS:
        needed = {"effect": "Say what could happen to a patient.", "causes": "Say how it could come about."}
        read[name.replace("-", "_")] = fields.text(name, LONG, needed=needed.get(name, ""))
    for name, known in (("severity", severities), ("likelihood", likelihoods)):
        read[name] = fields.one_of(name, known)
        read[f"residual_{name}"] = fields.one_of(f"residual-{name}", known)
    read["added"] = {kind.id: text for kind in shape.controls if (text := fields.text(kind.id, LONG))}
    read["owner"] = fields.line("owner", OWNER)
    read["state"] = fields.one_of("state", HAZARD.states, blank="open")
    if read["state"] == "transferred" and not read["handed_over"]:
        fields.wrong.setdefault("handed-over", "Say what the organisation that uses it has to do.")
    fields.check("the hazard cannot be kept like this")
    return read


def decide_hazard(
    db: Session, deployment: Deployment, hazard: Hazard, given: Mapping[str, str], *, frameworks: Frameworks,
    by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Say what a deployment does with a hazard that was handed over. Raises NotAllowed, Conflict, Invalid."""
    allow_writing(by, deployment.product, deployment)
    if hazard.origin_id is None or hazard.deployment_id != deployment.id:
        raise Conflict("this hazard was not handed over to you", "Write it as one of your own.")
    fields = Fields(given)
    known = [each.id for each in log_shape(frameworks).dispositions]
    chosen = fields.one_of("disposition", known, needed="Choose what you do with it.")
    reason = fields.text("disposition-reason", LONG, needed="Say what you did, or why it is acceptable here.")
    fields.check("nothing was decided")
    hazard.disposition, hazard.disposition_reason = chosen, reason
    if hazard.state != "closed":
        hazard.state = HAZARD.after("close", hazard.state)
    hazard.changed_by_id, hazard.changed_at = by.person_id, at
    decided = HazardDecided(
        product_id=deployment.product_id, deployment_id=deployment.id, hazard_id=hazard.id, number=hazard.number,
        disposition=chosen, reason=reason,
    )  # fmt: skip
    record(db, decided, by=by, at=at)
    db.flush()


def allow_writing(by: Actor, product: Product, deployment: Deployment | None) -> None:
    """Raises NotAllowed for whoever does not keep this log, Conflict for one that has ended."""
    if deployment is None:
        if not may_keep_log(by, product):
            raise NotAllowed("only the supplier writes the hazard log of its product", "Act for that supplier.")
        return
    if not may_keep_deployment(by, deployment):
        raise NotAllowed(
            "only a clinical safety officer of the organisation that uses it writes this log",
            "Ask a manager of your organisation for the role.",
        )
    if deployment.ended_at is not None:
        raise Conflict("this deployment has ended", "Its log stays as it was.")


def id_of(deployment: Deployment | None) -> UUID | None:
    """Whose log is meant: that of a deployment, or the manufacturer's."""
    return deployment.id if deployment else None
