"""Starting a purchase of several, and writing its protocol."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.catalogue.models import Product
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.procedures import Procedure
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.db import hold_version
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.record import record
from marketplace.kit.text import clean_line, quote
from marketplace.kit.values import asdict
from marketplace.procurement.actions.joint.holding import OPEN_TO_CHANGE, begin_leading
from marketplace.procurement.events import ProcurementDescribed, ProcurementStarted
from marketplace.procurement.models import Party, Procurement, Project, Readiness
from marketplace.procurement.policies import may_start
from marketplace.procurement.queries.joint.finding import find_procurement
from marketplace.procurement.queries.joint.standing import terms_of
from marketplace.procurement.rules.joint.joining import answered_before
from marketplace.procurement.schemas import Protocol
from marketplace.procurement.states import PARTY, PROCUREMENT

JOINT_PILOT = "joint-pilot"


def start_procurement(
    db: Session, frameworks: Frameworks, product: Product, *, name: str, project: Project | None = None,
    procedure_id: str = JOINT_PILOT, by: Actor, at: datetime,
) -> Procurement:  # fmt: skip
    """Begin a purchase of a product's edition on show, with the actor's organisation as its lead and only party.

    With a decided `project`, what it knows is reused. Raises NotAllowed, NotFound, Conflict, Invalid by field.
    """
    if not may_start(by) or by.organisation_id is None:
        raise NotAllowed("a pilot is started by a buyer of a trust, board or integrated care board", "Act for one.")
    procedure = declared(frameworks, procedure_id)
    if product.live_version_id is None or product.organisation_id is None or product.state != "live":
        raise Conflict(f"{product.name} cannot be bought now", "It has to be on show, and its supplier here.")
    reused = _reused(project, product, by)
    called = clean_line(name, 100) or (project.name if project else "")
    if not called:
        told = "Give it a name, such as Ambient scribing in outpatients."
        raise Invalid("the pilot has no name", told, fields={"name": told})
    procurement = _begun(procedure, product, project, called, by, at)
    db.add(procurement)
    db.flush()
    quantities = dict(project.volumes) if project else {}
    party = a_party(procurement, by.organisation_id, "lead", position=0, weight=1, at=at)
    party.quantities = quantities
    add_party(db, procedure, party, at=at)
    started = ProcurementStarted(
        procurement_id=procurement.id, ref=procurement.ref, organisation_id=by.organisation_id, procedure=procedure.id,
        product_id=product.id, version_id=procurement.version_id, supplier_id=procurement.supplier_id,
        project_id=procurement.project_id, reused=reused,
    )  # fmt: skip
    record(db, started, by=by, at=at)
    db.flush()
    return find_procurement(db, procurement.ref, by=by)


def describe_procurement(
    db: Session, procurement: Procurement, protocol: Protocol, *, expected: int | None = None, by: Actor, at: datetime
) -> None:
    """Write the protocol anew; who said yes to the one before says yes again. Raises NotAllowed, Conflict."""
    begin_leading(db, procurement, OPEN_TO_CHANGE, by=by)
    hold_version(expected, procurement.row_version)
    before = terms_of(procurement).digest
    changed = [part for part, value in asdict(protocol).items() if getattr(procurement, part) != value]
    if not changed:
        return
    for part in changed:
        setattr(procurement, part, getattr(protocol, part))
    for party in procurement.parties:
        if party.answer_by is not None:
            party.answer_by = answered_before(party.answer_by, procurement.starts_on, on=day_in_london(at))
    note_change(db, procurement, changed, before, by=by, at=at)


def take_edition(db: Session, procurement: Procurement, *, by: Actor, at: datetime) -> None:
    """Take the edition of the product that is on show now. Raises NotAllowed, Conflict."""
    begin_leading(db, procurement, OPEN_TO_CHANGE, by=by)
    newest = procurement.product.live_version_id
    if newest is None or newest == procurement.version_id:
        raise Conflict("the pilot has the edition that is on show", "There is nothing to take over.")
    before = terms_of(procurement).digest
    procurement.version_id = newest
    note_change(db, procurement, ["version"], before, by=by, at=at)


def note_change(
    db: Session, procurement: Procurement, changed: list[str], before: str, *, by: Actor, at: datetime
) -> None:
    """Record what was written anew, and count the terms where they differ from those of the digest `before`."""
    if terms_of(procurement).digest != before:
        procurement.composition += 1
    composition = procurement.composition
    event = ProcurementDescribed(procurement_id=procurement.id, changed=changed, composition=composition)
    record(db, event, by=by, at=at)
    db.flush()


def declared(frameworks: Frameworks, procedure_id: str) -> Procedure:
    """The newest version of a procedure. Raises NotFound."""
    found = frameworks.procedures.get(procedure_id)
    if found is None:
        known = ", ".join(frameworks.procedures)
        raise NotFound(f"there is no procedure {quote(procedure_id)}", f"There are {known}.")
    return found


def a_party(
    procurement: Procurement, organisation_id: UUID, role: str, *, position: int, weight: int, at: datetime
) -> Party:
    """A party that was asked and has not answered."""
    return Party(
        id=new_id(at), procurement_id=procurement.id, organisation_id=organisation_id, role=role, position=position,
        state=PARTY.start, weight=weight, quantities={}, cost_code="", purchase_order="", confirmed={}, invited_at=at,
        state_reason="",
    )  # fmt: skip


def add_party(db: Session, procedure: Procedure, party: Party, *, at: datetime) -> None:
    """Put a party in, with what has to be ready at its site."""
    db.add(party)
    db.flush()
    db.add_all(
        Readiness(id=new_id(at), party_id=party.id, item=item.id, label=item.label) for item in procedure.readiness
    )
    db.flush()


def _reused(project: Project | None, product: Product, by: Actor) -> list[str]:
    """What the decision of a project gives. Raises Conflict where it was not decided for this product."""
    if project is None:
        return []
    if project.organisation_id != by.organisation_id:
        raise NotAllowed("the project belongs to another organisation", "Start from one of your own.")
    if project.state != "decided" or product.ref not in project.chosen:
        raise Conflict(
            f"{project.name} was not decided for {product.name}", "Record its decision first, or choose what it chose."
        )
    return ["name", "need", *(["volumes"] if project.volumes else [])]


def _begun(
    procedure: Procedure, product: Product, project: Project | None, name: str, by: Actor, at: datetime
) -> Procurement:
    return Procurement(
        id=new_id(at), ref=new_reference("PRC"), procedure=procedure.id, procedure_version=procedure.version, name=name,
        organisation_id=by.organisation_id, project_id=project.id if project else None, product_id=product.id,
        version_id=product.live_version_id, supplier_id=product.organisation_id, state=PROCUREMENT.start, route={},
        admits=[], composition=1, vat_percent=procedure.vat.percent, fewest=procedure.quorum.fewest, state_reason="",
        question="", exit_criteria="", stop_rule="", price_afterwards="", started_by_id=by.person_id, started_at=at,
    )  # fmt: skip
