"""What each column of a spreadsheet takes, in words: for whoever fills it in before importing it."""

from marketplace.faces.ask import Ask
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.mappings import FieldMapping
from marketplace.frameworks.schema.questions import Kind, Question
from marketplace.identity.policies import Permission
from marketplace.kit.errors import NotFound
from marketplace.kit.values import Value
from marketplace.web.edge import Page, page
from marketplace.web.imports.pages import find_mapping

FACTS = {
    "external-ref": ("Your own number or code for it", "One line. A row with the same one is the same product again"),
    "name": ("What the product is called", "One line"),
    "supplier": ("Who supplies it", "One line. What you import as a supplier is yours whatever stands here"),
    "version": ("Which version is described", "As you call it; 1.0 where it is empty"),
    "url": ("Where it was published", "The whole address of a page"),
}
TAKES = {
    Kind.TEXT: "One line", Kind.LONG_TEXT: "Text", Kind.CHOICE: "One of the options", Kind.CHOICES: "Options",
    Kind.LIST: "Lines", Kind.LINK: "The whole address of a page, beginning with https://",
    Kind.DATE: "A day, such as 24 November 2026", Kind.NUMBER: "A number", Kind.COUNTRY: "A country by its name",
}  # fmt: skip
MOST = 60
"""With more options than this they are countries or the like, which nobody needs to be told."""


class ColumnShown(Value, kw_only=True):
    """A column: what it asks, what may stand in it, its options in words, and the kinds of product that need it."""

    name: str
    asks: str
    takes: str
    options: tuple[str, ...] = ()
    needed: str = ""


@page("/imports/mappings/{name:str}/columns", who=Permission.CATALOGUE_IMPORT)
def show_columns(ask: Ask, name: str) -> Page:
    """The columns that a spreadsheet mapping reads, in their order."""
    mapping = find_mapping(ask, name)
    if mapping.reads != "csv":
        raise NotFound(f"{mapping.source.document} is no spreadsheet", "Its files come from its publisher.")
    frameworks = ask.services.frameworks
    columns = [column_of(field, rule, frameworks) for field, rule in mapping.fields.items() if rule.from_]
    return Page("imports/columns.html", {"mapping": mapping, "columns": columns})


def column_of(field: str, rule: FieldMapping, frameworks: Frameworks) -> ColumnShown:
    """The column that fills a field of a product, or answers a question of its description."""
    name, needed = rule.from_ or field, "Every row" if rule.required else ""
    if field == "kind":
        kinds = tuple(kind.label for kind in frameworks.kinds)
        return ColumnShown(
            name=name, asks="What kind of product it is", takes=TAKES[Kind.CHOICE], options=kinds, needed=needed
        )
    if field in FACTS:
        asks, takes = FACTS[field]
        return ColumnShown(name=name, asks=asks, takes=takes, needed=needed)
    question = frameworks.description.questions[field]
    return ColumnShown(
        name=name, asks=question.ask, takes=taken_by(question, rule.split or ""), options=options_of(question),
        needed=needed or needed_by(field, frameworks),
    )  # fmt: skip


def taken_by(question: Question, split: str) -> str:
    takes = TAKES[question.kind]
    if question.kind in (Kind.CHOICES, Kind.LIST) and split:
        return f"{takes}, one or several, divided by “{split}”"
    if question.kind in (Kind.TEXT, Kind.LONG_TEXT):
        return f"{takes}, up to {question.longest:,} characters"
    return f"{takes}: {question.unit}" if question.unit else takes


def options_of(question: Question) -> tuple[str, ...]:
    """The options in words; none where there are very many."""
    offered = tuple(option.label for option in question.options if not option.retired)
    return offered if len(offered) <= MOST else ()


def needed_by(field: str, frameworks: Frameworks) -> str:
    """Which kinds of product have to answer a question before they can be submitted."""
    kinds = [
        kind.label
        for kind in frameworks.kinds
        if any(entry.required and entry.question.id == field for entry in frameworks.form(kind.id).entries)
    ]
    return "Every product" if len(kinds) == len(frameworks.kinds) else ", ".join(kinds)


ROUTES = [show_columns]
