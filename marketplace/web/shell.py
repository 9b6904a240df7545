"""What stands around every page: navigation, who you are acting for, what you were just told."""

import hmac
from collections.abc import Sequence

from markupsafe import Markup

from marketplace.faces.ask import Ask
from marketplace.faces.services import Services
from marketplace.identity.policies import Actor, Permission
from marketplace.identity.queries import Caller, seats_of, unread_notices
from marketplace.identity.queries.lapsed import Lapsed
from marketplace.kit.values import Value


class Link(Value):
    label: str
    url: str
    current: bool = False


class Choice(Value):
    """An organisation that the person can act for; `id` is its reference."""

    id: str
    name: str
    current: bool


class Message(Value):
    kind: str
    text: str


class Language(Value):
    """A language to change to, by its own name, which is never translated."""

    key: str
    label: Markup


OTHERS = {"en": Language("cy", Markup("Cymraeg")), "cy": Language("en", Markup("English"))}


class Shell(Value):
    """What the shell template names; see templates/shell.html."""

    navigation: Sequence[Link]
    actor: Actor | None
    memberships: Sequence[Choice]
    demonstration: bool
    csrf_token: str
    messages: Sequence[Message]
    language: str
    path: str
    url: str
    unread: int
    here: str
    other: Language
    content_language: str
    title_suffix: str = " – Touchstone"
    nonce: str = ""


def shell_for(ask: Ask, told: str, *, here: str, content_language: str) -> Shell:
    """The shell around a page; `here` is where the switch of language comes back to."""
    return Shell(
        navigation=navigation(ask.actor, ask.path),
        actor=ask.actor,
        memberships=choices(ask),
        demonstration=ask.services.is_demonstration,
        csrf_token=csrf_token(ask.caller, ask.services) if ask.caller else "",
        messages=[Message("done", told)] if told else [],
        language=ask.language,
        path=ask.path,
        url=ask.url,
        here=here,
        other=OTHERS[ask.language],
        content_language=content_language,
        unread=unread_notices(ask.db, ask.person_id) if ask.actor else 0,
    )


def csrf_token(caller: Caller | Lapsed, services: Services) -> str:
    """What each form of a session carries: bound to the session, useless in another."""
    return hmac.new(services.secret, b"csrf" + caller.csrf_secret.encode(), "sha256").hexdigest()


def choices(ask: Ask) -> list[Choice]:
    if ask.actor is None:
        return []
    mine = seats_of(ask.db, ask.person_id)
    return [Choice(ref, name, id_ == ask.by.organisation_id) for id_, ref, name in mine]


def navigation(actor: Actor | None, path: str) -> list[Link]:
    """The main places: the same for everybody, then those of the role."""
    places = [("Catalogue", "/products"), ("Desk calculators", "/desk"), ("How it works", "/about")]
    if actor is not None:
        places = [("Catalogue", "/products"), *_places_of(actor)]
    return [Link(label, url, path == url or path.startswith(f"{url}/")) for label, url in places]


def _places_of(actor: Actor) -> list[tuple[str, str]]:
    places = {
        Permission.PROJECT_READ: ("Projects", "/projects"),
        Permission.CONTRACT_READ: ("Contracts", "/contracts"),
        Permission.PAYMENT_MANAGE: ("Invoices", "/invoices"),
        Permission.SAFETY_APPROVE: ("Safety", "/safety"),
        Permission.CATALOGUE_WRITE: ("Our products", "/listings"),
        Permission.ASSURANCE_ASSESS: ("Cases", "/cases"),
        Permission.CATALOGUE_MODERATE: ("Moderation", "/moderation"),
        Permission.CATALOGUE_IMPORT: ("Imports", "/imports"),
        Permission.OPERATE: ("Operations", "/operations"),
    }
    found = [place for permission, place in places.items() if actor.may(permission)]
    if actor.is_buyer and actor.may(Permission.PROJECT_READ):
        found.insert(1, ("Buying together", "/procurements"))
    return found
