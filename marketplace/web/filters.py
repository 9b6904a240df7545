"""How values read on a page: dates, money, counts, and Markdown that others wrote."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

import nh3
from markupsafe import Markup

from marketplace.kit.money import Money
from marketplace.kit.starting import later

LONDON = ZoneInfo("Europe/London")
TAGS = {
    "a", "abbr", "blockquote", "br", "code", "dd", "del", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
    "li", "ol", "p", "pre", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}
MARKED = ((re.compile(r"from memory(, check)?\b|\bcheck$"), "not yet checked"),
          (re.compile(r"\bevidence\.md\b"), "Touchstone's notes on evidence,"))  # fmt: skip
"""How an author of declarations marks what is unsure, and what a reader is told instead."""
READER = later(lambda: _reader(import_module("markdown_it")))
"""Made when somebody first looks at what is written in Markdown."""


def as_day(value: date | datetime | str) -> date:
    """The day in London; text is read as ISO 8601."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        return in_london(value).date()
    return value


def in_london(value: datetime) -> datetime:
    """A time without a zone is taken as UTC, as the database keeps it."""
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(LONDON)


def long_date(value: date | datetime | str | None) -> str:
    """24 November 2026; nothing for None."""
    if value is None or value == "":
        return ""
    day = as_day(value)
    return f"{day.day} {day:%B %Y}"


def short_date(value: date | datetime | str | None) -> str:
    """24 Nov 2026, for dense tables."""
    if value is None or value == "":
        return ""
    day = as_day(value)
    return f"{day.day} {day:%b %Y}"


def moment(value: datetime | str | None) -> str:
    """24 November 2026, 15:04 GMT, as the clocks in London show it."""
    if value is None or value == "":
        return ""
    shown = in_london(datetime.fromisoformat(value) if isinstance(value, str) else value)
    return f"{shown.day} {shown:%B %Y, %H:%M %Z}"


def machine_time(value: date | datetime | str) -> str:
    """For the datetime attribute of <time>."""
    if isinstance(value, datetime):
        return in_london(value).isoformat(timespec="seconds")
    return value if isinstance(value, str) else value.isoformat()


def money(value: Money | int | None) -> str:
    """£1,234.56, from Money or from whole pence."""
    if value is None:
        return ""
    return str(value if isinstance(value, Money) else Money(value))


def number(value: int | float | None, places: int = 0) -> str:
    """1,234 or 1,234.5 with `places=1`."""
    return "" if value is None else f"{value:,.{places}f}"


def plural(count: int, one: str, many: str = "") -> str:
    """`1 product`, `2 products`; an irregular plural is given."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def begun(text: str) -> str:
    """A fact as it stands alone: with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def sourced(text: str) -> str:
    """The words of a source, and of what is unsure in it, for somebody who did not write the declaration."""
    for marked, told in MARKED:
        text = marked.sub(told, text)
    return text


def date_parts(value: date | str | Mapping[str, Any] | None) -> dict[str, str]:
    """Day, month and year as a form shows them; what somebody typed wrongly stays as typed."""
    if isinstance(value, Mapping):
        return {part: str(value.get(part) or "") for part in ("day", "month", "year")}
    if not value:
        return {"day": "", "month": "", "year": ""}
    day = as_day(value)
    return {"day": str(day.day), "month": str(day.month), "year": str(day.year)}


def _reader(library: Any) -> Any:
    return library.MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")


def markdown(text: str | None, shift: int = 1) -> Markup:
    """Markdown from strangers as safe HTML: no images, no raw HTML, headings `shift` levels down."""
    tokens = READER.parse(text or "")
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + shift, 6)}"
        token.attrs.pop("style", None)
    html = READER.renderer.render(tokens, READER.options, {})
    clean = nh3.clean(
        html, tags=TAGS, attributes={"a": {"href", "title"}, "abbr": {"title"}},
        url_schemes={"http", "https", "mailto"}, link_rel="noopener noreferrer nofollow",
    )
    return Markup(clean)  # noqa: S704  (cleaned in the line above)


FILTERS: dict[str, Callable[..., Any]] = {
    "date": long_date, "short_date": short_date, "moment": moment, "machine_time": machine_time, "money": money,
    "number": number, "plural": plural, "begun": begun, "date_parts": date_parts, "markdown": markdown,
    "sourced": sourced,
}
