"""Whose drafts an ask is about."""

from marketplace.faces.ask import Ask
from marketplace.kit.errors import NotAllowed
from marketplace.kit.unsent import Owner


def owner_of(ask: Ask) -> Owner:
    """The person acting for their organisation. Raises NotAllowed for somebody who acts for none."""
    if ask.by.organisation_id is None:
        raise NotAllowed("drafts are kept for people of an organisation", "Act for one of yours.")
    return Owner(ask.by.organisation_id, ask.person_id)
