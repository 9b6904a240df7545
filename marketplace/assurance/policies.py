"""Who may do what in assurance: the supplier answers, the body assesses, buyers rely on it."""

from marketplace.assurance.models import (
    Appeal,
    Case,
    Certificate,
    Declaration,
    Deployment,
    Incident,
    Receipt,
    SafetyNotice,
)
from marketplace.catalogue.models import Product
from marketplace.catalogue.policies import may_edit
from marketplace.identity.models import Organisation
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


def may_answer_here(actor: Actor) -> bool:
    """Answer for one's own organisation's use of a product: who may rely, and who leads information governance."""
    return may_rely(actor) or (actor.is_buyer and actor.may(Permission.PRIVACY_APPROVE))


def may_settle_renewal(actor: Actor, certificate: Certificate) -> bool:
    """Say whether a newer date counts: an assessor of the body that gave the certificate."""
    return actor.may(Permission.ASSURANCE_ASSESS) and owns(actor, certificate.body_id)


def may_keep_keys(actor: Actor) -> bool:
    """Make a next key for credentials, and give one up: an operator of Touchstone."""
    return actor.may(Permission.OPERATE)


def may_keep_log(actor: Actor, product: Product) -> bool:
    """Write the manufacturer's hazard log, give out its reports and notices: whoever may edit the listing."""
    return may_edit(actor, product)


def may_plan_deployment(actor: Actor) -> bool:
    """Say that one's organisation is going to use a product: whoever buys, answers for safety or runs contracts."""
    able = (Permission.PROJECT_WRITE, Permission.SAFETY_APPROVE, Permission.CONTRACT_MANAGE)
    return actor.is_buyer and any(actor.may(permission) for permission in able)


def may_keep_deployment(actor: Actor, deployment: Deployment) -> bool:
    """Keep its log, decide on hazards, give out its report, let it go live or end: its clinical safety officer."""
    return actor.may(Permission.SAFETY_APPROVE) and owns(actor, deployment.organisation_id)


def may_write_record(actor: Actor, deployment: Deployment) -> bool:
    """Write its transparency record: whoever answers for safety or privacy there, buys or runs contracts."""
    able = (
        Permission.SAFETY_APPROVE, Permission.PRIVACY_APPROVE, Permission.PROJECT_WRITE, Permission.CONTRACT_MANAGE
    )  # fmt: skip
    return owns(actor, deployment.organisation_id) and any(actor.may(permission) for permission in able)


def may_report_incident(actor: Actor) -> bool:
    """Report what went wrong: anybody who acts for an organisation, whatever their role."""
    return actor.organisation_id is not None and actor.person_id is not None


def may_handle_incident(actor: Actor, incident: Incident) -> bool:
    """Judge an incident, make it safe and close it: somebody of the supplier who writes for it."""
    return actor.may(Permission.CATALOGUE_WRITE) and owns(actor, incident.supplier_id)


def is_of_incident(actor: Actor, incident: Incident) -> bool:
    """Add to its journal: the supplier and the organisation that reported it."""
    return owns(actor, incident.supplier_id) or owns(actor, incident.organisation_id)


def may_keep_notice(actor: Actor, notice: SafetyNotice) -> bool:
    """Write, send and close a notice: somebody of the supplier who writes for it."""
    return actor.may(Permission.CATALOGUE_WRITE) and owns(actor, notice.supplier_id)


def may_answer_notice(actor: Actor, receipt: Receipt) -> bool:
    """Acknowledge a notice and say what was done: a clinical safety officer of the organisation that it reached."""
    return actor.may(Permission.SAFETY_APPROVE) and owns(actor, receipt.organisation_id)


def may_accredit(actor: Actor) -> bool:
    """Let a body assess under a framework, and take that away: an operator of Touchstone."""
    return actor.may(Permission.OPERATE)


def may_recognise(actor: Actor, body: Organisation) -> bool:
    """Declare whose decisions a body takes as its own: its manager, or an operator of Touchstone."""
    return (actor.may(Permission.MEMBER_MANAGE) and owns(actor, body.id)) or actor.may(Permission.OPERATE)


def may_keep_people(actor: Actor, body: Organisation) -> bool:
    """Keep who of a body is competent for what: its manager."""
    return actor.may(Permission.MEMBER_MANAGE) and owns(actor, body.id)


def may_set_trust(actor: Actor) -> bool:
    """Say whose decisions an organisation relies on: a manager of one that buys."""
    return actor.is_buyer and actor.may(Permission.MEMBER_MANAGE)


def may_hear(actor: Actor, appeal: Appeal) -> bool:
    """Belong to the body that hears an appeal, as an assessor. Who is named on it does the rest."""
    return actor.may(Permission.ASSURANCE_ASSESS) and owns(actor, appeal.body_id)


def has_opened(actor: Actor, appeal: Appeal) -> bool:
    """Be the one who hears an appeal, and have declared that there is no conflict of interest."""
    return actor.person_id is not None and appeal.assessor_id == actor.person_id and appeal.declared_at is not None
