"""A risk that the matrix does not let out keeps a listing from going live, whoever asks and from whichever door."""

import pytest

from marketplace.assurance.actions.safety.deployments import plan_deployment
from marketplace.assurance.actions.safety.hazards import write_hazard
from marketplace.assurance.queries.safety.logs import log_of
from marketplace.catalogue.actions.listing import reinstate_listing, suspend_listing
from marketplace.catalogue.models import Product
from marketplace.faces.safety import hindered_by_hazards
from marketplace.kit.errors import Conflict
from marketplace.kit.jobs import drain
from marketplace.wiring import subscribers_over
from tests.assurance.safety import NEGATION
from tests.cast import a_product
from tests.catalogue.shelf import a_complete_draft, a_live, a_submitted

DANGEROUS = {**NEGATION, "name": "A dose is misheard", "residual-severity": "catastrophic", "residual-likelihood": "high"}
TOLD = "hazard 1, A dose is misheard: the risk that is left is 5, unacceptable"


def rate(db, frameworks, product, by, at, deployment=None, **changes):
    there = log_of(db, product.id, deployment_id=deployment.id if deployment else None)
    hazard = there[0] if there else None
    write_hazard(
        db, product, {**DANGEROUS, **changes}, hazard=hazard, row_version=hazard.row_version if hazard else None,
        deployment=deployment, frameworks=frameworks, by=by, at=at,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("likelihood", "severity", "blocks"),
    [("very-high", "catastrophic", True), ("medium", "catastrophic", True), ("high", "major", True), ("low", "major", False), ("very-low", "minor", False)],
)  # fmt: skip
def test_what_blocks_is_what_the_matrix_declares(db, frameworks, lumen, now, likelihood, severity, blocks):
    product = a_product(db, of=lumen, at=now)

    rate(db, frameworks, product, lumen, now, **{"residual-likelihood": likelihood, "residual-severity": severity})

    assert bool(hindered_by_hazards(db, frameworks, product)) == blocks


def test_a_supplier_cannot_submit_and_sees_why(db, frameworks, client_of, lumen, now):
    product = a_complete_draft(db, frameworks, by=lumen, at=now)
    rate(db, frameworks, product, lumen, now)
    ref = product.ref
    db.commit()
    supplier = client_of(lumen)

    assert TOLD[1:] in supplier.get(f"/listings/{ref}").text
    refused = supplier.send_form(f"/listings/{ref}/submission")

    assert refused.status_code == 409
    assert TOLD in refused.text


def test_a_moderator_cannot_publish_until_the_risk_is_less(db, frameworks, client_of, lumen, moderator, now):
    product = a_submitted(db, frameworks, by=lumen, at=now)
    rate(db, frameworks, product, lumen, now)
    ref = product.ref
    db.commit()
    desk = client_of(moderator)

    assert "It cannot go live: too much risk is left" in desk.get(f"/moderation/{ref}").text
    refused = desk.send_form(f"/listings/{ref}/publication")
    assert refused.status_code == 409
    assert TOLD in refused.text

    rate(db, frameworks, db.get_one(Product, product.id), lumen, now, **{"residual-likelihood": "very-low", "reason": "Rare."})
    db.commit()
    assert desk.send_form(f"/listings/{ref}/publication").status_code == 303


def test_a_suspended_listing_does_not_come_back_with_it(db, frameworks, lumen, moderator, now):
    product = a_live(db, frameworks, by=lumen, moderator=moderator, at=now)
    suspend_listing(db, product, reason="It mishears doses.", by=moderator, at=now)

    with pytest.raises(Conflict, match="cannot go live: hazard 1, too loud"):
        reinstate_listing(db, product, reason="Again.", hindered=["hazard 1, too loud"], by=moderator, at=now)


def test_whoever_holds_a_suspended_product_reads_why_where_they_use_it(
    db, frameworks, services, client_of, lumen, moderator, buyer, now
):
    product = a_live(db, frameworks, by=lumen, moderator=moderator, at=now)
    deployment = plan_deployment(db, product, place="", by=buyer, at=now)
    ref, used = product.ref, deployment.ref
    db.commit()
    supplier = client_of(lumen)
    told = "A listing on show is suspended at once when a risk that is left is rated 4 or 5."
    assert told in supplier.get(f"/listings/{ref}/safety/hazards/new").text
    db.commit()

    rate(db, frameworks, db.get_one(Product, product.id), lumen, now)
    db.commit()
    drain(services.database, subscribers_over(services), clock=lambda: now)

    holder = client_of(buyer)
    shown = holder.get(f"/deployments/{used}").text
    assert "Its listing is suspended" in shown
    assert TOLD[1:] in shown
    assert "Listing suspended" in holder.get("/safety").text
    page = holder.get(f"/products/{ref}").text
    assert TOLD[1:] in page
    assert "Start a joint pilot" not in page
