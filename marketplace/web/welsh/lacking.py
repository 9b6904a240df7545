"""What of the Welsh pages and of the mails has no Welsh yet."""

from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, nodes
from jinja2.meta import find_referenced_templates

from marketplace.web.welsh.environment import literals_of, wrapped
from marketplace.web.welsh.pages import PAGES
from marketplace.web.welsh.sentences import Reader
from marketplace.web.welsh.words import Words


def parts_of(env: Environment, templates: Path, name: str) -> set[str]:
    """A template with all that it extends, includes and imports."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            tree = env.parse((templates / one).read_text(encoding="utf-8"))
            waiting += [part for part in find_referenced_templates(tree) if part]
    return found


def read_by_people(env: Environment, source: str, name: str) -> list[str]:
    """Every sentence of a template and every literal that is read, as the catalogue names them."""
    found: list[str] = []
    Reader(env, found.append, wrapped, lines=name.endswith(".txt")).read(source)
    tree = env.parse(source)
    return [*found, *(literal.value for literal in literals_of(tree))]


def counted_nouns(env: Environment, source: str) -> Iterator[str]:
    """The nouns that a template counts with `plural`."""
    for one in env.parse(source).find_all(nodes.Filter):
        if one.name == "plural" and one.args and isinstance(one.args[0], nodes.Const):
            yield one.args[0].value


def lacking(env: Environment, templates: Path, words: Words) -> list[tuple[str, str]]:
    """What has no Welsh: the template and the text, in the order of the templates."""
    mails = [path.relative_to(templates).as_posix() for path in sorted((templates / "mail").iterdir())]
    names: set[str] = set(mails)
    for page in PAGES:
        names |= parts_of(env, templates, page)
    return [
        (name, text)
        for name in sorted(names)
        for text in _lacking_in(env, (templates / name).read_text(encoding="utf-8"), name, words)
    ]


def _lacking_in(env: Environment, source: str, name: str, words: Words) -> list[str]:
    known = words.sentences.keys() | words.counted.keys()
    texts = [text for text in read_by_people(env, source, name) if text not in known]
    return [*texts, *(noun for noun in counted_nouns(env, source) if noun not in words.counted)]
