"""The trail and a comparison as tables that leave the house."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from marketplace.kit.calendar import london
from marketplace.kit.money import Money
from marketplace.kit.sheets import Cell, Sheet
from marketplace.procurement.models import LockedResult, Project, Step
from marketplace.procurement.queries.compare import Comparison
from marketplace.procurement.queries.trail import Trail
from marketplace.procurement.rules.standing import STATES, Standing
from marketplace.procurement.rules.trail import KINDS, Line, volumes_in_words

TRAIL = (
    "When", "What", "Title", "Details", "Reason", "Product", "Reference", "Version", "Edition", "State",
    "A year before VAT", "By", "For", "Search", "Entry in the record",
)  # fmt: skip
FOUND = ("Search", "Place", "Product", "Reference", "Supplier", "Version", "Edition", "State", "A year before VAT")


def trail_rows(trail: Trail) -> Iterator[Sequence[Cell]]:
    """A row for each line of the trail; what a locked search found follows the line that locked it."""
    results = {step.number: step for step in trail.locked}
    for line in trail.lines:
        yield _line(line)
        if line.kind == "lock" and line.step in results:
            yield from (_found_in_trail(line, result) for result in results[line.step].results)


def trail_sheets(trail: Trail, *, at: datetime) -> list[Sheet]:
    """The trail as a workbook: what it is about, its lines, what locked searches found, what must be kept."""
    return [
        Sheet("About", ("", ""), about_rows(trail.project, at=at)),
        Sheet("Trail", TRAIL, [_line(line) for line in trail.lines]),
        Sheet("Locked searches", FOUND, [_found(step, one) for step in trail.locked for one in step.results]),
        Sheet(
            "Records to keep",
            ("Record", "Lines in the trail", "Kept elsewhere"),
            [
                (kept.record.label, kept.lines if kept.record.kinds else None, kept.record.elsewhere)
                for kept in trail.kept
            ],
        ),
    ]


def about_rows(project: Project, *, at: datetime) -> list[Sequence[Cell]]:
    """What a printed trail says of its project."""
    return [
        ("Project", project.name),
        ("Reference", project.ref),
        ("Organisation", project.organisation.name),
        ("State", project.state),
        ("Need", project.need),
        ("Volumes of a year", volumes_in_words(project.volumes)),
        ("Term in years", project.term_years),
        ("Made on", at),
    ]


def comparison_rows(comparison: Comparison, *, every_row: bool) -> Iterator[Sequence[Cell]]:
    """The rows of a comparison, with the group and the word that marks a difference in front."""
    for group in comparison.groups if every_row else comparison.differing:
        for row in group.rows:
            yield (group.label, row.label, "differs" if row.differs else "same", *row.cells)


def comparison_columns(comparison: Comparison) -> list[str]:
    """The head of a comparison: two products of one name are told apart by their references."""
    names = [f"{look.name} ({look.product.ref})" for look in comparison.looks]
    return ["Section", "Question", "Difference", *names]


def comparison_about(comparison: Comparison, facts: Mapping[str, str], *, at: datetime) -> list[Sequence[Cell]]:
    """When a comparison was made, and where from: project, volumes, the search that led there."""
    looks = comparison.looks
    rows: list[Sequence[Cell]] = [("Compared on", at), *((label, value) for label, value in facts.items())]
    for look in looks:
        standing = look.standing
        rows.append((look.name, f"{look.product.ref}, version {standing.number}, edition {standing.edition}"))
    return rows


def document_of(trail: Trail, *, at: datetime) -> dict[str, Any]:
    """The trail as plain data for a document: what people typed is text in it, and nothing else."""
    return {
        "about": [[str(label), _written(value)] for label, value in about_rows(trail.project, at=at)],
        "name": trail.project.name,
        "ref": trail.project.ref,
        "organisation": trail.project.organisation.name,
        "kept": [_kept(kept.record.label, kept.record.elsewhere, kept.lines) for kept in trail.kept],
        "lines": [_told(line) for line in trail.lines],
        "locked": [
            {"title": f"Search {step.number}: {step.words or 'everything'}", "at": _written(step.locked_at),
             "rows": [[_written(cell) for cell in _found(step, one)[1:]] for one in step.results]}
            for step in trail.locked
        ],
        "found": list(FOUND[1:]),
    }  # fmt: skip


def _line(line: Line) -> Sequence[Cell]:
    price = None if line.yearly_pence is None else Money(line.yearly_pence)
    late = "written after the first search" if line.is_late else ""
    return (
        line.at, KINDS[line.kind], line.title, ". ".join(filter(None, (line.text, late))), line.reason,
        line.product_name, line.product_ref, line.number, line.edition, STATES.get(line.state, line.state), price,
        line.by, line.organisation, line.step, line.entry,
    )  # fmt: skip


def _found(step: Step, result: LockedResult) -> Sequence[Cell]:
    standing = Standing.read(result.standing)
    price = None if standing.yearly_pence is None else Money(standing.yearly_pence)
    state = STATES.get(standing.state, standing.state)
    return (
        step.number, result.position, result.name, result.ref, result.supplier, standing.number, standing.edition,
        state, price,
    )  # fmt: skip


def _found_in_trail(line: Line, result: LockedResult) -> Sequence[Cell]:
    standing, title = Standing.read(result.standing), f"Result {result.position} of search {line.step}"
    price = None if standing.yearly_pence is None else Money(standing.yearly_pence)
    state = STATES.get(standing.state, standing.state)
    return (
        line.at, "Found", title, result.supplier, "", result.name, result.ref, standing.number, standing.edition, state,
        price, line.by, line.organisation, line.step, line.entry,
    )  # fmt: skip


def _told(line: Line) -> dict[str, Any]:
    late = "Written after the first search." if line.is_late else ""
    edition = f"Version {line.number}, edition {line.edition}" if line.number else ""
    price = f"{Money(line.yearly_pence)} a year before VAT" if line.yearly_pence is not None else ""
    return {
        "at": _written(line.at),
        "kind": KINDS[line.kind],
        "title": line.title,
        "text": line.text,
        "reason": line.reason,
        "facts": ", ".join(filter(None, (line.product_ref, edition, price))),
        "late": late,
        "by": ", ".join(filter(None, (line.by, line.organisation))),
        "entry": line.entry,
    }


def _kept(label: str, elsewhere: str, lines: int) -> list[str]:
    return [label, elsewhere or (f"{lines} in this trail" if lines else "Not here yet")]


def _written(value: Cell) -> str:
    if isinstance(value, datetime):
        clock = london(value)
        return f"{clock.day} {clock:%B %Y, %H:%M %Z}"
    return "" if value is None else str(value)
