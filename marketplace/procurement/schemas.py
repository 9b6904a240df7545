"""What comes in, from forms and from JSON alike: read field by field, and told all at once where it does not hold."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from marketplace.catalogue.rules.offers import read_volume
from marketplace.catalogue.rules.pricing import LONGEST_TERM
from marketplace.frameworks import answers
from marketplace.frameworks.schema.forms import Form
from marketplace.kit.errors import Invalid
from marketplace.kit.text import clean_line, clean_text, quote
from marketplace.procurement.rules.fit import IN_WORDS, TESTS, WEIGHTS, possible_tests

VOLUMES = {"users": "Users", "uses": "Uses a year", "sites": "Sites"}
LONGEST = {"name": 100, "need": 4_000, "wording": 300, "reason": 1_000, "note": 1_000, "words": 4_000, "query": 400}
MOST_WANTED = 60
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


@dataclass(frozen=True, slots=True)
class Described:
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


@dataclass(frozen=True, slots=True)
class Wanted:
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
