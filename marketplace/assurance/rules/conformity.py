"""How a product conforms today: its certificate, what its dated parts come to, and whether it is of what is on sale."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from marketplace.assurance.rules.changes import UNCLASSED
from marketplace.assurance.rules.verdicts import RANK, Verdict
from marketplace.kit.calendar import in_words
from marketplace.kit.values import Value

NO_CERTIFICATE = "no-certificate"
HOLDS = ("met", "met-with-conditions")
"""The words under which a certificate can be relied on."""


class Edition(Value):
    """An edition that was on show, and how it differs from the one before it: one of catalogue.rules.editions.

    `change` is rules.changes.UNCLASSED where its models differ and nobody said so.
    """

    edition: int
    number: str
    change: str


class Held(Value, kw_only=True):
    """A certificate as the rule reads it. `certified` is the edition that it was given for."""

    ref: str
    state: str
    reason: str
    outcome: str
    certified: Edition
    conditions: tuple[Mapping[str, str], ...] = ()


class Conformity(Value, kw_only=True):
    """How a product conforms on a day. `status` is an id of the taxonomy `conformity`, `word` what people read.

    `until` is the last day on which it holds as it is, `until_cause` what ends then.
    """

    status: str = NO_CERTIFICATE
    word: str = "No certificate on Touchstone"
    cause: str = "Nobody has assessed it here."
    certificate_ref: str | None = None
    certificate_id: UUID | None = None
    version_id: UUID | None = None
    until: date | None = None
    until_cause: str = ""
    conditions: tuple[Mapping[str, str], ...] = ()
    framework: str = ""

    @property
    def holds(self) -> bool:
        """Whether it can be relied on today."""
        return self.status in HOLDS


NONE = Conformity()


def covers(certified: Edition, later: Sequence[Edition]) -> bool:
    """Whether a certificate still is of what is on sale: every edition since only corrects the description."""
    return all(one.change == "correction" for one in later if one.edition > certified.edition)


def status_of(
    held: Held, verdict: Verdict, on_sale: Edition | None, later: Sequence[Edition], *, on: date
) -> tuple[str, str]:
    """The status and its cause, by what weighs most: withdrawn, suspended, another version, expired, not kept.

    `later` are the editions up to the one on sale; without `on_sale` the certificate is read by itself.
    """
    if held.state == "withdrawn":
        return "withdrawn", held.reason
    if held.state == "suspended":
        return "suspended", held.reason
    if on_sale is not None and (on_sale.edition < held.certified.edition or not covers(held.certified, later)):
        return NO_CERTIFICATE, _of_another(held, on_sale, later)
    if verdict.status not in HOLDS:
        is_dated = verdict.status == "expired" and not _is_condition_alone(held, verdict, on)
        return "expired" if is_dated else "in-remediation", verdict.cause
    return min((held.outcome, str(verdict.status)), key=lambda word: RANK[word]), _cause(held, verdict)


def _of_another(held: Held, on_sale: Edition, later: Sequence[Edition]) -> str:
    """Why a certificate does not cover what is on sale: another version, or models that changed without a word."""
    if any(one.change == UNCLASSED and one.edition > held.certified.edition for one in later):
        return f"{held.ref} is of other models than those on sale, and the supplier has not classed the change."
    return f"{held.ref} is of version {held.certified.number}; version {on_sale.number} is on sale."


def _is_condition_alone(held: Held, verdict: Verdict, on: date) -> bool:
    """Whether nothing is amiss but conditions that were not kept by their day."""
    overdue = {each["code"] for each in held.conditions if each["due_on"] and each["due_on"] < on.isoformat()}
    amiss = {each.criterion.code for each in verdict.criteria if each.counts and each.status not in HOLDS}
    return bool(amiss) and amiss <= overdue


def _cause(held: Held, verdict: Verdict) -> str:
    if verdict.until is None:
        return f"Nothing in {held.ref} runs out by its date."
    return f"It holds until {in_words(verdict.until)}: {verdict.until_cause}"
