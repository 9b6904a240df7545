"""What waits in evidence at the desk: claims beneath which a study was retracted or corrected."""

from collections.abc import Iterator
from typing import Any

from marketplace.evidence.queries.claims import claims_opened_again
from marketplace.faces.ask import Ask
from marketplace.identity.policies import Permission


def looking_again(ask: Ask) -> Iterator[dict[str, Any]]:
    """The claims of one's organisation that have to be looked at again."""
    if not ask.may(Permission.CATALOGUE_WRITE) or ask.by.organisation_id is None:
        return
    for claim, reopening in claims_opened_again(ask.db, ask.by.organisation_id):
        yield {
            "title": f"Look at a claim again: {claim.words}", "url": f"/claims/{claim.ref}",
            "text": reopening.because, "due": reopening.at, "kind": "Evidence",
        }  # fmt: skip
