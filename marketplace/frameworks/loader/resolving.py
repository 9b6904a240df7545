"""Every reference followed: options to their taxonomy, sections to their questions, gates to their answers."""

from collections.abc import Mapping
from typing import TypeVar

from marketplace.frameworks.loader.gathering import Gathered
from marketplace.frameworks.loader.reading import Document
from marketplace.frameworks.schema.base import Source
from marketplace.frameworks.schema.descriptions import Description, Placement, SectionDeclared
from marketplace.frameworks.schema.forms import Entry, Form, Section
from marketplace.frameworks.schema.mappings import PRODUCT_FIELDS, FieldMapping, ImportMapping
from marketplace.frameworks.schema.questions import CHOSEN, Answerable, Question, QuestionFile
from marketplace.frameworks.schema.taxonomies import Taxonomy
from marketplace.kit.errors import Invalid

Asked = TypeVar("Asked", bound=Answerable)
Taxonomies = Mapping[str, Taxonomy]
Questions = Mapping[str, Question]
Kinds = frozenset[str]


def resolved_taxonomies(gathered: list[Gathered[Taxonomy]]) -> dict[str, Taxonomy]:
    """Every taxonomy by its id, the source of each checked."""
    taxonomies = {each.value.id: each.value for each in gathered}
    for each in gathered:
        check_source(each.value.source, taxonomies, each.documents[-1].at(("source",)))
    return taxonomies


def resolved_questions(gathered: list[Gathered[QuestionFile]], taxonomies: Taxonomies) -> dict[str, Question]:
    """Every question by its id, its options filled in from their taxonomy."""
    questions: dict[str, Question] = {}
    for each in gathered:
        for question in each.value.questions:
            where = each.at("questions", question.id)
            if question.id in questions:
                raise Invalid(f"{where}: the question “{question.id}” exists already", "An id is given once, for life.")
            check_source(question.source, taxonomies, where)
            columns = tuple(with_options(column, taxonomies, where) for column in question.columns)
            questions[question.id] = with_options(question, taxonomies, where).model_copy(update={"columns": columns})
    return questions


def with_options(asked: Asked, taxonomies: Taxonomies, where: str) -> Asked:
    """A question or column with the options of the taxonomy that it names. Raises Invalid."""
    if asked.taxonomy is None:
        return asked
    if asked.taxonomy not in taxonomies:
        raise Invalid(f"{where}: “{asked.id}” takes its options from “{asked.taxonomy}”, which is no taxonomy")
    return asked.model_copy(update={"options": taxonomies[asked.taxonomy].options})


def check_source(source: Source, taxonomies: Taxonomies, where: str) -> None:
    known = {option.id for option in taxonomies["sources"].options} if "sources" in taxonomies else set()
    if source.key and source.key.lower() not in known:
        raise Invalid(f"{where}: the source “{source.key}” is not in taxonomy/sources.yaml")


def resolved_description(gathered: Gathered[Description], questions: Questions, taxonomies: Taxonomies) -> Form:
    """The whole form, its references and gates checked."""
    description = gathered.value
    if description.kinds_from not in taxonomies:
        raise Invalid(f"{gathered.documents[-1].name}: kinds-from: “{description.kinds_from}” is no taxonomy")
    kinds = frozenset(option.id for option in taxonomies[description.kinds_from].options)
    sections = tuple(
        _section(each, questions, kinds, gathered.at("sections", each.id)) for each in description.sections
    )
    form = Form(kind="", sections=sections)
    for section in sections:
        for entry in section.entries:
            _check_gate(entry, form, gathered.at("sections", section.id))
    return form


def _section(declared: SectionDeclared, questions: Questions, kinds: Kinds, where: str) -> Section:
    meant = _known_kinds(declared.kinds, kinds, where) or kinds
    entries = tuple(_entry(place, questions, meant, where) for place in declared.questions)
    return Section(declared.id, declared.label, declared.hint, declared.stands_above, entries)


def _entry(place: Placement, questions: Questions, kinds: Kinds, where: str) -> Entry:
    if place.question not in questions:
        raise Invalid(f"{where}: there is no question “{place.question}”")
    asked = _known_kinds(place.kinds, kinds, where) or kinds
    required = asked if place.required_for == "all" else _known_kinds(place.required_for, asked, where)
    return Entry(questions[place.question], asked, required, required == asked, place.compared)


def _known_kinds(named: tuple[str, ...], kinds: Kinds, where: str) -> Kinds:
    if unknown := set(named) - kinds:
        raise Invalid(f"{where}: {', '.join(sorted(unknown))} is not among the kinds here: {', '.join(sorted(kinds))}")
    return frozenset(named)


def _check_gate(entry: Entry, form: Form, where: str) -> None:
    """A gate is an earlier question of the same form, asked of the same kinds, with options to choose from."""
    earlier: dict[str, Entry] = {}
    for other in form.entries:
        if other is entry:
            break
        earlier[other.question.id] = other
    for name, answers in (each for gates in entry.question.gates for each in gates.items()):
        gate = earlier.get(name)
        if gate is None or not entry.kinds <= gate.kinds or gate.question.kind not in CHOSEN:
            raise Invalid(
                f"{where}: “{entry.question.id}” depends on “{name}”, which is no question with options before it",
                "Put that question earlier in the form, for the same kinds of product.",
            )
        check_options(gate.question, answers, f"{where}: “{entry.question.id}” depends on")


def check_options(question: Question, answers: tuple[str, ...], where: str) -> None:
    for answer in answers:
        if answer not in question.labels:
            raise Invalid(f"{where} “{answer}”, which is no answer to “{question.id}”")


def check_mapping(mapping: ImportMapping, document: Document, questions: Questions, kinds: Kinds) -> None:
    """Every field of a mapping is a question or a field of a product, and every replacement one of its options."""
    for name, rule in mapping.fields.items():
        where = document.at(("fields", name))
        if name not in questions and name not in PRODUCT_FIELDS:
            raise Invalid(f"{where}: “{name}” is neither a question nor a field of a product")
        if name == "kind":
            _check_values(rule, kinds, f"{where}: kind")
        elif name in questions and questions[name].kind in CHOSEN:
            _check_values(rule, frozenset(questions[name].labels), f"{where}: {name}")


def _check_values(rule: FieldMapping, options: frozenset[str], where: str) -> None:
    given = [value for value in (*rule.values.values(), rule.default or "") if value]
    for value in given:
        if value not in options:
            raise Invalid(f"{where}: “{value}” is not one of its options")
