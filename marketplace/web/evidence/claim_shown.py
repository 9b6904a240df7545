"""A claim as a page says it, with what speaks for and against it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from marketplace.evidence.models import Claim, Consensus
from marketplace.evidence.queries.appraisals import appraisal_rules
from marketplace.evidence.queries.claims import Spoken
from marketplace.evidence.queries.declared import gap_rules, label_of
from marketplace.evidence.rules.appraising import AppraisalRules
from marketplace.evidence.rules.claims import (
    CONTESTED,
    CONTRADICTED,
    CONTRADICTS,
    NEUTRAL,
    STANCES,
    SUPPORTED,
    SUPPORTS,
    UNCHANGED,
    UNDECIDED,
    UNTESTED,
    VERDICTS,
    bound_of,
    made_elsewhere,
)
from marketplace.evidence.rules.effects import NO_EFFECT
from marketplace.faces.claims import POPULATIONS, SETTINGS, ClaimRead
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.values import Value
from marketplace.web.evidence.read_shown import risk_for
from marketplace.web.evidence.showing import STATES, digits, found_of, study_shown, who_of, with_unit

WORDS = {
    SUPPORTED: "Supported",
    CONTESTED: "Contested",
    CONTRADICTED: "Contradicted",
    UNDECIDED: "Not settled",
    UNTESTED: "Not tested",
}
MARKS = {
    SUPPORTED: "met",
    CONTESTED: "conditions",
    CONTRADICTED: "not-met",
    UNDECIDED: "unknown",
    UNTESTED: "unknown",
}
TIERS = {"tier-a": "Tier A", "tier-b": "Tier B", "tier-c": "Tier C"}
NOBODY: Mapping[UUID, Consensus] = {}
STANCE_MARKS = {SUPPORTS: "met", CONTRADICTS: "not-met", NEUTRAL: "unknown"}


class ClaimShown(Value, kw_only=True):
    """A claim in a list or at the head of its page; `tally` counts its results by what they do."""

    ref: str
    url: str
    words: str
    told: str
    where: str
    role: str
    word: str
    mark: str
    says: str
    state: str
    state_word: str
    state_mark: str
    reason: str
    owner: str
    supports: int
    contradicts: int
    neutral: int
    independent: int
    counted: int
    is_open_again: bool
    is_demonstration: bool


def claim_shown(read: ClaimRead, frameworks: Frameworks) -> ClaimShown:
    """The claim in the words of the declarations."""
    claim, weighed = read.claim, read.weighed
    verdict = weighed.verdict
    state_word, state_mark = STATES.get(claim.state, ("Withdrawn", "withdrawn"))
    return ClaimShown(
        ref=claim.ref, url=f"/claims/{claim.ref}", words=claim.words, told=told_of(claim),
        where=where_of(claim, frameworks), role=gap_rules(frameworks).role[claim.role].label, word=WORDS[verdict],
        mark=MARKS[verdict], says=VERDICTS[verdict], state=claim.state, state_word=state_word, state_mark=state_mark,
        reason=claim.state_reason, owner=claim.organisation.name, supports=len(weighed.of(SUPPORTS)),
        contradicts=len(weighed.of(CONTRADICTS)), neutral=len(weighed.of(NEUTRAL)),
        independent=sum(each.is_independent for each in weighed.spoken), counted=len(weighed.spoken),
        is_open_again=any(each.settled_at is None for each in claim.reopenings),
        is_demonstration=claim.is_demonstration,
    )  # fmt: skip


def told_of(claim: Claim) -> str:
    """The claim as a number can be held against it: "Minutes per note: down by at least 2 minutes"."""
    bound = bound_of(claim)
    if claim.direction == UNCHANGED:
        near = f", within {with_unit(claim.size, claim.unit)}" if claim.size is not None else ""
        return f"{claim.measure}: as it was{near}"
    way = "up" if claim.direction == "higher" else "down"
    if bound is None:
        return f"{claim.measure}: {way}"
    if claim.effect == "difference":
        return f"{claim.measure}: {way} by at least {with_unit(abs(bound), claim.unit)}"
    least = "at least" if claim.direction == "higher" else "at most"
    if claim.effect in NO_EFFECT:
        return f"{claim.measure}: {way} to {least} {digits(bound)} times what it was"
    return f"{claim.measure}: {least} {with_unit(bound, claim.unit)}"


def where_of(claim: Claim, frameworks: Frameworks) -> str:
    """In whom and where it is claimed."""
    setting = label_of(frameworks.taxonomies[SETTINGS].options, claim.setting) if claim.setting else "Any setting"
    people = label_of(frameworks.taxonomies[POPULATIONS].options, claim.population) if claim.population else "anybody"
    said = f" ({claim.in_whom.rstrip('.')})" if claim.in_whom else ""
    return f"{setting}; {people[:1].lower()}{people[1:]}{said}"


def spoken_shown(
    read: ClaimRead, frameworks: Frameworks, *, retracted: bool = False, agreed: Mapping[UUID, Consensus] = NOBODY
) -> list[dict[str, Any]]:
    """Each result that speaks to the claim as a row: for it, against it, neither, in this order.

    `agreed` is what two readers agree of the risk of bias of each study, by its id.
    """
    rows = read.weighed.retracted if retracted else read.weighed.spoken
    order = list(STANCES)
    rules = appraisal_rules(frameworks)
    return [
        {**_row(read, each, frameworks), "bias": bias_of(each, agreed, rules)}
        for each in sorted(rows, key=lambda each: order.index(each.stance.id))
    ]


def bias_of(spoken: Spoken, agreed: Mapping[UUID, Consensus], rules: AppraisalRules) -> dict[str, str] | None:
    """The agreed risk of bias of a result that speaks to a claim; None where two have not agreed."""
    found = agreed.get(spoken.study.id)
    return risk_for(found, spoken.result, rules) if found else None


def elsewhere_of(claim: Claim, spoken: Spoken, frameworks: Frameworks) -> str:
    """Where and in whom a study was made, where that is not what is claimed."""
    study = spoken.study
    named = {
        "setting": (SETTINGS, study.settings, "Measured in"), "population": (POPULATIONS, study.populations, "Of"),
    }  # fmt: skip
    told = []
    for what in made_elsewhere(claim, study.settings, study.populations):
        taxonomy, chosen, begins = named[what]
        words = ", ".join(label_of(frameworks.taxonomies[taxonomy].options, each).lower() for each in chosen)
        told.append(f"{begins} {words}, which is not what is claimed.")
    return " ".join(told)


def _row(read: ClaimRead, spoken: Spoken, frameworks: Frameworks) -> dict[str, Any]:
    said, result = spoken.said, spoken.result
    numbers = spoken.by_numbers
    otherwise = said is not None and numbers is not None and numbers.id != said.stance
    return {
        "study": study_shown(spoken.study, frameworks, read.fits[spoken.study.id]),
        "measure": result.measure if numbers is None else "",
        "found": found_of(result),
        "who": who_of(result.subgroup, gap_rules(frameworks)),
        "elsewhere": elsewhere_of(read.claim, spoken, frameworks),
        "word": STANCES[spoken.stance.id],
        "mark": STANCE_MARKS[spoken.stance.id],
        "reason": spoken.stance.reason,
        "by": f"{said.by.name if said.by else 'Somebody'}, {said.organisation.name if said.organisation else ''}"
        if said
        else "",
        "numbers": f"Its numbers alone: {STANCES[numbers.id].lower()}. {numbers.reason}"
        if otherwise and numbers
        else "",
    }
