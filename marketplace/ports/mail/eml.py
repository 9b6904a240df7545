"""A message as RFC 5322 has it: both readings, a Message-ID made from the key, marked as sent by a machine."""

import hashlib
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from marketplace.ports.mail.port import Message


def as_email(message: Message, *, sender: str, at: datetime) -> EmailMessage:
    """`sender` is a name and an address: Touchstone <no-reply@touchstone.example>."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = message.to
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id(message.key, sender)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Touchstone-Kind"] = message.kind
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    return mail


def message_id(key: str, sender: str) -> str:
    """The same for the same key, and telling nothing of it."""
    return f"<{fingerprint(key)}@{parseaddr(sender)[1].rpartition('@')[2] or 'localhost'}>"


def fingerprint(key: str) -> str:
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()[:40]
