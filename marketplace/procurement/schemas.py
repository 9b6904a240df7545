"""What comes in, from forms and from JSON alike: read field by field, and told all at once where it does not hold."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from marketplace.catalogue.rules.offers import read_volume
from marketplace.catalogue.rules.pricing import LONGEST_TERM
from marketplace.frameworks import answers
from marketplace.frameworks.schema.forms import Form
from marketplace.kit.errors import Invalid
from marketplace.kit.fields import Fields, read_whole
from marketplace.kit.money import Money
from marketplace.kit.text import clean_line, clean_text, quote
from marketplace.kit.values import Value
from marketplace.procurement.rules.fit import IN_WORDS, TESTS, WEIGHTS, possible_tests

VOLUMES = {"users": "Users", "uses": "Uses a year", "sites": "Sites"}
LONGEST = {"name": 100, "need": 4_000, "wording": 300, "reason": 1_000, "note": 1_000, "words": 4_000, "query": 400}
MOST_WANTED = 60
MOST_PARTIES = 100
ROUTE_FIELDS = ("framework", "lot", "agreement")
"""What names a route to market, besides its kind and how long it may run."""
T = TypeVar("T")


@dataclass(slots=True)
class Reading:
    """Fields as they were sent in, and what was found wrong with them so far."""

    raw: Mapping[str, str]
    wrong: dict[str, str] = field(default_factory=dict)

    def take(self, name: str, reader: Callable[[str], T], *, blank: T, needed: str = "") -> T:
        """The field as read; `blank` where nothing was typed, which is wrong where `needed` says what to enter."""
        typed = self.raw.get(name, "").strip()
        if not typed:
            if needed:
                self.wrong[name] = needed
            return blank
        try:
            return reader(typed)
        except Invalid as refusal:
            self.wrong[name] = f"{refusal.fact}. {refusal.hint}".rstrip()
            return blank

    def line(self, name: str, *, needed: str = "") -> str:
        return self.take(name, lambda text: clean_line(text, LONGEST[name]), blank="", needed=needed)

    def text(self, name: str, *, needed: str = "") -> str:
        return self.take(name, lambda text: clean_text(text, LONGEST[name]), blank="", needed=needed)

    def one_of(self, name: str, known: Iterable[str], *, blank: str = "", needed: str = "") -> str:
        return self.take(name, lambda text: _known(text, known), blank=blank, needed=needed)

    def check(self, fact: str) -> None:
        """Raise Invalid with every fault found."""
        if self.wrong:
            raise Invalid(fact, "Look at what is marked, and send it again. Nothing was lost.", fields=self.wrong)


class Described(Value):
    """A project as its form gives it. `volumes` holds the numbers that were given, by unit, of one year."""

    name: str
    need: str
    volumes: dict[str, int]
    term_years: int


def read_described(raw: Mapping[str, str]) -> Described:
    """Name, need, users, uses, sites and term of a project. Raises Invalid by field."""
    reading = Reading(raw)
    name = reading.line("name", needed="Give the project a name, such as Ambient scribing, winter 2026.")
    need = reading.text("need", needed="Say what is needed, for whom and why, before you look at products.")
    given = {unit: reading.take(unit, _volume, blank=None) for unit in VOLUMES}
    term = reading.take("term_years", _term, blank=1)
    reading.check("the project is not described yet")
    return Described(name, need, {unit: number for unit, number in given.items() if number is not None}, term)


class Wanted(Value):
    """A requirement as its form gives it; `question` is empty where people judge it in words."""

    wording: str
    weight: str
    question: str
    test: str
    wanted: tuple[str, ...]


def read_wanted(raw: Mapping[str, str], values: Sequence[str], form: Form) -> Wanted:
    """A requirement: its words, or a declared question with a test and the answers wanted. Raises Invalid by field."""
    reading = Reading(raw)
    weight = reading.one_of("weight", WEIGHTS, blank="must")
    question = reading.one_of("question", form.questions)
    wording = reading.line("wording", needed="" if question else "Say what is required, or choose a question.")
    if not question:
        reading.check("the requirement does not hold")
        return Wanted(wording, weight, "", IN_WORDS, ())
    test = reading.one_of("test", possible_tests(form.questions[question].kind), blank=IN_WORDS)
    wanted = () if test == IN_WORDS else _wanted(reading, form, question, test, values)
    reading.check("the requirement does not hold")
    return Wanted(wording or form.questions[question].label, weight, question, test, wanted)


def _wanted(reading: Reading, form: Form, question: str, test: str, values: Sequence[str]) -> tuple[str, ...]:
    """The answers wanted, each as it would be stored as an answer to the question."""
    found: list[str] = []
    for value in [value for value in values if value.strip()][:MOST_WANTED]:
        good, wrong = answers.clean(form, {question: value})
        if wrong:
            reading.wrong["wanted"] = next(iter(wrong.values()))
        else:
            kept = good[question]
            found.extend(kept if isinstance(kept, list) else [str(kept)])
    if not found and "wanted" not in reading.wrong:
        reading.wrong["wanted"] = f"Say what is wanted: {TESTS[test]} which?"
    if len(found) > 1 and test in ("at-least", "at-most", "not-after"):
        reading.wrong["wanted"] = "Give one number or one date."
    return tuple(dict.fromkeys(found))


def wording_of(test: str, wanted: Sequence[str], form: Form, question: str) -> str:
    """What is wanted in words: "all of Epic; SystmOne", "at most 30 days". Empty where people judge."""
    if test == IN_WORDS or question not in form.questions:
        return ""
    asked = form.questions[question]
    readings = (answers.display(asked, _as_answer(asked.kind, value)).text for value in wanted)
    return f"{TESTS[test]} {'; '.join(readings)}"


def _as_answer(kind: str, value: str) -> object:
    return {"choices": [value], "number": Decimal(value) if kind == "number" else value}.get(kind, value)


class Protocol(Value, kw_only=True):
    """What a joint purchase is about, as its form gives it; what is left empty is asked for before it opens."""

    name: str
    question: str
    exit_criteria: str
    stop_rule: str
    starts_on: date | None
    ends_on: date | None
    price_afterwards: str
    fee_ceiling_pence: int | None
    fewest: int
    route: dict[str, str]


def read_protocol(raw: Mapping[str, str], routes: Iterable[str]) -> Protocol:
    """The protocol of a joint purchase; `routes` are the kinds of route that it may take. Raises Invalid by field."""
    fields = Fields(raw)
    texts = {name: fields.text(name, 4_000) for name in ("question", "exit_criteria", "stop_rule", "price_afterwards")}
    name = fields.line("name", 100, needed="Give it a name, such as Ambient scribing in outpatients.")
    starts, ends = fields.day("starts_on"), fields.day("ends_on")
    if starts and ends and ends < starts and "ends_on" not in fields.wrong:
        fields.wrong["ends_on"] = "The last day is before the first. Give a later one."
    ceiling = fields.take("fee_ceiling", _ceiling, blank=None)
    fewest = fields.take("fewest", _fewest, blank=1)
    route = {"kind": fields.one_of("route", routes)} | {key: fields.line(key, 200) for key in ROUTE_FIELDS}
    longest = fields.day("longest_until")
    fields.check("the protocol does not hold")
    known = {key: value for key, value in route.items() if value}
    known |= {"longest_until": longest.isoformat()} if longest else {}
    return Protocol(
        name=name, **texts, starts_on=starts, ends_on=ends, fee_ceiling_pence=ceiling, fewest=fewest, route=known
    )


def read_call_off(raw: Mapping[str, str]) -> dict[str, object]:
    """A party's own start, cost code, purchase order and quantities by unit. Raises Invalid by field."""
    fields = Fields(raw)
    found: dict[str, object] = {
        "starts_on": fields.day("starts_on"),
        "cost_code": fields.line("cost_code", 40),
        "purchase_order": fields.line("purchase_order", 40),
        "quantities": {unit: number for unit in VOLUMES if (number := fields.whole(unit)) is not None},
    }
    fields.check("the call-off does not hold")
    return found


def _ceiling(text: str) -> int | None:
    money = Money.parse(text)
    if money.pence <= 0:
        raise Invalid(f"{quote(text)} is not a ceiling", "Write an amount above £0.00, before VAT.")
    return money.pence


def _fewest(text: str) -> int:
    number = read_whole(text)
    if not 1 <= number <= MOST_PARTIES:
        raise Invalid(f"{quote(text)} is not a number of parties", f"Write 1 to {MOST_PARTIES}.")
    return number


def _known(text: str, known: Iterable[str]) -> str:
    options = list(known)
    if text not in options:
        shown = ", ".join(options[:8])
        raise Invalid(f"{quote(text)} is not one of the choices", f"Choose one of {shown}.")
    return text


def _volume(text: str) -> int | None:
    return read_volume(text)


def _term(text: str) -> int:
    years = read_volume(text)
    if not 1 <= years <= LONGEST_TERM:
        raise Invalid(f"{quote(text)} years is not a term", f"Use 1 to {LONGEST_TERM} years.")
    return years
