"""Which frameworks products are assured against, and what each of them asks: in words and pictures, with sources."""

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.assurance.rules import wording
from marketplace.assurance.rules.counting import Place, places_of
from marketplace.faces.ask import Ask
from marketplace.faces.frameworks import described_by, find_framework
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.criteria import AssuranceFramework, Criterion, Section
from marketplace.web.edge import PUBLIC, Page, page
from marketplace.web.frameworks.picture import NARROW, WIDE, picture_of

KINDS = {
    "assessed": (
        "Assessed here",
        "The supplier answers, two assessors decide, and every buyer reuses the certificate.",
    ),
    "attested": ("Certified or registered by others", "The supplier shows who certified it, for what, and until when."),
    "local": ("Done by each organisation", "Whoever uses the product answers these for itself; nobody else can."),
}


@page("/frameworks", who=PUBLIC)
def frameworks(ask: Ask) -> Page:
    """Every framework, its newest version."""
    found = ask.services.frameworks.assurance.values()
    groups = [
        {"id": kind, "label": label, "text": text,
         "frameworks": [_summary(each) for each in found if each.kind == kind]}
        for kind, (label, text) in KINDS.items()
    ]  # fmt: skip
    values = {
        "groups": [group for group in groups if group["frameworks"]], "count": len(found),
        "shared": sum(len(places) > 1 for places in shared_by(ask.services.frameworks).values()),
    }  # fmt: skip
    return Page("frameworks/frameworks.html", values, shared=True)


@page("/frameworks/{framework:str}", who=PUBLIC)
def framework(ask: Ask, framework: str) -> Page:
    """All of one framework, and nothing that is not in its file."""
    found = find_framework(ask.services.frameworks, framework, ask.query.one("version"))
    shared = shared_by(ask.services.frameworks)
    words = described_by(ask.services.frameworks)
    values = {
        "framework": found,
        "summary": _summary(found),
        "kind": KINDS[found.kind][0],
        "conditions": [
            {"because": each.because, "when": words.in_words(each.when), "source": each.source}
            for each in found.applies
        ],
        "tiers": [
            {"label": each.label, "meaning": each.meaning, "when": words.in_words(each.when)} for each in found.tiers
        ],
        "sections": [_section(section, found, shared) for section in found.sections],
        "ageings": {each.code: wording.ageing(each) for each in found.criteria},
        "newest": ask.services.frameworks.assurance[found.id].version,
        "marks": sorted({each.source.mark for each in found.criteria if each.source.mark}),
    }
    return Page("frameworks/framework.html", values, shared=True)


def shared_by(frameworks: Frameworks) -> dict[str, tuple[Place, ...]]:
    """For each question every criterion that asks it, of whichever side."""
    found: dict[str, tuple[Place, ...]] = {}
    for who in ("supplier", "deploying-organisation"):
        for name, places in places_of(frameworks.assurance.values(), who=who).items():
            found[name] = (*found.get(name, ()), *places)
    return found


def _summary(framework: AssuranceFramework) -> dict[str, Any]:
    asked = [each for each in framework.criteria if not each.known]
    theirs = sum(each.who == "supplier" for each in asked)
    return {
        "framework": framework,
        "asked": len(asked),
        "by_supplier": theirs,
        "by_deployer": len(asked) - theirs,
        "must_pass": sum(each.assessed == "pass" for each in asked),
        "dated": [each for each in framework.criteria if each.dated and each.assessed == "pass"],
    }


def _section(section: Section, framework: AssuranceFramework, shared: Mapping[str, Sequence[Place]]) -> dict[str, Any]:
    return {
        "section": section,
        "assessed": wording.ASSESSED[section.assessed],
        "pictures": {
            name: picture_of(section, framework, widest=widest)
            for name, widest in {"narrow": NARROW, "wide": WIDE}.items()
        },
        "criteria": [_criterion(each, framework, shared) for each in section.criteria],
    }


def _criterion(
    criterion: Criterion, framework: AssuranceFramework, shared: Mapping[str, Sequence[Place]]
) -> dict[str, Any]:
    """The rows of one criterion that have something to say, and where else the same answer counts."""
    rows = [{"label": label, "value": value} for label, value in wording.facts_of(criterion, framework)]
    others = [place.words for place in shared.get(criterion.question_id, ()) if place.framework_id != framework.id]
    if others:
        rows.append({"label": "Counts in", "value": f"The same answer counts in {', '.join(others)}."})
    return {"criterion": criterion, "rows": rows}


ROUTES = [frameworks, framework]
