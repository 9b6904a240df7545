"""Doors that exist on a demonstration alone: entering as one of its people, and reading the mails that it wrote."""

from typing import Any

from marketplace.faces.ask import Ask
from marketplace.identity.actions.demonstration import enter_as
from marketplace.kit.errors import NotFound
from marketplace.ports.mail.folder import FolderMail
from marketplace.ports.mail.port import MailUnavailable
from marketplace.web import cookies
from marketplace.web.edge import PUBLIC, Goto, Page, page, post
from marketplace.web.identity.common import device_of, leaving, way_on


@post("/demonstration/enter", who=PUBLIC)
def enter(ask: Ask) -> Goto:
    """Sign in as a person of the demonstration."""
    secret = enter_as(ask.db, ask.form.one("person"), device=device_of(ask), leaving=leaving(ask), at=ask.at)
    return Goto(way_on(ask.form.one("next")), cookies=[cookies.session(secret, ask.services)])


@page("/dev/mail", who=PUBLIC)
def show_mails(ask: Ask) -> Page:
    """Every mail that was written, newest first."""
    try:
        mails = _folder(ask).newest()
        trouble = ""
    except MailUnavailable as missing:
        mails, trouble = [], missing.reason
    rows = [{"id": mail.id, "at": mail.at, "to": mail.to, "subject": mail.subject, "kind": mail.kind} for mail in mails]
    return Page("identity/mails.html", {"mails": rows, "trouble": trouble})


@page("/dev/mail/{key:str}", who=PUBLIC)
def show_mail(ask: Ask, key: str) -> Page:
    """One mail: its text and its links."""
    mail = _folder(ask).find(key)
    if mail is None:
        raise NotFound("there is no such mail", "Go to the list of mails.")
    base = ask.services.base_url
    links: list[dict[str, Any]] = [
        {"url": link.removeprefix(base) or "/", "label": link} for link in mail.links if link.startswith(f"{base}/")
    ]
    return Page("identity/mail.html", {"mail": mail, "links": links})


def _folder(ask: Ask) -> FolderMail:
    """The folder of mails. Raises NotFound where mails leave this machine."""
    if not isinstance(ask.services.mail, FolderMail):
        raise NotFound("mails leave this machine and are not kept here", "Look where they arrive.")
    return ask.services.mail


ROUTES = [enter, show_mails, show_mail]
