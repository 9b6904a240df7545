"""A criterion in words: when it is asked, whose it is, what it is about, what makes it age."""

from marketplace.assurance.rules.ageing import in_words_of
from marketplace.assurance.rules.gates import wanted
from marketplace.assurance.rules.judging import passing
from marketplace.frameworks.schema.assurance import CodeGate
from marketplace.frameworks.schema.criteria import AssuranceFramework, Criterion

WHO = {
    "supplier": "The supplier, once for all buyers",
    "deploying-organisation": "Each organisation that deploys it, for itself",
}
UNIT = {
    "product-version": "this version of the product",
    "organisation": "the organisation as a whole",
    "deployment": "this deployment",
}
ASSESSED = {
    "pass": "Each part that is asked must pass",
    "scored": "Told, and decides nothing",
    "context": "Read, and not assessed",
}

__all__ = ["ASSESSED", "UNIT", "WHO", "ageing", "asked_when", "facts_of", "passing"]
MOST_OPTIONS = 8


def asked_when(criterion: Criterion, framework: AssuranceFramework) -> str:
    """The gates of a criterion in one sentence."""
    if criterion.known:
        return "Not asked: Touchstone takes it from the listing."
    always = _all_of(criterion.when, framework)
    either = " or ".join(_all_of(gate, framework) for gate in criterion.when_any)
    said = " and ".join(part for part in (always, either) if part)
    return f"Asked when {said}." if said else "Always asked."


def _all_of(gate: CodeGate, framework: AssuranceFramework) -> str:
    return " and ".join(f"{code} is {wanted(framework.by_code[code], options)}" for code, options in gate.items())


def ageing(criterion: Criterion) -> str:
    """What makes its answer age; empty where nothing does."""
    text = in_words_of(criterion.expires) if criterion.expires else ""
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def facts_of(criterion: Criterion, framework: AssuranceFramework) -> list[tuple[str, str]]:
    """Everything about one criterion that has something to say, by what it is called."""
    question, source = criterion.question, criterion.source
    options = [option.label for option in question.options if not option.retired]
    rows = [
        ("When", asked_when(criterion, framework)),
        ("Answers", "; ".join(options) if len(options) <= MOST_OPTIONS else ""),
        ("Passes", passing(criterion) if criterion.assessed != "context" else ""),
        ("Documents", _documents(criterion)),
        ("Date asked for", criterion.dated),
        ("Ends", ageing(criterion)),
        ("Answered by", f"{WHO[criterion.who]}; about {UNIT[criterion.unit]}"),
        ("Source", f"{source.document}, {source.section}" + (f" ({source.mark})" if source.mark else "")),
        ("Note", criterion.note),
    ]
    return [(label, value) for label, value in rows if value]


def _documents(criterion: Criterion) -> str:
    papers = "; ".join(paper.label for paper in criterion.papers)
    if not papers:
        return ""
    return f"{papers}. {f'At least {criterion.documents} needed' if criterion.documents else 'Welcome, not needed'}."
