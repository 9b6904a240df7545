"""Delivery reports as mail servers write them. Made up after RFC 3464, with addresses of nobody."""

FINGERPRINT = "0123456789abcdef0123456789abcdef01234567"
HEAD = """\
Return-Path: <>
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
To: no-reply@touchstone.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.org.

--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Tue, 24 Nov 2026 10:30:00 +0000

"""
RECIPIENT = """\
Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {reason}

"""
TAIL = """\
--cut
Content-Type: {kind}

Message-ID: <{fingerprint}@touchstone.example>
To: {to}
Subject: You are invited

--cut--
"""


def a_report(
    to: str, *, fingerprint: str = FINGERPRINT, action: str = "failed", status: str = "5.1.1",
    reason: str = "550 5.1.1 no such user here", kind: str = "text/rfc822-headers",
) -> bytes:  # fmt: skip
    """One recipient, and the head of the mail that came back."""
    facts = {"to": to, "action": action, "status": status, "reason": reason, "kind": kind, "fingerprint": fingerprint}
    return "".join(part.format(**facts) for part in (HEAD, RECIPIENT, TAIL)).replace("\n", "\r\n").encode()
