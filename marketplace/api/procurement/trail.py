"""The audit trail of a project, as data and as a table."""

from datetime import datetime

from marketplace.api.calls import ANYBODY_SIGNED_IN, Asked, Document, get
from marketplace.api.procurement.common import project_of
from marketplace.api.procurement.searches import StepOut, step_out
from marketplace.api.shapes import Out
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.sheets import to_csv
from marketplace.procurement.queries.exports import TRAIL, trail_rows
from marketplace.procurement.queries.trail import trail_of


class LineOut(Out):
    """One line of the trail. `entry` is its entry in the record: see /v1/record/entries/{entry}/proof."""

    kind: str
    title: str
    text: str
    at: datetime
    entry: str
    by: str
    organisation: str
    product_ref: str
    product_name: str
    number: str
    edition: int | None
    state: str
    yearly_pence: int | None
    reason: str
    step: int | None
    is_late: bool


class KeptOut(Out):
    """A record that a buyer must keep: how many lines hold it, or where else it is kept."""

    label: str
    lines: int
    elsewhere: str


class TrailOut(Out):
    """Everything that was done in a project, by whom and why, in order of time."""

    project_ref: str
    project_name: str
    organisation: str
    made_at: datetime
    lines: list[LineOut]
    locked: list[StepOut]
    kept: list[KeptOut]


@get("/projects/{ref:str}/trail", who=ANYBODY_SIGNED_IN, scope=Permission.PROJECT_READ)
def show_trail(ask: Asked, ref: str) -> TrailOut:
    """Everything that was done in a project, by whom and why."""
    project = project_of(ask, ref)
    trail = trail_of(ask.db, project, ask.services.frameworks, by=ask.by)
    return TrailOut(
        project_ref=project.ref, project_name=project.name, organisation=project.organisation.name, made_at=ask.at,
        lines=[LineOut.model_validate(line) for line in trail.lines],
        locked=[step_out(step, project.ref) for step in trail.locked],
        kept=[KeptOut(label=k.record.label, lines=k.lines, elsewhere=k.record.elsewhere) for k in trail.kept],
    )  # fmt: skip


@get("/projects/{ref:str}/trail.csv", who=ANYBODY_SIGNED_IN, scope=Permission.PROJECT_READ, media_type="text/csv")
def trail_as_csv(ask: Asked, ref: str) -> Document:
    """The trail as one table."""
    project = project_of(ask, ref)
    trail = trail_of(ask.db, project, ask.services.frameworks, by=ask.by)
    name = f"trail-{project.ref}-{day_in_london(ask.at)}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Document(b"".join(to_csv(TRAIL, trail_rows(trail), bom=True)), "text/csv; charset=utf-8", headers)


CALLS = [show_trail, trail_as_csv]
