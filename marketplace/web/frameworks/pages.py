"""Which frameworks products are assured against, and what each of them asks: in words and pictures, with sources."""

from typing import Any

from marketplace.assurance.rules import wording
from marketplace.faces.ask import Ask
from marketplace.faces.frameworks import find_framework
from marketplace.frameworks.schema.criteria import AssuranceFramework, Criterion, Section
from marketplace.web.edge import PUBLIC, Page, page
from marketplace.web.frameworks.picture import NARROW, WIDE, picture_of


@page("/frameworks", who=PUBLIC)
def frameworks(ask: Ask) -> Page:
    """Every framework, its newest version."""
    found = ask.services.frameworks.assurance.values()
    return Page("frameworks/frameworks.html", {"frameworks": [_summary(each) for each in found]}, shared=True)


@page("/frameworks/{framework:str}", who=PUBLIC)
def framework(ask: Ask, framework: str) -> Page:
    """All of one framework, and nothing that is not in its file."""
    found = find_framework(ask.services.frameworks, framework, ask.query.one("version"))
    values = {
        "framework": found,
        "summary": _summary(found),
        "sections": [_section(section, found) for section in found.sections],
        "ageings": {each.code: wording.ageing(each) for each in found.criteria},
        "newest": ask.services.frameworks.assurance[found.id].version,
        "marks": sorted({each.source.mark for each in found.criteria if each.source.mark}),
    }
    return Page("frameworks/framework.html", values, shared=True)


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


def _section(section: Section, framework: AssuranceFramework) -> dict[str, Any]:
    return {
        "section": section,
        "assessed": wording.ASSESSED[section.assessed],
        "pictures": {
            name: picture_of(section, framework, widest=widest)
            for name, widest in {"narrow": NARROW, "wide": WIDE}.items()
        },
        "criteria": [_criterion(each, framework) for each in section.criteria],
    }


def _criterion(criterion: Criterion, framework: AssuranceFramework) -> dict[str, Any]:
    """The rows of one criterion that have something to say."""
    question, source = criterion.question, criterion.source
    rows = [
        ("When", wording.asked_when(criterion, framework)),
        ("Answers", "; ".join(option.label for option in question.options) if len(question.options) <= 8 else ""),
        ("Passes", wording.passing(criterion) if criterion.assessed != "context" else ""),
        ("Documents", _documents(criterion)),
        ("Date asked for", criterion.dated),
        ("Ends", wording.ageing(criterion)),
        ("Answered by", f"{wording.WHO[criterion.who]}; about {wording.UNIT[criterion.unit]}"),
        ("Source", f"{source.document}, {source.section}" + (f" ({source.mark})" if source.mark else "")),
        ("Note", criterion.note),
    ]
    shown = [{"label": label, "value": value} for label, value in rows if value]
    return {"criterion": criterion, "rows": shown}


def _documents(criterion: Criterion) -> str:
    papers = "; ".join(paper.label for paper in criterion.papers)
    if not papers:
        return ""
    return f"{papers}. {f'At least {criterion.documents} needed' if criterion.documents else 'Welcome, not needed'}."


ROUTES = [frameworks, framework]
