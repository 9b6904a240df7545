"""Whose baseline of what is still to be given: of every measure before go-live, afterwards of what a variation adds."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Session

from marketplace.contracts.models import ContractParty, ContractText
from marketplace.contracts.queries.outcomes.books import Book, Latest
from marketplace.contracts.queries.signing import open_text
from marketplace.contracts.rules.periods import period_of
from marketplace.contracts.rules.terms import MeasureTerms, Terms, terms_from
from marketplace.kit.values import Value

BEFORE_LIVE = ("issued", "signed")


class Wanted(Value):
    """The measures whose baseline is not locked yet, and who has to give it; none where nothing is to be given.

    `number` is that of the variation that adds them; 0 where they are wanted before go-live.
    """

    measures: tuple[MeasureTerms, ...] = ()
    parties: tuple[ContractParty, ...] = ()
    number: int = 0

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(measure.key for measure in self.measures)

    @property
    def labels(self) -> str:
        return ", ".join(measure.label for measure in self.measures)

    def missing(self, there: Latest) -> list[str]:
        """Whose baseline of what is still not there, in words."""
        return [
            f"{measure.label} of {party.organisation.name}"
            for party in self.parties for measure in self.measures
            if ("", measure.key, party.organisation_id) not in there
        ]  # fmt: skip


def wanted_baselines(db: Session, book: Book, *, on: date) -> Wanted:
    """What is to be given on a day: what a variation adds, from its issue until the month from which it counts."""
    contract = book.contract
    if contract.state not in (*BEFORE_LIVE, "live"):
        return Wanted()
    text = open_text(db, contract.id)
    issued = text if text is not None and text.state == "issued" else None
    locked = {key for key, row in book.measures.items() if row.baseline_locked_at is not None}
    found = {one.key: one for terms in _terms(book, issued, on) for one in terms.measures if one.key not in locked}
    parties = tuple(party for party in book.buyers if party.left_on is None and _is_named(party, issued))
    is_before = contract.state in BEFORE_LIVE and not locked
    number = 0 if is_before else issued.number if issued is not None else contract.text_number
    return Wanted(tuple(found.values()), parties, number) if found else Wanted()


def _terms(book: Book, issued: ContractText | None, on: date) -> Iterator[Terms]:
    """The terms of which a baseline can still be taken, the oldest first."""
    is_live = book.contract.state == "live"
    if not is_live:
        yield book.given.terms
    for since, terms in book.given.variations:
        if not is_live or since > period_of(on):
            yield terms
    if issued is not None:
        yield terms_from(issued.parameters)


def _is_named(party: ContractParty, issued: ContractText | None) -> bool:
    """Whether the text that waits for signatures, if one does, still names this party."""
    return issued is None or any(one["ref"] == party.organisation.ref for one in issued.body["parties"])
