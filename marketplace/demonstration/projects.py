"""Projects of buyers: what was required and searched, who was considered and why, what was said and decided."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.queries.asking import product_query
from marketplace.demonstration.content import ProjectOf, Required, SearchOf, StepOf
from marketplace.demonstration.stage import Scene, Stage, organisation_called, product_known
from marketplace.faces.comments import thing_of
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.actions.remarks import Saying, remark_on
from marketplace.identity.policies import Actor
from marketplace.identity.rules.remarks import PRIVATE, SHARED
from marketplace.kit.calendar import day_in_london
from marketplace.kit.values import Value
from marketplace.procurement.actions.comments import say
from marketplace.procurement.actions.deadlines import Due, set_deadline
from marketplace.procurement.actions.people import add_colleague
from marketplace.procurement.actions.projects import decide_project, start_project
from marketplace.procurement.actions.requirements import add_requirement, judge_fit
from marketplace.procurement.actions.searches import MOST_LOCKED, keep_step, lock_step
from marketplace.procurement.actions.shortlist import Reason, add_candidates, decide_on
from marketplace.procurement.models import Project
from marketplace.procurement.queries.declared import direct_award, exclusion_reasons
from marketplace.procurement.queries.searches import latest_step, refs_found
from marketplace.procurement.queries.shortlist import requirements_of
from marketplace.procurement.rules.shortlist import EXCLUDED, INCLUDED
from marketplace.procurement.schemas import Described, Wanted, wording_of


class Turn(Value):
    """One step of a project as it is played: who does it, and when."""

    stage: Stage
    project: Project
    step: StepOf
    by: Actor
    at: datetime


def scenes(stage: Stage, db: Session) -> Iterator[Scene]:
    """Each project that is not there yet, and each of its steps, in no order."""
    for declared in stage.content.projects:
        if _find(db, declared) is not None:
            continue
        yield Scene(stage.moment(declared.days_ago), partial(_start, stage, declared))
        for place, step in enumerate(declared.steps):
            at = stage.moment(step.days_ago, 60 + 7 * place)
            yield Scene(at, partial(_step, stage, declared, step, at))


def _find(db: Session, declared: ProjectOf) -> Project | None:
    organisation = organisation_called(db, declared.organisation)
    named = select(Project).where(Project.name == declared.name)
    return db.scalars(named.where(Project.organisation_id == (organisation.id if organisation else None))).first()


def _start(stage: Stage, declared: ProjectOf, db: Session) -> None:
    by, at = stage.actor(db, declared.by, declared.organisation), stage.moment(declared.days_ago)
    described = Described(declared.name, declared.need, declared.volumes, declared.term_years)
    project = start_project(db, described, by=by, at=at)
    for share in declared.colleagues:
        person = next(each for each in stage.content.people if each.name == share.person)
        add_colleague(
            db, project, email=person.email, access=share.access, organisation=share.organisation,
            by=by, at=at,
        )  # fmt: skip
    for required in declared.requirements:
        _require(db, project, required, stage.frameworks, by=by, at=at)


def _require(
    db: Session, project: Project, required: Required, frameworks: Frameworks, *, by: Actor, at: datetime
) -> None:
    form = frameworks.description
    wording = required.wording or form.questions[required.question].label
    wanted = Wanted(wording, required.weight, required.question, required.test, required.wanted)
    in_words = wording_of(required.test, required.wanted, form, required.question)
    add_requirement(db, project, wanted, in_words=in_words, by=by, at=at)


def _step(stage: Stage, declared: ProjectOf, step: StepOf, at: datetime, db: Session) -> None:
    project = _find(db, declared)
    assert project is not None, declared.name
    by = stage.actor(db, step.by or declared.by, step.as_ or ("" if step.by else declared.organisation))
    turn = Turn(stage, project, step, by, at)
    if step.search is not None:
        _search(turn, step.search, db)
    elif step.add:
        products = [product_known(db, name) for name in step.add]
        add_candidates(db, project, products, step=latest_step(db, project), by=by, at=at)
    elif step.include or step.exclude:
        _decide_on(turn, db)
    elif step.judge:
        _judge(turn, db)
    elif step.about:
        _say_about(turn, db)
    elif step.say:
        _say(turn, db)
    elif step.deadline:
        _set_deadline(turn, db)
    elif step.decide is not None:
        grounds = direct_award(stage.frameworks).grounds
        decide_project(db, project, reason=step.decide.reason, ground=step.decide.ground, grounds=grounds, by=by, at=at)


def _search(turn: Turn, asked: SearchOf, db: Session) -> None:
    chosen = {facet: frozenset(values) for facet, values in asked.filters.items()}
    query = product_query(db, asked.words, chosen, on=day_in_london(turn.stage.now))
    found = turn.stage.search.find(query)
    kept = keep_step(db, turn.project, query, found, by=turn.by, at=turn.at)
    if asked.locked:
        refs, total = refs_found(turn.stage.search, query, most=MOST_LOCKED)
        lock_step(db, turn.project, kept, refs, total=total, by=turn.by, at=turn.at)


def _decide_on(turn: Turn, db: Session) -> None:
    step = turn.step
    decide_on(
        db, turn.project, product_known(db, step.include or step.exclude),
        verdict=INCLUDED if step.include else EXCLUDED, reason=Reason(step.code, step.reason),
        codes=exclusion_reasons(turn.stage.frameworks), by=turn.by, at=turn.at,
    )  # fmt: skip


def _judge(turn: Turn, db: Session) -> None:
    step = turn.step
    wanted = next(each for each in requirements_of(db, turn.project) if each.wording == step.requirement)
    product = product_known(db, step.judge)
    judge_fit(db, turn.project, product, wanted.id, fit=step.fit, note=step.note, by=turn.by, at=turn.at)


def _say(turn: Turn, db: Session) -> None:
    step = turn.step
    asked = turn.stage.actor(db, step.assigned_to).person_id if step.assigned_to else None
    say(db, turn.project, words=step.say, is_private=step.private, assigned_to_id=asked, by=turn.by, at=turn.at)


def _say_about(turn: Turn, db: Session) -> None:
    """Something said on the page of a product, for one's own organisation or to its supplier."""
    step, about = turn.step, thing_of(db, "listing", product_known(db, turn.step.about).ref, by=turn.by)
    asked = turn.stage.actor(db, step.assigned_to).person_id if step.assigned_to else None
    reach, with_id = (SHARED, about.others[0][0]) if step.shared else (PRIVATE, None)
    remark_on(db, about, Saying(step.say, reach, with_id, asked), by=turn.by, at=turn.at)


def _set_deadline(turn: Turn, db: Session) -> None:
    step = turn.step
    owner_id = turn.stage.actor(db, step.assigned_to).person_id if step.assigned_to else None
    due = Due(day_in_london(turn.stage.now) + timedelta(days=step.in_days), step.hour)
    set_deadline(
        db, turn.project, label=step.deadline, due=due, note=step.note, owner_id=owner_id, by=turn.by, at=turn.at
    )
