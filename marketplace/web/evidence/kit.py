"""The evaluation kit: templates of protocols with a sample size to start from, and one's own plans."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import yaml

from marketplace.evidence.policies import may_evaluate
from marketplace.evidence.queries.declared import designs, label_of, protocol_rules
from marketplace.evidence.queries.protocols import own_protocols
from marketplace.evidence.rules.protocols import Template
from marketplace.faces.ask import Ask
from marketplace.faces.desk import CALCULATORS
from marketplace.kit.errors import NotFound
from marketplace.kit.text import quote
from marketplace.web.edge import ANYBODY_SIGNED_IN, PUBLIC, Download, Page, page


@page("/evidence/kit", who=PUBLIC)
def show_kit(ask: Ask) -> Page:
    """Which kinds of evaluation there are, the surest last, and what each is for."""
    rules = protocol_rules(ask.services.frameworks)
    options = designs(ask.services.frameworks)
    shown = [
        {
            "label": one.label, "text": one.text, "design": label_of(options, one.design),
            "url": f"/evidence/kit/{one.id}",
        }
        for one in rules.templates
    ]  # fmt: skip
    return Page("evidence/kit.html", {"rules": rules, "templates": shown}, shared=True)


@page("/evidence/kit/{template:str}", who=PUBLIC)
def show_template(ask: Ask, template: str) -> Page:
    """What a protocol of this kind asks, what to watch, and how many it takes, with the working."""
    rules, found = protocol_rules(ask.services.frameworks), template_of(ask, template)
    worked = CALCULATORS["sample"].work(found.sample, ask.services.frameworks)
    values = {
        "rules": rules,
        "template": found,
        "design": label_of(designs(ask.services.frameworks), found.design),
        "sections": rules.sections_of(found.id),
        "worked": worked,
        "sample_url": f"/desk/sample?{urlencode({'input': yaml.safe_dump(found.sample, sort_keys=False)})}",
    }
    return Page("evidence/kit_template.html", values, shared=True)


@page("/evidence/kit/{template:str}/protocol.md", who=PUBLIC)
def download_template(ask: Ask, template: str) -> Download:
    """The template as a text to fill in anywhere."""
    rules, found = protocol_rules(ask.services.frameworks), template_of(ask, template)
    name = f"protocol-{found.id}.md"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    text = "\n".join(_lines(found, [(one.ask, one.hint) for one in rules.sections_of(found.id)]))
    return Download(text.encode(), "text/markdown; charset=utf-8", headers)


@page("/protocols", who=ANYBODY_SIGNED_IN)
def list_protocols(ask: Ask) -> Page:
    """What one's own organisation has planned."""
    rules = protocol_rules(ask.services.frameworks)
    rows = [protocol_row(ask, each) for each in own_protocols(ask.db, by=ask.by)]
    return Page("evidence/protocols.html", {"rules": rules, "rows": rows, "may": may_evaluate(ask.by)})


def protocol_row(ask: Ask, protocol: Any) -> dict[str, Any]:
    """A protocol as a line of a list."""
    rules = protocol_rules(ask.services.frameworks)
    return {
        "title": protocol.title, "url": f"/protocols/{protocol.ref}", "ref": protocol.ref,
        "kind": rules.template[protocol.template].label, "owner": protocol.organisation.name,
        "stamped_at": protocol.stamped_at, "state": protocol.state,
    }  # fmt: skip


def template_of(ask: Ask, template: str) -> Template:
    """The template of this id. Raises NotFound."""
    found = protocol_rules(ask.services.frameworks).template
    if template not in found:
        raise NotFound(f"there is no template {quote(template)}", f"There are {', '.join(found)}.")
    return found[template]


def _lines(template: Template, sections: list[tuple[str, str]]) -> Iterator[str]:
    yield f"# Protocol: {template.label}"
    yield ""
    yield template.text
    yield f"Reporting guideline: {template.guideline}. Sample size to start from: `{json.dumps(template.sample)}`."
    for ask, hint in sections:
        yield from ("", f"## {ask}", "", f"*{hint}*")
    yield from ("", "## To watch", "", *(f"- {each}" for each in template.watch), "")


ROUTES = [show_kit, show_template, download_template, list_protocols]
