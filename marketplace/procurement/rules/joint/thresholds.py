"""On which side of a threshold a value lies, for each kind of buyer. An aid to planning: it names its source."""

from datetime import date

from marketplace.frameworks.schema.procedures import ThresholdRow, Thresholds
from marketplace.kit.money import Money
from marketplace.kit.values import Value

ACT, NOTIFIABLE = "act", "notifiable"
ABOVE, BELOW, UNKNOWN = "above", "below", "unknown"


class Side(Value):
    """`side` is above, below or unknown; `row` is what it was compared with, `note` what the table says instead."""

    side: str
    row: ThresholdRow | None = None
    note: str = ""


def row_for(table: Thresholds, kind: str, nation: str, on: date, rule: str = ACT) -> ThresholdRow | None:
    """The row of a kind of buyer on a day; None where none is declared, as for another nation's law."""
    if nation == "scotland":
        return None
    for row in table.rows:
        fits = row.rule == rule and kind in row.kinds and (not row.nations or nation in row.nations)
        if fits and row.from_ <= on <= row.until:
            return row
    return None


def side_of(table: Thresholds | None, kind: str, nation: str, on: date, value: Money | None, rule: str = ACT) -> Side:
    """Where a value, VAT included, lies for a buyer. What cannot be estimated counts as above (Sch. 3 para 5)."""
    if table is None:
        return Side(UNKNOWN, note="No table of thresholds is declared.")
    row = row_for(table, kind, nation, on, rule)
    if row is None:
        note = table.elsewhere.get(nation) or table.elsewhere.get(kind) or f"No amount is declared for {on:%-d %B %Y}."
        return Side(UNKNOWN, note=note)
    if value is None:
        return Side(ABOVE, row, "A value that cannot be estimated counts as above (Sch. 3 para 5).")
    return Side(ABOVE if value.pence >= row.pence else BELOW, row)
