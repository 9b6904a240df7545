"""Where logs, reports, deployments, incidents and notices stand in the world of the house tests."""

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.assurance.actions.safety.incidents import report_incident
from marketplace.assurance.actions.safety.notices import write_notice
from marketplace.assurance.models import Incident
from marketplace.catalogue.models import Product
from marketplace.faces.services import Services
from tests.assurance.safety import NOTICE, a_deployment, a_log, a_notice, a_report, a_safety_officer, decide_all
from tests.assurance.scenes import whole
from tests.catalogue.shelf import a_live
from tests.house.places import People, Place


def places(db: Session, services: Services, people: People, at: datetime) -> dict[str, Place]:
    """A product with a log and a report, used by Ashdown: a planned deployment, an incident, a draft and a notice."""
    frameworks, lumen, rival = services.frameworks, people.lumen, people.rival
    product = _product(db, services, people, "Safe Scribe", at)
    a_log(db, frameworks, product, by=lumen, at=at)
    report = a_report(db, frameworks, product, by=lumen, at=at)
    officer = a_safety_officer(db, at=at)
    deployment = a_deployment(db, product, by=people.buyer, at=at)
    decide_all(db, frameworks, deployment, by=officer, at=at)
    incident = _incident(db, services, people, product, at)
    draft = write_notice(db, product, NOTICE, frameworks=frameworks, by=lumen, at=at)
    notice = a_notice(db, frameworks, product, by=lumen, at=at, title="Another one")
    closed = _incident(db, services, people, product, at, state="closed")
    used = Place(officer, people.other_buyer, {"ref": deployment.ref, "number": "1"})
    handled = Place(lumen, rival, {"ref": incident.ref})
    answered = Place(officer, people.other_buyer, {"ref": notice.ref})
    return {
        "/listings/{ref:str}/safety": Place(lumen, rival, {"ref": product.ref, "number": "1"}),
        "/products/{ref:str}/safety/": Place(lumen, people.other_buyer, {"ref": product.ref}),
        "/products/{ref:str}/hazards": Place(lumen, people.other_buyer, {"ref": product.ref}),
        "/products/{ref:str}/deployments": Place(people.other_buyer, rival, {"ref": product.ref}),
        "/safety-reports/": Place(lumen, rival, {"ref": report.ref}),
        "/deployments/": used,
        "/incidents/": handled,
        "/incidents/{ref:str}/reopening": Place(lumen, rival, {"ref": closed.ref}),
        "/safety-notices/": answered,
        "/safety-notices/{ref:str}/draft": Place(lumen, rival, {"ref": draft.ref}),
        "/safety-notices/{ref:str}/issue": Place(lumen, rival, {"ref": draft.ref}),
        "/safety-notices/{ref:str}/discarding": Place(lumen, rival, {"ref": draft.ref}),
        "/safety-notices/{ref:str}/closure": Place(lumen, rival, {"ref": notice.ref}),
    }


def _product(db: Session, services: Services, people: People, name: str, at: datetime) -> Product:
    frameworks = services.frameworks
    return whole(db, a_live(db, frameworks, by=people.lumen, moderator=people.moderator, at=at, name=name))


def _incident(
    db: Session, services: Services, people: People, product: Product, at: datetime, *, state: str = "triaged"
) -> Incident:
    given = {"severity": "low", "words": "A letter was sent twice."}
    incident = report_incident(db, product, given, frameworks=services.frameworks, by=people.buyer, at=at)
    incident.state = state
    db.flush()
    return incident
