"""Every call of the API, under /v1, room by room."""

from typing import Any

from litestar.exceptions import HTTPException
from sqlalchemy.exc import OperationalError

from marketplace.api import (
    archive,
    assurance,
    calendar,
    catalogue,
    comments,
    contracts,
    enumerations,
    evidence,
    framework_changes,
    frameworks,
    identity,
    imports,
    payments,
    procurement,
    record,
    register,
    safety,
    search,
    unsent,
)
from marketplace.api.calls import Call
from marketplace.api.edge import handler_of
from marketplace.api.index import index_over
from marketplace.api.problems import busy, fault, http_exception
from marketplace.ports.files.port import FilesUnavailable
from marketplace.routing import Part

MODULES = (
    search,
    catalogue,
    assurance,
    safety,
    evidence,
    procurement,
    contracts,
    payments,
    register,
    identity,
    imports,
    enumerations,
    framework_changes,
    frameworks,
    record,
    archive,
    calendar,
    comments,
    unsent,
)
CALLS: list[Call] = [call for module in MODULES for call in module.CALLS]
PROBLEMS: dict[int | type[Exception], Any] = {
    HTTPException: http_exception, OperationalError: busy, FilesUnavailable: busy, Exception: fault
}  # fmt: skip
"""What becomes of whatever no call refused by itself; the application uses the same for addresses that nobody has."""


def api_part() -> Part:
    """The API; its calls find `services` and `allowance` in the state of the application."""
    calls = [*index_over(CALLS), *CALLS]
    return Part("/v1", [handler_of(call) for call in calls], exception_handlers=PROBLEMS)
