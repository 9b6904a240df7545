"""The four refusals. A room raises them; only a face knows which status they become."""

from collections.abc import Mapping


class Refusal(Exception):
    """Something was asked that cannot be done: a fact, and a hint that says what to do.

    `fields` names what is wrong with each field of the form or document that was sent in.
    """

    def __init__(self, fact: str, hint: str = "", *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(fact)
        self.fact = fact
        self.hint = hint
        self.fields = dict(fields or {})


class NotAllowed(Refusal):
    """This actor may not do this."""


class NotFound(Refusal):
    """There is no such thing, or none that this actor may know of."""


class Conflict(Refusal):
    """The thing is not in a state in which this can be done, or somebody else was quicker."""


class Invalid(Refusal):
    """What was sent in does not hold: the fact names the value, the hint the way on."""
