"""What an organisation has of its own to pass on: its people with their roles, who asks or is invited, programs."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.identity.models import Invitation, Membership, Remark, Token, Webhook
from marketplace.identity.policies import ROLES
from marketplace.identity.queries.members import members_of
from marketplace.identity.rules.successions import Blocker, Foreseen, Passing, Thing


def foresee(db: Session, passing: Passing) -> Foreseen:
    """People take their roles along. Tokens and webhooks end: what programs may do is for the new managers to give."""
    there = members_of(db, passing.old.id)
    going = [each for each in there if passing.takes("person", each.id)]
    things = [Thing("person", each.id, each.person.name, _as(each)) for each in going]
    if passing.is_whole:
        asked = members_of(db, passing.old.id, state="asked")
        things += [Thing("request", each.id, each.person.name) for each in asked]
        things += [Thing("invitation", each.id, each.email) for each in open_offers(db, passing)]
        things += [Thing("program", each.id, each.description or "A webhook") for each in open_webhooks(db, passing)]
    things += [Thing("program", each.id, each.name) for each in open_tokens(db, passing, going)]
    things += [Thing("comment", each.id, each.words[:80], f"On {each.title}.") for each in remarks_of(db, passing)]
    return Foreseen(tuple(things), _without_manager(passing, there, going), _notes(db, passing))


def remarks_of(db: Session, passing: Passing) -> list[Remark]:
    """What the old organisation's people said of things: of those that pass, in a split."""
    rows = select(Remark).where(Remark.organisation_id == passing.old.id).order_by(Remark.id)
    about = {UUID(key.rpartition(":")[2]) for key in passing.chosen or ()}
    return [one for one in db.scalars(rows) if passing.is_whole or one.about_id in about]


def open_offers(db: Session, passing: Passing) -> list[Invitation]:
    """Invitations of the old organisation that were neither used nor withdrawn."""
    rows = select(Invitation).where(Invitation.organisation_id == passing.old.id)
    return list(db.scalars(rows.where(Invitation.used_at.is_(None), Invitation.withdrawn_at.is_(None))))


def open_webhooks(db: Session, passing: Passing) -> list[Webhook]:
    rows = select(Webhook).where(Webhook.organisation_id == passing.old.id, Webhook.ended_at.is_(None))
    return list(db.scalars(rows.order_by(Webhook.id)))


def open_tokens(db: Session, passing: Passing, going: list[Membership]) -> list[Token]:
    """Tokens that act for the old organisation, of the people who go."""
    rows = select(Token).where(Token.organisation_id == passing.old.id, Token.ended_at.is_(None))
    return list(db.scalars(rows.where(Token.person_id.in_({one.person_id for one in going})).order_by(Token.id)))


def _as(membership: Membership) -> str:
    roles = ", ".join(ROLES[grant.role].name.lower() for grant in membership.grants if grant.role in ROLES)
    return f"As {roles}." if roles else "Without a role yet."


def _without_manager(passing: Passing, there: list[Membership], going: list[Membership]) -> tuple[Blocker, ...]:
    stays = any(each not in going and _manages(each) for each in there)
    if passing.is_whole or stays or not going:
        return ()
    fact = f"{passing.old.name} would have no manager left"
    return (Blocker(fact, "Make somebody who stays a manager without a last day, or choose fewer people."),)


def _manages(membership: Membership) -> bool:
    return any(grant.role == "manager" and grant.until is None for grant in membership.grants)


def _notes(db: Session, passing: Passing) -> tuple[str, ...]:
    both = select(Membership.person_id).where(
        Membership.organisation_id == passing.new.id, Membership.state == "active",
        Membership.person_id.in_(
            select(Membership.person_id).where(
                Membership.organisation_id == passing.old.id, Membership.state == "active"
            )
        ),
    )  # fmt: skip
    count = db.scalar(select(func.count()).select_from(both.subquery())) or 0
    if not count:
        return ()
    said = "person belongs" if count == 1 else "people belong"
    return (f"{count} {said} to both already: roles held at {passing.new.name} stay as they are, others are added.",)
