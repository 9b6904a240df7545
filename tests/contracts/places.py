"""One draft of a contract, made through the actions, and the addresses below it."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.contracts.models import Obligation
from marketplace.faces.services import Services
from marketplace.identity.policies import Actor
from marketplace.kit.ids import new_id
from tests import cast
from tests.contracts.agreements import a_draft, a_settled_procurement
from tests.contracts.outcome_places import running_places
from tests.house.places import People, Place

ROLES = ("buyer", "approver", "contract-manager", "finance-officer", "clinical-safety-officer")


def places(db: Session, services: Services, people: People, at: datetime) -> dict[str, Place]:
    """The contract is Ashdown's and Lumen's; Calder Valley stands outside. Its owner here may do all that a party may."""
    owner = cast.an_actor(db, "Noor Aziz", "Ashdown Hospitals NHS Trust", "trust", *ROLES, at=at)
    product = cast.a_product(db, of=people.lumen, at=at, name="Contracted Scribe")
    procurement = a_settled_procurement(db, product, lead=owner, at=at)
    contract = a_draft(db, services.frameworks, procurement, by=owner, at=at)
    duty = Obligation(
        id=new_id(at), contract_id=contract.id, key="report", kind="report", label="Report", note="",
        organisation_id=owner.organisation_id, due_on=date(2027, 2, 10),
    )  # fmt: skip
    db.add(duty)
    db.flush()
    inside = {"ref": contract.ref, "section": "term", "key": "letter-minutes", "duty": str(duty.id)}
    nobody = Actor(None, None, frozenset())
    return {
        "/contracts/": Place(owner, people.other_buyer, inside),
        "/contract-templates/": Place(nobody, nobody, {"template": "joint-pilot"}),
        **running_places(db, services, people, owner, at),
    }
