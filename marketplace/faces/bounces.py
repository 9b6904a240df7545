"""Delivery reports on their way in: out of the mailbox by the clock, or through the door of the mail server."""

from datetime import datetime

from marketplace.faces.services import Services
from marketplace.identity.actions.mailing import take_report
from marketplace.identity.rules.webhooks import is_signed
from marketplace.ports.mail.mailbox import Mailbox
from marketplace.ports.mail.reports import read_report

AT_ONCE = 50


class Unsigned(Exception):
    """What came to the door was not signed by the mail server just now, or there is no door."""


def read_mailbox(services: Services, mailbox: Mailbox | None, *, at: datetime) -> int:
    """Read what came back, each in a transaction of its own, and put it aside; returns how many were of our mails."""
    if mailbox is None:
        return 0
    known = 0
    for path in list(mailbox.waiting(AT_ONCE)):
        is_ours = take_raw(services, mailbox.read(path), at=at)
        mailbox.put_aside(path, is_report=is_ours)
        known += is_ours
    return known


def take_signed(services: Services, body: bytes, header: str) -> bool:
    """Take what the mail server sends; whether it was of a mail of ours. Raises Unsigned."""
    at = services.clock()
    secret = services.bounces_secret
    if not secret or not is_signed(secret, body, header, now=at):
        raise Unsigned
    return take_raw(services, body, at=at)


def take_raw(services: Services, raw: bytes, *, at: datetime) -> bool:
    """Note what a raw mail says, where it is a report of a mail of ours."""
    report = read_report(raw)
    if report is None:
        return False
    with services.database.writing() as db:
        return take_report(db, report, at=at)
