"""How often something may be tried: fixed windows, and networks instead of single addresses."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address

from marketplace.kit.values import Value


class Limit(Value):
    """At most `most` tries of one key in each window of this length; windows start at whole multiples since 1970."""

    name: str
    most: int
    window: timedelta


QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

ACCOUNT_FROM_HERE = Limit("sign-in-account-network", 10, QUARTER)
NETWORK = Limit("sign-in-network", 100, QUARTER)
ACCOUNT_FROM_ELSEWHERE = Limit("sign-in-account", 20, QUARTER)
EVERYWHERE = Limit("sign-in-everywhere", 1_000, QUARTER)
CONFIRMING = Limit("confirm-password", 10, QUARTER)
SECOND_FACTOR = Limit("second-factor", 10, QUARTER)
SECOND_FACTOR_EVERYWHERE = Limit("second-factor-everywhere", 40, HOUR)
MAILED_LINKS = Limit("mailed-links", 5, HOUR)
MAILED_FROM = Limit("mailed-links-network", 40, HOUR)
INVITING = Limit("invitations", 100, DAY)
JOINING = Limit("joining", 20, DAY)
REGISTERING = Limit("registering", 10, DAY)


def window_start(limit: Limit, at: datetime) -> datetime:
    """When the window began that `at` falls into."""
    seconds = int(limit.window.total_seconds())
    return datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, UTC)


def wait(limit: Limit, at: datetime) -> timedelta:
    """How long until the next window begins: more than nothing, at most the window."""
    return window_start(limit, at) + limit.window - at


def in_words(wait: timedelta) -> str:
    """Rounded up, so that nobody comes too early: "40 seconds", "14 minutes"."""
    seconds = max(1, -int(-wait.total_seconds() // 1))
    number, unit = (seconds, "second") if seconds < 90 else (-(-seconds // 60), "minute")
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def network_of(address: str) -> str:
    """What one household or company is likely to hold: an IPv4 address, the first 64 bits of an IPv6 address."""
    try:
        known = ip_address(address.strip().split("%", 1)[0])
    except ValueError:
        return "unknown"
    if isinstance(known, IPv6Address):
        if known.ipv4_mapped is not None:
            return str(known.ipv4_mapped)
        return f"{IPv6Address(int(known) >> 64 << 64)}/64"
    return str(known)
