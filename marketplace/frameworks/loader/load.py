"""`load`: the files of frameworks/ read once, checked against one another, and frozen."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from marketplace.frameworks.loader.applying import check_conditions
from marketplace.frameworks.loader.assuring import resolved_assurance
from marketplace.frameworks.loader.contracts import contract_templates, newest
from marketplace.frameworks.loader.crosswalks import crosswalks
from marketplace.frameworks.loader.frameworks import Frameworks
from marketplace.frameworks.loader.gathering import Gathered, documents, gather, gather_versions, stem
from marketplace.frameworks.loader.keeping import together
from marketplace.frameworks.loader.lock import LOCK, refuse_broken
from marketplace.frameworks.loader.mechanisms import mechanisms
from marketplace.frameworks.loader.procedures import procedures, thresholds
from marketplace.frameworks.loader.reading import Document, declared, read
from marketplace.frameworks.loader.resolving import (
    Questions,
    Taxonomies,
    check_mapping,
    resolved_description,
    resolved_questions,
    resolved_taxonomies,
)
from marketplace.frameworks.loader.sharing import check_shared
from marketplace.frameworks.schema.assurance import AssuranceFile
from marketplace.frameworks.schema.base import Option
from marketplace.frameworks.schema.calendars import Calendar
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.frameworks.schema.descriptions import Description
from marketplace.frameworks.schema.forms import Form
from marketplace.frameworks.schema.mappings import ImportMapping
from marketplace.frameworks.schema.questions import Question, QuestionFile
from marketplace.frameworks.schema.taxonomies import Taxonomy
from marketplace.kit.errors import Invalid

PLAIN = frozenset({"synonyms", "spelling"})
"""Files of taxonomy/ that the search shapes: read strictly, handed on as they are."""
PLAIN_FOLDERS = ("evidence", "payments", "procurement", "reuse", "safety")
"""Folders whose files the room of that name shapes."""


def load(root: Path) -> Frameworks:
    """Everything declared below `root`. Raises Invalid with file, line and part; also when a published file changed."""
    digests = refuse_broken(root)
    return together(root / LOCK, digests, lambda: _resolved(root, digests))


def _resolved(root: Path, digests: Mapping[str, str]) -> Frameworks:
    taxonomies = resolved_taxonomies(gather(root, "taxonomy", Taxonomy, leaving=PLAIN))
    asked = gather_versions(root, "questions", QuestionFile)
    questions = resolved_questions([versions[-1] for versions in asked], taxonomies)
    description = _description(root)
    form = resolved_description(description, questions, taxonomies)
    kinds = taxonomies[description.value.kinds_from].options
    contracts = contract_templates(root, taxonomies)
    assurance = _assurance(root, form, kinds, _ever(asked, taxonomies) | questions, taxonomies)
    latest = {name: assurance[name, version] for name, version in sorted(assurance)}
    home, markets = crosswalks(root, latest, form)
    return Frameworks(
        questions=MappingProxyType(questions),
        taxonomies=MappingProxyType(taxonomies),
        description=form,
        kinds=kinds,
        mappings=MappingProxyType(_mappings(root, form, kinds)),
        calendars=MappingProxyType(_calendars(root)),
        plain=MappingProxyType(_plain(root)),
        digests=MappingProxyType(dict(digests)),
        assurance_versions=MappingProxyType(assurance),
        contracts=MappingProxyType(newest(contracts)),
        contract_versions=MappingProxyType(contracts),
        procedure_versions=MappingProxyType(procedures(root)),
        mechanism_versions=MappingProxyType(mechanisms(root)),
        thresholds=thresholds(root),
        home=home,
        markets=MappingProxyType(markets),
    )


def read_mapping(path: Path, frameworks: Frameworks) -> ImportMapping:
    """A mapping from anywhere, checked like those that are shipped. Raises Invalid."""
    return _mapping(read(path, path.name), frameworks.description, frameworks.kinds)


def _description(root: Path) -> Gathered[Description]:
    found = gather(root, "catalogue", Description)
    if [each.value.id for each in found] != ["description"]:
        raise Invalid("catalogue/description.yaml: is needed, and is the only file of its folder")
    return found[0]


def _ever(asked: list[list[Gathered[QuestionFile]]], taxonomies: Taxonomies) -> dict[str, Question]:
    """Questions as older versions asked them, for the frameworks of their time."""
    older = (version for versions in asked for version in versions[:-1])
    return {name: question for each in older for name, question in resolved_questions([each], taxonomies).items()}


def _assurance(
    root: Path, form: Form, kinds: tuple[Option, ...], questions: Questions, taxonomies: Taxonomies
) -> dict[tuple[str, int], AssuranceFramework]:
    gathered = gather_versions(root, "assurance", AssuranceFile)
    every = [version for versions in gathered for version in versions]
    check_shared([versions[-1] for versions in gathered])
    for version in every:
        check_conditions(version, form, kinds, taxonomies)
    resolved = [resolved_assurance(version, questions, taxonomies) for version in every]
    return {(each.id, each.version): each for each in resolved}


def _mappings(root: Path, form: Form, kinds: tuple[Option, ...]) -> dict[str, ImportMapping]:
    """The newest version of each mapping; unlike other files a mapping is written out in full in every version."""
    mappings: dict[str, ImportMapping] = {}
    for document in documents(root, "imports"):
        mapping = _mapping(document, form, kinds)
        if mapping.id != stem(document):
            raise Invalid(f"{document.at(('id',))}: the mapping “{mapping.id}” belongs in a file of its name")
        older = mappings.get(mapping.id)
        mappings[mapping.id] = mapping if older is None or older.version < mapping.version else older
    return mappings


def _mapping(document: Document, form: Form, kinds: tuple[Option, ...]) -> ImportMapping:
    mapping = declared(ImportMapping, document)
    check_mapping(mapping, document, form.questions, frozenset(kind.id for kind in kinds))
    return mapping


def _calendars(root: Path) -> dict[str, Any]:
    """Each calendar as its file says it, once it has been found to hold together."""
    found = list(documents(root, "calendars"))
    return {declared(Calendar, document).id: document.data for document in found}


def _plain(root: Path) -> dict[str, tuple[Any, ...]]:
    """The versions of each plain file, oldest first, each written out in full; the key is the path of the first."""
    found: dict[str, tuple[Any, ...]] = {}
    shaped = [document for document in documents(root, "taxonomy") if stem(document) in PLAIN]
    shaped += [document for folder in PLAIN_FOLDERS for document in documents(root, folder)]
    for document in sorted(shaped, key=_version):
        name = f"{document.name.partition('/')[0]}/{stem(document)}.yaml"
        found[name] = (*found.get(name, ()), document.data)
    return found


def _version(document: Document) -> int:
    version = document.data.get("version", 1) if isinstance(document.data, dict) else 1
    return version if isinstance(version, int) else 1
