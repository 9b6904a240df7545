"""Who may do what with a study. Whether the product is theirs is for those who find it to say: it stands above."""

from marketplace.evidence.models import Study
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
