"""A text with what stands around it on paper: its facts, its digest, and who has signed. All forms are made of this."""

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.contracts.rules.words import lines_of
from marketplace.kit.values import Value

FACTS_HEAD = ("Fact", "As it stands")
SIGNED_HEAD = ("Organisation", "Signed by", "When")
SIGNATURES = "Signatures"
UNSIGNED = "Nobody has signed yet."


class Sheet(Value, kw_only=True):
    """`tree` is the text; `digest` covers it and nothing around it, empty for a draft, which nobody signs.

    `standing` says in words whether it binds.
    """

    tree: Mapping[str, Any]
    digest: str
    name: str
    lead: str
    standing: str
    facts: tuple[tuple[str, str], ...]
    signatures: tuple[tuple[str, str, str], ...] = ()

    def data(self) -> dict[str, Any]:
        """As plain data, for a template that knows no classes."""
        return {
            "tree": dict(self.tree), "digest": self.digest, "name": self.name, "lead": self.lead,
            "standing": self.standing, "facts": [list(fact) for fact in self.facts],
            "signatures": [list(row) for row in self.signatures], "signed": list(SIGNED_HEAD), "unsigned": UNSIGNED,
        }  # fmt: skip


def sheet_lines(sheet: Sheet) -> list[str]:
    """Every line that any form of the document holds, in order; page numbers and repeated footers left out."""
    title, notice, *text = lines_of(sheet.tree)
    facts = [*FACTS_HEAD, *(cell for fact in sheet.facts for cell in fact)]
    signed = [*SIGNED_HEAD, *_cells(sheet.signatures)] if sheet.signatures else [UNSIGNED]
    return [title, notice, *facts, *text, SIGNATURES, *signed]


def _cells(rows: Sequence[Sequence[str]]) -> list[str]:
    return [cell for row in rows for cell in row]
