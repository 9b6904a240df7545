"""What identity puts on a desk: a second factor to set up, who invites the reader, whom the reader may let in."""

from collections.abc import Iterator
from typing import Any

from marketplace.faces.ask import Ask
from marketplace.identity.actions.people import oneself
from marketplace.identity.models import Membership, Organisation
from marketplace.identity.policies import Permission
from marketplace.identity.queries.factors import proven_strongly
from marketplace.identity.queries.members import invitations_to, members_of, waiting_without_manager
from marketplace.identity.queries.organisations import standings_of
from marketplace.kit.calendar import day_in_london


def setting_up(ask: Ask) -> Iterator[dict[str, Any]]:
    """A second factor to set up, by the day from which nobody acts without one."""
    organisation = ask.db.get(Organisation, ask.by.organisation_id) if ask.by.organisation_id else None
    since = organisation.second_factor_from if organisation else None
    if organisation is None or since is None or ask.caller is None or ask.caller.is_demonstration:
        return
    if not proven_strongly(ask.db, [ask.person_id]):
        yield {
            "title": "Set up a second factor", "url": "/account/second-factor", "due": since, "kind": "Your account",
            "text": f"From that day on nobody acts for {organisation.name} with a password alone.",
        }  # fmt: skip


def invited(ask: Ask) -> Iterator[dict[str, Any]]:
    """Invitations to the reader, by the day on which each ends."""
    for one in invitations_to(ask.db, oneself(ask.db, ask.by).email, at=ask.at):
        yield {
            "title": f"{one.organisation.name} invites you", "url": "/organisations", "kind": "Your account",
            "text": "Join it, or let the invitation pass.", "due": day_in_london(one.expires_at),
        }  # fmt: skip


def letting_in(ask: Ask) -> Iterator[dict[str, Any]]:
    """Who asks to join what the reader manages; for an operator, what nobody manages yet."""
    if ask.may(Permission.MEMBER_MANAGE) and ask.by.organisation_id:
        for asked in members_of(ask.db, ask.by.organisation_id, state="asked"):
            yield _asking(asked, ask.by.organisation_name, asked.person.email)
    if ask.may(Permission.OPERATE):
        for asked in waiting_without_manager(ask.db, on=day_in_london(ask.at)):
            if asked.organisation_id != ask.by.organisation_id:
                yield _asking(asked, asked.organisation.name, f"{asked.person.email}. Nobody manages it yet.")


def _asking(asked: Membership, name: str, text: str) -> dict[str, Any]:
    return {
        "title": f"{asked.person.name} asks to join {name}", "url": f"/organisations/requests/{asked.id}",
        "text": text, "due": asked.since,
    }  # fmt: skip


def belonging(ask: Ask) -> list[dict[str, str]]:
    """For whoever can do nothing here yet: who gives a role, whom they act or wait for, or how to find one."""
    if ask.by.organisation_id is not None:
        who = {"label": "Ask for a role", "url": f"/organisations/{ask.by.organisation_ref}/members",
               "text": "You have none here yet. Whoever manages the members gives you one."}  # fmt: skip
        return [] if ask.by.roles else [who]
    standings = standings_of(ask.db, ask.person_id)
    waits = "You asked to join it. Whoever decides is told, and so are you."
    ways = [
        {
            "label": f"Act for {one.organisation.name}" if one.state == "active" else one.organisation.name,
            "url": "/organisations",
            "text": "You are a member of it." if one.state == "active" else waits,
        }
        for one in standings
    ]
    find = "By its name, initials or code; or register your company. What you can do here comes with it."
    return ways or [{"label": "Find your organisation", "url": "/organisations/new", "text": find}]
