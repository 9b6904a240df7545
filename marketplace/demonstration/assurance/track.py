"""A product on its way through assurance: who acts, when, and what is there already."""

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.assurance.actions.keys import Seal
from marketplace.assurance.models import Case, Certificate
from marketplace.assurance.queries.cases import cases_of, hold_case
from marketplace.assurance.queries.certificates import certificate_of_case
from marketplace.catalogue.models import Product
from marketplace.demonstration.assurance.content import AssuranceOf, CaseOf
from marketplace.demonstration.stage import Stage, product_called
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.identity.policies import Actor
from marketplace.kit.errors import NotFound
from marketplace.kit.text import quote
from marketplace.kit.values import Value


class Track(Value):
    """One case as it is declared, on the stage. Days are counted back from the application."""

    stage: Stage
    declared: AssuranceOf
    case_of: CaseOf
    seal: Seal

    def at(self, days_after: int, minutes: int) -> datetime:
        """A moment so many days after the application; minutes keep the order where weekends fold days together."""
        return self.stage.moment(max(self.case_of.applied - days_after, 0), minutes)

    def writer(self, db: Session) -> Actor:
        return self.stage.somebody(db, self.case_of.supplier, "supplier-manager")

    def assessor(self, db: Session, name: str) -> Actor:
        return self.stage.actor(db, name, self.case_of.body)

    def framework(self) -> AssuranceFramework:
        return self.stage.frameworks.assurance[self.case_of.framework]

    def product(self, db: Session) -> Product:
        """Raises NotFound."""
        found = product_called(db, self.case_of.product, self.case_of.supplier)
        if found is None:
            raise NotFound(f"there is no product {quote(self.case_of.product)}", "Mend its name in assurance.yaml.")
        return found

    def case(self, db: Session) -> Case | None:
        """The case of this application; there is one of each product and framework in the demonstration.

        It is looked for once in a session, and read anew each time.
        """
        known: dict[tuple[str, str], Case] = db.info.setdefault("cases", {})
        name = self.case_of.product, self.case_of.framework
        first = known.get(name) or first_case(db, self.product(db), self.case_of.framework)
        if first is None:
            return None
        known[name] = first
        return hold_case(db, first)

    def known_case(self, db: Session) -> Case:
        found = self.case(db)
        assert found is not None, self.case_of.product
        return found

    def certificate(self, db: Session) -> Certificate:
        found = certificate_of_case(db, self.known_case(db).id)
        assert found is not None, self.case_of.product
        return found


def first_case(db: Session, product: Product, framework: str) -> Case | None:
    """The first case of a product under a framework, which is the one that is declared."""
    known = [each for each in cases_of(db, product.id) if each.framework_id == framework]
    return known[-1] if known else None
