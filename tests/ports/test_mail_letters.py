"""The mails of the house: complete, the same in both readings, and inert whatever people called their products."""

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jinja2 import UndefinedError, meta
from lxml import etree
from lxml import html as parser

from marketplace.ports.mail.letters import ALWAYS_SENT, LETTERS
from marketplace.ports.mail.port import Message
from marketplace.web.letters import letters_from, mail_environment

TEMPLATES = Path(__file__).parents[2] / "templates"
NAMES = sorted(LETTERS)
SITE = "https://touchstone.example"
AT = datetime(2026, 11, 24, 15, 4, tzinfo=UTC)
CANARY = "'\"><svg/onload=x>&lt;b&gt;{{7*7}}"
write = letters_from(TEMPLATES)


def values_of(name: str, words: str = "Lumen Notes") -> dict[str, object]:
    """What a mail of that name is given, with the same words wherever people may choose them."""
    notice = {"title": f"{words} was published", "body": f"By {words}", "url": f"{SITE}/products/PRD", "at": AT}
    known: Mapping[str, object] = {
        **notice,
        "has_account": False,
        "link": f"{SITE}/reset/0123456789abcdef",
        "until": AT,
        "person_name": f"Ada {words}",
        "organisation_name": f"{words} Trust",
        "invited_by": f"Bea {words}",
        "roles": [{"name": "Buyer", "description": "May look for products."}],
        "notices": [notice, {**notice, "body": ""}],
    }
    return {**{key: known[key] for key in LETTERS[name]}, "preferences_url": f"{SITE}/account/notices"}


def letter(name: str, words: str = "Lumen Notes", **changes: object):
    return write(name, {**values_of(name, words), **changes}, language="en")


def named_in(source: str) -> set[str]:
    """The values that a template and its base name."""
    env = mail_environment(TEMPLATES)
    base = f"mail/base.{source.rpartition('.')[2]}"
    return {
        name for path in (source, base)
        for name in meta.find_undeclared_variables(env.parse((TEMPLATES / path).read_text()))
    } - {"self"}  # fmt: skip


def test_every_template_is_declared_and_every_declared_mail_has_its_pair():
    found = {path.name for path in (TEMPLATES / "mail").iterdir()}

    assert found == {f"{name}.{ending}" for name in (*LETTERS, "base") for ending in ("txt", "html")}
    assert set(LETTERS) >= ALWAYS_SENT


@pytest.mark.parametrize("name", NAMES)
def test_a_mail_names_what_it_is_given_and_nothing_else(name):
    text, page = named_in(f"mail/{name}.txt"), named_in(f"mail/{name}.html")

    assert text | page <= {*LETTERS[name], "preferences_url"}
    assert (text | page) >= set(LETTERS[name])


@pytest.mark.parametrize("name", NAMES)
def test_a_value_that_is_missing_is_never_passed_over(name):
    for missing in LETTERS[name]:
        values = values_of(name)
        del values[missing]

        with pytest.raises(UndefinedError):
            write(name, values, language="en")


@pytest.mark.parametrize("name", NAMES)
def test_both_readings_say_the_same_and_lead_to_the_same_places(name):
    made = letter(name)

    page = parser.fromstring(made.html)
    links = set(page.xpath("//a/@href"))
    assert page.findtext(".//title") == made.subject
    assert [each.text_content() for each in page.iter("h1")] == [made.subject]
    assert links == set(re.findall(r"https?://\S+", made.text))
    assert all(link.startswith(f"{SITE}/") for link in links)
    assert "24 November 2026" in made.text
    assert "24 November 2026" in page.text_content()


@pytest.mark.parametrize("name", NAMES)
def test_a_mail_asks_nothing_from_the_network_and_names_its_language(name):
    page = parser.fromstring(letter(name).html)

    assert page.get("lang") == "en-GB"
    assert not page.xpath("//img | //script | //link | //iframe | //@style | //form | //@src")
    assert "url(" not in page.findtext(".//style")


@pytest.mark.parametrize("name", NAMES)
def test_a_mail_in_words_of_an_attacker_stays_words(name):
    plain, attacked = letter(name), letter(name, CANARY)

    tags = [[node.tag for node in parser.fromstring(each.html).iter(etree.Element)] for each in (plain, attacked)]
    assert tags[0] == tags[1]
    assert "<svg" not in attacked.html
    if CANARY in attacked.text:
        assert html.escape(CANARY, quote=True).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in attacked.html
    assert "49" not in attacked.html


@pytest.mark.parametrize("name", NAMES)
def test_a_subject_is_one_line_of_bearable_length_whatever_the_names(name):
    made = letter(name, "Lumen\r\nBcc: eve@evil.example " + "x" * 500)

    message = Message(to="a@b.uk", subject=made.subject, text=made.text, html=made.html, kind=name, key="k")
    assert message.subject.isprintable()


@pytest.mark.parametrize("name", NAMES)
def test_a_mail_can_be_turned_off_unless_it_guards_an_account(name):
    made = letter(name)

    offers = "Choose which mails reach you" in made.text
    assert offers == ("Choose which mails reach you" in made.html)
    assert offers == (name not in {*ALWAYS_SENT, "sign-up", "invitation"})
    assert ("cannot be turned off" in made.text) == (name in ALWAYS_SENT)


@pytest.mark.parametrize("name", NAMES)
def test_mails_speak_as_the_house_does(name):
    words = letter(name).text.casefold()

    assert not re.search(r"\bplease\b|successful|click here|[!]", words)
    assert not re.search(r"\n{4}| $|\n ?\.", words, re.MULTILINE)


def test_whoever_has_an_account_already_is_told_in_the_mail_alone():
    new, known = letter("sign-up"), letter("sign-up", has_account=True, link=f"{SITE}/sign-in")

    assert "You already have" in known.subject
    assert "Make your" in new.subject
    assert "no account is made" not in known.text


def test_a_mail_about_no_organisation_names_none():
    assert "concerns" not in letter("role-changed", organisation_name="").text
    assert "concerns Lumen Notes Trust" in letter("role-changed").text
