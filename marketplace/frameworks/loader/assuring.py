"""Assurance frameworks resolved: every question found, every gate alive, every pass rule possible, or a refusal."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from marketplace.frameworks.loader.gathering import Gathered
from marketplace.frameworks.loader.passing import check_passes
from marketplace.frameworks.loader.resolving import Questions, Taxonomies, check_options, check_source
from marketplace.frameworks.schema.assurance import AssuranceFile, CodeGate, CriterionDeclared, SectionDeclared
from marketplace.frameworks.schema.criteria import AssuranceFramework, Criterion, Section
from marketplace.frameworks.schema.forms import Entry, Form
from marketplace.frameworks.schema.forms import Section as FormSection
from marketplace.frameworks.schema.questions import CHOSEN, Gate, Kind, Question
from marketplace.kit.errors import Invalid
from marketplace.kit.values import Value

Way = Mapping[str, frozenset[str]]
"""One way in which a criterion comes to be asked: for each code the answers that do it."""
NONE: frozenset[str] = frozenset()


class Placed(Value):
    """A criterion as it is written, its section, and where it stands: “file:line”."""

    declared: CriterionDeclared
    section: SectionDeclared
    where: str


def resolved_assurance(
    gathered: Gathered[AssuranceFile], questions: Questions, taxonomies: Taxonomies
) -> AssuranceFramework:
    """One version of a framework, everything that it names checked. Raises Invalid with file and line."""
    file = gathered.value
    check_source(file.source, taxonomies, gathered.documents[-1].at(("source",)))
    rows = list(placed(gathered))
    _refuse_twice(rows)
    criteria = {each.declared.code: _criterion(each, file, questions, taxonomies) for each in rows}
    _check_gates(rows, criteria)
    sections = tuple(_section(each, criteria) for each in file.sections)
    return AssuranceFramework(
        id=file.id,
        version=file.version,
        label=file.label,
        name=file.name,
        edition=file.edition,
        publisher=file.publisher,
        about=file.about,
        note=file.note,
        source=file.source,
        date=file.date,
        sections=sections,
        form=_form(sections, criteria),
        kind=file.kind,
        completed_by=file.completed_by,
        applies=file.applies,
        tiers=file.tiers,
        transition=file.transition,
    )


def placed(gathered: Gathered[AssuranceFile]) -> Iterator[Placed]:
    """Every criterion of a version with where it stands, in order."""
    for section in gathered.value.sections:
        for document in reversed(gathered.documents):
            rows = [row["id"] for row in document.data["sections"]]
            if section.id in rows:
                at = rows.index(section.id)
                for index, criterion in enumerate(section.criteria):
                    yield Placed(criterion, section, document.at(("sections", at, "criteria", index)))
                break


def _refuse_twice(placed: list[Placed]) -> None:
    seen: dict[str, str] = {}
    for each in placed:
        names = {f"the code “{each.declared.code}”", f"the question “{each.declared.question}”"}
        for name in sorted(names & seen.keys()):
            raise Invalid(f"{each.where}: {name} stands twice, first at {seen[name]}", "Keep one of them.")
        seen |= dict.fromkeys(names, each.where)


def _criterion(placed: Placed, file: AssuranceFile, questions: Questions, taxonomies: Taxonomies) -> Criterion:
    declared, where = placed.declared, f"{placed.where}: {placed.declared.code}"
    if declared.question not in questions:
        raise Invalid(f"{where}: there is no question “{declared.question}”", "Ask it in frameworks/questions/ first.")
    check_source(declared.source, taxonomies, where)
    question, assessed = questions[declared.question], placed.section.assessed
    if declared.known and assessed != "context":
        raise Invalid(f"{where}: what the listing says is context, and cannot be assessed")
    check_passes(declared, question, assessed, where)
    return Criterion(
        code=declared.code,
        question=question,
        section=placed.section.id,
        assessed=assessed,
        who=declared.who or file.completed_by,
        unit=declared.unit,
        known=declared.known,
        when=declared.when,
        when_any=declared.when_any,
        passes=declared.passes,
        pass_in_words=declared.pass_in_words,
        papers=declared.evidence,
        documents=declared.documents,
        expires=declared.expires,
        source=declared.source,
        note=declared.note,
    )


def _check_gates(placed: list[Placed], criteria: Mapping[str, Criterion]) -> None:
    """Every gate is an earlier criterion with options, there is no circle, and some answers lead to each criterion."""
    for each in placed:
        for gate in (each.declared.when, *each.declared.when_any):
            for code, options in gate.items():
                _check_gate(each, code, options, criteria)
    _refuse_circles(placed, criteria)
    ways: dict[str, list[Way]] = {}
    for each in placed:
        code = each.declared.code
        if late := [gate for gate in criteria[code].gates if gate not in ways]:
            raise Invalid(f"{each.where}: {code} depends on {late[0]}, which stands after it", "Put it after.")
        ways[code] = _ways(criteria[code], criteria, ways)
        if not ways[code]:
            raise Invalid(f"{each.where}: {code} is never asked: its gates cannot all be open", "Mend its `when`.")


def _check_gate(placed: Placed, code: str, options: tuple[str, ...], criteria: Mapping[str, Criterion]) -> None:
    where = f"{placed.where}: {placed.declared.code}"
    if code not in criteria:
        raise Invalid(
            f"{where} depends on {code}, which is no criterion of this framework",
            "Name a criterion that there is, or take the gate out.",
        )
    gate = criteria[code]
    if gate.known or gate.question.kind not in CHOSEN:
        raise Invalid(f"{where} depends on {code}, which has no options to choose from")
    check_options(gate.question, options, f"{where} depends on")
    if not set(options) & set(gate.question.offered.values()):
        raise Invalid(f"{where} depends on answers to {code} that nobody can choose", "Name one that is offered.")


def _refuse_circles(placed: list[Placed], criteria: Mapping[str, Criterion]) -> None:
    try:
        TopologicalSorter({code: criterion.gates for code, criterion in criteria.items()}).prepare()
    except CycleError as error:
        circle = error.args[1]
        where = next(each.where for each in placed if each.declared.code in circle)
        raise Invalid(f"{where}: the gates go in a circle: {' -> '.join(circle)}", "Take one of them out.") from error


def _ways(criterion: Criterion, criteria: Mapping[str, Criterion], known: Mapping[str, list[Way]]) -> list[Way]:
    """Every way to be asked, with the ways of its gates put in; none when its gates contradict one another."""
    always = _through(criterion.when, criteria, known)
    if not criterion.when_any:
        return always
    either = [way for gate in criterion.when_any for way in _through(gate, criteria, known)]
    return _together(always, either)


def _through(gate: CodeGate, criteria: Mapping[str, Criterion], known: Mapping[str, list[Way]]) -> list[Way]:
    ways: list[Way] = [{}]
    for code, options in gate.items():
        several = criteria[code].question.kind is Kind.CHOICES
        ways = _together(_together(ways, known[code]), [{} if several else {code: frozenset(options)}])
    return ways


def _together(some: list[Way], others: list[Way]) -> list[Way]:
    """Each of some with each of the others, where they do not contradict; each once."""
    joined = [_joined(one, other) for one in some for other in others]
    return [way for at, way in enumerate(joined) if all(way.values()) and way not in joined[:at]]


def _joined(one: Way, other: Way) -> Way:
    """Both at once; a code left without options where they contradict."""
    codes = {**one, **other}
    return {code: one.get(code, options) & other.get(code, options) for code, options in codes.items()}


def _section(declared: SectionDeclared, criteria: Mapping[str, Criterion]) -> Section:
    found = tuple(criteria[each.code] for each in declared.criteria)
    return Section(declared.id, declared.label, declared.note, declared.assessed, found)


def _form(sections: tuple[Section, ...], criteria: Mapping[str, Criterion]) -> Form:
    """The questions as a form, gated as the framework says; what the listing knows is not asked."""
    asked = (
        FormSection(each.id, each.label, each.note, stands_above=False, entries=_entries(each, criteria))
        for each in sections
    )
    return Form(kind="", sections=tuple(section for section in asked if section.entries))


def _entries(section: Section, criteria: Mapping[str, Criterion]) -> tuple[Entry, ...]:
    return tuple(
        Entry(_gated(each, criteria), NONE, NONE, required=section.assessed == "pass", compared=False)
        for each in section.criteria
        if not each.known
    )


def _gated(criterion: Criterion, criteria: Mapping[str, Criterion]) -> Question:
    def by_question(gate: CodeGate) -> Gate:
        return {criteria[code].question_id: options for code, options in gate.items()}

    gates = {"when": by_question(criterion.when), "when_any": tuple(map(by_question, criterion.when_any))}
    return criterion.question.model_copy(update=gates)
