"""Contract templates: the data in YAML and the words in Markdown beside it, read together and checked together.

In the Markdown a clause is a heading of the second level that ends with its id in braces: `## Term {#term}`. A
paragraph or a list may begin with `{when: condition}` or `{unless: condition}`. `{{ name }}` stands for the value of a
parameter or fact; alone in a paragraph, it is laid out there as a table or a list.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from marketplace.frameworks.loader.gathering import documents, stem
from marketplace.frameworks.loader.reading import Document, declared
from marketplace.frameworks.loader.resolving import Taxonomies, with_options
from marketplace.frameworks.schema.contracts import (
    FACTS,
    LAID_OUT_FACTS,
    Block,
    Clause,
    ClauseDeclared,
    ContractFile,
    ContractTemplate,
    Parameter,
    ParameterSection,
    Run,
)
from marketplace.frameworks.schema.questions import Kind
from marketplace.kit.errors import Invalid
from marketplace.kit.starting import later

READER = later(lambda: import_module("markdown_it").MarkdownIt("zero").enable(["heading", "list", "emphasis"]))
"""Made when the words of a contract are not kept."""
Token = Any
LAID_OUT = frozenset({Kind.TABLE, Kind.LIST, Kind.CHOICES, Kind.LONG_TEXT})
_HEADING = re.compile(r"(?P<heading>.+?)\s*\{#(?P<id>[a-z0-9-]+)\}")
_GATE = re.compile(r"\{(?P<word>when|unless): (?P<id>[a-z0-9-]+)\}\s*")
_NAME = re.compile(r"\{\{ ([a-z0-9-]+) \}\}")
Written = dict[str, tuple[str, tuple[Block, ...]]]
"""The words of a file: clause id -> its heading and its blocks."""


def contract_templates(root: Path, taxonomies: Taxonomies) -> dict[tuple[str, int], ContractTemplate]:
    """Every version of every template, each laid over those before it. Raises Invalid."""
    found: dict[tuple[str, int], ContractTemplate] = {}
    for document in sorted(documents(root, "contracts"), key=lambda one: int(one.data.get("version", 1))):
        value = declared(ContractFile, document)
        _refuse_other_name(document, value)
        before = found.get((value.id, value.version - 1))
        if value.version > 1 and before is None:
            raise Invalid(f"{document.name}: version {value.version} needs every version from 1 beside it")
        found[value.id, value.version] = _template(root, document, value, before, taxonomies)
    return found


def newest(versions: Mapping[tuple[str, int], ContractTemplate]) -> dict[str, ContractTemplate]:
    """The newest version of each template."""
    return {name: versions[name, version] for name, version in sorted(versions)}


def _template(
    root: Path, document: Document, value: ContractFile, before: ContractTemplate | None, taxonomies: Taxonomies
) -> ContractTemplate:
    path = root / document.name
    words = path.with_suffix(".md")
    if not words.exists():
        raise Invalid(f"{document.name}: its words are missing", f"They belong beside it, in {words.name}.")
    source = words.read_text(encoding="utf-8")
    try:
        laid = before.declared.amended_by(value) if before else value
    except ValueError as error:
        raise Invalid(f"{document.name}: {error}") from error
    laid = laid.model_copy(update={"sections": tuple(_resolved(one, taxonomies, document) for one in laid.sections)})
    older = {clause.id: (clause.heading, clause.blocks) for clause in before.clauses} if before else {}
    written = _written(source, words.name)
    clauses = tuple(_clause(one, older | written, words.name) for one in laid.clauses)
    template = ContractTemplate(
        id=value.id, version=value.version, label=value.label, date=value.date, declared=laid, clauses=clauses,
        digest=_digest(before.digest if before else "", path, words),
    )  # fmt: skip
    _check(template, written, document.name)
    return template


def _digest(before: str, *paths: Path) -> str:
    parts = [before.encode(), *(path.read_bytes() for path in paths)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _refuse_other_name(document: Document, value: ContractFile) -> None:
    name = f"{value.id}.yaml" if value.version == 1 else f"{value.id}.{value.version}.yaml"
    if document.name != f"contracts/{name}" or stem(document) != value.id:
        raise Invalid(f"{document.at(('id',))}: version {value.version} of “{value.id}” belongs in a file named {name}")


def _resolved(section: ParameterSection, taxonomies: Taxonomies, document: Document) -> ParameterSection:
    """The section with the options of its parameters and columns filled in from their taxonomies."""
    where = f"{document.name}: {section.id}"
    parameters: list[Parameter] = []
    for one in section.parameters:
        columns = tuple(with_options(column, taxonomies, where) for column in one.columns)
        parameters.append(with_options(one, taxonomies, where).model_copy(update={"columns": columns}))
    return section.model_copy(update={"parameters": tuple(parameters)})


def _clause(declared: ClauseDeclared, written: Written, name: str) -> Clause:
    if declared.id not in written:
        raise Invalid(f"{name}: the clause “{declared.id}” has no words", f"Add ## Its heading {{#{declared.id}}}.")
    heading, blocks = written[declared.id]
    return Clause(declared.id, declared.version, heading, declared.source, declared.when or "", blocks)


def _written(source: str, name: str) -> Written:
    """The clauses of a Markdown file. Raises Invalid for a heading without an id, or one that stands twice."""
    written: Written = {}
    at = ""
    blocks: list[Block] = []
    tokens = READER.parse(source)
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            found = _HEADING.fullmatch(tokens[place + 1].content.strip())
            if found is None or found["id"] in written:
                raise Invalid(f"{name}:{_line(token)}: a clause needs an id of its own, as in ## Term {{#term}}")
            at, blocks = found["id"], []
            written[at] = (found["heading"], ())
        elif at and token.level == 0 and token.type in ("paragraph_open", "bullet_list_open"):
            blocks.append(_block(tokens, place, name))
            written[at] = (written[at][0], tuple(blocks))
    return written


def _block(tokens: list[Token], place: int, name: str) -> Block:
    if tokens[place].type == "paragraph_open":
        when, unless, text = _gated(tokens[place + 1].content)
        alone = _NAME.fullmatch(text.strip())
        if alone:
            return Block("laid-out", names=alone[1], when=when, unless=unless)
        return Block("paragraph", runs=tuple(_runs(text)), when=when, unless=unless)
    items = list(_items(tokens, place, name))
    when, unless, first = _gated(items[0])
    return Block("items", items=tuple(tuple(_runs(text)) for text in (first, *items[1:])), when=when, unless=unless)


def _items(tokens: list[Token], place: int, name: str) -> Iterator[str]:
    for token in tokens[place + 1 :]:
        if token.type == "bullet_list_close":
            return
        if token.type == "bullet_list_open":
            raise Invalid(f"{name}:{_line(token)}: a list within a list is not read", "Write it as sentences.")
        if token.type == "inline":
            yield token.content


def _gated(text: str) -> tuple[str, str, str]:
    """The condition that has to hold, the one that must not, and the text without them."""
    found = _GATE.match(text)
    if found is None:
        return "", "", text
    rest = text[found.end() :]
    return (found["id"], "", rest) if found["word"] == "when" else ("", found["id"], rest)


def _runs(text: str) -> Iterator[Run]:
    """A sentence as pieces, each plain or strong, and the names that stand for values."""
    mark = ""
    for token in READER.parseInline(" ".join(text.split()))[0].children or ():
        if token.type in ("strong_open", "strong_close"):
            mark = "strong" if token.type == "strong_open" else ""
        elif token.type == "text":
            for at, part in enumerate(_NAME.split(token.content)):
                if part:
                    yield Run(names=part, mark=mark) if at % 2 else Run(text=part, mark=mark)


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _check(template: ContractTemplate, written: Written, name: str) -> None:
    """Every name is a parameter or a fact, every gate a condition, every clause that is spoken of is one."""
    known = {clause.id for clause in template.clauses}
    for clause_id in written.keys() - known:
        raise Invalid(f"{name}: the clause “{clause_id}” has words and is not declared")
    for clause in template.clauses:
        for gate in filter(None, (clause.when, *(g for block in clause.blocks for g in (block.when, block.unless)))):
            if gate not in template.conditions:
                raise Invalid(f"{name}: the clause “{clause.id}” depends on “{gate}”, which is no condition")
        for block in clause.blocks:
            _check_names(template, clause, block, name)
    for duty in template.declared.obligations:
        if duty.clause not in known or (duty.when and duty.when not in template.conditions):
            raise Invalid(f"{name}: the obligation “{duty.id}” names a clause or a condition that there is not")
    _check_parameters(template, name)


def _check_names(template: ContractTemplate, clause: Clause, block: Block, name: str) -> None:
    inline = {run.names for runs in (block.runs, *block.items) for run in runs if run.names}
    for each in inline | ({block.names} if block.names else set()):
        parameter = template.parameters.get(each)
        if parameter is None and each not in FACTS:
            raise Invalid(f"{name}: the clause “{clause.id}” names “{each}”, which is no parameter or fact")
        laid_out = each in LAID_OUT_FACTS or (parameter is not None and parameter.kind in LAID_OUT)
        if laid_out != (each == block.names):
            raise Invalid(f"{name}: in the clause “{clause.id}” “{each}” stands alone if and only if it is laid out")


def _check_parameters(template: ContractTemplate, name: str) -> None:
    declared, known = template.declared, template.parameters
    named = {
        each for condition in declared.conditions for each in (*condition.chosen, *condition.above, *condition.given)
    }
    named |= {check.parameter for check in declared.checks}
    named |= {check.other for check in declared.checks if check.other and not check.column}
    named |= {each for duty in declared.obligations for each in duty.due.parameters}
    for check in declared.checks:
        columns = {column.id for column in known[check.parameter].columns} if check.parameter in known else set()
        cells = {check.column, check.by, check.leaving, check.only, check.other if check.column else ""} - {""}
        named |= cells - columns
    if unknown := named - known.keys():
        raise Invalid(f"{name}: {', '.join(sorted(unknown))} is named and is no parameter")
