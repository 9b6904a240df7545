"""Outcomes as templates name them: measures with their charts, months with what they came to, the working of one."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from marketplace.contracts.models import Measurement, Settlement, Share
from marketplace.contracts.queries.outcomes.books import Book
from marketplace.contracts.queries.outcomes.results import shown
from marketplace.contracts.rules.given import given_from
from marketplace.contracts.rules.mechanisms import BREACHED, TOO_FEW
from marketplace.contracts.rules.periods import in_words, is_over
from marketplace.contracts.rules.pooling import Pooled, pool
from marketplace.contracts.rules.rating import Rated
from marketplace.contracts.rules.terms import DESIGNS, MeasureTerms, Terms, plain
from marketplace.faces.desk.settle import WHY, working_of
from marketplace.web.contracts.outcomes.common import SETTLED, VERDICTS, Scene

MONTHS_SHORT = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def short(period: str) -> str:
    """May 26: a month under a chart."""
    return f"{MONTHS_SHORT[int(period[5:]) - 1]} {period[2:4]}"


def shown_measures(scene: Scene) -> list[dict[str, Any]]:
    """Each measure of the terms in force, with what was found month by month, and what to be careful about."""
    terms = scene.book.given.terms_on(max(scene.book.settled, default=scene.book.periods[0]))
    return [shown_measure(scene, measure, terms) for measure in terms.measures]


def shown_measure(scene: Scene, measure: MeasureTerms, terms: Terms) -> dict[str, Any]:
    total = sum((each.weight for each in terms.measures), Fraction(0))
    baseline = baseline_of(scene.book, measure.key)
    found = found_by_month(scene, measure.key)
    return {
        "key": measure.key, "label": measure.label, "unit": measure.unit, "is_guard": measure.is_guard,
        "better": measure.better, "definition": measure.definition, "population": measure.population,
        "source": measure.source, "validator": measure.validator, "design": DESIGNS[measure.design],
        "threshold": shown(measure.threshold), "target": shown(measure.target),
        "limit": shown(measure.guard_limit) if measure.guard_limit is not None else "",
        "weight": f"{shown(measure.weight / total * 100)} %" if total else "", "fewest": measure.fewest,
        "baseline": shown(baseline) if baseline is not None else "",
        "warnings": warnings_of(measure, found, scene, baseline),
        "title": sentence(measure, baseline, found),
        "points": [{"label": short(period), "value": _float(pooled.value)} for period, pooled in found],
        "baseline_value": _float(baseline),
        "target_value": _float(measure.guard_limit if measure.is_guard else measure.target),
    }  # fmt: skip


def baseline_of(book: Book, key: str) -> Fraction | None:
    row = book.measures.get(key)
    return Fraction(row.baseline) if row is not None and row.baseline is not None else None


def found_by_month(scene: Scene, key: str) -> list[tuple[str, Pooled]]:
    """What was found of a measure, pooled, for each month that is over."""
    book = scene.book
    over = [period for period in book.periods if is_over(period, scene.today)] if scene.is_measured else []
    return [(period, pool(book.readings(period).get(key, ()))) for period in over]


def sentence(measure: MeasureTerms, baseline: Fraction | None, found: Sequence[tuple[str, Pooled]]) -> str:
    """The sentence that a chart says: "Minutes per letter: 9.2 minutes in May 2026, 3.8 less than before"."""
    known = [(period, pooled.value) for period, pooled in found if pooled.value is not None]
    if not known:
        return f"{measure.label}: nothing measured yet"
    period, value = known[-1]
    unit = "" if not measure.unit else measure.unit if measure.unit == "%" else f" {measure.unit}"
    said = f"{measure.label}: {shown(value)}{unit} in {in_words(period)}"
    if baseline is None:
        return said
    change = value - baseline
    if not change:
        return f"{said}, the same as before"
    return f"{said}, {shown(abs(change))} {'more' if change > 0 else 'less'} than before"


def warnings_of(
    measure: MeasureTerms, found: Sequence[tuple[str, Pooled]], scene: Scene, baseline: Fraction | None
) -> list[str]:
    """What a reader has to be careful about: no counterfactual, no baseline or a late one, too few cases to pay on."""
    told = []
    if measure.design == "none" and not measure.is_guard:
        told.append("Nothing is stated that says what would have happened without the product.")
    if scene.is_measured and baseline is None:
        told.append("There is no baseline.")
    if scene.book.has_late_baseline(measure.key):
        told.append("Its baseline was taken when the product was in use already: what was before is not known.")
    few = [period for period, pooled in found if pooled.value is not None and pooled.count < measure.fewest]
    if few:
        months = ", ".join(in_words(period) for period in few)
        told.append(f"Too small to pay on: fewer than {measure.fewest:,} cases in {months}.")
    return told


def shown_months(scene: Scene, outlook: dict[str, Rated]) -> list[dict[str, Any]]:
    """Each month of the term: where it stands, what it came to, and the share of the one who looks."""
    return [_month(scene, period, outlook[period]) for period in scene.book.periods]


def _month(scene: Scene, period: str, rated: Rated) -> dict[str, Any]:
    settlement = scene.book.settled.get(period)
    mine = scene.party.organisation.ref if scene.party is not None else ""
    word, kind = SETTLED[settlement.state] if settlement is not None else _not_settled(scene, period)
    share = own_share(scene, settlement)
    return {
        "period": period, "label": in_words(period), "word": word, "kind": kind,
        "url": f"{scene.frame.base}/periods/{period}",
        "total_pence": rated.total_pence, "is_certain": settlement is not None,
        "share_pence": rated.line_of(mine).net_pence if scene.party and scene.party.role != "supplier" else None,
        "verdict": VERDICTS[share.verdict][0] if share is not None else "",
        "earned": f"{shown(rated.outcome.earned * 100)} %" if settlement is not None else "",
        "missing": len({party.id for party, _ in scene.book.missing(period)}) if _is_to_measure(scene, period) else 0,
    }  # fmt: skip


def _is_to_measure(scene: Scene, period: str) -> bool:
    return scene.is_measured and period not in scene.book.settled and is_over(period, scene.today)


def _not_settled(scene: Scene, period: str) -> tuple[str, str]:
    return ("Data missing", "conditions") if _is_to_measure(scene, period) else ("To come", "unknown")


def own_share(scene: Scene, settlement: Settlement | None) -> Share | None:
    """The share of the organisation that looks."""
    shares = settlement.shares if settlement is not None else ()
    mine = scene.party.organisation_id if scene.party is not None else None
    return next((share for share in shares if share.organisation_id == mine), None)


def working(settlement: Settlement) -> dict[str, Any]:
    """How a settlement came about, worked out again from what it keeps."""
    given = given_from(settlement.basis)
    rated = next(each for each in given.rated() if each.period == settlement.period)
    terms = given.terms_on(settlement.period)
    return {
        "measures": [_reached_row(terms.measure(each.key), each) for each in rated.outcome.measures],
        "steps": _steps(rated, terms),
        "agrees": rated.total_pence == settlement.total_pence,
        "warnings": _warnings(rated, terms),
    }  # fmt: skip


def _reached_row(measure: MeasureTerms, reached: Any) -> list[str]:
    value = "none" if reached.value is None else f"{shown(reached.value)} {measure.unit}".strip()
    return [measure.label, value, f"{reached.count:,}", f"{shown(reached.fraction * 100)} %" if not measure.is_guard
            else "guard", working_of(reached, measure)]  # fmt: skip


def _steps(rated: Rated, terms: Terms) -> list[dict[str, Any]]:
    """The sum in lines: fee, part of the month, base, at risk, cap."""
    steps = [{"label": "Fee of a month", "pence": terms.fee_pence, "note": "for all together, before VAT"}]
    if rated.outcome.part != 1:
        steps.append({"label": "Part of the month", "pence": None, "note": f"{rated.outcome.part} of its days"})
    base = plain((1 - terms.at_risk) * 100)
    earned = f"{shown(rated.outcome.earned * 100)} % of what is at risk was earned"
    steps += [
        {"label": "Base fee", "pence": rated.outcome.base_pence, "note": f"{base} % whatever the results are"},
        {"label": "At risk", "pence": rated.outcome.at_risk_pence, "note": earned},
    ]
    if rated.remaining_pence is not None:
        note = "reached: it cuts this month" if rated.is_capped else "not reached"
        steps.append({"label": "Left under the cap", "pence": rated.remaining_pence, "note": note})
    steps.append({"label": "Comes to", "pence": rated.total_pence, "note": "for all together, before VAT"})
    return steps


def _warnings(rated: Rated, terms: Terms) -> list[str]:
    told = []
    for reached in rated.outcome.measures:
        label = terms.measure(reached.key).label
        if reached.why == TOO_FEW:
            fewest = terms.measure(reached.key).fewest
            told.append(f"{label}: {reached.count:,} cases are too few to pay on; the contract asks for {fewest:,}.")
        elif reached.why == BREACHED:
            told.append(f"{label}: beyond its limit. Nothing at risk is paid for this month.")
        elif reached.why:
            told.append(f"{label}: {WHY[reached.why]}.")
    return told


def shown_shares(scene: Scene, settlement: Settlement) -> list[dict[str, Any]]:
    """What each organisation owes of a month, what it said, what of it is due, and what waits: disputed, or held."""
    rows = []
    for share in settlement.shares:
        party = scene.book.party_of(share.organisation_id)
        posted = scene.book.posted.get((settlement.period, share.organisation_id))
        net, due = share.base_pence + share.at_risk_pence, posted.net_pence if posted else 0
        word, kind = VERDICTS[share.verdict]
        rows.append(
            {
                "name": party.organisation.name if party else "", "part": share.part, "word": word, "kind": kind,
                "is_own": scene.party is not None and share.organisation_id == scene.party.organisation_id,
                "base_pence": share.base_pence, "at_risk_pence": share.at_risk_pence,
                "net_pence": net, "is_carried": share.is_carried, "at": share.at, "due_pence": due,
                "waiting_pence": net - due if share.verdict else 0,
            }
        )  # fmt: skip
    return rows


def shown_rows(rows: Sequence[Measurement], labels: dict[Any, str], names: dict[Any, str]) -> list[dict[str, Any]]:
    """Measurements with everything that was replaced, newest first."""
    return [
        {
            "month": in_words(row.period) if row.period else "Baseline", "measure": labels[row.measure_id],
            "organisation": names[row.organisation_id], "turn": row.turn, "count": row.count, "reason": row.reason,
            "value": "none" if row.value is None else plain(Fraction(row.value)), "at": row.at,
            "by": row.added_by.name if row.added_by else "", "file": row.source_name,
        }
        for row in rows
    ]  # fmt: skip


def _float(value: Fraction | None) -> float | None:
    return float(value) if value is not None else None
