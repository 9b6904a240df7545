"""A study as plain data: what its digest covers, and what a correction keeps of it as it was."""

from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.evidence.models import Result, Study
from marketplace.evidence.schemas import Measured

DESCRIBED = (
    "title", "kind", "design", "version_number", "edition", "setting", "country", "population", "comparator",
    "participants", "sites", "began_on", "ended_on", "funder", "supplier_funded", "supplier_run", "conflicts",
    "registration", "doi", "url", "summary", "plain_summary", "document_digest", "document_name",
    "site_names", "clusters", "blinding", "estimand", "funder_kind", "protocol", "peer_reviewed", "settings",
    "populations",
)  # fmt: skip
"""The fields of schemas.Described, which are those of models.Study."""
LATER = ("settings", "populations")
"""Fields that came later: one that says nothing is left out, so that what was digested before them stays the same."""
MEASURED = (
    "measure", "role", "unit", "better", "effect", "estimate", "low", "high", "participants", "at_time", "subgroup",
    "interpretation", "measure_id", "standard_error", "arms",
)  # fmt: skip
"""The fields of schemas.Measured, which are those of models.Result."""


def content_of(study: Study) -> dict[str, Any]:
    """Every field and result of a study, in plain values: days as ISO, exact numbers as text."""
    told = [name for name in DESCRIBED if name not in LATER or getattr(study, name)]
    described = {name: _plain(getattr(study, name)) for name in told}
    return {**described, "contract_ref": study.contract_ref, "results": [_result(each) for each in study.results]}


def measured_of(result: Result) -> Measured:
    """A result as it would come in again."""
    return Measured(**{name: getattr(result, name) for name in MEASURED})


def _result(result: Result) -> dict[str, Any]:
    return {name: _plain(getattr(result, name)) for name in MEASURED}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value
