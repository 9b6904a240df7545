"""A succession as each of the three sees it: by name to those whose things they are, by number to everybody else."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from marketplace.faces.successions import MOVERS
from marketplace.identity.models import Passed, Succession
from marketplace.identity.policies import Actor, Permission, may_manage_members
from marketplace.identity.queries.successions import OPEN, all_that_is_there, foreseen, passed_in, passing_of
from marketplace.identity.rules.successions import CHOSEN, MERGER, NOUNS, Blocker, Foreseen, Thing, noun
from marketplace.kit.values import Value

DONE = "done"


class Group(Value):
    """Things of one kind: how many, in words, and each by name where this reader may know."""

    kind: str
    words: str
    count: int
    things: Sequence[Thing | Passed]


class Shown(Value):
    """What passes or passed, what stands in the way, and what this reader may do about it."""

    groups: Sequence[Group]
    blockers: Sequence[Blocker]
    notes: Sequence[str]
    moves: frozenset[str]
    to_choose: Sequence[Thing]


def shown_to(db: Session, succession: Succession, *, by: Actor) -> Shown:
    """The succession as this reader sees it now."""
    found = _found(db, succession)
    things: Sequence[Thing | Passed] = passed_in(db, succession) if succession.state == DONE else found.things
    moves = moves_of(succession, by)
    there = foreseen(db, all_that_is_there(succession), MOVERS).things if "choose" in moves else ()
    return Shown(
        groups=_grouped(things, by_name=_may_know(succession, by)), blockers=found.blockers, notes=found.notes,
        moves=moves, to_choose=[one for one in there if one.kind in CHOSEN],
    )  # fmt: skip


def moves_of(succession: Succession, by: Actor) -> frozenset[str]:
    """What this reader may do now: choose, agree, decline, take back, carry out."""
    if succession.state not in OPEN:
        return frozenset()
    found = set()
    is_old, is_new = (by.organisation_id == side for side in (succession.old_id, succession.new_id))
    manages = (is_old or is_new) and by.organisation_id is not None and may_manage_members(by, by.organisation_id)
    if manages:
        found.add("decline")
        agreed_at = succession.old_agreed_at if is_old else succession.new_agreed_at
        waits = is_new and succession.kind != MERGER and succession.old_agreed_at is None
        if agreed_at is None and not waits:
            found |= {"agree", "choose"} if is_old and succession.kind != MERGER else {"agree"}
    if by.may(Permission.OPERATE):
        found.add("take back")
        if succession.state == "agreed":
            found.add("carry out")
    return frozenset(found)


def _found(db: Session, succession: Succession) -> Foreseen:
    """What is foreseen; nothing once it is over, and nothing of a split before anything was chosen."""
    is_chosen = succession.kind == MERGER or succession.old_agreed_at is not None
    return foreseen(db, passing_of(succession), MOVERS) if succession.state in OPEN and is_chosen else Foreseen()


def _may_know(succession: Succession, by: Actor) -> bool:
    """Whether things are told by name: to the old side always, to the new one once they are its own."""
    if by.organisation_id == succession.old_id:
        return True
    return succession.state == DONE and succession.new_id in by.stands_for


def _grouped(things: Sequence[Thing | Passed], *, by_name: bool) -> list[Group]:
    groups = []
    for kind in NOUNS:
        mine = [one for one in things if one.kind == kind]
        if mine:
            groups.append(Group(kind, noun(kind, len(mine)), len(mine), mine if by_name else ()))
    return groups
