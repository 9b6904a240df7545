"""Every template compiles, imports what exists, escapes everything, and carries no style, script or handler of its own."""

import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest
from jinja2 import Environment, nodes
from jinja2.meta import find_referenced_templates

from marketplace.settings import HOUSE
from marketplace.web.assets import Assets
from marketplace.web.letters import mail_environment
from marketplace.web.templating import page_environment

T = TypeVar("T", bound=nodes.Node)
ROOT = HOUSE / "templates"
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.html") if "mail/" not in path.as_posix())
ALL = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.suffix in (".html", ".txt"))
SAFE: dict[str, str] = {}
"""Templates that may use `|safe`, each with why."""
INLINE = {
    "a style": re.compile(r"<style|\sstyle\s*=", re.IGNORECASE),
    "a handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script of its own": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "a script address": re.compile(r"""(href|src|action)\s*=\s*["']?\s*(javascript|data|vbscript):""", re.IGNORECASE),
    "something from outside": re.compile(r"""<(script|link|img|iframe|form)[^>]*(src|href|action)=["'](https?:)?//""", re.I),
    "an unquoted value": re.compile(r"<[a-z][^<>]*\s[a-z-]+=\{\{", re.IGNORECASE),
}


@pytest.fixture(scope="module")
def pages() -> Environment:
    return page_environment(ROOT, asset=Assets(HOUSE / "static").url)


@cache
def source(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def tree_of(pages: Environment, name: str) -> nodes.Template:
    """A template as it is read, once for all that ask about it."""
    return pages.parse(source(name))


@cache
def parts_of(pages: Environment, name: str) -> list[nodes.Node]:
    """All that stands in a template, whatever it is in, gone through once."""
    return list(tree_of(pages, name).find_all(nodes.Node))


def those_of(kind: type[T], parts: Iterable[nodes.Node]) -> list[T]:
    return [one for one in parts if isinstance(one, kind)]


def test_there_are_templates():
    assert len(PAGES) > 60


def faulty(names: Iterable[str], faults: Callable[[str], list[Any]]) -> dict[str, list[Any]]:
    """What is wrong with each of these templates, where something is. All are one test: they are hundreds."""
    found = {name: faults(name) for name in names}
    return {name: wrong for name, wrong in found.items() if wrong}


def test_every_template_compiles(pages: Environment):
    for name in ALL:
        if "mail/" in name:
            pages.compile(source(name), name=name, filename=name)
        else:
            assert pages.get_template(name)


def test_whatever_a_template_extends_includes_or_imports_is_there(pages: Environment):
    def gone(name: str) -> list[Any]:
        referenced = find_referenced_templates(tree_of(pages, name))
        return [one for one in referenced if not (one and ((ROOT / one).exists() or (ROOT / "mail" / one).exists()))]

    assert faulty(ALL, gone) == {}, "None is a template that is named by a value"


def test_every_macro_that_is_imported_exists(pages: Environment):
    def missing(name: str) -> list[Any]:
        return [
            f"{wanted} of {found.template.value}"
            for found in those_of(nodes.FromImport, parts_of(pages, name))
            for wanted in (one[0] if isinstance(one, tuple) else one for one in found.names)
            if wanted not in _macros(pages, found.template.value)
        ]

    assert faulty(PAGES, missing) == {}


@cache
def _macros(pages: Environment, name: str) -> set[str]:
    return {macro.name for macro in those_of(nodes.Macro, parts_of(pages, name))} | {
        target.name for found in tree_of(pages, name).body if isinstance(found, nodes.Assign) and isinstance(target := found.target, nodes.Name)
    }


def test_no_template_turns_escaping_off(pages: Environment):
    def turned_off(name: str) -> list[Any]:
        parts = parts_of(pages, name)
        filters = [one.name for one in those_of(nodes.Filter, parts)]
        return [one for one in filters if one in ("safe", "forceescape")] + [
            "autoescape" for _ in those_of(nodes.EvalContextModifier, parts)
        ]

    assert faulty((name for name in ALL if name not in SAFE), turned_off) == {}


def test_no_page_carries_style_or_script():
    def carried(name: str) -> list[Any]:
        text = re.sub(r"{#.*?#}", "", source(name), flags=re.DOTALL)
        text = re.sub(r"{{.*?}}", "{{}}", text, flags=re.DOTALL)
        return [what for what, pattern in INLINE.items() if pattern.search(text)]

    assert faulty(PAGES, carried) == {}


def test_macros_that_name_the_shell_are_imported_with_the_page_around_them(pages: Environment):
    """Without its context a macro of buttons would find no form token."""

    def without(name: str) -> list[Any]:
        imports = [found for found in those_of(nodes.FromImport, parts_of(pages, name)) if not found.with_context]
        return [
            f"{wanted} of {found.template.value}" for found in imports
            for wanted in found.names if wanted in _that_post(pages, found.template.value)
        ]  # fmt: skip

    assert faulty(PAGES, without) == {}


@cache
def _that_post(pages: Environment, name: str) -> set[str]:
    """The macros of a file that lead to the shell, by themselves or by another macro of the file."""
    macros = those_of(nodes.Macro, parts_of(pages, name))
    named = {macro.name: {one.name for one in macro.find_all(nodes.Name)} for macro in macros}
    leading = {"shell"}
    for _ in macros:
        leading |= {name for name, names in named.items() if names & leading}
    return leading & set(named)


def test_every_page_that_the_code_names_is_there_and_every_page_is_named():
    named = set()
    for path in (HOUSE / "marketplace").rglob("*.py"):
        named |= set(re.findall(r'"((?:[\w-]+/)*[\w-]+\.html)"', path.read_text(encoding="utf-8")))
    used = {one for name in ALL for one in re.findall(r'"((?:[\w-]+/)*[\w-]+\.html)"', source(name))}
    whole = {name for name in PAGES if not name.startswith("components/") and not Path(name).name.startswith("_")}

    assert sorted(name for name in named if not (ROOT / name).exists()) == []
    assert sorted(whole - named - used - {"style-guide.html"}) == []


def test_letters_escape_in_html_and_not_in_text():
    letters = mail_environment(ROOT)

    assert letters.autoescape("mail/invitation.html")
    assert not letters.autoescape("mail/invitation.txt")
