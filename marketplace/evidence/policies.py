"""Who may do what with a study. Whether the product is theirs is for those who find it to say: it stands above."""

from marketplace.evidence.models import Claim, Protocol, Study
from marketplace.identity.policies import Actor, Permission, is_the_house, owns


def may_add(actor: Actor) -> bool:
    """Write a study of one's own product down: whoever writes for the supplier."""
    return actor.may(Permission.CATALOGUE_WRITE) and actor.organisation_id is not None


def may_change(actor: Actor, study: Study) -> bool:
    """Write on it, publish it, correct it: its owner. What a contract found is nobody's to change."""
    return may_add(actor) and owns(actor, study.organisation_id) and not study.contract_ref


def may_retract(actor: Actor, study: Study) -> bool:
    """The owner; a moderator outside it, who alone retracts what a contract found."""
    outside = actor.may(Permission.CATALOGUE_MODERATE) and not owns(actor, study.organisation_id)
    return may_change(actor, study) or outside


def may_record_pilot(actor: Actor) -> bool:
    """Take in what a pilot came to: the clock, and whoever decides pilots or manages contracts for an organisation."""
    return is_the_house(actor) or actor.may(Permission.CONTRACT_MANAGE) or actor.may(Permission.CONTRACT_SIGN)


def may_see_draft(actor: Actor | None, study: Study) -> bool:
    """What is not published is for the people of its owner alone."""
    return actor is not None and may_add(actor) and owns(actor, study.organisation_id)


def may_change_claim(actor: Actor, claim: Claim) -> bool:
    """Write a claim, publish it, withdraw it: its owner."""
    return may_add(actor) and owns(actor, claim.organisation_id)


def may_appraise(actor: Actor) -> bool:
    """Read studies critically for others: assessors, and academics who offer evaluation."""
    return actor.may(Permission.ASSURANCE_ASSESS) or actor.may(Permission.EVALUATION_OFFER)


def may_weigh(actor: Actor, claim: Claim) -> bool:
    """Say what a result does for a claim: its owner, and whoever appraises and is not of its owner."""
    return may_change_claim(actor, claim) or (may_appraise(actor) and not owns(actor, claim.organisation_id))


def may_appraise_study(actor: Actor, study: Study) -> bool:
    """Appraise a study: whoever appraises and does not own it. That the product is not theirs is for callers to say."""
    return may_appraise(actor) and not owns(actor, study.organisation_id)


EVALUATING = (
    Permission.EVALUATION_OFFER, Permission.PROJECT_WRITE, Permission.CONTRACT_MANAGE, Permission.SAFETY_APPROVE,
    Permission.CATALOGUE_WRITE,
)  # fmt: skip
"""Whoever evaluates products: academics, buyers, clinical safety officers; suppliers their own, which is marked."""


def may_evaluate(actor: Actor) -> bool:
    """Plan an evaluation and bring in what it finds."""
    return actor.organisation_id is not None and any(actor.may(each) for each in EVALUATING)


def may_run_protocol(actor: Actor, protocol: Protocol) -> bool:
    """Write on a plan, stamp it, bring data in: the organisation whose plan it is."""
    return may_evaluate(actor) and owns(actor, protocol.organisation_id)
