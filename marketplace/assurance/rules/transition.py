"""What becomes of certificates when their framework has a newer version: they stand as they are, until a day."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import Field, Strict

from marketplace.assurance.rules.verdicts import Verdict
from marketplace.frameworks.schema.base import Declared, DeclaredFile, Identifier, Source, Words
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.kit.calendar import add_months, in_words
from marketplace.kit.values import Value, replace


class Transition(Declared):
    """Until when certificates of earlier versions stand once `version` of a framework is there."""

    framework: Identifier
    version: Annotated[int, Strict(), Field(ge=2)]
    stand_until: date
    because: Words
    source: Source


class Transitions(DeclaredFile):
    """Every transition that is declared; `months` after the newer version's day where none is."""

    months: Annotated[int, Strict(), Field(ge=1, le=60)]
    meaning: Words
    transitions: tuple[Transition, ...]


class Stands(Value):
    """Until when a certificate of an older version stands, and why."""

    until: date
    cause: str


def stands_until(declared: Transitions, versions: Sequence[AssuranceFramework], given_under: int) -> Stands | None:
    """Until when a certificate of version `given_under` stands; None while there is no newer version.

    `versions` are those of one framework. The first newer one counts: a later one does not lengthen it.
    """
    newer = min((each for each in versions if each.version > given_under), key=lambda each: each.version, default=None)
    if newer is None:
        return None
    said = next((each for each in declared.transitions if (each.framework, each.version) == (newer.id, newer.version)),
                None)  # fmt: skip
    until = said.stand_until if said else add_months(newer.date, declared.months)
    why = said.because if said else declared.meaning
    return Stands(until, f"{newer.label} took the place of the version that it was given under. {why}")


def capped(verdict: Verdict, stands: Stands | None, *, on: date) -> Verdict:
    """A verdict that holds no longer than its framework's transition."""
    if stands is None:
        return verdict
    if stands.until < on:
        cause = f"It stood until {in_words(stands.until)}. {stands.cause}"
        return replace(verdict, status="expired", cause=cause, until=stands.until, until_cause=stands.cause)
    if verdict.until is None or stands.until < verdict.until:
        return replace(verdict, until=stands.until, until_cause=stands.cause)
    return verdict
