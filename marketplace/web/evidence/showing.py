"""A study as a page says it: plain values and sentences, made from its fields, its results and what is declared."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from marketplace.evidence.models import Result, Study
from marketplace.evidence.queries.declared import countries, designs, gap_rules, label_of
from marketplace.evidence.queries.summaries import effect_of
from marketplace.evidence.rules.declared import GapRules
from marketplace.evidence.rules.effects import (
    BETTER_SHOWN,
    DESCRIBED,
    DIRECTIONS,
    INDEPENDENCE,
    INDEPENDENT,
    KINDS,
    NO_EFFECT,
    NO_INTERVAL,
    NOT_SHOWN,
    WORSE_SHOWN,
    direction_of,
    independence_of,
    key_of,
)
from marketplace.evidence.rules.gaps import group_of
from marketplace.evidence.rules.versions import Fit
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.values import Value

TAGS = {
    BETTER_SHOWN: "met",
    WORSE_SHOWN: "not-met",
    NOT_SHOWN: "unknown",
    NO_INTERVAL: "conditions",
    DESCRIBED: "unknown",
}
"""How the mark of each direction looks."""
STATES = {"draft": ("Draft", "draft"), "published": ("Published", "live"), "retracted": ("Retracted", "withdrawn")}
GLUED = ("%", "")
MEANINGS = {
    "difference": "0 means no difference.",
    "ratio": "1 means no difference.",
    "proportion": "Proportions of one group.",
    "mean": "Means of one group.",
}


class StudyShown(Value, kw_only=True):
    """A study in a list or at the head of its page. `fit` is how its version stands to the one on sale."""

    ref: str
    url: str
    title: str
    kind: str
    design: str
    independence: str
    is_independent: bool
    owner: str
    country: str
    participants: int | None
    sites: int | None
    period: str
    word: str
    mark: str
    is_retracted: bool
    reason: str
    fit: Fit | None
    contract_ref: str
    plain_summary: str
    setting: str
    population: str
    is_demonstration: bool


class ResultShown(Value, kw_only=True):
    """One result in a table: `found` reads "−3.1 minutes (95% −4.0 to −2.2)"."""

    position: int
    measure: str
    role: str
    found: str
    who: str
    participants: int | None
    at_time: str
    direction: str
    tag: str
    better: str
    effect: str
    interpretation: str
    is_whole_group: bool


class Bar(Value, kw_only=True):
    """One row of a chart: an estimate with its interval, None where it was not reported."""

    label: str
    url: str
    note: str
    value: float
    low: float | None
    high: float | None
    found: str
    direction: str
    is_independent: bool


class Chart(Value, kw_only=True):
    """Results of one key on one scale. `nothing` is the value of no effect; `is_mixed` where rows are of studies."""

    key: tuple[str, str, str, str]
    title: str
    unit: str
    nothing: float | None
    better: str
    bars: tuple[Bar, ...]
    is_mixed: bool


def study_shown(study: Study, frameworks: Frameworks, fit: Fit | None = None) -> StudyShown:
    """The study in the words of the declarations."""
    independence = independence_of(study)
    word, mark = STATES.get(study.state, (study.state.capitalize(), "unknown"))
    return StudyShown(
        ref=study.ref, url=f"/studies/{study.ref}", title=study.title, kind=KINDS.get(study.kind, study.kind),
        design=label_of(designs(frameworks), study.design), independence=INDEPENDENCE[independence],
        is_independent=independence == INDEPENDENT, owner=study.organisation.name,
        country=label_of(countries(frameworks), study.country) if study.country else "",
        participants=study.participants, sites=study.sites, period=period_of(study.began_on, study.ended_on),
        word=word, mark=mark, is_retracted=study.state == "retracted", reason=study.state_reason, fit=fit,
        contract_ref=study.contract_ref, plain_summary=study.plain_summary, setting=study.setting,
        population=study.population, is_demonstration=study.is_demonstration,
    )  # fmt: skip


def result_shown(result: Result, gaps: GapRules) -> ResultShown:
    """The result as a row reads."""
    direction = direction_of(result.effect, result.better, result.estimate, result.low, result.high)
    return ResultShown(
        position=result.position, measure=result.measure, role=gaps.role[result.role].label, found=found_of(result),
        who=who_of(result.subgroup, gaps), participants=result.participants, at_time=result.at_time,
        direction=DIRECTIONS[direction], tag=TAGS[direction], better=f"{result.better} is better",
        effect=result.effect, interpretation=result.interpretation, is_whole_group=not result.subgroup,
    )  # fmt: skip


def found_of(result: Result) -> str:
    """ "−3.1 minutes (95% −4.0 to −2.2)"; says so where there is no interval."""
    estimate = with_unit(result.estimate, result.unit)
    if result.low is None or result.high is None:
        return f"{estimate} (no interval)"
    return f"{estimate} (95% {digits(result.low)} to {digits(result.high)})"


def with_unit(value: Decimal, unit: str) -> str:
    return f"{digits(value)}{unit}" if unit in GLUED else f"{digits(value)} {unit}"


def digits(value: Decimal) -> str:
    """As it was reported, every digit of it: −1,200.50."""
    return f"{abs(value):,f}" if value >= 0 else f"\N{MINUS SIGN}{abs(value):,f}"


def who_of(subgroup: str, gaps: GapRules) -> str:
    """ "Sex: women"; everybody where the result is not of a subgroup."""
    group = group_of(subgroup)
    if not subgroup:
        return "Everybody"
    label = gaps.group[group].label if group in gaps.group else group.capitalize()
    return f"{label}: {subgroup.partition(':')[2].strip()}" if group else subgroup


def period_of(began: date | None, ended: date | None) -> str:
    """ "March to June 2026", "June 2026"; empty where no day is given."""
    if began is None or ended is None:
        only = ended or began
        return f"{only:%B %Y}" if only else ""
    if (began.year, began.month) == (ended.year, ended.month):
        return f"{ended:%B %Y}"
    start = f"{began:%B}" if began.year == ended.year else f"{began:%B %Y}"
    return f"{start} to {ended:%B %Y}"


def charts_of(rows: Sequence[tuple[Study, Result]], frameworks: Frameworks, *, by_people: bool = False) -> list[Chart]:
    """A chart for each measure that stands on one scale, in the order in which the measures come.

    A row is a study; where `by_people`, it is one study's result in everybody, or in a group of them. Rows are never
    added up.
    """
    groups: dict[tuple[str, str, str, str], list[tuple[Study, Result]]] = {}
    for study, result in rows:
        groups.setdefault(key_of(effect_of(study, result)), []).append((study, result))
    return [_chart(group, frameworks, by_people) for group in groups.values()]


def _chart(group: Sequence[tuple[Study, Result]], frameworks: Frameworks, by_people: bool) -> Chart:
    first = group[0][1]
    nothing = NO_EFFECT.get(first.effect)
    said = [result for _, result in group if not (by_people and result.subgroup)] or [first]
    return Chart(
        key=key_of(effect_of(*group[0])),
        title=sentence_of(said),
        unit=first.unit,
        nothing=float(nothing) if nothing is not None else None,
        better=f"{first.better.capitalize()} is better. {MEANINGS[first.effect]}",
        bars=tuple(_bar(study, result, frameworks, by_people) for study, result in group),
        is_mixed=not by_people,
    )


def _bar(study: Study, result: Result, frameworks: Frameworks, by_people: bool) -> Bar:
    people = result.participants if result.participants is not None or by_people else study.participants
    of_study = () if by_people else (label_of(designs(frameworks), study.design),)
    behind = () if by_people else (INDEPENDENCE[independence_of(study)].lower(),)
    note = (*of_study, f"{people:,} people or cases" if people is not None else "", result.at_time, *behind)
    return Bar(
        label=who_of(result.subgroup, gap_rules(frameworks)) if by_people else study.title,
        url="" if by_people else f"/studies/{study.ref}",
        note=", ".join(filter(None, note)),
        value=float(result.estimate),
        low=float(result.low) if result.low is not None else None,
        high=float(result.high) if result.high is not None else None,
        found=found_of(result),
        direction=DIRECTIONS[direction_of(result.effect, result.better, result.estimate, result.low, result.high)],
        is_independent=independence_of(study) == INDEPENDENT,
    )


def sentence_of(results: Sequence[Result]) -> str:
    """What a chart says: "Minutes per note: better in 2 of 3 results, no difference shown in 1"."""
    told = directions_of(results)
    measure = results[0].measure
    if set(told) == {DESCRIBED}:
        return f"{measure}: described, not compared"
    total = sum(told.values())
    if len(told) == 1:
        word = DIRECTIONS[next(iter(told))].lower()
        return f"{measure}: {word}" if total == 1 else f"{measure}: {word} in all {total} results"
    parts = [f"{DIRECTIONS[each].lower()} in {count}" for each, count in told.items()]
    parts[0] = f"{parts[0]} of {total} results"
    return f"{measure}: {', '.join(parts)}"


def directions_of(results: Iterable[Result]) -> dict[str, int]:
    """How many results go which way, in the order better, worse, not shown, uncertain, described."""
    counted = dict.fromkeys(DIRECTIONS, 0)
    for result in results:
        counted[direction_of(result.effect, result.better, result.estimate, result.low, result.high)] += 1
    return {each: count for each, count in counted.items() if count}
