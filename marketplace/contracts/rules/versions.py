"""Which of the texts of a contract is meant: by its name, by a day, or the one that matters now."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol, TypeVar

from marketplace.kit.errors import NotFound
from marketplace.kit.text import quote

DRAFT = "draft"
SIGNED = ("binding", "replaced")


class Text(Protocol):
    """A numbered text: `attempt` counts those that were written under one number."""

    @property
    def number(self) -> int: ...
    @property
    def attempt(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def effective_on(self) -> date: ...


T = TypeVar("T", bound=Text)


def key_of(text: Text) -> str:
    """How a text is called in addresses: 1.2 is the second that was written as text 1."""
    return f"{text.number}.{text.attempt}"


def chosen_text(texts: Sequence[T], key: str) -> T | None:
    """The text of this name. Without one: the text that waits for signatures, else the one that binds, else the draft.

    None is the draft. Raises NotFound for a name that no text has.
    """
    if key == DRAFT:
        return None
    if key:
        for text in texts:
            if key in (key_of(text), str(text.number)) and (key != str(text.number) or text.state in SIGNED):
                return text
        raise NotFound(f"there is no text {quote(key)} of this contract", "The contract lists its texts.")
    waiting = (text for text in reversed(texts) if text.state == "issued")
    binding = (text for text in reversed(texts) if text.state == "binding")
    return next(waiting, None) or next(binding, None)


def text_in_force(texts: Sequence[T], day: date) -> T | None:
    """The terms of a day: the last text signed by all that held by then."""
    held = [text for text in texts if text.state in SIGNED and text.effective_on <= day]
    return max(held, key=lambda text: text.number, default=None)


def newest_key(texts: Sequence[Text], *, has_draft: bool) -> str:
    """The text that was written last: the draft where there is one."""
    return DRAFT if has_draft or not texts else key_of(texts[-1])


def text_before(texts: Sequence[Text], later: str) -> str:
    """What a text is compared with: a variation with the signed text before it, a first text with the one before it.

    The same text where there is none.
    """
    keys = [key_of(text) for text in texts]
    if later not in keys:
        return keys[-1] if keys else later
    place = keys.index(later)
    signed = [key_of(text) for text in texts if text.state in SIGNED and text.number < texts[place].number]
    return signed[-1] if signed else keys[max(place - 1, 0)]
