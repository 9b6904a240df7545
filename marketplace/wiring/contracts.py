"""Who hears what of terms, texts and signatures, and what the clock reminds people of."""

from datetime import datetime, timedelta

from marketplace.contracts import events
from marketplace.contracts.actions.obligations import tell_of_dates
from marketplace.contracts.subscribers import agreements as heard
from marketplace.contracts.subscribers.keeping import DEEDS, keeps_obligations
from marketplace.faces.services import Services
from marketplace.kit.events import Event
from marketplace.kit.schedules import Schedules
from marketplace.procurement import events as procurement
from marketplace.wiring.shape import Hearing


def hears(services: Services) -> Hearing:
    """Who hears what of terms, texts and signatures."""
    signs, follows = ("tell who signs", heard.tells_who_signs), heard.follows_procurement
    return {
        **{event: [("tell of texts", heard.tells_of_texts)] for event in heard.TOLD},
        **{event: [("keep obligations", keeps_obligations)] for event in DEEDS},
        events.ContractIssued: [signs, ("ask for baselines", heard.asks_for_baselines)],
        events.ContractSigned: [signs],
        events.ContractCosigned: [signs],
        procurement.ProcurementReopened: [("follow procurement", follows)],
        procurement.ProcurementCancelled: [("follow procurement", follows)],
    }


def schedules(services: Services) -> Schedules:
    """People are told of ends and obligations that come near."""
    return {"contract-dates": (timedelta(hours=6), lambda at: remind_of_dates(services, at))}


def remind_of_dates(services: Services, at: datetime) -> None:
    with services.database.writing() as db:
        tell_of_dates(db, services.frameworks, at=at)


FOR_THE_RECORD: tuple[type[Event], ...] = (
    events.ContractDrafted, events.ContractChanged, events.ContractRead, events.DeviationApproved,
    events.ObligationFinished, events.VariationBegun,
)  # fmt: skip
"""Events that nobody has to act on: they are the audit trail alone."""
