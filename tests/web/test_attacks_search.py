"""Nothing that is typed into a search is a syntax error, costs much, or finds what is not on show."""

import time
from collections.abc import Callable

import pytest

from marketplace.catalogue.search import documents
from marketplace.identity.policies import Actor
from tests.cast import a_product
from tests.clients import Browser
from tests.worlds import part

CANARY = "Xylograph"
TYPED = [
    '"', '""', "'", '"unclosed phrase', "title:*", "*", "?", "*:*", "a AND", "AND", "OR NOT", "NOT *", "(((", ")", "[a TO", "[* TO *]",
    "{a TO b}", "state:draft", "ref:PRD-2222-2", "title:Xylograph^1000", "+ + +", "- - -", "~", "a~99999", "^", "\\", "\\\\\"", "/.*/",
    "(a+)+$", "' OR 1=1 --", "%", "_", "%25", "{{7*7}}", "${7*7}", "<svg/onload=x>", "\x00", "\u202e", "\ud7ff", "\U0001f4a9",
    "\u200b", "\u0301" * 50, "IN []", "all(", "exists:*", "a:b:c:d", "||", "&&", "!", "boost:1e999", "-", "--", "...", "🏥" * 200,
]  # fmt: skip


@part
def shelf(db, services, lumen: Actor, rival: Actor, now) -> None:
    """One product on show, and one of each kind that is not: a draft, and one that waits for a moderator."""
    a_product(db, of=lumen, at=now, name="Lumen Scribe")
    a_product(db, of=rival, at=now, name=f"{CANARY} Draft", state="draft")
    a_product(db, of=rival, at=now, name=f"{CANARY} Submitted", state="submitted")
    db.commit()
    with services.database.reading() as reading:
        services.search.rebuild(documents(reading, services.frameworks, on=now.date()))


@pytest.mark.parametrize("path", ["/products", "/products/suggestions", "/v1/products", "/v1/products/suggestions"])
def test_nothing_typed_is_a_syntax_error_or_finds_a_draft(client: Browser, shelf, path: str):
    wrong: dict[str, object] = {}

    for typed in TYPED:
        answer = client.get(path, params={"q": typed})
        if answer.status_code not in (200, 400, 422):
            wrong[typed] = answer.status_code
        if any(told in answer.text for told in ((CANARY,) if CANARY not in typed else (f"{CANARY} D", f"{CANARY} S"))):
            wrong[typed] = answer.text

    assert wrong == {}


def test_a_draft_is_found_by_nobody_but_its_own_people(client: Browser, client_of: Callable[..., Browser], shelf, buyer, rival):
    for browser in (client, client_of(buyer), client_of(rival)):
        for path in ("/products", "/products/suggestions", "/v1/products"):
            found = browser.get(path, params={"q": "draft submitted"})
            assert CANARY not in found.text
        assert CANARY not in browser.get("/open-data/products.json").text
        assert CANARY not in browser.get("/").text
    assert CANARY in client_of(rival).get("/listings").text


def test_counts_and_filters_say_nothing_of_drafts(client: Browser, shelf):
    listed = client.get("/v1/products").json()

    assert len(listed["items"]) == 1
    assert "2 products" not in client.get("/products").text


LONG = {
    "ten thousand terms": " ".join(f"t{number}" for number in range(10_000)),
    "fifty kilobytes": "a" * 50_000,
    "deep brackets": "(" * 20_000,
    "quotes": '"a ' * 10_000,
    "nested quantifiers": "(a+)+" * 5_000,
}


@pytest.mark.parametrize("typed", LONG.values(), ids=LONG)
def test_much_text_is_answered_at_once(client: Browser, shelf, typed: str):
    client.get("/products")
    began = time.perf_counter()

    answers = [client.get(path, params={"q": typed}) for path in ("/products", "/products/suggestions", "/v1/products")]

    assert all(answer.status_code in (200, 400, 414, 422) for answer in answers)
    assert time.perf_counter() - began < 5


CURSORS = ["garbage", "0", "-1", "999999999999", "A" * 10_000, "e30=", "bnVsbA==", "W10=", "\x00", "%00", "' OR 1=1", "9" * 400, "eyJhIjoxfQ", "🏥"]


@pytest.mark.parametrize("cursor", CURSORS)
def test_a_cursor_of_garbage_is_refused_in_words(client_of, shelf, lumen: Actor, buyer: Actor, cursor: str):
    supplier, browser = client_of(lumen), client_of(buyer)

    for who, path in ((browser, "/products"), (browser, "/v1/products"), (browser, "/projects"), (browser, "/notices"),
                      (browser, "/audit"), (supplier, "/listings")):  # fmt: skip
        answer = who.get(path, params={"after": cursor})
        assert answer.status_code in (400, 422), f"{path} {cursor[:20]}"


@pytest.mark.parametrize(
    "query",
    [
        "&".join(f"purpose=p{number}" for number in range(500)), "sort=title:*", "sort=' OR 1", "kind=*", "kind=%00", "stale=1e999",
        "users=-1&uses=1e999&sites=NaN", "users=９９９", "users=99999999999999999999", "more=..%2f", "project=PRJ-2222-2",
        "q=a&q=b", "sort=newest&sort=price", "unknown=1&__class__=2", "page=1000000000", "limit=1000000000",
    ],
)  # fmt: skip
def test_filters_of_garbage_are_no_fault_of_ours(client: Browser, shelf, query: str):
    answer = client.get(f"/products?{query}")

    assert answer.status_code in (200, 303, 400, 403, 404, 422)
    assert CANARY not in answer.text


@pytest.mark.parametrize("query", ["limit=1000000000", "limit=-1", "limit=NaN", "nothing=1", "sort=x", "q=%ff%fe", "after=%00"])
def test_the_api_refuses_what_it_does_not_know(client: Browser, shelf, query: str):
    answer = client.get(f"/v1/products?{query}")

    assert answer.status_code in (200, 400, 422)
    assert answer.status_code == 200 or answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize("path", ["/compare", "/compare.csv", "/compare.ods", "/v1/comparison"])
def test_a_draft_is_compared_by_nobody_else(client_of, db, shelf, lumen, rival, buyer, path: str, now):
    draft = a_product(db, of=rival, at=now, name=f"{CANARY} Third", state="draft")
    shown = a_product(db, of=lumen, at=now, name="Lumen Notes")
    browser = client_of(buyer)

    answer = browser.get(f"{path}?p={shown.ref}&p={draft.ref}")

    assert CANARY.encode() not in answer.content
    assert answer.status_code in (200, 303, 404, 422)
