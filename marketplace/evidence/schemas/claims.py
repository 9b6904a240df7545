"""What comes in of claims."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from marketplace.evidence.rules.claims import DIRECTIONS, STANCES, UNCHANGED
from marketplace.evidence.rules.effects import BETTER, EFFECTS, NO_EFFECT
from marketplace.evidence.schemas.studies import LONGEST
from marketplace.kit.fields import Fields
from marketplace.kit.values import Value

LONGEST_WORDS = 300


class ClaimWords(Value, kw_only=True):
    """The ids that a claim can name: settings of care, groups of patients, roles of measures."""

    settings: Collection[str]
    populations: Collection[str]
    roles: Collection[str]


class Stated(Value, kw_only=True):
    """A claim as its form gives it; the fields are those of models.Claim."""

    words: str
    measure: str
    effect: str
    better: str
    direction: str
    unit: str = ""
    measure_id: str = ""
    size: Decimal | None = None
    setting: str = ""
    population: str = ""
    in_whom: str = ""
    role: str = "effectiveness"


def read_claim(raw: Mapping[str, str], known: ClaimWords) -> Stated:
    """A claim. Raises Invalid by field."""
    fields = Fields(raw)
    stated = Stated(
        words=fields.line("words", LONGEST_WORDS, needed="Say it in one sentence, as a buyer would read it."),
        measure=fields.line("measure", LONGEST["measure"], needed="Say what was measured, as the studies say it."),
        measure_id=fields.line("measure_id", LONGEST["measure_id"]),
        unit=fields.line("unit", LONGEST["unit"]),
        effect=fields.one_of("effect", EFFECTS, needed="Say what the number is: a difference, a ratio or a level."),
        better=fields.one_of("better", BETTER, needed="Say whether higher or lower is better."),
        direction=fields.one_of("direction", DIRECTIONS, needed="Say where the product takes it."),
        size=fields.exact("size"),
        setting=fields.one_of("setting", known.settings),
        population=fields.one_of("population", known.populations),
        in_whom=fields.text("in_whom", LONGEST["population"]),
        role=fields.one_of("role", known.roles, blank="effectiveness"),
    )
    if "size" not in fields.wrong:
        fields.wrong |= size_faults(stated)
    fields.check("the claim cannot be held against anything yet")
    return stated


def read_weighed(raw: Mapping[str, str]) -> tuple[str, str]:
    """What a result does for a claim, and why. Raises Invalid by field."""
    fields = Fields(raw)
    stance = fields.one_of("stance", STANCES, needed="Say what the result does for the claim.")
    reason = fields.text("reason", LONGEST["reason"], needed="Say why: everybody reads it.")
    fields.check("what the result does is not said yet")
    return stance, reason


def size_faults(stated: Stated) -> dict[str, str]:
    """What cannot be of the size of a claim."""
    size = stated.size
    if size is None:
        needs = stated.direction == UNCHANGED or stated.effect not in ("", *NO_EFFECT)
        return {"size": "Give the level, or how near to no difference is near enough."} if needs else {}
    if stated.effect in NO_EFFECT and size <= 0:
        return {"size": "Give the size without a sign: the direction says which way."}
    goes = stated.direction if stated.effect == "ratio" else ""
    if goes in ("higher", "lower") and (size > 1) != (goes == "higher"):
        side = "above" if goes == "higher" else "below"
        return {"size": f"A ratio that goes {goes} is {side} 1. Check both."}
    return {}
