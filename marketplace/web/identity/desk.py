"""What waits on the desk of somebody whose organisation is about to ask for a second factor."""

from collections.abc import Iterator
from typing import Any

from marketplace.faces.ask import Ask
from marketplace.identity.models import Organisation
from marketplace.identity.queries.factors import proven_strongly


def setting_up(ask: Ask) -> Iterator[dict[str, Any]]:
    """A second factor to set up, by the day from which nobody acts without one."""
    organisation = ask.db.get(Organisation, ask.by.organisation_id) if ask.by.organisation_id else None
    since = organisation.second_factor_from if organisation else None
    if organisation is None or since is None or ask.caller is None or ask.caller.is_demonstration:
        return
    if not proven_strongly(ask.db, [ask.person_id]):
        yield {
            "title": "Set up a second factor", "url": "/account/second-factor", "due": since, "kind": "Your account",
            "text": f"From that day on nobody acts for {organisation.name} with a password alone.",
        }  # fmt: skip
