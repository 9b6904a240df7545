"""A question that several frameworks ask is one question: of one unit, with one date, wherever one side answers it."""

from marketplace.frameworks.loader.assuring import Placed, placed
from marketplace.frameworks.loader.gathering import Gathered
from marketplace.frameworks.schema.assurance import AssuranceFile
from marketplace.kit.errors import Invalid


def check_shared(newest: list[Gathered[AssuranceFile]]) -> None:
    """What is answered once is kept once, and has one date. Raises Invalid, naming both places."""
    units: dict[tuple[str, str], tuple[str, Placed]] = {}
    dates: dict[tuple[str, str], tuple[str, Placed]] = {}
    for gathered in newest:
        for each in placed(gathered):
            key = (each.declared.question, each.declared.who or gathered.value.completed_by)
            _same(units, key, each.declared.unit, each, "is about")
            if each.declared.expires and each.declared.expires.dated:
                _same(dates, key, each.declared.expires.dated, each, "asks for the date")


def _same(
    seen: dict[tuple[str, str], tuple[str, Placed]], key: tuple[str, str], said: str, here: Placed, what: str
) -> None:
    before, there = seen.setdefault(key, (said, here))
    if before != said:
        raise Invalid(
            f"{here.where}: {here.declared.code} {what} “{said}”, and {there.declared.code} at {there.where} {what} "
            f"“{before}”, for the same question “{key[0]}”",
            "One answer serves both: say the same in both, or ask a question of its own.",
        )
