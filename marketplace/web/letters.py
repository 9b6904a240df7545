"""Mails in words: the templates of templates/mail, text beside HTML, rendered for the post."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from marketplace.ports.mail.port import LONGEST_SUBJECT
from marketplace.ports.mail.post import Letter, Write
from marketplace.web.filters import FILTERS
from marketplace.web.welsh.pages import Languages


@cache
def letters_from(templates: Path) -> Write:
    """Writes the mail of a name from `mail/<name>.txt` and `mail/<name>.html`, in English or Welsh; made once."""
    languages = Languages(mail_environment(templates), templates)

    def write(name: str, values: Mapping[str, Any], *, language: str) -> Letter:
        env = languages.welsh if language == "cy" else languages.english
        text, html = env.get_template(f"mail/{name}.txt"), env.get_template(f"mail/{name}.html")
        return Letter(subject_of(text, values), text.render(values).strip() + "\n", html.render(values))

    return write


def mail_environment(templates: Path) -> Environment:
    """Strict as for pages; HTML is escaped, plain text is not."""
    env = Environment(
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(FILTERS)
    return env


def subject_of(template: Template, values: Mapping[str, Any]) -> str:
    """The subject block as one line, shortened where it is longer than a subject may be."""
    line = " ".join("".join(template.blocks["subject"](template.new_context(dict(values)))).split())
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1] + "…"
