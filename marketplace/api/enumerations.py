"""Every list of values that the API speaks in, published with its version; and the questions that products answer.

A value that a reader does not know is a documented case: lists grow, and a retired value stays readable for ever. So
readers take an unknown value for "other" and show its id; writers get 422 with the value named.
"""

from collections.abc import Iterator
from datetime import date

from marketplace.api.calls import PUBLIC, Asked, get
from marketplace.api.shapes import Listed, Out, all_of
from marketplace.catalogue.rules.documents import ACCESS
from marketplace.catalogue.rules.documents import KINDS as DOCUMENT_KINDS
from marketplace.catalogue.rules.editions import CHANGES
from marketplace.catalogue.rules.offers import MODELS, PERIODS
from marketplace.catalogue.states import CLAIM, EDITION, IMPORT, LISTING
from marketplace.faces.finding import known_filters
from marketplace.faces.webhooks import NAMES
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.base import Option
from marketplace.frameworks.schema.forms import Entry, Section
from marketplace.frameworks.schema.questions import Answerable, Column
from marketplace.identity.policies import KINDS, Permission
from marketplace.identity.rules.notices import NOTICE_KINDS
from marketplace.identity.schemas import NATIONS, SIZES
from marketplace.kit.errors import NotFound
from marketplace.kit.states import Life
from marketplace.kit.text import quote
from marketplace.procurement.queries.declared import direct_award
from marketplace.procurement.rules.fit import FITS, TESTS, WEIGHTS
from marketplace.procurement.rules.shortlist import VERDICTS
from marketplace.procurement.rules.trail import KINDS as TRAIL_KINDS
from marketplace.procurement.states import PROJECT

VERSION_OF_CODE = 1
"""Of the lists that programs declare; raised with any change. Lists of frameworks have versions of their own."""
UNKNOWN = "Take a value that you do not know for other, and show its id. Values are added; none changes its meaning."


class ValueOut(Out):
    """A value. A retired one can be read, and no longer chosen."""

    id: str
    label: str
    hint: str = ""
    group: str = ""
    retired: bool = False


class EnumerationRowOut(Out):
    id: str
    label: str
    version: int
    date: date | None
    values: int
    url: str


class EnumerationOut(Out):
    """A list of values with its version, and what to do with a value that one does not know."""

    id: str
    label: str
    version: int
    date: date | None
    source: str
    unknown_value: str = UNKNOWN
    values: list[ValueOut]


class ColumnOut(Out):
    id: str
    label: str
    kind: str
    required: bool
    values: str


class QuestionOut(Out):
    """A question: how it is answered, for which kinds of product, and which enumeration its values come from."""

    id: str
    section: str
    label: str
    ask: str
    hint: str
    kind: str
    limit: int | None
    minimum: float | None
    maximum: float | None
    unit: str
    values: str
    columns: list[ColumnOut]
    when: dict[str, list[str]]
    for_kinds: list[str]
    required_for: list[str]
    is_filter: bool
    source: str


@get("/enumerations", who=PUBLIC, is_shared=True)
def list_enumerations(ask: Asked) -> Listed[EnumerationRowOut]:
    """Every list of values, with its version."""
    return all_of(
        EnumerationRowOut(id=one.id, label=one.label, version=one.version, date=one.date, values=len(one.values),
                          url=f"/v1/enumerations/{one.id}")
        for one in everything(ask.services.frameworks)
    )  # fmt: skip


@get("/enumerations/{name:str}", who=PUBLIC, is_shared=True)
def show_enumeration(ask: Asked, name: str) -> EnumerationOut:
    """One list of values."""
    return found(ask, name)


@get("/enumerations/filters/{name:str}", who=PUBLIC, is_shared=True)
def show_filter(ask: Asked, name: str) -> EnumerationOut:
    """The values of one filter of /v1/products."""
    return found(ask, f"filters/{name}")


@get("/questions", who=PUBLIC, is_shared=True)
def list_questions(ask: Asked) -> Listed[QuestionOut]:
    """Every question that describes a product, in the order in which it is asked."""
    form = ask.services.frameworks.description
    return all_of(_question(section, entry) for section in form.sections for entry in section.entries)


def found(ask: Asked, name: str) -> EnumerationOut:
    """Raises NotFound, naming where they are listed."""
    one = next((each for each in everything(ask.services.frameworks) if each.id == name), None)
    if one is None:
        raise NotFound(f"there is no enumeration {quote(name)}", "See /v1/enumerations.")
    return one


def everything(frameworks: Frameworks) -> Iterator[EnumerationOut]:
    """The declared taxonomies, the options of questions that have their own, the filters, and the lists of the code."""
    for taxonomy in frameworks.taxonomies.values():
        yield EnumerationOut(
            id=taxonomy.id, label=taxonomy.label, version=taxonomy.version, date=taxonomy.date,
            source=taxonomy.source.document, values=_options(taxonomy.options),
        )  # fmt: skip
    for question in frameworks.description.questions.values():
        if question.options and not question.taxonomy:
            yield _of_code(f"answers-{question.id}", question.label, {}, _options(question.options))
    for key, facet in known_filters(frameworks).items():
        yield _of_code(f"filters/{key}", facet.label, {}, _options(facet.options))
    for name, (label, values) in {**OF_CODE, **_declared(frameworks)}.items():
        yield _of_code(name, label, values)


def _declared(frameworks: Frameworks) -> dict[str, tuple[str, dict[str, str]]]:
    return {"direct-award-grounds": ("Conditions of a direct award", direct_award(frameworks).grounds)}


def _states(life: Life) -> dict[str, str]:
    return {state: state.capitalize() for state in life.states}


OF_CODE: dict[str, tuple[str, dict[str, str]]] = {
    "listing-states": ("States of a listing", _states(LISTING)),
    "edition-states": ("States of an edition", _states(EDITION)),
    "claim-states": ("States of a claim", _states(CLAIM)),
    "import-states": ("States of an import", _states(IMPORT)),
    "project-states": ("States of a project", _states(PROJECT)),
    "edition-changes": ("How an edition differs from the last", CHANGES),
    "document-kinds": ("Kinds of document", DOCUMENT_KINDS),
    "document-access": ("Who may read a document", ACCESS),
    "price-kinds": ("Kinds of price", {key: model.label for key, model in MODELS.items()}),
    "price-periods": ("Periods of a price", {key: key.capitalize() for key in PERIODS}),
    "organisation-kinds": ("Kinds of organisation", KINDS),
    "organisation-nations": ("Where an organisation is", NATIONS),
    "organisation-sizes": ("Sizes of an organisation", SIZES),
    "scopes": ("Scopes of a token", {permission.value: permission.value for permission in Permission}),
    "notice-kinds": ("Kinds of notice", {kind.key: kind.label for kind in NOTICE_KINDS.values()}),
    "requirement-weights": ("Weights of a requirement", WEIGHTS),
    "requirement-tests": ("Tests of a requirement", TESTS),
    "fits": ("How a product meets a requirement", FITS),
    "verdicts": ("Decisions on a candidate", VERDICTS),
    "trail-kinds": ("Kinds of line in a trail", TRAIL_KINDS),
    "webhook-events": ("Events that a webhook can hear of", NAMES),
}


def _of_code(name: str, label: str, values: dict[str, str], given: list[ValueOut] | None = None) -> EnumerationOut:
    shown = given if given is not None else [ValueOut(id=key, label=text) for key, text in values.items()]
    return EnumerationOut(
        id=name, label=label, version=VERSION_OF_CODE, date=None, source="Touchstone", values=shown
    )


def _options(options: tuple[Option, ...]) -> list[ValueOut]:
    return [ValueOut.model_validate(option) for option in options]


def _question(section: Section, entry: Entry) -> QuestionOut:
    question = entry.question
    return QuestionOut(
        id=question.id, section=section.id, label=question.label, ask=question.ask, hint=question.hint,
        kind=question.kind.value, limit=question.limit, minimum=question.minimum, maximum=question.maximum,
        unit=question.unit, values=_values(question), columns=[_column(column) for column in question.columns],
        when={key: list(values) for key, values in question.when.items()}, for_kinds=sorted(entry.kinds),
        required_for=sorted(entry.required_for), is_filter=question.filterable, source=question.source.document,
    )  # fmt: skip


def _column(column: Column) -> ColumnOut:
    return ColumnOut(
        id=column.id, label=column.label, kind=column.kind.value, required=column.required,
        values=f"/v1/enumerations/{column.taxonomy}" if column.taxonomy else "",
    )  # fmt: skip


def _values(asked: Answerable) -> str:
    """The enumeration that the answers come from; empty where any answer will do."""
    if asked.taxonomy:
        return f"/v1/enumerations/{asked.taxonomy}"
    return f"/v1/enumerations/answers-{asked.id}" if asked.options else ""


CALLS = [list_enumerations, show_enumeration, show_filter, list_questions]
