"""What a calculator takes and gives: named values in; lines with the working, and the same as data, out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from marketplace.frameworks.loader import Frameworks
from marketplace.kit.values import Value


class Worked(Value):
    """A result with its working: (what, value, why) rows for people, and a document for programs."""

    title: str
    rows: Sequence[tuple[str, str, str]]
    document: Mapping[str, Any]

    @property
    def lines(self) -> list[str]:
        return [self.title, *(f"  {what}: {value}" + (f"  ({why})" if why else "") for what, value, why in self.rows)]


class Calculator(Value):
    """`work` raises Invalid, naming the value, for input that does not hold. `example` is input that does."""

    name: str
    label: str
    text: str
    source: str
    example: str
    work: Callable[[Mapping[str, Any], Frameworks], Worked]
