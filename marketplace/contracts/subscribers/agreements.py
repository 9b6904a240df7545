"""What contracts do when their procurement changes under them, and whom they tell of texts and signatures."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.contracts import events
from marketplace.contracts.actions.drafting import cancel_contract
from marketplace.contracts.actions.outcomes.telling import tell_contract
from marketplace.contracts.actions.texts import recall
from marketplace.contracts.models import Contract, ContractText
from marketplace.contracts.policies.agreements import DRAFTING
from marketplace.contracts.queries.contracts import WITH_NAMES, parties_of
from marketplace.contracts.queries.outcomes.baselines import wanted_baselines
from marketplace.contracts.queries.outcomes.books import book_of
from marketplace.contracts.queries.overview import TURN, Step, steps_of
from marketplace.contracts.queries.signing import open_text
from marketplace.contracts.states import CONTRACT
from marketplace.identity.policies import CLOCK, Permission
from marketplace.kit.calendar import day_in_london, in_words
from marketplace.kit.jobs import Heard
from marketplace.procurement.events import ProcurementCancelled, ProcurementReopened

EVERYBODY = (Permission.CONTRACT_READ,)
SIGNERS = (Permission.CONTRACT_SIGN,)
RUNNERS = (Permission.CONTRACT_MANAGE,)


def follows_procurement(db: Session, heard: Heard) -> None:
    """The procurement was opened again or cancelled: no text of it may go on being signed. Repeatable."""
    event = heard.event
    if not isinstance(event, ProcurementReopened | ProcurementCancelled):
        return
    rows = select(Contract).where(Contract.procurement_id == event.procurement_id)
    for contract in db.scalars(rows.where(Contract.state.in_(("draft", "issued", "signed")))):
        if isinstance(event, ProcurementCancelled) and CONTRACT.allows("cancel", contract.state):
            cancel_contract(
                db, contract, reason=f"The procurement was cancelled: {event.reason}", by=CLOCK, at=heard.at
            )
        elif contract.state == "issued":
            recall(db, contract, reason=f"The procurement was opened again: {event.reason}", by=CLOCK, at=heard.at)


def tells_who_signs(db: Session, heard: Heard) -> None:
    """A text was issued or somebody signed it: tell those whose turn it is now."""
    contract = _contract(db, heard)
    text = open_text(db, contract.id)
    if text is None or text.state != "issued":
        return
    for step in steps_of(db, text, parties_of(db, contract.id)):
        if step.state == TURN:
            tell_contract(
                db, contract, "it is your turn to sign", f"Read text {text.number} first; then sign or decline.",
                key=_turn(text, step), at=heard.at, tab="signatures", who=SIGNERS, only=step.organisation_id,
            )  # fmt: skip


def asks_for_baselines(db: Session, heard: Heard) -> None:
    """A variation of a live contract was issued that adds a measure: those who run the contract give its baseline."""
    contract = _contract(db, heard)
    if contract.state != "live":
        return
    wanted = wanted_baselines(db, book_of(db, contract), on=day_in_london(heard.at))
    if wanted.measures:
        tell_contract(
            db, contract, f"a baseline is wanted of {wanted.labels}",
            f"Variation {wanted.number} adds it. Give what you find now; the lead locks it, then the parties sign.",
            key=heard.key, at=heard.at, tab="measurements", who=RUNNERS,
        )  # fmt: skip


def _turn(text: ContractText, step: Step) -> str:
    """A turn is told once; where several sign for a party, the next of them hears of theirs."""
    done = sum(1 for one in step.people if one.person)
    return f"sign {text.id} {done}" if done else f"sign {text.id}"


def tells_of_texts(db: Session, heard: Heard) -> None:
    """Tell the parties what became of a text; each event has its own words and its own people."""
    contract = _contract(db, heard)
    title, body, who = _SAID[type(heard.event)](heard.event)
    tell_contract(db, contract, title, body, key=heard.key, at=heard.at, tab="", who=who, but=heard.by_person_id)


def _contract(db: Session, heard: Heard) -> Contract:
    return db.get_one(Contract, heard.event.about_id, options=WITH_NAMES)


def _bound(event: Any) -> tuple[str, str, Iterable[Permission]]:
    said = "every party has signed" if event.number == 1 else f"variation {event.number} is signed by all"
    return (
        said,
        f"The text binds, in force from {in_words(event.effective_on)}. Its digest is {event.digest}.",
        EVERYBODY,
    )


def _declined(event: Any) -> tuple[str, str, Iterable[Permission]]:
    return f"text {event.number} was declined", event.reason, (*DRAFTING, *SIGNERS)


def _recalled(event: Any) -> tuple[str, str, Iterable[Permission]]:
    return f"text {event.number} was recalled", event.reason, SIGNERS


def _cancelled(event: Any) -> tuple[str, str, Iterable[Permission]]:
    return "the contract was cancelled", event.reason, EVERYBODY


def _seat(event: Any) -> tuple[str, str, Iterable[Permission]]:
    return "a party is another organisation now", event.reason, EVERYBODY


_SAID: dict[type, Callable[[Any], tuple[str, str, Iterable[Permission]]]] = {
    events.ContractBound: _bound,
    events.ContractDeclined: _declined,
    events.ContractRecalled: _recalled,
    events.ContractCancelled: _cancelled,
    events.SeatPassed: _seat,
}
TOLD = tuple(_SAID)
