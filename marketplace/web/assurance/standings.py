"""How far a supplier's product is under every framework, and which apply to it."""

from typing import Any

from marketplace.assurance.rules.standings import FrameworkStanding
from marketplace.catalogue.queries.products import own_product
from marketplace.faces.ask import Ask
from marketplace.web.assurance.answering import WRITE, standings_now
from marketplace.web.assurance.showing import MARKS, Status
from marketplace.web.edge import Page, page

KINDS = {
    "assessed": "Two assessors decide",
    "attested": "Certified or registered by others",
    "local": "Done by each organisation that uses it",
}


@page("/listings/{ref:str}/assurance/frameworks", who=WRITE)
def show_frameworks(ask: Ask, ref: str) -> Page:
    """Every framework: those that apply with how far they are and why they do, the others with the reason."""
    product = own_product(ask.db, ref, by=ask.by)
    found = [row_of(each) for each in standings_now(ask, product)]
    values = {
        "product": {"ref": product.ref, "name": product.name},
        "applying": [each for each in found if each["applies"] and each["kind"] != "local"],
        "local": [each for each in found if each["applies"] and each["kind"] == "local"],
        "others": [each for each in found if not each["applies"]],
        "kinds": KINDS,
    }
    return Page("assurance/standings.html", values)


def row_of(standing: FrameworkStanding) -> dict[str, Any]:
    """A framework as a list shows it."""
    framework, tier = standing.framework, standing.applicability.tier
    source = standing.applicability.source
    return {
        "id": framework.id, "label": framework.label, "name": framework.name, "kind": framework.kind,
        "applies": standing.applies, "is_known": standing.applicability.state != "not-known",
        "reason": standing.reason, "source": " ".join((source.document, source.section)).strip() if source else "",
        "mark": source.mark if source else "", "tier": tier.label if tier else "",
        "status": Status(standing.word, MARKS.get(standing.status, "unknown")), "cause": standing.cause,
        "until": standing.until, "until_cause": standing.until_cause, "said_by": standing.said_by,
        "answered": standing.answered, "asked": standing.asked, "certificate": standing.certificate_ref or "",
    }  # fmt: skip


ROUTES = [show_frameworks]
