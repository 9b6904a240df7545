"""What both faces need for clinical safety: holders whom rooms above know of, and the system in its listing's words."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.assurance.models import SafetyCase
from marketplace.assurance.queries.safety.declared import matrix_of
from marketplace.assurance.queries.safety.logs import what_keeps_off_the_catalogue
from marketplace.assurance.rules.safety.report import Fact
from marketplace.catalogue.models import Product, Version
from marketplace.frameworks.answers import described
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.calendar import in_words
from marketplace.procurement.queries.joint.holding import taking_part

SYSTEM = (
    "summary", "intended-use", "must-not-use", "user-group", "care-setting", "patient-group", "inputs", "outputs",
    "autonomy", "base-models", "integration-standard", "epr-system",
)  # fmt: skip
"""The questions of the description that say what the system is."""


def holders_above(db: Session, product_id: UUID) -> dict[UUID, list[str]]:
    """Who holds a product by a purchase that is under way, with the grounds in words."""
    return {
        organisation_id: [f"takes part in {ref}" for ref in refs]
        for organisation_id, refs in taking_part(db, product_id).items()
    }


def hindered_by_hazards(db: Session, frameworks: Frameworks, product: Product) -> list[str]:
    """Why a product cannot go live for the risk that its own hazard log leaves, each in words; empty for none."""
    found = what_keeps_off_the_catalogue(db, product.id, matrix_of(frameworks))
    return [f"hazard {each.number}, {each.words}" for each in found]


def system_facts(frameworks: Frameworks, product: Product, version: Version) -> tuple[Fact, ...]:
    """What the listing says of the system, as a safety case report defines it."""
    form = frameworks.form(product.kind)
    said = {
        entry.question.id: Fact(entry.question.label, shown.text)
        for _, rows in described(form, version.answers) for entry, shown in rows
    }  # fmt: skip
    return tuple(said[name] for name in SYSTEM if name in said and said[name].text)


def paper_of(report: SafetyCase) -> dict[str, Any]:
    """A safety case report as the template of documents takes it: text alone."""
    document, head = report.document, report.document["head"]
    facts = [
        ["Product", f"{head['product']}, version {head['version']}"], ["Standard", head["standard"]],
        ["Phase", head["phase"]], ["Given out by", head["organisation"]],
        ["On", in_words(report.issued_on)], ["Clinical safety officer", f"{head['officer']}, {head['registration']}"],
        ["Fingerprint of the log", head["log-digest"]], ["Fingerprint of the report", report.digest],
    ]  # fmt: skip
    if head["is-demonstration"]:
        facts.append(["Demonstration", "Everything in this report is invented."])
    return {
        "title": f"Clinical safety case report {head['number']}", "name": head["product"], "ref": report.ref,
        "organisation": head["organisation"], "facts": facts, "parts": document["parts"],
        "scheme": {**document["scheme"], "rows": [list(row) for row in document["scheme"]["rows"]]},
        "hazards": [_on_paper(hazard) for hazard in document["hazards"]],
    }  # fmt: skip


def _on_paper(hazard: dict[str, Any]) -> dict[str, Any]:
    """A hazard as rows of a label and a text; what is empty is left out."""
    rows = [
        ["What it is", hazard["description"]], ["What could happen", hazard["effect"]], ["Causes", hazard["causes"]],
        ["Existing controls", hazard["controls"]], ["Risk before", hazard["before"]["words"]], *hazard["added"],
        ["Risk that is left", hazard["after"]["words"]], ["Reason", hazard["reason"]], ["Actions", hazard["action"]],
        ["Owner", hazard["owner"]], ["Handed over", hazard["handed-over"]], ["Decided", hazard["disposition"]],
        ["Why", hazard["disposition-reason"]],
    ]  # fmt: skip
    return {
        "title": f"{hazard['number']}. {hazard['name']}", "state": hazard["state"],
        "rows": [[label, text] for label, text in rows if text],
    }  # fmt: skip
