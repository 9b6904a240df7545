"""Accrual, forecast and what is at risk, by cost code and month: for the ledgers of those who pay."""

from marketplace.contracts.queries.outcomes.finance import COLUMNS, KINDS, finance_of, totals_of
from marketplace.contracts.rules.periods import in_words
from marketplace.faces.ask import Ask
from marketplace.kit.sheets import to_csv
from marketplace.web.contracts.outcomes.common import scene_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, Download, Page, page


@page("/contracts/{ref:str}/finance", who=ANYBODY_SIGNED_IN)
def show_finance(ask: Ask, ref: str) -> Page:
    """Each month of the term: due, to accrue, to come, at risk."""
    scene = scene_of(ask, ref, "finance")
    rows = finance_of(scene.book, by=ask.by, on=scene.today)
    values = {
        **scene.values(), "refusal": None, "errors": {},
        "rows": [{"month": in_words(row.period), "row": row, "kind": KINDS[row.kind]} for row in rows],
        "totals": totals_of(rows), "kinds": list(KINDS.values()),
    }  # fmt: skip
    return Page("contracts/outcomes/finance.html", values)


@page("/contracts/{ref:str}/finance.csv", who=ANYBODY_SIGNED_IN)
def finance_as_csv(ask: Ask, ref: str) -> Download:
    """The same as a table for a finance system."""
    scene = scene_of(ask, ref, "finance")
    rows = [row.cells for row in finance_of(scene.book, by=ask.by, on=scene.today)]
    name = f"finance-{scene.contract.ref}-{scene.today}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Download(b"".join(to_csv(COLUMNS, rows, bom=True)), "text/csv; charset=utf-8", headers)


ROUTES = [show_finance, finance_as_csv]
