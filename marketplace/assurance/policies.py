"""Who may do what in assurance: the supplier answers, the body assesses, buyers rely on it."""

from marketplace.assurance.models import Case, Certificate, Declaration
from marketplace.catalogue.models import Product
from marketplace.catalogue.policies import may_edit
from marketplace.identity.policies import Actor, Permission, owns

RELYING = (Permission.PROJECT_WRITE, Permission.SAFETY_APPROVE, Permission.CONTRACT_APPROVE)
"""Any of these decides for a buying organisation whether it relies on a certificate."""


def may_answer(actor: Actor, product: Product) -> bool:
    """Answer, put documents behind answers, apply and reply: whoever may edit the listing."""
    return may_edit(actor, product)


def may_reply(actor: Actor, case: Case) -> bool:
    """Reply to a clarification, and withdraw the case: somebody of the supplier who writes for it."""
    return actor.may(Permission.CATALOGUE_WRITE) and owns(actor, case.supplier_id)


def may_assess(actor: Actor, case: Case) -> bool:
    """Belong to the body of the case, as an assessor. Seats, papers and decisions ask for more."""
    return actor.may(Permission.ASSURANCE_ASSESS) and owns(actor, case.body_id)


def seat_of(actor: Actor, case: Case) -> str:
    """Which seat a person has in a case, by person and not by account: first, second, third, or none."""
    seats = {"first": case.first_assessor_id, "second": case.second_assessor_id, "third": case.third_assessor_id}
    held = [name for name, person_id in seats.items() if person_id is not None and person_id == actor.person_id]
    return held[0] if held else ""


def may_open_papers(actor: Actor, case: Case, declared: Declaration | None) -> bool:
    """Read answers, documents and findings: who has a seat and declared that they have no conflict."""
    return may_assess(actor, case) and bool(seat_of(actor, case)) and declared is not None and not declared.has_conflict


def may_keep(actor: Actor, certificate: Certificate) -> bool:
    """Suspend, reinstate and withdraw: an assessor of the body that gave it, or an operator of Touchstone."""
    assesses = actor.may(Permission.ASSURANCE_ASSESS) and owns(actor, certificate.body_id)
    return assesses or actor.may(Permission.OPERATE)


def may_rely(actor: Actor) -> bool:
    """Accept or refuse an assurance for one's own organisation, which has to be one that buys."""
    return actor.is_buyer and any(actor.may(permission) for permission in RELYING)


def may_settle_renewal(actor: Actor, certificate: Certificate) -> bool:
    """Say whether a newer date counts: an assessor of the body that gave the certificate."""
    return actor.may(Permission.ASSURANCE_ASSESS) and owns(actor, certificate.body_id)
