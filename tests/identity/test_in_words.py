"""What is a code to a program is a word to whoever reads it: devices, and what a token may do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.identity.policies import ALLOWS, Permission, allowed_in_words
from marketplace.identity.queries.audit import sentence
from marketplace.identity.rules.devices import device_in_words

KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {KIT} Chrome/126.0.0.0 Safari/537.36 Edg/126.0", "Edge on Windows"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {KIT} Chrome/126.0.0.0 Safari/537.36", "Chrome on ChromeOS"),
        (f"Mozilla/5.0 (Linux; Android 14; SM-S921B) {KIT} SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36",
         "Samsung Internet on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1",
         "Safari on Mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1 CriOS/126.0 Mobile/15E148 Safari/604.1",
         "Chrome on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox on Linux"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "A browser that does not say its name"),
    ],
)  # fmt: skip
def test_a_device_is_named_as_its_owner_knows_it(agent: str, words: str):
    assert device_in_words(agent) == words


@given(st.text(max_size=200))
def test_whatever_calls_itself_anything_gets_a_name(agent: str):
    assert device_in_words(agent)


def test_everything_that_a_token_may_do_is_said_in_words():
    assert set(ALLOWS) == set(Permission)
    assert allowed_in_words(["project:read", "contract:sign"]) == "read projects; sign contracts"
    assert allowed_in_words(["of:yesterday"]) == "of:yesterday"
    assert (
        sentence("TokenMade", {"scopes": ["audit:read"]}, {})
        == "made a token that may read what happened in the organisation"
    )
