"""`desk pool`: studies give a pooled estimate, with every model, heterogeneity, leave one out and one by one."""

from collections.abc import Mapping, Sequence
from math import exp
from typing import Any

from marketplace.evidence.rules.arms import Compared
from marketplace.evidence.rules.given import COUNTS, MEANS, MEASURES, RATIOS, effect_of
from marketplace.evidence.rules.pooling import (
    DL,
    FRAGILE,
    METHODS,
    REML,
    Pooled,
    one_by_one,
    pool,
    predicted_higgins,
    without_each,
)
from marketplace.faces.desk.numbers import between, number, refuse_strangers, rows, shown, word, yes_or_no
from marketplace.faces.desk.worked import Calculator, Worked
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote

KNOWN = ("measure", "method", "knapp", "level", "stop-at", "studies")
OF_STUDY = ("effect", "low", "high", "se", "variance", *COUNTS, *MEANS)
EXAMPLE_ROW = "{name: Ashdown, effect: -3.1, low: -4.0, high: -2.2}"


def work(given: Mapping[str, Any], frameworks: Frameworks) -> Worked:
    """The pooled effect and what belongs to it. Raises Invalid, naming the study that does not hold."""
    refuse_strangers(given, KNOWN)
    measure = word(given, "measure", MEASURES, default="difference")
    method = word(given, "method", METHODS, default=REML)
    knapp = yes_or_no(given, "knapp", default=True)
    level = number(given, "level", default=95) / 100
    if not 0.5 <= level < 1:
        raise Invalid(f"a level of {100 * level:g} % is none to use", "Write level: 95.")
    names, effects = _studies(given, measure, level)
    y, v, near = [one.y for one in effects], [one.v for one in effects], number(given, "stop-at", default=1e-10)
    try:
        chosen = pool(y, v, method=method, knapp=knapp, level=level, near=near)
        models = _models(y, v, level, near)
    except ValueError as wrong:
        raise Invalid(str(wrong), "Give two studies or more, each with its spread.") from wrong
    is_log = measure in RATIOS
    left, steps = without_each(y, v, method=method, knapp=knapp), one_by_one(y, v, method=method, knapp=knapp)
    document = {
        **_document(chosen, models, names, effects, is_log, measure),
        "leave_one_out": _listed(names, left, is_log),
        "cumulative": _listed(names, steps, is_log),
    }
    shown_rows = _rows(chosen, models, names, effects, left, is_log)
    return Worked(f"{MEASURES[measure]}, {len(names)} studies", shown_rows, document)


def _models(y: Sequence[float], v: Sequence[float], level: float, near: float) -> dict[str, Pooled]:
    """Every model by its name; those with Hartung-Knapp end in -knapp."""
    plain = {name: pool(y, v, method=name, level=level, near=near) for name in METHODS}
    knapp = {f"{name}-knapp": pool(y, v, method=name, knapp=True, level=level, near=near) for name in (DL, REML)}
    return plain | knapp


def _studies(given: Mapping[str, Any], measure: str, level: float) -> tuple[list[str], list[Compared]]:
    names, effects = [], []
    for place, row in enumerate(rows(given, "studies", EXAMPLE_ROW), start=1):
        refuse_strangers(row, ("name", *OF_STUDY), f"study {place}: ")
        name = str(row.get("name") or f"Study {place}")
        given_numbers = [key for key in OF_STUDY if row.get(key) not in (None, "")]
        numbers = {key: number(row, key, where=f"{name}: ") for key in given_numbers}
        try:
            effects.append(effect_of(measure, numbers, level=level))
        except ValueError as wrong:
            raise Invalid(f"{quote(name)} cannot be read: {wrong}", f"Write it such as {EXAMPLE_ROW}.") from wrong
        names.append(name)
    return names, effects


def _rows(
    chosen: Pooled, models: Mapping[str, Pooled], names: Sequence[str], effects: Sequence[Compared],
    left: Sequence[Pooled | None], is_log: bool,
) -> list[tuple[str, str, str]]:  # fmt: skip
    found = [
        (name, shown(one.estimate), f"{between(*one.interval())}; weight {100 * weight:.1f} %")
        for name, one, weight in zip(names, effects, chosen.weights, strict=True)
    ]
    found.append(("Pooled", shown(_read(chosen.mu, is_log)), _interval(chosen, is_log)))
    if is_log:
        found.append(("Its logarithm", shown(chosen.mu), f"{between(chosen.low, chosen.high)}; SE {shown(chosen.se)}"))
    spread = chosen.spread
    of_tau = f"SE {shown(spread.tau2_se)}; " if spread.tau2_se is not None else ""
    fragile = "; fragile, under five studies" if chosen.count < FRAGILE else ""
    found += [
        ("tau²", shown(spread.tau2), f"{of_tau}tau {shown(spread.tau)}{fragile}"),
        ("I²", f"{spread.i2:.2f} %", f"H² {shown(spread.h2)}"),
        ("Q", shown(spread.q), f"{spread.df} degrees of freedom, p {spread.p:.4f}"),
    ]
    if chosen.predicted:
        low, high = (_read(end, is_log) for end in chosen.predicted)
        found.append(("A new study", between(low, high), f"prediction interval by {chosen.predicted_by}"))
    found += [
        (model_words(one), shown(_read(one.mu, is_log)), _interval(one, is_log))
        for one in models.values()
    ]  # fmt: skip
    found += [
        (f"Without {name}", shown(_read(one.mu, is_log)), _interval(one, is_log))
        for name, one in zip(names, left, strict=True)
        if one
    ]  # fmt: skip
    return found


def model_words(pooled: Pooled) -> str:
    return f"{METHODS[pooled.method]}{', Hartung-Knapp' if pooled.knapp else ''}"


def _interval(pooled: Pooled, is_log: bool) -> str:
    ends = between(_read(pooled.low, is_log), _read(pooled.high, is_log))
    return f"{ends}; {'t' if pooled.knapp else 'z'} {shown(pooled.statistic)}, p {pooled.p:.4f}"


def _read(value: float, is_log: bool) -> float:
    return exp(value) if is_log else value


def _document(
    chosen: Pooled, models: Mapping[str, Pooled], names: Sequence[str], effects: Sequence[Compared], is_log: bool,
    measure: str,
) -> dict[str, Any]:  # fmt: skip
    studies = [
        {"name": name, "y": one.y, "v": one.v, "estimate": one.estimate, "weight": weight}
        for name, one, weight in zip(names, effects, chosen.weights, strict=True)
    ]
    return {
        "measure": measure,
        "pooled": as_document(chosen, is_log),
        "models": {name: as_document(one, is_log) for name, one in models.items()},
        "studies": studies,
    }


def as_document(pooled: Pooled, is_log: bool) -> dict[str, Any]:
    """One model as data: `log` is true where mu, se and the intervals are of a logarithm; `estimate` never is."""
    spread, higgins = pooled.spread, predicted_higgins(pooled)
    return {
        "method": pooled.method, "knapp": pooled.knapp, "count": pooled.count, "log": is_log,
        "mu": pooled.mu, "se": pooled.se, "low": pooled.low, "high": pooled.high,
        "statistic": pooled.statistic, "p": pooled.p,
        "estimate": _read(pooled.mu, is_log),
        "interval": [_read(pooled.low, is_log), _read(pooled.high, is_log)],
        "q": spread.q, "df": spread.df, "q_p": spread.p, "tau2": spread.tau2, "tau2_se": spread.tau2_se,
        "i2": spread.i2, "h2": spread.h2,
        "prediction": list(pooled.predicted) if pooled.predicted else None,
        "prediction_by": pooled.predicted_by if pooled.predicted else "",
        "prediction_t_k_minus_2": list(higgins) if higgins and pooled.predicted else None,
    }  # fmt: skip


def _listed(names: Sequence[str], found: Sequence[Pooled | None], is_log: bool) -> list[dict[str, Any]]:
    return [
        {"study": name, "pooled": as_document(one, is_log) if one else None}
        for name, one in zip(names, found, strict=True)
    ]  # fmt: skip


EXAMPLE = """\
measure: risk-ratio
method: reml
knapp: true
studies:
- {name: Aronson 1948, a: 4, b: 119, c: 11, d: 128}
- {name: Ferguson 1949, a: 6, b: 300, c: 29, d: 274}
- {name: Rosenthal 1960, a: 3, b: 228, c: 11, d: 209}
- {name: Hart 1977, a: 62, b: 13536, c: 248, d: 12619}
- {name: Frimodt-Moller 1973, a: 33, b: 5036, c: 47, d: 5761}
- {name: Stein 1953, a: 180, b: 1361, c: 372, d: 1079}
- {name: Vandiviere 1973, a: 8, b: 2537, c: 10, d: 619}
- {name: Madras 1980, a: 505, b: 87886, c: 499, d: 87892}
- {name: Coetzee 1968, a: 29, b: 7470, c: 45, d: 7232}
- {name: Rosenthal 1961, a: 17, b: 1699, c: 65, d: 1600}
- {name: Comstock 1974, a: 186, b: 50448, c: 141, d: 27197}
- {name: Comstock 1969, a: 5, b: 2493, c: 3, d: 2338}
- {name: Comstock 1976, a: 27, b: 16886, c: 29, d: 17825}
"""

CALCULATOR = Calculator(
    name="pool",
    label="What studies come to together",
    text="Studies give one estimate: fixed, DerSimonian-Laird and REML, with Hartung-Knapp, tau², I² and prediction.",
    source="the example is the BCG analysis published with the R package metafor, which this calculator reproduces",
    example=EXAMPLE,
    work=work,
)
