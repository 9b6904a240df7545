"""Mail through a server: always encrypted, unless the server is this machine or the settings say otherwise."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from marketplace.ports.mail.eml import as_email
from marketplace.ports.mail.port import MailUnavailable, Message

TIME_LIMIT_SECONDS = 10.0
ON_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where mail goes. `is_wrapped`: TLS from the first byte (smtps). `needs_tls`: otherwise STARTTLS, or nothing."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    is_wrapped: bool = False
    needs_tls: bool = True


class SmtpMail:
    """The engine for the world. Each message has a connection of its own."""

    name = "smtp"

    def __init__(self, server: Server, *, sender: str, tls: ssl.SSLContext | None = None) -> None:
        self.server, self.sender = server, sender
        self.tls = tls or ssl.create_default_context()

    def send(self, message: Message) -> None:
        mail = as_email(message, sender=self.sender, at=datetime.now(UTC))
        with _told(self.server), self._connected() as smtp:
            smtp.send_message(mail)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """How the talk ends is of no interest: once the server has taken the message, it is sent."""
        smtp = self._connection()
        try:
            if not self.server.is_wrapped:
                self._encrypt(smtp)
            if self.server.user:
                smtp.login(self.server.user, self.server.password)
            yield smtp
        finally:
            with suppress(OSError, smtplib.SMTPException):
                smtp.quit()
            smtp.close()

    def _connection(self) -> smtplib.SMTP:
        host, port = self.server.host, self.server.port
        if self.server.is_wrapped:
            return smtplib.SMTP_SSL(host, port, timeout=TIME_LIMIT_SECONDS, context=self.tls)
        return smtplib.SMTP(host, port, timeout=TIME_LIMIT_SECONDS)

    def _encrypt(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo_or_helo_if_needed()
        if smtp.has_extn("starttls") and (self.server.needs_tls or self.server.host not in ON_THIS_MACHINE):
            smtp.starttls(context=self.tls)
        elif self.server.needs_tls:
            raise MailUnavailable(f"the mail server {self.server.host} offers no encryption")


@contextmanager
def _told(server: Server) -> Iterator[None]:
    """What goes wrong on the way, as MailUnavailable; an answer of 5xx is for ever, all else is for now."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as wrong:
        code, words = next(iter(wrong.recipients.values()))
        reason, is_for_ever = f"the address was refused: {code} {_shown(words)}", code >= 500
        raise MailUnavailable(reason, refused=is_for_ever, is_of_address=is_for_ever) from wrong
    except smtplib.SMTPAuthenticationError as wrong:
        raise MailUnavailable(f"the mail server {server.host} does not let us in: {wrong.smtp_code}") from wrong
    except smtplib.SMTPResponseException as wrong:
        reason = f"the mail server answered {wrong.smtp_code} {_shown(wrong.smtp_error)}"
        raise MailUnavailable(reason, refused=wrong.smtp_code >= 500) from wrong
    except (OSError, smtplib.SMTPException) as wrong:
        raise MailUnavailable(f"the mail server {server.host} cannot be reached: {type(wrong).__name__}") from wrong


def _shown(words: bytes | str) -> str:
    text = words.decode("ascii", "replace") if isinstance(words, bytes) else words
    return " ".join(text.split())[:200]
