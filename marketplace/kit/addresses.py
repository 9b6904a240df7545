"""Where a database is, as settings name it: read or refused, and shown without what opens it."""

import re

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote

DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")
HIDDEN = "********"
_PASSWORD = re.compile(r"((?:password|passwd|pwd)\s*=\s*)[^&\s]+", re.IGNORECASE)
_BEFORE_THE_HOST = re.compile(r"^(?![\w+.-]+:///)([\w+.-]*:(?://)?).*@", re.DOTALL)
_WITHOUT_A_HOST = re.compile(r"^([\w+.-]+://[^/@:]*:)(?!\d+(?:/|$))[^/@]+(?=/|$)")


def database_address(address: str) -> str:
    """The address as it is, where it names a database of a kind that is served. Raises Invalid, naming what it is."""
    if not _is_of_a_database(address):
        raise Invalid(
            f"TOUCHSTONE_DATABASE_URL names no database: {quote(without_password(address), 120)}",
            "Write it like sqlite:////var/lib/touchstone.db or postgresql+psycopg://name:password@host:5432/database, "
            "with %40 for an @ in the password.",
        )
    return address


def without_password(address: str) -> str:
    """An address, well formed or not, without the name and the password in it: what may be one is hidden too."""
    for pattern, shown in ((_BEFORE_THE_HOST, f"{HIDDEN}@"), (_WITHOUT_A_HOST, HIDDEN), (_PASSWORD, HIDDEN)):
        address = pattern.sub(rf"\1{shown}", address)
    return address


def _is_of_a_database(address: str) -> bool:
    try:
        url: URL = make_url(address)
    except (ArgumentError, ValueError):
        return False
    return url.drivername in DRIVERS and "@" not in (url.host or "")
