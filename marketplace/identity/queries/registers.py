"""Finding an organisation by typing: in the registers, and among those that are here already."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.frameworks.loader.registers import Listed, Registers
from marketplace.identity.models import Organisation
from marketplace.identity.rules.name_index import FORGIVEN_FROM, NameIndex
from marketplace.identity.rules.names import name_rank
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.kept import Kept
from marketplace.kit.text import quote, skeleton
from marketplace.kit.values import Value

MOST = 20
CANDIDATES = 200
LONGEST_TYPED = 100
INDEXES: Kept[int, tuple[Registers, NameIndex[str]]] = Kept(2)
"""By the identity of their bodies, which are kept beside, so that no others ever have the same."""
USUALLY_NOT_RESEARCH = frozenset({"company", "healthcare"})


class FoundByTyping(Value):
    """Organisations that are here, and bodies of the registers that are not."""

    here: tuple[Organisation, ...]
    listed: tuple[Listed, ...]


def find_by_typing(db: Session, registers: Registers, typed: str) -> FoundByTyping:
    """What was typed so far finds, best first; where nothing is called so, what is one slip away in a long word."""
    bodies, known = find_listed(registers, typed), find_organisations(db, typed)
    if not bodies and not known:
        bodies, known = nearly_listed(registers, typed), nearly_called(db, typed)
    here = registered(db, bodies)
    listed = tuple(body for body in bodies if body.id not in here)
    return FoundByTyping(tuple(dict.fromkeys([*here.values(), *known])), listed)


def find_listed(registers: Registers, typed: str, *, most: int = MOST) -> list[Listed]:
    """Bodies of the registers that what was typed so far finds, best first: by name, other name, initials or code."""
    words = typed.strip()[:LONGEST_TYPED]
    by_code = registers.bodies.get(words.upper()) or registers.bodies.get(words.lower())
    bodies = (registers.bodies[key] for key in index_of(registers).candidates(words))
    ranked = [
        (rank + (not is_likely(body)), len(body.name), body.name, body.id)
        for body in bodies
        if is_offered(body) and (rank := name_rank(words, body.name, body.other_names)) is not None
    ]
    found = [registers.bodies[key] for *_, key in sorted(ranked)[:most]]
    return [by_code, *(body for body in found if body != by_code)] if by_code else found


def nearly_listed(registers: Registers, typed: str) -> list[Listed]:
    """Bodies whose names are one slip away from what was typed so far."""
    meant = index_of(registers).meant(typed[:LONGEST_TYPED])
    return next((found for words in meant if (found := find_listed(registers, words))), [])


def index_of(registers: Registers) -> NameIndex[str]:
    """The names of the registers by their words, made when somebody first types."""
    named = ((body.id, (body.name, *body.other_names)) for body in registers.bodies.values())
    return INDEXES.get(id(registers.bodies), lambda: (registers, NameIndex(named)))[1]


def is_offered(body: Listed) -> bool:
    """Whether a body is still there, and of a kind that joins: companies join as suppliers, hospitals as trusts."""
    is_research = "education" in body.types or not body.types & USUALLY_NOT_RESEARCH
    return body.status in ("listed", "active") and is_research


def is_likely(body: Listed) -> bool:
    """Whether it is a body of the NHS or teaches, as most who join do."""
    return body.register.identifier == "ods-code" or "education" in body.types


def listed_as(registers: Registers, key: str) -> Listed:
    """A body by its id in its register. Raises NotFound."""
    body = registers.bodies.get(key)
    if body is None or not is_offered(body):
        raise NotFound(f"no register here lists {quote(key)}", "Find your organisation by typing its name.")
    return body


def registered(db: Session, bodies: Iterable[Listed]) -> dict[str, Organisation]:
    """Which of these bodies are here already, by their id in the register."""
    keys = [body.id for body in bodies]
    here = select(Organisation).where(or_(Organisation.ods_code.in_(keys), Organisation.ror_id.in_(keys)))
    return {(each.ods_code or each.ror_id or ""): each for each in db.scalars(here)}


def find_organisations(db: Session, typed: str, *, most: int = MOST) -> list[Organisation]:
    """Organisations that are here and whose name what was typed so far finds, best first."""
    words = [shape for word in typed[:LONGEST_TYPED].split() if (shape := skeleton(word))]
    if not words:
        return []
    shaped: list[Any] = [Organisation.skeleton.contains(word, autoescape=True) for word in words]
    here = db.scalars(select(Organisation).where(*shaped).order_by(Organisation.name).limit(CANDIDATES))
    ranked = [(rank, each.name, each) for each in here if (rank := name_rank(typed, each.name)) is not None]
    return [each for *_, each in sorted(ranked, key=lambda row: row[:2])[:most]]


def nearly_called(db: Session, typed: str, *, most: int = MOST) -> list[Organisation]:
    """Organisations that are here and whose names are one slip away from what was typed so far.

    A slip leaves one half of its word as it was, but for the letter between the two.
    """
    words = [skeleton(word) for word in typed[:LONGEST_TYPED].split()]
    halves = [(word[: len(word) // 2], word[len(word) // 2 + 1 :]) for word in words if len(word) >= FORGIVEN_FROM]
    if not halves:
        return []
    like = [or_(*(Organisation.skeleton.contains(each, autoescape=True) for each in both)) for both in halves]
    named = db.execute(select(Organisation.id, Organisation.name).where(*like)).all()
    meant = NameIndex((key, [name]) for key, name in named).meant(typed[:LONGEST_TYPED])
    return next((found for each in meant if (found := find_organisations(db, each, most=most))), [])


def organisation_named(db: Session, typed: str, *, field: str) -> Organisation:
    """The one organisation that a reference or a name means. Raises Invalid for that field, naming what is close."""
    words = typed.strip()
    exact = select(Organisation).where(or_(Organisation.ref == words.upper(), Organisation.name == words))
    found = list(db.scalars(exact.limit(2))) or find_organisations(db, words, most=4)
    if len(found) == 1:
        return found[0]
    if found:
        told = f"Several are called so: {_in_words(found)}. Give the reference."
    else:
        near = nearly_called(db, words, most=4)
        told = f"None here is called so. Near it: {_in_words(near)}." if near else "None here is called so."
    fields = {field: told if words else "Name an organisation."}
    raise Invalid(f"{quote(typed)} means no single organisation", told, fields=fields)


def _in_words(organisations: Iterable[Organisation]) -> str:
    return "; ".join(f"{each.name} ({each.ref})" for each in organisations)


def look_alikes(db: Session, name: str, *, apart_from: Organisation | None = None) -> list[Organisation]:
    """Organisations whose names cannot be told from this one by looking."""
    same = select(Organisation).where(Organisation.skeleton == skeleton(name)[:200])
    if apart_from is not None:
        same = same.where(Organisation.id != apart_from.id)
    return list(db.scalars(same.order_by(Organisation.created_at)))
