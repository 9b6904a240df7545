"""What pages are made of: filters, the two environments, components and charts."""

import gzip
import re
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, UndefinedError

from marketplace.kit.money import Money
from marketplace.web.assets import Assets
from marketplace.web.charts import figure, place, steps
from marketplace.web.filters import (
    date_parts,
    long_date,
    machine_time,
    markdown,
    moment,
    money,
    number,
    plural,
    short_date,
    sourced,
)
from marketplace.web.templating import page_environment, render

ROOT = Path(__file__).parents[2]
INSIDE = {
    "described", "told", "group", "several", "typed", "search_field", "figure", "numbers", "csrf_field",
    "get_form", "flashes",
}
NASTY = "<b onclick=x>\"'&</b>"


@pytest.fixture(scope="module")
def assets() -> Assets:
    return Assets(ROOT / "static")


@pytest.fixture(scope="module")
def pages(assets: Assets) -> Environment:
    return page_environment(ROOT / "templates", asset=assets.url)


def a_shell(**changes: object) -> SimpleNamespace:
    return SimpleNamespace(**{
        "title_suffix": " – Touchstone", "navigation": [{"label": "Products", "url": "/products", "current": True}],
        "unread": 2, "demonstration": True,
        "actor": SimpleNamespace(person_name="Amina Khan", organisation_name=NASTY),
        "memberships": [{"id": str(one), "name": NASTY, "current": one == 1} for one in (1, 2)],
        "csrf_token": "tok3n", "nonce": "", "messages": [{"kind": "done", "text": NASTY}], "language": "en",
        "content_language": "en", "here": "/?a=1&b", "other": {"key": "cy", "label": "Cymraeg"}, "path": "/",
    } | changes)


def printed(pages: Environment, source: str, **values: object) -> str:
    return pages.from_string(source).render(**values)


def imported(file: str, names: str) -> str:
    return f'{{% from "components/{file}.html" import {names} %}}'


# Filters


def test_a_date_reads_as_people_write_it():
    assert long_date(date(2026, 11, 4)) == "4 November 2026"
    assert long_date("2026-11-04") == "4 November 2026"
    assert short_date(date(2026, 11, 4)) == "4 Nov 2026"
    assert long_date(None) == short_date("") == moment(None) == ""


@pytest.mark.parametrize(("written", "told"), [
    ("from memory, check", "not yet checked"),
    ("Numbers of sections are from memory, check", "Numbers of sections are not yet checked"),
    ("from memory, check against the tool page", "not yet checked against the tool page"),
    ("the words are Touchstone's own, check", "the words are Touchstone's own, not yet checked"),
    ("evidence.md sections 1 and 5", "Touchstone's notes on evidence, sections 1 and 5"),
    ("s. 51; check digits", "s. 51; check digits"),
])  # fmt: skip
def test_a_reader_is_told_in_plain_words_what_is_unsure_in_a_source(written: str, told: str) -> None:
    assert sourced(written) == told


def test_a_time_is_shown_as_the_clocks_in_london_show_it():
    assert moment(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == "2 July 2026, 00:30 BST"
    assert moment(datetime(2026, 12, 1, 23, 30)) == "1 December 2026, 23:30 GMT"
    assert long_date(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == "2 July 2026"
    assert machine_time(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == "2026-07-02T00:30:00+01:00"


def test_money_numbers_and_counts_read_the_same_everywhere():
    assert money(123456) == money(Money(123456)) == "£1,234.56"
    assert number(1234.56, 1) == "1,234.6"
    assert [plural(1, "study", "studies"), plural(1200, "study", "studies")] == ["1 study", "1,200 studies"]
    assert plural(0, "trust") == "0 trusts"


def test_a_date_typed_wrongly_stays_in_the_form_as_typed():
    assert date_parts({"day": "31", "month": "2", "year": "2027"}) == {"day": "31", "month": "2", "year": "2027"}
    assert date_parts(date(2026, 11, 4)) == {"day": "4", "month": "11", "year": "2026"}
    assert date_parts(None) == {"day": "", "month": "", "year": ""}


def test_a_heading_in_markdown_stands_below_the_pages_own():
    assert markdown("# Hazards") == "<h2>Hazards</h2>\n"
    assert markdown("##### Deep", 3) == "<h6>Deep</h6>\n"
    assert "<table>" in markdown("| a | b |\n|---|---|\n| 1 | 2 |")


@pytest.mark.parametrize("attack", [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "![x](//e.example/a.png)",
    "<p style='color:red'>x</p>", "[x](data:text/html;base64,AAAA)", "<a href='vbscript:x'>x</a>",
    "| a |\n|:-:|\n| b |",
])
def test_markdown_from_a_stranger_cannot_act(attack: str):
    tags = re.findall(r"<[^>]*>", markdown(attack))

    assert not [tag for tag in tags if re.search(r"script|<img|style=|\son\w+=|data:", tag)]


@given(st.text(max_size=200))
def test_markdown_never_prints_a_tag_that_acts(text: str):
    names = set(re.findall(r"</?([a-zA-Z][\w-]*)", markdown(text)))

    assert not names & {"h1", "script", "style", "img", "iframe", "object", "svg", "form", "input", "button"}


# The two environments


def test_a_value_that_nobody_gave_stops_the_page(pages: Environment):
    with pytest.raises(UndefinedError, match="listing"):
        printed(pages, "{{ listing.title }}")


def test_a_form_that_posts_cannot_forget_its_token(pages: Environment):
    posts = imported("button", "post_button with context") + '{{ post_button("Publish", "/publication", {"v": v}) }}'

    assert 'name="csrf_token" value="tok3n"' in printed(pages, posts, shell=a_shell(), v=NASTY)
    with pytest.raises(UndefinedError, match="shell"):
        printed(pages, posts, v=1)


def test_the_style_guide_shows_every_macro(pages: Environment):
    guide = (ROOT / "templates" / "style-guide.html").read_text()
    parts = "".join(path.read_text() for path in (ROOT / "templates" / "components").glob("*.html"))
    macros = set(re.findall(r"{% macro (\w+)", parts)) - INSIDE

    assert len(macros) > 30
    assert {name for name in macros if not re.search(rf"\b{name}\(", guide)} == set()


def test_the_style_guide_keeps_to_the_content_security_policy(pages: Environment):
    page = render(pages, "style-guide.html", shell=a_shell())
    tags = re.findall(r"<[a-zA-Z][^>]*>", page)

    assert len(tags) > 500
    assert not [tag for tag in tags if re.search(r"\sstyle=|\son[a-z]+=", tag)]
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)|(?:src|srcset)=.https?:|<link[^>]*https?:", page)
    assert page.count("<h1") == 1
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert NASTY not in page


def test_what_users_typed_is_escaped_in_every_field(pages: Environment):
    names = ["text_field", "long_text_field", "number_field", "money_field", "link_field", "list_field", "file_field"]
    for name in names:
        source = imported("field", name + " as field") + "{{ field('n', nasty, nasty, nasty, nasty) }}"
        page = printed(pages, source, nasty=NASTY)
        assert "<b" not in page, name
        assert page.count("&lt;b onclick=x&gt;") >= 4, name


@pytest.mark.parametrize("name", ["choice_field", "choices_field", "select_field"])
def test_a_chosen_option_is_shown_as_chosen(pages: Environment, name: str):
    call = "{{ field('n', 'Nation', options, value=value, error='Choose one') }}"
    options = [{"value": "cy", "label": NASTY}, {"value": "en", "label": "England"}]

    value = ["en"] if name == "choices_field" else "en"
    page = printed(pages, imported("field", name + " as field") + call, options=options, value=value)

    assert re.search(r'value="en"[^>]* (checked|selected)', page)
    assert not re.search(r'value="cy"[^>]* (checked|selected)', page)
    assert 'id="n"' in page
    assert 'id="n-error"' in page
    assert "<b" not in page


def test_an_error_leads_to_its_field(pages: Environment):
    source = imported("field", "error_summary, date_field")
    call = '{{ error_summary(errors) }}{{ date_field("starts", "Start", error=errors.starts) }}'

    page = printed(pages, source + call, errors={"starts": "31 2 2027 is not a date"})

    assert 'href="#starts"' in page
    assert re.search(r'<input[^>]*id="starts"[^>]*name="starts-day"', page)
    assert printed(pages, source + "{{ error_summary({}) }}").strip() == ""


def test_a_chart_says_the_same_as_its_table(pages: Environment):
    source = imported("chart", "bar_chart") + '{{ bar_chart("Licences cost most", bars, unit="£") }}'

    page = printed(pages, source, bars=[{"label": "Licences", "value": 64800}, {"label": NASTY, "value": None}])

    assert page.count("£64,800") == 2
    assert page.count("not reported") == 2
    assert 'aria-label="Licences cost most"' in page
    assert "<b" not in page


def test_even_the_page_with_everything_on_it_is_small(pages: Environment):
    assert len(gzip.compress(render(pages, "style-guide.html", shell=a_shell()).encode())) < 14_000


# The geometry of charts


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_ticks_cover_the_numbers_and_stay_few(one: float, other: float):
    low, high = min(one, other), max(one, other)
    ticks = steps(low, high)
    slack = max(abs(low), abs(high), 1) * 1e-6

    assert ticks == sorted(ticks)
    assert 2 <= len(ticks) <= 8
    assert ticks[0] <= low + slack
    assert ticks[-1] >= high - slack


def test_a_mark_never_leaves_the_plot():
    assert place(5, 0, 10) == 50
    assert place(50, 0, 10) == 100
    assert place(3, 3, 3) == 50
    assert [figure(-3.1, "min"), figure(1200, "£"), figure(40, "%")] == ["−3.1 min", "£1,200", "40%"]
    assert figure(None, "min") == "not reported"
