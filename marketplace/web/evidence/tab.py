"""The Evidence tab of a product: one summary card, a chart for each measure, every study, and what is missing."""

from typing import Any

from marketplace.evidence.models import Study
from marketplace.evidence.queries.claims import claims_on, weigh
from marketplace.evidence.queries.declared import gap_rules, strength_rules
from marketplace.evidence.queries.protocols import protocols_of
from marketplace.evidence.queries.summaries import Summary
from marketplace.evidence.rules.declared import StrengthRules
from marketplace.evidence.rules.effects import key_of
from marketplace.evidence.rules.grading import Grade
from marketplace.evidence.rules.telling import measure_key
from marketplace.faces.ask import Ask
from marketplace.faces.claims import ClaimRead, needed_rules, plan_of_all
from marketplace.faces.evidence import ProductEvidence, evidence_of
from marketplace.frameworks.loader import Frameworks
from marketplace.web.catalogue.products import frame, live
from marketplace.web.edge import PUBLIC, Page, page
from marketplace.web.evidence.claim_shown import TIERS, claim_shown
from marketplace.web.evidence.kit import protocol_row
from marketplace.web.evidence.showing import charts_of, study_shown
from marketplace.web.picture import picture_of, strength_words

MOST_GROUPS_OF_PEOPLE = 6


@page("/products/{ref:str}/evidence", who=PUBLIC)
def show_evidence(ask: Ask, ref: str) -> Page:
    """What is known of a product, in whom, how sure it is, who stands behind it, and what is missing."""
    product, version = live(ask, ref)
    frameworks = ask.services.frameworks
    evidence = evidence_of(ask.db, frameworks, product, by=ask.actor)
    claims = [ClaimRead(weigh(each, evidence.studies), evidence.fits) for each in claims_on(ask.db, product.id)]
    values = {
        **frame(ask, product, version, "evidence"),
        **tab_values(evidence, frameworks),
        "claims": [claim_shown(read, frameworks) for read in claims],
        "plan": plan_shown(claims, frameworks, f"/products/{product.ref}"),
        "protocols": [protocol_row(ask, each) for each in protocols_of(ask.db, product.id, by=None)],
    }
    return Page("evidence/tab.html", values, shared=True)


def tab_values(evidence: ProductEvidence, frameworks: Frameworks) -> dict[str, Any]:
    """What the tab says beside the head of its product."""
    rules, gaps = strength_rules(frameworks), gap_rules(frameworks)
    words = strength_words(frameworks)
    counted = evidence.counted
    rows = [(study, result) for study in counted for result in study.results if not result.subgroup]
    charts = {chart.key: chart for chart in charts_of(rows, frameworks)}
    return {
        "picture": picture_of(evidence.summary, rules, words, most=20),
        "plain": plain_of(evidence.summary, len(evidence.studies) - len(counted)),
        "measures": [
            {
                "grade": grade_shown(grade, rules, words),
                "chart": charts[key_of(grade.effects[0])],
                "key": measure_key(grade.measure),
            }
            for grade in evidence.summary.grades
        ],
        "whom": [whom_of(study, frameworks) for study in counted[:MOST_GROUPS_OF_PEOPLE]],
        "versions": versions_of(evidence),
        "studies": [study_shown(study, frameworks, evidence.fits[study.id]) for study in evidence.studies],
        "gaps": evidence.gaps,
        "groups": evidence.groups,
        "all_groups": len(gaps.groups),
        "strength_rules": rules,
        "gap_rules": gaps,
    }


def plan_shown(claims: list[ClaimRead], frameworks: Frameworks, base: str) -> dict[str, Any]:
    """What the claims of a product need together: the tier, and each step with the claims that ask for it."""
    whole = plan_of_all(claims, frameworks)
    return {
        "tier": TIERS.get(whole.need.tier, "") if whole.need else "",
        "need": whole.need,
        "shown": whole.shown,
        "claims": whole.claims,
        "rules": needed_rules(frameworks),
        "steps": [
            {
                "do": step.do, "how": step.how, "claims": len(asking),
                "url": f"{base}/protocols/new?template={step.template}" if step.template else "",
            }
            for step, asking in whole.steps
        ],
    }  # fmt: skip


def grade_shown(grade: Grade, rules: StrengthRules, words: dict[str, str]) -> dict[str, Any]:
    """A grade with its steps: where it starts, what was taken off and why, what it comes to."""
    level = rules.at_level[grade.level]
    return {
        "measure": grade.measure,
        "level": grade.level,
        "word": words[level.id] if grade.level else "Not graded",
        "says": level.says if grade.level else "Its design measures no effect, so it is read and not graded.",
        "start": words[rules.at_level[grade.start].id] if grade.start else "",
        "reasons": grade.reasons,
    }


def whom_of(study: Study, frameworks: Frameworks) -> dict[str, str]:
    """In whom and where one study was done."""
    shown = study_shown(study, frameworks)
    counted = f"{study.participants:,} took part" if study.participants is not None else "how many is not stated"
    return {
        "people": study.population.rstrip(".") or "It is not stated in whom",
        "where": "; ".join(filter(None, (counted, study.setting.rstrip("."), shown.country))),
        "url": shown.url,
        "ref": study.ref,
    }


def versions_of(evidence: ProductEvidence) -> list[dict[str, Any]]:
    """How the versions studied stand to the one on sale, each sentence once with how many studies it is about."""
    counted: dict[str, dict[str, Any]] = {}
    for study in evidence.counted:
        fit = evidence.fits[study.id]
        row = counted.setdefault(fit.words, {"words": fit.words, "mark": fit.mark, "studies": 0})
        row["studies"] += 1
    return list(counted.values())


def plain_of(summary: Summary, retracted: int) -> str:
    """The summary in plain words."""
    if not summary.studies:
        return "Nobody has put a study of this product here yet." + _retracted(retracted)
    studies = f"{summary.studies} stud{'ies' if summary.studies > 1 else 'y'}"
    people = f", in {summary.participants:,} people or cases," if summary.participants else ""
    behind = "none of them was" if not summary.independent else f"{summary.independent} of them"
    verb = "" if not summary.independent else (" were" if summary.independent > 1 else " was")
    text = f"{studies}{people} looked at this product; {behind}{verb} independent of its supplier."
    best = next((grade for grade in summary.grades if grade.level), None)
    if best is None:
        return text + " None measured an effect." + _retracted(retracted)
    return (
        f"{text} What is known best is {spoken(best.measure)}: {summary.word.lower()} certainty.{_retracted(retracted)}"
    )


def spoken(measure: str) -> str:
    """A measure within a sentence: a capital that only began a line goes."""
    return measure if measure[1:2].isupper() else measure[:1].lower() + measure[1:]


def _retracted(count: int) -> str:
    if not count:
        return ""
    return f" {count} more {'was' if count == 1 else 'were'} retracted, and count{'s' if count == 1 else ''} no longer."


ROUTES = [show_evidence]
