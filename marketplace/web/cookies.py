"""The cookies: the session's token, what is told once on the next page, and the language that was chosen."""

import base64
import hmac
from collections.abc import Mapping

from litestar.datastructures import Cookie

from marketplace.faces.services import Services
from marketplace.identity.actions.people import LANGUAGES

TOLD, LANGUAGE = "told", "language"
LONGEST = 12 * 3_600
PASSING = 10 * 60
HALF, JOURNEY = "half", "journey"
A_YEAR = 365 * 86_400


def session_name(services: Services) -> str:
    """`__Host-session` over TLS: then no other host, path or plain connection can set it."""
    return "__Host-session" if services.is_secure else "session"


def session(token: str, services: Services) -> Cookie:
    return Cookie(
        session_name(services), path="/", value=token, max_age=LONGEST, httponly=True, secure=services.is_secure,
        samesite="lax",
    )  # fmt: skip


def no_session(services: Services) -> Cookie:
    return Cookie(session_name(services), path="/", value="", max_age=0, httponly=True, secure=services.is_secure)


def passing(name: str, value: str, services: Services) -> Cookie:
    """Something for the next minutes of this browser alone, such as half a sign-in; empty to take it away again."""
    return Cookie(
        passing_name(name, services), path="/", value=value, max_age=PASSING if value else 0, httponly=True,
        secure=services.is_secure, samesite="lax",
    )  # fmt: skip


def passing_name(name: str, services: Services) -> str:
    return f"__Host-{name}" if services.is_secure else name


def told(text: str, services: Services) -> Cookie:
    """A word for the next page, signed so that nobody else can put words there."""
    body = base64.urlsafe_b64encode(text.encode()).decode()
    value = f"{body}.{_signature(body, services.secret)}"
    return Cookie(TOLD, path="/", value=value, max_age=60, httponly=True, secure=services.is_secure, samesite="lax")


def told_once(services: Services) -> Cookie:
    """What takes the word away again, once it was shown."""
    return Cookie(TOLD, path="/", value="", max_age=0, httponly=True, secure=services.is_secure, samesite="lax")


def read_told(value: str | None, secret: bytes) -> str:
    """The word that the page before left, or nothing where it is missing or forged."""
    body, _, signature = (value or "").rpartition(".")
    if not body or not hmac.compare_digest(signature.encode(), _signature(body, secret).encode()):
        return ""
    return base64.urlsafe_b64decode(body).decode()


def language(sent: Mapping[str, str], otherwise: str) -> str:
    """What this browser chose; where it chose nothing that is offered, what the person did."""
    chosen = sent.get(LANGUAGE, "")
    return chosen if chosen in LANGUAGES else otherwise


def chosen_language(chosen: str, services: Services) -> Cookie:
    return Cookie(LANGUAGE, path="/", value=chosen, max_age=A_YEAR, httponly=True, secure=services.is_secure,
                  samesite="lax")  # fmt: skip


def _signature(body: str, secret: bytes) -> str:
    return hmac.new(secret, b"told" + body.encode(), "sha256").hexdigest()
