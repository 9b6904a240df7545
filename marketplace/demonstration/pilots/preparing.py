"""From the protocol to the settled procurement: who was asked, who approved what, who joined."""

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from functools import partial
from io import BytesIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.actions.relying import accept_assurance
from marketplace.assurance.queries.certificates import certificate_in_force
from marketplace.demonstration.content import Document
from marketplace.demonstration.papers import content_of
from marketplace.demonstration.pilots.content import Calendar, PilotOf
from marketplace.demonstration.stage import Scene, Stage, organisation_called, product_known
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotFound
from marketplace.kit.money import Money
from marketplace.kit.text import quote
from marketplace.procurement.actions.joint.answering import join
from marketplace.procurement.actions.joint.approvals import Given, Paper, give_approval, keep_paper
from marketplace.procurement.actions.joint.ending import settle_procurement
from marketplace.procurement.actions.joint.holding import own_part
from marketplace.procurement.actions.joint.parties import invite_party, open_invitations, set_shares
from marketplace.procurement.actions.joint.preparing import describe_call_off
from marketplace.procurement.actions.joint.start import describe_procurement, start_procurement
from marketplace.procurement.models import Procurement, Project
from marketplace.procurement.queries.joint import find_procurement
from marketplace.procurement.schemas import read_call_off, read_protocol

BEGUN, OPENED, JOINED, APPROVED, RELIED, SETTLED = 78, 74, 68, 60, 56, 50
"""Days before the first day of the pilot."""
VAT = Fraction(1, 5)
APPROVALS = (
    ("deployment-safety-case", "clinical-safety-officer", "Deployment safety case"),
    ("data-protection-impact-assessment", "information-governance-lead", "Data protection impact assessment"),
    ("budget", "budget-holder", ""),
    ("executive", "approver", ""),
)


def scenes(stage: Stage, pilot: PilotOf, calendar: Calendar) -> Iterator[Scene]:
    """Each step of preparing a pilot."""
    yield Scene(calendar.before(BEGUN), partial(_start, stage, pilot, calendar))
    yield Scene(calendar.before(OPENED), partial(_open, stage, pilot, calendar.before(OPENED)))
    for place, party in enumerate(reversed(pilot.parties)):
        name, later = party.organisation, 30 * place
        yield Scene(calendar.before(JOINED, later), partial(_join, stage, pilot, name, calendar.before(JOINED, later)))
        for step, approval in enumerate(APPROVALS):
            at = calendar.before(APPROVED - step, later)
            yield Scene(at, partial(_approve, stage, pilot, name, approval, at))
        at = calendar.before(RELIED, later)
        yield Scene(at, partial(_rely, stage, pilot, name, at))
    yield Scene(calendar.before(SETTLED), partial(_settle, stage, pilot, calendar.before(SETTLED)))


def procurement_of(db: Session, pilot: PilotOf, by: Actor) -> Procurement:
    """The procurement of a pilot as somebody of one of its parties finds it. Raises NotFound."""
    lead = organisation_called(db, pilot.lead)
    named = select(Procurement.ref).where(Procurement.name == pilot.name)
    ref = db.scalars(named.where(Procurement.organisation_id == (lead.id if lead else None))).first()
    if ref is None:
        raise NotFound(f"there is no pilot {quote(pilot.name)}", "Play it from the start.")
    db.expire_all()
    return find_procurement(db, ref, by=by)


def _start(stage: Stage, pilot: PilotOf, calendar: Calendar, db: Session) -> None:
    by, at = stage.somebody(db, pilot.lead, "buyer"), calendar.before(BEGUN)
    project = db.scalars(select(Project).where(Project.name == pilot.project)).first() if pilot.project else None
    chosen = project if project is not None and project.state == "decided" else None
    procurement = start_procurement(
        db, stage.frameworks, product_known(db, pilot.product), name=pilot.name, project=chosen, by=by, at=at
    )
    procedure = stage.frameworks.procedures[procurement.procedure]
    typed = {
        "name": pilot.name, "question": pilot.question, "exit_criteria": pilot.exit_criteria,
        "stop_rule": pilot.stop_rule, "price_afterwards": pilot.price_afterwards, "fewest": str(len(pilot.parties)),
        "starts_on": calendar.begins.isoformat(), "ends_on": calendar.ends.isoformat(),
        "fee_ceiling": str(Money(pilot.cap_pence)), "route": pilot.route["kind"],
        **{name: value for name, value in pilot.route.items() if name != "kind"},
    }  # fmt: skip
    protocol = read_protocol(typed, [route.id for route in procedure.routes])
    describe_procurement(db, procurement_of(db, pilot, by), protocol, by=by, at=at)


def _open(stage: Stage, pilot: PilotOf, at: datetime, db: Session) -> None:
    by = stage.somebody(db, pilot.lead, "buyer")
    for party in pilot.parties[1:]:
        invited = organisation_called(db, party.organisation)
        if invited is not None:
            invite_party(db, stage.frameworks, procurement_of(db, pilot, by), invited, by=by, at=at)
    procurement = procurement_of(db, pilot, by)
    weights = {party.organisation: str(party.weight) for party in pilot.parties}
    typed = {party.organisation.ref: weights[party.organisation.name] for party in procurement.parties}
    set_shares(db, procurement, "parts", typed, by=by, at=at)
    open_invitations(db, stage.frameworks, procurement_of(db, pilot, by), by=by, at=at)


def _join(stage: Stage, pilot: PilotOf, name: str, at: datetime, db: Session) -> None:
    buyer, signatory = stage.somebody(db, name, "buyer"), stage.somebody(db, name, "approver")
    procurement = procurement_of(db, pilot, buyer)
    declared = next(party for party in pilot.parties if party.organisation == name)
    typed = {"cost_code": declared.cost_code, "purchase_order": declared.purchase_order}
    typed |= {unit: str(number) for unit, number in declared.quantities.items()}
    describe_call_off(db, procurement, own_part(procurement, buyer), read_call_off(typed), by=buyer, at=at)
    procurement = procurement_of(db, pilot, buyer)
    join(db, procurement, own_part(procurement, signatory), by=signatory, at=at)


def _approve(
    stage: Stage, pilot: PilotOf, name: str, approval: tuple[str, str, str], at: datetime, db: Session
) -> None:
    kind, role, title = approval
    by = stage.somebody(db, name, role)
    procurement = procurement_of(db, pilot, by)
    given = Given(paper=_paper(stage, pilot, title)) if title else Given(amount=_share(pilot, name))
    give_approval(db, stage.frameworks, procurement, own_part(procurement, by), kind, given, by=by, at=at)


def _share(pilot: PilotOf, name: str) -> Money:
    """What an organisation pays at most, with VAT."""
    places = [party.organisation for party in pilot.parties]
    shares = Money(pilot.cap_pence).split([party.weight for party in pilot.parties])
    return shares[places.index(name)].vat(VAT).gross


def _paper(stage: Stage, pilot: PilotOf, title: str) -> Paper:
    words = f"{title} for {pilot.product}, as it is used in the pilot “{pilot.name}”. Invented for the demonstration."
    file = Document(kind="clinical-safety-case", file=f"{title.lower().replace(' ', '-')}.pdf", text=words, title=title)
    return keep_paper(stage.files, BytesIO(content_of(file, pilot.product)), file.file)


def _rely(stage: Stage, pilot: PilotOf, name: str, at: datetime, db: Session) -> None:
    by = stage.somebody(db, name, "clinical-safety-officer")
    procurement, on = procurement_of(db, pilot, by), day_in_london(at)
    certificate = certificate_in_force(db, stage.frameworks, procurement.product_id, procurement.version_id, on=on)
    if certificate is None:
        raise NotFound(f"{pilot.product} has no certificate in force on {on}", "Mend assurance.yaml.")
    accept_assurance(db, certificate, frameworks=stage.frameworks, by=by, at=at)


def _settle(stage: Stage, pilot: PilotOf, at: datetime, db: Session) -> None:
    by = stage.somebody(db, pilot.lead, "buyer")
    settle_procurement(db, stage.frameworks, procurement_of(db, pilot, by), by=by, at=at)
