"""The audit trail of a project: to read, to print, as a table, as a document."""

from datetime import datetime
from typing import Any

from marketplace.faces.ask import Ask
from marketplace.faces.documents import pdf
from marketplace.kit.calendar import day_in_london
from marketplace.kit.sheets import ODS, to_csv, to_ods
from marketplace.kit.text import clean_file_name
from marketplace.procurement.models import Step
from marketplace.procurement.queries.exports import TRAIL, document_of, trail_rows, trail_sheets
from marketplace.procurement.queries.trail import Kept, Trail, trail_of
from marketplace.procurement.rules.standing import STATES
from marketplace.procurement.rules.trail import KINDS, Line
from marketplace.web.edge import ANYBODY_SIGNED_IN, Download, Page, page
from marketplace.web.procurement.common import frame_of, project_of
from marketplace.web.procurement.searches import shown_result


@page("/projects/{ref:str}/trail", who=ANYBODY_SIGNED_IN)
def show_trail(ask: Ask, ref: str) -> Page:
    """Everything that was done, by whom and why."""
    project = project_of(ask, ref)
    trail = trail_of(ask.db, project, ask.services.frameworks, by=ask.by)
    values = {
        "frame": frame_of(ask, project, "trail"),
        "need": project.need,
        "lines": [shown_line(line) for line in trail.lines],
        "locked": [shown_lock(step) for step in trail.locked],
        "kept": [shown_kept(kept) for kept in trail.kept],
        "made_at": ask.at,
    }
    return Page("procurement/trail.html", values)


@page("/projects/{ref:str}/trail.csv", who=ANYBODY_SIGNED_IN)
def trail_as_csv(ask: Ask, ref: str) -> Download:
    """The trail as one table."""
    trail = found_trail(ask, ref)
    content = b"".join(to_csv(TRAIL, trail_rows(trail), bom=True))
    return Download(content, "text/csv; charset=utf-8", attached(trail, ask.at, "csv"))


@page("/projects/{ref:str}/trail.ods", who=ANYBODY_SIGNED_IN)
def trail_as_ods(ask: Ask, ref: str) -> Download:
    """The trail as a workbook."""
    trail = found_trail(ask, ref)
    return Download(to_ods(trail_sheets(trail, at=ask.at)), ODS, attached(trail, ask.at, "ods"))


@page("/projects/{ref:str}/trail.pdf", who=ANYBODY_SIGNED_IN)
def trail_as_pdf(ask: Ask, ref: str) -> Download:
    """The trail as a document for the file."""
    trail = found_trail(ask, ref)
    content = pdf("trail", document_of(trail, at=ask.at), at=ask.at)
    return Download(content, "application/pdf", attached(trail, ask.at, "pdf"))


def found_trail(ask: Ask, ref: str) -> Trail:
    return trail_of(ask.db, project_of(ask, ref), ask.services.frameworks, by=ask.by)


def attached(trail: Trail, at: datetime, ending: str) -> dict[str, str]:
    """The headers of a download: a name that is safe everywhere, and never shown in the browser's own frame."""
    name = clean_file_name(f"trail-{trail.project.ref}-{day_in_london(at)}.{ending}")
    return {"content-disposition": f'attachment; filename="{name}"', "x-content-type-options": "nosniff"}


def shown_kept(kept: Kept) -> dict[str, Any]:
    return {"label": kept.record.label, "lines": kept.lines, "elsewhere": kept.record.elsewhere}


def shown_line(line: Line) -> dict[str, Any]:
    return {
        "at": line.at,
        "kind": KINDS[line.kind],
        "title": line.title,
        "text": line.text,
        "reason": line.reason,
        "by": ", ".join(filter(None, (line.by, line.organisation))),
        "product_ref": line.product_ref,
        "version": f"Version {line.number}, edition {line.edition}" if line.number else "",
        "state": STATES.get(line.state, line.state),
        "yearly_pence": line.yearly_pence,
        "is_late": line.is_late,
        "step": line.step,
        "entry": line.entry,
    }


def shown_lock(step: Step) -> dict[str, Any]:
    return {
        "number": step.number,
        "words": step.words,
        "locked_at": step.locked_at,
        "results": [shown_result(result, None) for result in step.results],
    }


ROUTES = [show_trail, trail_as_csv, trail_as_ods, trail_as_pdf]
