"""Which engine an address in the settings names."""

import ssl
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from marketplace.ports.mail.folder import SENDER, FolderMail
from marketplace.ports.mail.port import Mail
from marketplace.ports.mail.smtp import ON_THIS_MACHINE, Server, SmtpMail

PORTS = {"smtp": 587, "smtps": 465}
_FORMS = "write folder:///path, smtp://user:password@host:port or smtps://user:password@host:port"


def mail_from_url(url: str, *, sender: str = SENDER, tls: ssl.SSLContext | None = None) -> Mail:
    """The engine for the laptop (folder) or the world (smtp, smtps). Raises ValueError, never naming the password.

    `smtp` means STARTTLS, and no mail where the server offers none; `?tls=no` allows that for a relay inside the
    same network, but never with a password.
    """
    scheme, _, rest = url.partition("://")
    if scheme == "folder":
        if not rest.startswith("/"):
            raise ValueError(f"the mail folder has to be an absolute path: {_FORMS}")
        return FolderMail(Path("/" + rest.lstrip("/")), sender=sender)
    if scheme not in PORTS:
        raise ValueError(f"mail cannot go by {scheme[:20]!r}: {_FORMS}")
    return SmtpMail(_server(urlsplit(url)), sender=sender, tls=tls)


def _server(url: SplitResult) -> Server:
    try:
        port = url.port or PORTS[url.scheme]
    except ValueError:
        raise ValueError(f"the port of the mail server is not a number: {_FORMS}") from None
    if not url.hostname:
        raise ValueError(f"the mail server has no name: {_FORMS}")
    user, password = unquote(url.username or ""), unquote(url.password or "")
    needs_tls = parse_qs(url.query).get("tls") != ["no"] and url.hostname not in ON_THIS_MACHINE
    is_wrapped = url.scheme == "smtps"
    if user and not needs_tls and not is_wrapped and url.hostname not in ON_THIS_MACHINE:
        raise ValueError("a password for the mail server may not travel unencrypted: leave tls=no out")
    return Server(
        host=url.hostname, port=port, user=user, password=password, is_wrapped=is_wrapped, needs_tls=needs_tls
    )
