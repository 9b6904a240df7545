"""What the pages of outcomes share: the book of the contract, who looks at it, and the way between them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from marketplace.contracts.models import Contract, ContractParty, Settlement
from marketplace.contracts.policies.outcomes import may_close_harm, may_lead, may_report_harm, may_run
from marketplace.contracts.queries.outcomes.books import Book, book_of
from marketplace.contracts.rules.periods import in_words, parse_period
from marketplace.faces.ask import Ask
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.text import quote
from marketplace.kit.values import Value
from marketplace.web.contracts.common import Frame, contract_of, frame_of, today_of

PLACES = {
    "outcomes": "Outcomes",
    "measurements": "Measurements",
    "simulation": "Simulation",
    "finance": "Accrual and forecast",
    "harms": "Harms",
    "decision": "Decision",
}
SETTLED = {"computed": ("Computed, to accept", "submitted"), "closed": ("Accepted", "met")}
VERDICTS = {"": ("Waits", "submitted"), "accepted": ("Accepted", "met"), "disputed": ("Disputed", "not-met")}


class Scene(Value):
    """A contract as its outcome pages see it, for one actor on one day. `places` are the pages beside this one."""

    contract: Contract
    book: Book
    frame: Frame
    party: ContractParty | None
    today: date
    may_run: bool
    may_lead: bool
    may_report: bool
    may_close: bool
    places: Sequence[Mapping[str, Any]]

    def values(self) -> dict[str, Any]:
        """What every template of these pages names."""
        return {"frame": self.frame, "scene": self, "holds": self.book.holds}

    @property
    def is_measured(self) -> bool:
        return self.contract.live_at is not None


def scene_of(ask: Ask, ref: str, place: str) -> Scene:
    """The scene of a page. Raises NotFound; Invalid while the terms of a draft cannot be read."""
    contract = contract_of(ask, ref)
    book = _book_of(ask, contract)
    party = book.party_of(ask.by.organisation_id)
    base = f"/contracts/{contract.ref}"
    places = [{"label": label, "url": f"{base}/{key}", "current": key == place} for key, label in PLACES.items()]
    return Scene(
        contract, book, frame_of(ask, contract, "outcomes"), party, today_of(ask), may_run(ask.by, party),
        may_lead(ask.by, contract), may_report_harm(ask.by, party), may_close_harm(ask.by, party), places,
    )  # fmt: skip


def _book_of(ask: Ask, contract: Contract) -> Book:
    try:
        return book_of(ask.db, contract)
    except Invalid as wrong:
        told = " ".join(dict.fromkeys(wrong.fields.values())) or wrong.hint
        hint = f"{told} What is open stands on the first page of the contract, with where it is put right."
        raise Invalid(f"nothing can be worked out while the terms of {contract.name} are open", hint) from wrong


def period_in(book: Book, text: str) -> str:
    """A month of the contract. Raises NotFound for any other."""
    try:
        period = parse_period(text)
    except Invalid as wrong:
        raise NotFound(f"{quote(text)} is not a month", "Choose one under Outcomes.") from wrong
    if period not in book.periods:
        raise NotFound(f"{in_words(period)} lies outside the contract", "Choose a month under Outcomes.")
    return period


def settlement_in(book: Book, period: str) -> Settlement:
    """The settlement that counts of a month. Raises NotFound where it was not computed yet."""
    found = book.settled.get(period)
    if found is None:
        raise NotFound(f"{in_words(period)} was not computed yet", "It is computed when the data of all are in.")
    return found
