"""What the page on privacy says of cookies is what the site sets: each by its name, once, and no other."""

import re

from lxml import html

from marketplace.web import cookies
from tests.house.source import PACKAGE

MADE = re.compile(r"\b(?:Cookie|cookies\.passing)\(\s*(?:cookies\.)?(\w+)[,(]")
SPELLED_OUT = {"session_name": "session"}
NAMED_BY_WHO_ASKS = {"passing_name", "name"}


def names_set() -> set[str]:
    """The name of every cookie that is made anywhere, over a plain connection."""
    made = {name for path in PACKAGE.rglob("*.py") for name in MADE.findall(path.read_text())}
    return {SPELLED_OUT.get(name) or getattr(cookies, name) for name in made - NAMED_BY_WHO_ASKS}


def test_each_cookie_that_is_set_is_named_once_and_no_other(client):
    page = html.document_fromstring(client.get("/privacy").text)

    named = [one.text_content() for one in page.xpath("//main//dt/strong")]

    assert {"session", "told", "language", "half", "journey"} <= names_set()
    assert sorted(named) == sorted(names_set())
    assert not any("document.cookie" in path.read_text() for path in (PACKAGE.parent / "static" / "js").glob("*.js"))
