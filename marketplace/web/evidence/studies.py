"""The page of one study, as everybody reads it; and retracting it."""

from typing import Any

from marketplace.catalogue.models import Product
from marketplace.catalogue.queries.products import product_of_id
from marketplace.evidence.actions.publishing import retract_study
from marketplace.evidence.models import Consensus, Correction, Study
from marketplace.evidence.policies import may_change, may_retract
from marketplace.evidence.queries.appraisals import agreed_risks, appraisal_rules, checks_of
from marketplace.evidence.queries.declared import (
    care_settings,
    gap_rules,
    label_of,
    patient_groups,
    strength_rules,
)
from marketplace.evidence.queries.studies import find_study
from marketplace.evidence.queries.summaries import effects_of
from marketplace.evidence.rules.appraising import answers_of
from marketplace.evidence.rules.declared import GapRules
from marketplace.evidence.rules.effects import BLINDING, FUNDERS
from marketplace.evidence.rules.gaps import missing_groups
from marketplace.evidence.rules.grading import strength_of
from marketplace.evidence.schemas.studies import ESTIMAND
from marketplace.faces.ask import Ask
from marketplace.faces.evidence import document_of, fits_of
from marketplace.frameworks.schema.base import Option
from marketplace.kit.errors import Conflict, NotAllowed, Refusal
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, PUBLIC, Goto, Page, page, post
from marketplace.web.evidence.read_shown import TOOL_MARKS, checks_shown, risk_for
from marketplace.web.evidence.showing import charts_of, result_shown, study_shown
from marketplace.web.evidence.tab import grade_shown
from marketplace.web.picture import strength_words

FIELDS = {
    "title": "Title", "kind": "Kind", "design": "Design", "version_number": "Version studied", "edition": "Edition",
    "setting": "Setting", "country": "Country", "population": "Population", "comparator": "Compared with",
    "participants": "People or cases", "sites": "Sites", "began_on": "Began", "ended_on": "Ended", "funder": "Funder",
    "supplier_funded": "Paid for by the supplier", "supplier_run": "Run by the supplier", "conflicts": "Conflicts",
    "registration": "Registration", "doi": "DOI", "url": "Link", "summary": "Summary",
    "plain_summary": "Plain summary", "document_digest": "Document", "document_name": "Document",
    "results": "Results", "site_names": "Names of sites", "clusters": "Clusters", "blinding": "Blinding",
    "estimand": "What was estimated", "funder_kind": "Kind of funder", "protocol": "Protocol",
    "peer_reviewed": "Peer review", "settings": "Care settings", "populations": "Patients",
}  # fmt: skip
"""The fields as a correction names them."""


@page("/studies/{ref:str}", who=PUBLIC)
def show_study(ask: Ask, ref: str) -> Page:
    """A study whole: what was done, who paid, what was found as chart and table, and what became of it."""
    study = find_study(ask.db, ref, by=ask.actor)
    product = product_of_id(ask.db, study.product_id, by=ask.actor)
    frameworks = ask.services.frameworks
    rules, gaps = strength_rules(frameworks), gap_rules(frameworks)
    fit = fits_of(ask.db, [study])[study.id]
    grades = strength_of(effects_of(study, fit.id), rules).grades
    agreed, rules_of_reading = agreed_risks(ask.db, [study.id]).get(study.id), appraisal_rules(frameworks)
    values = {
        "study": study_shown(study, frameworks, fit),
        "facts": study,
        "blinding": BLINDING.get(study.blinding, ""),
        "funder_kind": FUNDERS.get(study.funder_kind, ""),
        "settings": labels_in(care_settings(frameworks), study.settings),
        "populations": labels_in(patient_groups(frameworks), study.populations),
        "estimand": [(label, study.estimand[part]) for part, label in ESTIMAND.items() if part in study.estimand],
        "product": {"name": product.name, "url": f"/products/{product.ref}"},
        "document": document_shown(ask, product, study),
        "results": [result_shown(result, gaps) for result in study.results],
        "charts": charts_of([(study, result) for result in study.results], frameworks, by_people=True),
        "subgroups": subgroups_of(study, gaps),
        "missing": missing_groups((result.subgroup for result in study.results), gaps),
        "grades": [grade_shown(grade, rules, strength_words(frameworks)) for grade in grades],
        "strength_rules": rules,
        "gap_rules": gaps,
        "checks": checks_shown(study, checks_of(ask.db, study)),
        "risk": risk_shown(ask, study, agreed),
        "risks": {result.position: risk_for(agreed, result, rules_of_reading) for result in study.results}
        if agreed
        else {},
        "corrections": [correction_shown(each) for each in reversed(study.corrections)],
        **doing(ask, product, study),
    }
    return Page("evidence/study.html", values, shared=study.state != "draft")


@page("/studies/{ref:str}/retraction", who=ANYBODY_SIGNED_IN)
def ask_why_retract(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Ask for the reason before a study no longer counts."""
    study = find_study(ask.db, ref, by=ask.by)
    if not may_retract(ask.by, study):
        raise NotAllowed("only its owner or an operator can retract a study", "Tell the operator what is wrong.")
    if study.state != "published":
        raise Conflict(f"cannot retract a {study.state} study", "Only what was published is retracted.")
    values = {
        "title": f"Retract {study.title}", "label": "Retract", "question": "What is wrong with it?",
        "hint": "The study stays readable, marked as retracted with this reason, and counts no longer.",
        "to": f"/studies/{study.ref}/retraction", "back": f"/studies/{study.ref}",
        "typed": ask.form.one("reason"), "errors": errors_of(refusal),
    }  # fmt: skip
    return Page("catalogue/why.html", values)


@post("/studies/{ref:str}/retraction", who=ANYBODY_SIGNED_IN, again=ask_why_retract)
def retract(ask: Ask, ref: str) -> Goto:
    """Say that the study no longer counts."""
    study = find_study(ask.db, ref, by=ask.by)
    retract_study(ask.db, study, reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto(f"/studies/{study.ref}", told="The study is retracted. Its page says so, with your reason.")


def labels_in(options: tuple[Option, ...], chosen: list[str]) -> str:
    """The words of what was chosen, with semicolons between them."""
    return "; ".join(label_of(options, each) for each in chosen)


def doing(ask: Ask, product: Product, study: Study) -> dict[str, str]:
    """Where whoever reads it can look after it, if they may: addresses, empty where they may not."""
    mine = ask.actor is not None and may_change(ask.actor, study)
    retracts = ask.actor is not None and may_retract(ask.actor, study) and study.state == "published"
    return {
        "own_url": f"/listings/{product.ref}/studies/{study.ref}" if mine else "",
        "retraction_url": f"/studies/{study.ref}/retraction" if retracts else "",
    }


def risk_shown(ask: Ask, study: Study, found: Consensus | None) -> dict[str, str]:
    """The risk of bias as two readers agreed it, and where the reading stands; empty words where they have not."""
    rules = appraisal_rules(ask.services.frameworks)
    tool = rules.tool.get(found.tool) if found else None
    if found is None or tool is None:
        return {"word": "", "mark": "unknown", "tool": ""}
    word = next((each.label for each in answers_of(tool, rules) if each.id == found.overall), found.overall)
    return {"word": word, "mark": TOOL_MARKS.get(found.overall, "not-met"), "tool": tool.label}


def document_shown(ask: Ask, product: Product, study: Study) -> dict[str, str] | None:
    """The document with the digest that was named; without an address where it is no longer among the documents."""
    if not study.document_digest:
        return None
    there = document_of(ask.db, study)
    url = f"/products/{product.ref}/documents/{there.id}" if there and there.access == "public" else ""
    return {"name": study.document_name, "digest": study.document_digest, "url": url}


def subgroups_of(study: Study, gaps: GapRules) -> list[dict[str, Any]]:
    """For each group of people that is looked for: its results, none where they are missing."""
    found = []
    for group in gaps.groups:
        rows = [result for result in study.results if result.subgroup.startswith(f"{group.id}:")]
        found.append({"group": group, "results": [result_shown(result, gaps) for result in rows]})
    return found


def correction_shown(correction: Correction) -> dict[str, Any]:
    """A correction as a line of what happened, with what the changed fields said before."""
    changed = ", ".join(dict.fromkeys(FIELDS.get(name, name).lower() for name in correction.changed))
    return {
        "at": correction.at,
        "title": f"Corrected: {changed}",
        "text": correction.reason,
        "by": correction.by.name if correction.by else "",
        "before": [
            {"label": FIELDS.get(name, name), "value": before_of(correction.before.get(name))}
            for name in correction.changed
        ],
    }


def before_of(value: Any) -> str:
    """What a field said, as text."""
    if isinstance(value, list):
        told = (row if isinstance(row, str) else _result_before(row) for row in value)
        return "; ".join(told) or "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "nothing" if value in (None, "") else str(value)


def _result_before(row: dict[str, Any]) -> str:
    interval = f" ({row['low']} to {row['high']})" if row["low"] is not None else ""
    who = f", {row['subgroup']}" if row["subgroup"] else ""
    return f"{row['measure']}{who}: {row['estimate']} {row['unit']}".rstrip() + interval


ROUTES = [show_study, ask_why_retract, retract]
