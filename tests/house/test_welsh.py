"""No public page and no mail has a sentence without its Welsh one, and the Welsh holds what the English holds."""

import inspect
import re
from collections.abc import Iterator
from functools import cache

import pytest
from jinja2 import Environment
from jinja2.meta import find_undeclared_variables

from marketplace.catalogue.search import facets
from marketplace.frameworks.loader import Frameworks
from marketplace.settings import HOUSE
from marketplace.web.edge import PUBLIC
from marketplace.web.letters import mail_environment
from marketplace.web.routes import ROUTES
from marketplace.web.shell import _places_of, navigation
from marketplace.web.templating import page_environment
from marketplace.web.welsh.lacking import lacking, parts_of, read_by_people
from marketplace.web.welsh.pages import PAGES, Languages
from marketplace.web.welsh.words import CATALOGUE, SAID, Entry, Words, entries_of, form_of, read

TEMPLATES = HOUSE / "templates"
ENGLISH_YET = {
    "assurance/": "what experts assure and answer: its words follow the frameworks, which are in English",
    "desk/": "calculators: their working is composed by rules that speak English",
    "evidence/": "studies, claims and protocols: written by researchers, in English",
    "frameworks/": "the frameworks are quoted as their publishers wrote them, in English",
    "safety/": "hazards and safety notices are written by their suppliers, in English",
}
"""Public pages that are in English between a Welsh header and footer, by folder, each with why."""
NAMES_OF_THINGS = {"hosting-country", "epr-system", "integration-standard", "licence"}
"""Filters whose options are names: they are marked as English where no Welsh one is in use."""


@pytest.fixture(scope="module")
def words() -> Words:
    return read(TEMPLATES / CATALOGUE)


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    return list(entries_of((TEMPLATES / CATALOGUE).read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def pages() -> Environment:
    """A template that several tests or several pages ask about is parsed once."""
    environment = page_environment(TEMPLATES, asset=str)
    environment.parse = cache(environment.parse)  # type: ignore[method-assign]
    return environment


def test_no_sentence_of_a_public_page_or_mail_lacks_welsh(pages: Environment, words: Words):
    """Where this fails: `python -m marketplace.web.welsh` prints the entries to add to templates/welsh.po."""
    assert lacking(pages, TEMPLATES, words) == []


def test_every_public_page_is_in_welsh_or_is_named_with_why_not():
    shown = {
        template for handler in ROUTES if handler.opt.get("who") == PUBLIC and "function" in handler.opt
        for template in re.findall(r'"((?:[\w-]+/)*[\w-]+\.html)"', inspect.getsource(handler.opt["function"]))
    }  # fmt: skip

    assert len(shown) > 40
    assert sorted(name for name in shown if name not in PAGES and not name.startswith(tuple(ENGLISH_YET))) == []
    assert [folder for folder in ENGLISH_YET if not any(name.startswith(folder) for name in shown)] == []


def test_every_page_that_is_named_as_welsh_is_there():
    assert [name for name in PAGES if not (TEMPLATES / name).exists()] == []
    assert list(PAGES) == sorted(set(PAGES))


def test_every_template_compiles_in_welsh(pages: Environment):
    pages_too, mails = Languages(pages, TEMPLATES), Languages(mail_environment(TEMPLATES), TEMPLATES)
    for name in PAGES:
        assert pages_too.welsh.get_template(name)
    for path in (TEMPLATES / "mail").iterdir():
        assert mails.welsh.get_template(f"mail/{path.name}")
    assert pages_too.around.get_template("shell.html")


def labels(frameworks: Frameworks) -> Iterator[str]:
    """What the public reads of what is declared: filters and their options, and the questions of a description."""
    for facet in facets(frameworks):
        yield facet.label
        yield from (each.label for each in facet.options if facet.key not in NAMES_OF_THINGS)
    for kind in frameworks.kinds:
        for section in frameworks.form(kind.id).sections:
            yield section.label
            for entry in section.entries:
                yield entry.question.label
                yield from (column.label for column in entry.question.columns)


def test_no_filter_question_or_option_of_the_catalogue_lacks_welsh(frameworks: Frameworks, words: Words):
    assert sorted({label for label in labels(frameworks) if words.say(label) is None}) == []


def test_no_place_of_the_header_lacks_welsh(words: Words):
    class Everybody:
        is_buyer = True

        def may(self, permission: object) -> bool:
            return True

    places = [link.label for link in navigation(None, "/")] + [label for label, _ in _places_of(Everybody())]  # type: ignore[arg-type]

    assert len(places) > 10
    assert [place for place in places if place not in words.sentences] == []


def test_an_entry_stands_once(entries: list[Entry]):
    keys = [(entry.context, entry.english) for entry in entries]

    assert len(entries) > 1000
    assert sorted({key for key in keys if keys.count(key) > 1}) == []
    assert [entry.english for entry in entries if not all(entry.forms)] == []


def test_no_entry_outlives_the_sentence_that_it_was_for(pages: Environment, entries: list[Entry]):
    names = {f"mail/{path.name}" for path in (TEMPLATES / "mail").iterdir()}
    for page in PAGES:
        names |= parts_of(pages, TEMPLATES, page)
    alive = {
        text for name in names for text in read_by_people(pages, (TEMPLATES / name).read_text(encoding="utf-8"), name)
    }

    of_templates = [entry for entry in entries if re.search(r"{{|{%|</", entry.english)]
    assert [entry.english for entry in of_templates if entry.english not in alive] == []


def test_welsh_names_no_value_and_no_address_that_the_english_does_not(pages: Environment, entries: list[Entry]):
    """A translator changes words and their order, never what is shown or where a link leads."""
    for entry in entries:
        if entry.context == SAID or entry.plural or not re.search(r"{{|{%|</", entry.english):
            continue
        welsh = entry.forms[0]
        assert values_in(pages, welsh) <= values_in(pages, entry.english), entry.english
        assert addresses_in(welsh) == addresses_in(entry.english), entry.english
        assert tags_in(welsh) <= tags_in(entry.english) | {"span"}, entry.english


def values_in(pages: Environment, text: str) -> set[str]:
    return find_undeclared_variables(pages.parse(text))


def addresses_in(text: str) -> list[str]:
    return sorted(re.findall(r'(?:href|src|action)="([^"]*)"', text))


def tags_in(text: str) -> set[str]:
    return set(re.findall(r"<(\w+)", text))


def test_what_the_program_puts_together_keeps_its_gaps(entries: list[Entry]):
    said = [entry for entry in entries if entry.context == SAID]

    assert len(said) > 10
    for entry in said:
        assert set(re.findall(r"{(\w+)}", entry.forms[0])) == set(re.findall(r"{(\w+)}", entry.english)), entry.english


def test_a_counted_noun_has_the_six_forms_of_welsh(entries: list[Entry]):
    counted = [entry for entry in entries if entry.plural]

    assert len(counted) > 3
    for entry in counted:
        assert len(entry.forms) == 6, entry.english
        assert all("{n}" in form or index == 0 for index, form in enumerate(entry.forms)), entry.english


def test_the_rule_of_the_six_forms_is_the_one_that_the_catalogue_states():
    text = (TEMPLATES / CATALOGUE).read_text(encoding="utf-8")

    assert "nplurals=6; plural=(n==0) ? 0 : (n==1) ? 1 : (n==2) ? 2 : (n==3) ? 3 : (n==6) ? 4 : 5;" in text
    assert [form_of(number) for number in (0, 1, 2, 3, 4, 5, 6, 7, 11, 20, 106)] == [0, 1, 2, 3, 5, 5, 4, 5, 5, 5, 5]
