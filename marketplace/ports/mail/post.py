"""A mail to one person: its words come from a template that somebody else renders, its way out is the port."""

from collections.abc import Mapping
from typing import Any, Protocol

from marketplace.kit.values import Value
from marketplace.ports.mail.port import Mail, Message


class Letter(Value):
    """A mail as it is read: one line of subject, plain text, and the same as HTML."""

    subject: str
    text: str
    html: str


class Write(Protocol):
    """Renders the mail of that name with these values, in "en" or "cy". Raises where a value is missing."""

    def __call__(self, name: str, values: Mapping[str, Any], *, language: str) -> Letter: ...


class Post(Value):
    """The port together with the words. Links begin with `base_url` of the settings, never with what a request said."""

    mail: Mail
    write: Write
    base_url: str

    def url(self, path: str) -> str:
        return f"{self.base_url.rstrip('/')}{path}"

    def send(self, name: str, *, to: str, key: str, values: Mapping[str, Any], language: str = "en") -> None:
        """Write the mail of that name and send it. With the same `key` twice it arrives once, if the port can tell."""
        letter = self.write(name, {"preferences_url": self.url("/account/notices"), **values}, language=language)
        self.mail.send(Message(to=to, subject=letter.subject, text=letter.text, html=letter.html, kind=name, key=key))
