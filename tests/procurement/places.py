"""One pilot of two trusts and a project with a deadline, made through the actions, and the addresses below them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.faces.comments import thing_of
from marketplace.faces.services import Services
from marketplace.identity.actions.calendars import make_feed
from marketplace.identity.actions.remarks import Saying, remark_on
from marketplace.procurement.actions.deadlines import Due, set_deadline
from marketplace.procurement.actions.joint import Given, give_approval, keep_paper
from marketplace.procurement.models import Readiness
from tests import cast
from tests.house.places import People, Place
from tests.procurement.joint import a_buyer, a_stream, a_trust, an_open_pilot, part
from tests.procurement.scenes import a_project


def places(db: Session, services: Services, people: People, at: datetime) -> dict[str, Place]:
    """The pilot is Ashdown's and a third trust's; Calder Valley stands outside, and so does every supplier."""
    lead = a_trust(db, people.buyer, at=at)
    second = a_trust(db, a_buyer(db, "Nell Second", "Second Trust NHS Trust", at=at), at=at)
    product = cast.a_product(db, of=people.lumen, at=at, name="Piloted Scribe")
    pilot = an_open_pilot(db, services.frameworks, product, lead, second, at=at)
    own = part(pilot, lead)
    paper = keep_paper(services.files, a_stream(), "case.pdf")
    turn = give_approval(
        db, services.frameworks, pilot, own, "deployment-safety-case", Given(paper=paper), by=lead.safety, at=at
    )
    item = db.scalars(select(Readiness).where(Readiness.party_id == own.id).order_by(Readiness.id)).first()
    assert item is not None
    inside = {
        "ref": pilot.ref, "party": second.ref, "kind": "deployment-safety-case", "item": str(item.id),
        "paper": str(turn.id),
    }  # fmt: skip
    about = thing_of(db, "procurement", pilot.ref, by=people.buyer)
    remark = remark_on(db, about, Saying("Ask them."), by=people.buyer, at=at)
    project = a_project(db, by=people.buyer, at=at)
    deadline = set_deadline(db, project, label="Visit", due=Due(at.date()), by=people.buyer, at=at)
    said = {"kind": "procurement", "ref": pilot.ref, "comment": str(remark.id)}
    return {
        "/calendar/feed/": Place(people.buyer, people.other_buyer, {"secret": make_feed(db, by=people.buyer, at=at)}),
        "/comments/": Place(people.buyer, people.other_buyer, said),
        "/projects/{ref:str}/deadlines": Place(
            people.buyer, people.other_buyer, {"ref": project.ref, "deadline": str(deadline.id)}
        ),
        "/procurements/": Place(people.buyer, people.other_buyer, inside),
        "/procurements/{ref:str}/join": Place(people.buyer, people.rival, inside),
    }
