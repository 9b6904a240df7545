"""What comes in of studies and results, from forms and from JSON alike: read field by field, told all at once."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal

from marketplace.evidence.rules.effects import BETTER, BLINDING, EFFECTS, FUNDERS, KINDS
from marketplace.kit.errors import Invalid
from marketplace.kit.fields import Fields, read_link
from marketplace.kit.text import clean_line, quote
from marketplace.kit.values import Value, field

MOST_RESULTS = 60
LONGEST = {
    "title": 200, "version_number": 30, "setting": 1_000, "population": 1_000, "comparator": 1_000, "funder": 200,
    "conflicts": 1_000, "registration": 60, "summary": 4_000, "plain_summary": 2_000, "reason": 1_000,
    "measure": 120, "measure_id": 60, "unit": 40, "at_time": 80, "group_words": 80, "interpretation": 1_000,
    "site_names": 1_000, "estimand": 300, "arm": 60,
}  # fmt: skip
ESTIMAND = {
    "treatment": "Treatment and comparator",
    "population": "Population",
    "variable": "What is measured",
    "events": "What is done about events on the way, such as switching it off",
    "summary": "How it is summed up over people",
}
"""The five parts of ICH E9(R1), by the name under which a study keeps them."""
ARMS, ARM = ("arm1", "arm2"), ("label", "n", "events", "mean", "sd")
"""The groups that a result compares: with the product first. Each has what was counted or averaged in it."""
_DOI = re.compile(r"10\.[0-9]{4,9}/[!-~]{1,180}")
_DOI_AT = ("https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "doi:")


class Vocabulary(Value, kw_only=True):
    """The ids that a study can name: designs, countries, settings and patients, roles of measures, groups of people."""

    designs: Collection[str]
    countries: Collection[str]
    settings: Collection[str]
    populations: Collection[str]
    roles: Collection[str]
    groups: Collection[str]


class Described(Value, kw_only=True):
    """A study as its form gives it; the fields are those of models.Study."""

    title: str
    kind: str
    design: str
    version_number: str
    edition: int | None = None
    setting: str = ""
    settings: list[str] = field(default_factory=list)
    country: str = ""
    population: str = ""
    populations: list[str] = field(default_factory=list)
    comparator: str = ""
    participants: int | None = None
    sites: int | None = None
    began_on: date | None = None
    ended_on: date | None = None
    funder: str = ""
    supplier_funded: bool = False
    supplier_run: bool = False
    conflicts: str = ""
    registration: str = ""
    doi: str = ""
    url: str = ""
    summary: str = ""
    plain_summary: str = ""
    document_digest: str = ""
    document_name: str = ""
    site_names: str = ""
    clusters: int | None = None
    blinding: str = ""
    estimand: dict[str, str] = field(default_factory=dict)
    funder_kind: str = ""
    protocol: str = ""
    peer_reviewed: bool | None = None


class Measured(Value, kw_only=True):
    """A result as its form, or a contract, gives it; the fields are those of models.Result."""

    measure: str
    better: str
    effect: str
    estimate: Decimal
    unit: str = ""
    role: str = "effectiveness"
    low: Decimal | None = None
    high: Decimal | None = None
    participants: int | None = None
    at_time: str = ""
    subgroup: str = ""
    interpretation: str = ""
    measure_id: str = ""
    standard_error: Decimal | None = None
    arms: list[dict[str, str]] = field(default_factory=list)


def read_described(raw: Mapping[str, str], known: Vocabulary, *, on: date) -> Described:
    """A study, all but its results; `on` is today, after which nothing can have ended. Raises Invalid by field."""
    fields = Fields(raw)
    described = Described(
        title=fields.line("title", LONGEST["title"], needed="Give the study its title, as it was published."),
        kind=fields.one_of("kind", KINDS, needed="Choose what it is."),
        design=fields.one_of("design", known.designs, needed="Choose the design that comes nearest."),
        version_number=fields.line(
            "version_number", LONGEST["version_number"], needed="Say which version of the product was studied."
        ),
        edition=fields.whole("edition"),
        country=fields.one_of("country", known.countries),
        settings=fields.several("settings", known.settings),
        populations=fields.several("populations", known.populations),
        participants=fields.whole("participants"), sites=fields.whole("sites"),
        began_on=fields.day("began_on"), ended_on=fields.day("ended_on"),
        funder=fields.line("funder", LONGEST["funder"]), registration=fields.line("registration", 60),
        supplier_funded=fields.yes_or_no("supplier_funded", needed="Say whether the supplier paid for any of it."),
        supplier_run=fields.yes_or_no("supplier_run", needed="Say whether the supplier's own people ran it."),
        doi=fields.take("doi", read_doi, blank=""), url=fields.take("url", read_link, blank=""),
        **_texts(fields, "setting", "population", "comparator", "conflicts", "summary", "plain_summary", "site_names"),
        clusters=fields.whole("clusters"), blinding=fields.one_of("blinding", BLINDING),
        funder_kind=fields.one_of("funder_kind", FUNDERS), protocol=fields.take("protocol", read_link, blank=""),
        peer_reviewed=fields.yes_or_no("peer_reviewed") if raw.get("peer_reviewed") else None,
        estimand=_estimand(fields),
    )  # fmt: skip
    _check_days(fields, described, on)
    fields.check("the study is not described yet")
    return described


def read_result(raw: Mapping[str, str], known: Vocabulary) -> Measured:
    """One result. Raises Invalid by field."""
    fields = Fields(raw)
    effect = fields.one_of("effect", EFFECTS, needed="Say what the number is: a difference, a ratio or a level.")
    estimate = fields.exact("estimate", needed="Give the number that was found, good or bad.")
    low, high = fields.exact("low"), fields.exact("high")
    measured = Measured(
        measure=fields.line("measure", LONGEST["measure"], needed="Say what was measured, such as minutes per note."),
        role=fields.one_of("role", known.roles, blank="effectiveness"),
        unit=fields.line("unit", LONGEST["unit"]),
        better=fields.one_of("better", BETTER, needed="Say whether higher or lower is better."),
        effect=effect, estimate=estimate or Decimal(0), low=low, high=high,
        participants=fields.whole("participants"), at_time=fields.line("at_time", LONGEST["at_time"]),
        subgroup=_subgroup(fields, known), interpretation=fields.text("interpretation", LONGEST["interpretation"]),
        measure_id=fields.line("measure_id", LONGEST["measure_id"]), standard_error=fields.exact("standard_error"),
        arms=_arms(fields),
    )  # fmt: skip
    if estimate is not None:
        fields.wrong = {**number_faults(measured), **fields.wrong}
    fields.check("the result does not hold")
    return measured


def read_results(rows: Sequence[Mapping[str, str]], known: Vocabulary) -> list[Measured]:
    """Several results; each fault is named by its place, `results.0.low`. Raises Invalid by field."""
    if len(rows) > MOST_RESULTS:
        told = f"Send at most {MOST_RESULTS}."
        raise Invalid(f"{len(rows)} results are too many", told, fields={"results": told})
    found: list[Measured] = []
    wrong: dict[str, str] = {}
    for place, row in enumerate(rows):
        try:
            found.append(read_result(row, known))
        except Invalid as refusal:
            wrong |= {f"results.{place}.{name}": text for name, text in refusal.fields.items()}
    if wrong:
        raise Invalid("a result does not hold", "Look at what is named. Nothing was changed.", fields=wrong)
    return found


def number_faults(measured: Measured) -> dict[str, str]:
    """What cannot be of an estimate and its interval, by field."""
    low, high, estimate = measured.low, measured.high, measured.estimate
    wrong: dict[str, str] = {}
    if (low is None) != (high is None):
        wrong["high" if high is None else "low"] = "Give both ends of the interval, or neither."
    elif low is not None and high is not None and low > high:
        wrong["low"] = f"{low} is above {high}: the lower end of the interval comes first."
    elif low is not None and high is not None and not low <= estimate <= high:
        wrong["estimate"] = f"{estimate} does not lie between {low} and {high}. Check the three numbers."
    if measured.effect == "ratio" and min(estimate, estimate if low is None else low) <= 0:
        wrong.setdefault("estimate" if estimate <= 0 else "low", "A ratio is above 0.")
    if measured.effect == "proportion" and measured.unit == "%" and not 0 <= estimate <= 100:
        wrong.setdefault("estimate", f"{estimate} % is no proportion. Give a number from 0 to 100.")
    if measured.standard_error is not None and measured.standard_error <= 0:
        wrong["standard_error"] = "A standard error is above 0. Leave it blank where none was reported."
    return wrong


def read_doi(text: str) -> str:
    """A DOI, with or without its address: 10.1038/s41746-025-01670-7. Raises Invalid."""
    bare = clean_line(text, LONGEST["title"])
    for start in _DOI_AT:
        bare = bare.removeprefix(start)
    if not _DOI.fullmatch(bare):
        raise Invalid(f"{quote(text)} is not a DOI", "Write it such as 10.1000/182.")
    return bare


def _texts(fields: Fields, *names: str) -> dict[str, str]:
    return {name: fields.text(name, LONGEST[name]) for name in names}


def _estimand(fields: Fields) -> dict[str, str]:
    """The parts that were told; what is left blank is not kept."""
    told = {part: fields.line(f"estimand_{part}", LONGEST["estimand"]) for part in ESTIMAND}
    return {part: words for part, words in told.items() if words}


def _arms(fields: Fields) -> list[dict[str, str]]:
    """The groups of which something is told; numbers stay as they were typed, without commas."""
    arms = []
    for arm in ARMS:
        numbers = {
            "n": fields.whole(f"{arm}_n"), "events": fields.whole(f"{arm}_events"),
            "mean": fields.exact(f"{arm}_mean"), "sd": fields.exact(f"{arm}_sd"),
        }  # fmt: skip
        told = {name: format(number, "f") if isinstance(number, Decimal) else str(number)
                for name, number in numbers.items() if number is not None}  # fmt: skip
        if (numbers["events"] or 0) > (numbers["n"] or 0):
            fields.wrong[f"{arm}_events"] = "More events than people or cases in this group. Check both."
        if told:
            arms.append({"label": fields.line(f"{arm}_label", LONGEST["arm"]), **told})
    return arms


def _check_days(fields: Fields, described: Described, on: date) -> None:
    for name in ("began_on", "ended_on"):
        day = getattr(described, name)
        if day is not None and day > on:
            fields.wrong[name] = f"{day.day} {day:%B %Y} has not come yet. A study is written down when it has ended."
    began, ended = described.began_on, described.ended_on
    if began and ended and ended < began:
        fields.wrong.setdefault("ended_on", f"It ended before it began, on {began.day} {began:%B %Y}. Check both.")


def _subgroup(fields: Fields, known: Vocabulary) -> str:
    """ "sex: women": the group and who of it; empty for all people."""
    group = fields.one_of("group", known.groups)
    needed = "Say who of this group, such as women." if group else ""
    words = fields.line("group_words", LONGEST["group_words"], needed=needed)
    if words and not group and "group" not in fields.wrong:
        fields.wrong["group"] = "Choose the group that this is about, or leave out who."
    return f"{group}: {words}" if group and words else ""
