"""What waits for a moderator."""

from datetime import datetime

from marketplace.api.calls import Asked, get
from marketplace.api.catalogue.claims import ClaimOut, claim_out
from marketplace.api.catalogue.products import EditionOut, SupplierOut, edition_out, supplier_out
from marketplace.api.shapes import Out
from marketplace.catalogue.queries.moderation import Waiting, claims_waiting, lookalikes, waiting
from marketplace.identity.policies import Permission


class LookalikeOut(Out):
    """A product of another supplier that the name can be taken for."""

    ref: str
    name: str
    supplier: str
    looks_the_same: bool


class WaitingOut(Out):
    """A submitted edition; `is_own` where this caller cannot decide on it."""

    ref: str
    supplier: SupplierOut
    edition: EditionOut
    since: datetime
    days: int
    is_own: bool
    lookalikes: list[LookalikeOut]
    url: str


class QueueOut(Out):
    """Everything that waits, oldest first."""

    listings: list[WaitingOut]
    claims: list[ClaimOut]


@get("/moderation", who=Permission.CATALOGUE_MODERATE)
def queue(ask: Asked) -> QueueOut:
    """Submitted editions and claims that nobody has decided on, oldest first."""
    claims = [claim_out(claim, claim.product) for claim in claims_waiting(ask.db, by=ask.by)]
    return QueueOut(listings=[_waiting(ask, one) for one in waiting(ask.db, by=ask.by)], claims=claims)


def _waiting(ask: Asked, one: Waiting) -> WaitingOut:
    product = one.product
    alike = lookalikes(ask.db, one.version.name, except_id=product.id, supplier_id=product.organisation_id)
    return WaitingOut(
        ref=product.ref, supplier=supplier_out(product.supplier, product.supplier_name),
        edition=edition_out(one.version), since=one.since, days=one.days(ask.at), is_own=one.is_own,
        lookalikes=[
            LookalikeOut(ref=a.product.ref, name=a.product.name, supplier=a.registered, looks_the_same=a.alike.same)
            for a in alike
        ],
        url=f"/v1/listings/{product.ref}",
    )  # fmt: skip


CALLS = [queue]
