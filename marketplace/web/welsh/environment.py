"""The Welsh environments: a template is read in English and compiled in Welsh, once, when it is first needed."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from jinja2 import Environment, nodes, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from marketplace.web.glossary import explained
from marketplace.web.welsh import figures
from marketplace.web.welsh.components import SpokenComponents
from marketplace.web.welsh.sentences import LETTERS, Reader
from marketplace.web.welsh.words import Words


class WelshEnvironment(Environment):
    """An environment over the same templates, in Welsh: all of them, or `only` the one of that name."""

    words: Words
    only: str

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        if name is None or self.only not in ("", name):
            return super()._parse(source, name, filename)
        in_lines = name.endswith(".txt")
        reader = Reader(self, self.words.sentences.get, wrapped, lines=in_lines)
        tree = super()._parse(reader.read(source), name, filename)
        escapes = self.autoescape(name) if callable(self.autoescape) else self.autoescape
        for literal in literals_of(tree):
            found = self.words.sentences.get(literal.value)
            if found is not None:
                literal.value = escape(found) if escapes else found
        return tree


def speaking(env: Environment, words: Words, *, only: str = "") -> WelshEnvironment:
    """A Welsh environment beside an English one: the same loader, filters and globals, and caches of its own.

    Where it is `only` of one template, what stands inside of that is in English, dates and components too.
    """
    welsh = WelshEnvironment(
        loader=env.loader, undefined=env.undefined, autoescape=env.autoescape, trim_blocks=env.trim_blocks,
        lstrip_blocks=env.lstrip_blocks, auto_reload=env.auto_reload,
    )  # fmt: skip
    welsh.words, welsh.only = words, only
    spoken = filters_of(words)
    welsh.globals.update(env.globals)
    if only:
        welsh.filters.update(env.filters, welsh=spoken["welsh"])
        return welsh
    welsh.filters.update(env.filters, **spoken)
    welsh.globals.update(chart_figure=figures.charting(words))
    if "nhsuk" in env.globals:
        welsh.globals["nhsuk"] = SpokenComponents(env.globals["nhsuk"], partial(said, words))
    return welsh


def said(words: Words, value: Any, *, marked: bool = True) -> Any:
    """A text in Welsh where there is one; marked as English where there is none and a tag may stand there."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    found = words.say(value)
    if found is not None:
        return escape(found)
    if not marked or not LETTERS.search(value) or value.isupper():
        return value
    return Markup('<span lang="en">{}</span>').format(value)


def filters_of(words: Words) -> dict[str, Callable[..., Any]]:
    """What differs from the English filters, and `welsh`, through which the values of a page go."""

    @pass_eval_context
    def welsh(context: EvalContext, value: Any, *, marked: bool = True) -> Any:
        if context.autoescape:
            return said(words, value, marked=marked)
        found = words.say(value) if isinstance(value, str) else None
        return value if found is None else found

    def term(text: str) -> Markup:
        found = words.say(text)
        return escape(found) if found is not None else Markup('<span lang="en">{}</span>').format(explained(text))

    return {
        "welsh": welsh, "explained": term, "date": figures.long_date, "short_date": figures.short_date,
        "moment": figures.moment, "plural": figures.counting(words),
    }  # fmt: skip


def wrapped(source: str, *, marked: bool) -> str:
    """`{{ value }}` as `{{ (value)|welsh }}`, keeping how it trims the space around it."""
    start = 3 if source[2] in "-+" else 2
    end = 3 if source[-3] in "-+" else 2
    how = "welsh" if marked else "welsh(marked=false)"
    return f"{source[:start]} ({source[start:-end].strip()})|{how} {source[-end:]}"


def is_text(value: object) -> bool:
    """Whether a literal is something to read rather than a key: it begins with a capital, or has words in it."""
    if not isinstance(value, str) or not LETTERS.search(value) or "--" in value:
        return False
    return value.strip()[:1].isupper() or " " in value


def literals_of(node: nodes.Node) -> Iterator[nodes.Const]:
    """The literals under a node that are read: not those compared with, looked up by, or used as keys."""
    if isinstance(node, nodes.Const):
        if is_text(node.value):
            yield node
    elif isinstance(node, nodes.Getitem):
        yield from literals_of(node.node)
    elif isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Name) and node.target.name == "main_class":
        return
    elif isinstance(node, nodes.Pair):
        yield from literals_of(node.value)
    elif not isinstance(node, (nodes.Compare, nodes.Test)):
        for child in node.iter_child_nodes():
            yield from literals_of(child)
