"""Delivery reports as mail servers send them back (RFC 3464 in RFC 6522), read within bounds, never trusted."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.policy import SMTP

from marketplace.kit.values import Value

LARGEST = 262_144
MOST_PARTS = 20
MOST_RECIPIENTS = 20
LONGEST_REASON = 300
ACTIONS = frozenset({"failed", "delayed", "delivered", "relayed", "expanded"})
_OURS = re.compile(r"<([0-9a-f]{40})@[^<>\s]{1,254}>", re.ASCII)
_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}", re.ASCII)
_BOUNDARY = re.compile(rb"boundary\s*=", re.IGNORECASE)


class Fate(Value):
    """What a report says of one recipient: `action` is one of ACTIONS, `status` such as 5.1.1, `reason` in words."""

    address: str
    action: str
    status: str
    reason: str

    @property
    def is_for_ever(self) -> bool:
        """Whether trying again will not help."""
        return self.action == "failed" and self.status.startswith("5.")


class Report(Value):
    """A delivery report of one of our mails, by the fingerprint that its Message-ID begins with."""

    fingerprint: str
    fates: tuple[Fate, ...]


def read_report(raw: bytes) -> Report | None:
    """The report in a mail; None for anything that is none, is too large, or names no mail of ours. Never raises."""
    if len(raw) > LARGEST or len(_BOUNDARY.findall(raw)) > MOST_PARTS:
        return None
    try:
        mail = message_from_bytes(raw, _class=EmailMessage, policy=SMTP)
        return _report_in(mail)
    except (MessageError, RecursionError, ValueError, LookupError, AttributeError, TypeError):
        return None


def _report_in(mail: EmailMessage) -> Report | None:
    if mail.get_content_type() != "multipart/report" or mail.get_param("report-type") != "delivery-status":
        return None
    parts = list(_parts(mail))
    told = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    fingerprint = next(filter(None, map(_fingerprint, parts)), "")
    fates = tuple(_fates(told)) if told is not None else ()
    return Report(fingerprint, fates) if fingerprint and fates else None


def _parts(mail: Message) -> Iterator[Message]:
    """The parts of the report itself, and no deeper."""
    yield from _inside(mail)[:MOST_PARTS]


def _inside(mail: Message) -> list[Message]:
    payload = mail.get_payload()
    return [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []


def _fingerprint(part: Message) -> str:
    """The fingerprint of the mail that came back, whole or its head alone; empty where it is none of ours."""
    kind, inside = part.get_content_type(), _inside(part)
    if kind == "message/rfc822" and inside:
        return _ours(str(inside[0].get("Message-ID", "")))
    if kind == "text/rfc822-headers":
        body = part.get_payload(decode=True)
        head = message_from_bytes(body[:LARGEST]) if isinstance(body, bytes) else Message()
        return _ours(str(head.get("Message-ID", "")))
    return ""


def _ours(message_id: str) -> str:
    found = _OURS.search(message_id[:400])
    return found[1] if found else ""


def _fates(told: Message) -> Iterator[Fate]:
    """One for each recipient that the report names; the block about the whole mail names none."""
    for block in _inside(told)[: MOST_RECIPIENTS + 1]:
        address = _value(block, "Final-Recipient") or _value(block, "Original-Recipient")
        action = str(block.get("Action", "")).strip().lower()
        if address and action in ACTIONS:
            status = _STATUS.search(str(block.get("Status", ""))[:40])
            yield Fate(address.casefold()[:254], action, status[0] if status else "", _reason(block))


def _value(block: Message, name: str) -> str:
    """What stands behind the type: `rfc822; name@trust.nhs.uk`."""
    return str(block.get(name, ""))[:400].rpartition(";")[2].strip().strip("<>")


def _reason(block: Message) -> str:
    text = str(block.get("Diagnostic-Code", ""))[: 4 * LONGEST_REASON].partition(";")[2]
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())[:LONGEST_REASON]
