"""Writing the fields of a transparency record that the deploying organisation has to write itself."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.assurance.events.safety import TransparencyRecordWritten
from marketplace.assurance.models import Deployment
from marketplace.assurance.policies import may_write_record
from marketplace.assurance.queries.safety.declared import record_shape
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.errors import NotAllowed
from marketplace.kit.fields import Fields
from marketplace.kit.record import record

LONG = 4_000


def write_record(
    db: Session, deployment: Deployment, given: Mapping[str, str], *, frameworks: Frameworks, by: Actor, at: datetime
) -> list[str]:
    """Keep the fields that were sent, by their code; an empty one falls back on what is known. Returns what changed.

    Raises NotAllowed, Invalid.
    """
    if not may_write_record(by, deployment):
        raise NotAllowed("only the organisation that uses the product writes its record", "Act for that organisation.")
    known = [field.code for block in record_shape(frameworks).blocks for field in block.fields]
    fields = Fields(given)
    sent = {code: fields.text(code, LONG) for code in known if code in given}
    fields.check("the record cannot be kept like this")
    changed = [code for code, text in sent.items() if deployment.record.get(code, "") != text]
    if changed:
        deployment.record = {code: text for code, text in {**deployment.record, **sent}.items() if text}
        written = TransparencyRecordWritten(
            deployment_id=deployment.id, organisation_id=deployment.organisation_id, product_id=deployment.product_id,
            changed=changed,
        )  # fmt: skip
        record(db, written, by=by, at=at)
        db.flush()
    return changed
