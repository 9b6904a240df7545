"""The plan of an evaluation as its form gives it."""

from collections.abc import Mapping

from marketplace.evidence.rules.protocols import ProtocolRules
from marketplace.kit.fields import Fields
from marketplace.kit.values import Value

LONGEST_ANSWER = 4_000


class Planned(Value, kw_only=True):
    """A protocol as written: `answers` by section, empty where nothing was said yet."""

    template: str
    template_version: int
    title: str
    version_number: str
    supplier_funded: bool
    answers: dict[str, str]


def read_planned(raw: Mapping[str, str], rules: ProtocolRules) -> Planned:
    """A protocol; sections can be left for later. Raises Invalid by field."""
    fields = Fields(raw)
    template = fields.one_of("template", list(rules.template), needed="Choose the kind of evaluation.")
    sections = rules.sections_of(template) if template else ()
    planned = Planned(
        template=template, template_version=rules.version,
        title=fields.line("title", 200, needed="Give the evaluation a title."),
        version_number=fields.line("version_number", 30, needed="Say which version is evaluated."),
        supplier_funded=fields.yes_or_no("supplier_funded", needed="Say whether the supplier pays for any of it."),
        answers={each.id: fields.text(f"section-{each.id}", LONGEST_ANSWER) for each in sections},
    )  # fmt: skip
    fields.check("the protocol does not hold")
    return planned
