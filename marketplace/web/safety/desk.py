"""What waits in clinical safety at the desk: notices to answer, hazards to decide on, incidents to judge."""

from collections.abc import Iterator
from typing import Any

from marketplace.assurance.actions.safety.notices import KINDS
from marketplace.assurance.queries.safety.declared import clocks_of
from marketplace.assurance.queries.safety.desk import incidents_waiting, late_receipts, notices_waiting, undecided_here
from marketplace.faces.ask import Ask
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london

Item = dict[str, Any]


def keeping_safe(ask: Ask) -> Iterator[Item]:
    """What the signed-in person has to do about safety; a fixed number of queries."""
    if ask.by.organisation_id is None:
        return
    if ask.may(Permission.SAFETY_APPROVE):
        yield from _answering(ask)
    if ask.may(Permission.CATALOGUE_WRITE):
        yield from _judging(ask)
    if ask.may(Permission.CATALOGUE_WRITE) or ask.may(Permission.ASSURANCE_ASSESS):
        yield from _chasing(ask)


def _answering(ask: Ask) -> Iterator[Item]:
    assert ask.by.organisation_id is not None
    clocks = clocks_of(ask.services.frameworks)
    for receipt in notices_waiting(ask.db, ask.by.organisation_id, clocks):
        notice = receipt.notice
        due = notice.acknowledge_by if receipt.acknowledged_at is None else notice.act_by
        yield {
            "title": f"{KINDS[notice.kind]} on {notice.product.name}: {notice.title}",
            "url": f"/safety-notices/{notice.ref}", "text": "Acknowledge it" if receipt.acknowledged_at is None else
            "Say what you did", "due": due, "kind": "Safety",
        }  # fmt: skip
    for deployment, count in undecided_here(ask.db, ask.by.organisation_id):
        noun = "hazard" if count == 1 else "hazards"
        yield {
            "title": f"{count} {noun} of {deployment.product.name} for your decision",
            "url": f"/deployments/{deployment.ref}", "text": "Handed over by its supplier",
            "due": deployment.planned_at, "kind": "Safety",
        }  # fmt: skip


def _judging(ask: Ask) -> Iterator[Item]:
    assert ask.by.organisation_id is not None
    clocks = clocks_of(ask.services.frameworks)
    for incident, due_at in incidents_waiting(ask.db, ask.by.organisation_id, clocks):
        yield {
            "title": f"Judge the incident that {incident.organisation.name} reports",
            "url": f"/incidents/{incident.ref}", "text": incident.product.name,
            "due": day_in_london(due_at), "kind": "Safety",
        }  # fmt: skip


def _chasing(ask: Ask) -> Iterator[Item]:
    for notice, late in late_receipts(ask.db, by=ask.by, on=day_in_london(ask.at)):
        noun = "organisation has" if late == 1 else "organisations have"
        yield {
            "title": f"{late} {noun} not answered: {notice.title}", "url": f"/safety-notices/{notice.ref}",
            "text": notice.product.name, "due": notice.acknowledge_by, "kind": "Safety",
        }  # fmt: skip
