"""How assessor bodies keep what they undertake, in public; and blind samples, for those who judge them."""

from typing import Any
from uuid import UUID

from marketplace.assurance.actions.sampling import give_sample, take_sample
from marketplace.assurance.models import Sample
from marketplace.assurance.queries.cases import framework_of
from marketplace.assurance.queries.declared import service
from marketplace.assurance.queries.picture import Served, served, workload
from marketplace.assurance.queries.samples import (
    agreement_of_samples,
    blind_papers,
    blind_verdict,
    find_sample,
    samples_of_body,
)
from marketplace.assurance.rules.service import Agreement, agreement_in_words
from marketplace.assurance.rules.wording import passing
from marketplace.assurance.states import OUTCOMES
from marketplace.faces.ask import Ask
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotAllowed, Refusal
from marketplace.web.assurance.papers import linked_papers
from marketplace.web.assurance.showing import shown_answer
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import PUBLIC, Goto, Page, page, post

ASSESS = Permission.ASSURANCE_ASSESS


@page("/assurance/service", who=PUBLIC)
def show_service(ask: Ask) -> Page:
    """Service times in working days, what waits, how far assessors agree, and what became of appeals, body by body."""
    frameworks = ask.services.frameworks
    told = [served_values(each) for each in served(ask.db, frameworks, on=day_in_london(ask.at))]
    timed = [each for each in told if each["median"] is not None]
    values = {
        "promises": service(frameworks).promises, "days": service(frameworks).assessment_days, "bodies": told,
        "bars": [{"label": each["name"], "value": each["median"]} for each in timed],
        "within": sum(each["in_time"] for each in told), "count": sum(each["count"] for each in told),
        "samples": agreement_values(agreement_of_samples(ask.db)),
    }  # fmt: skip
    return Page("assurance/service.html", values, shared=True)


@page("/samples", who=ASSESS)
def list_samples(ask: Ask) -> Page:
    """The decided cases of one's body that are judged again; and who has how much on the table."""
    body_id = ask.by.organisation_id
    assert body_id is not None
    values = {
        "samples": [_row(each, ask) for each in samples_of_body(ask.db, body_id)],
        "workload": [{"name": person.name, "count": count} for person, count in workload(ask.db, body_id)],
        "agreement": agreement_values(agreement_of_samples(ask.db, body_id)),
        "percent": service(ask.services.frameworks).sample_percent,
    }
    return Page("assurance/samples.html", values)


@page("/samples/{sample:uuid}", who=ASSESS)
def show_sample(ask: Ask, sample: UUID, refusal: Refusal | None = None) -> Page:
    """The answers as they were assessed, and nothing of what was found, until one has judged them."""
    found = find_sample(ask.db, sample, by=ask.by)
    is_mine = found.assessor_id == ask.by.person_id
    values = {
        "sample": _row(found, ask),
        "is_mine": is_mine,
        "is_given": found.given_at is not None,
        "rows": sample_rows(ask, found) if is_mine else [],
        "judgements": [{"value": key, "label": label} for key, label in OUTCOMES.items()],
        "typed": {name: ask.form.one(name) for name in ask.form.items()},
        "errors": errors_of(refusal),
    }
    return Page("assurance/sample.html", values)


@post("/samples/{sample:uuid}/assignment", who=ASSESS, again=show_sample)
def send_taking(ask: Ask, sample: UUID) -> Goto:
    """Take a sample."""
    found = find_sample(ask.db, sample, by=ask.by)
    take_sample(ask.db, found, has_no_conflict=ask.form.one("declared") == "yes", by=ask.by, at=ask.at)
    return Goto(f"/samples/{found.id}", told="Taken. What was found stays hidden until you have judged.")


@post("/samples/{sample:uuid}/judgements", who=ASSESS, again=show_sample)
def send_judgements(ask: Ask, sample: UUID) -> Goto:
    """Judge every criterion that counts."""
    found = find_sample(ask.db, sample, by=ask.by)
    if found.assessor_id != ask.by.person_id:
        raise NotAllowed("this is for whoever took the sample", "Take another one.")
    judged = {name: ask.form.one(name) for name in ask.form.items() if name != "csrf_token"}
    give_sample(ask.db, found, judged, frameworks=ask.services.frameworks, by=ask.by, at=ask.at)
    return Goto("/samples", told="Judged. It changes no decision; how far both agree is published.")


def served_values(one: Served) -> dict[str, Any]:
    """A body's service in plain values."""
    return {
        "ref": one.body.ref, "name": one.body.name, "count": one.times.count, "median": one.times.median,
        "slowest": one.times.slowest_tenth, "in_time": one.times.in_time, "waited": one.waited, "open": one.open,
        "oldest": one.oldest, "late": one.late, "drawn": one.drawn, "given": one.given, "appeals": one.appeals,
        "upheld": one.upheld, "opinions": agreement_values(one.opinions), "samples": agreement_values(one.samples),
    }  # fmt: skip


def agreement_values(one: Agreement) -> dict[str, Any]:
    """How far two agree: the share, and kappa with its word where there is one."""
    return {
        "pairs": one.pairs, "agreed": one.agreed, "observed": one.observed, "kappa": one.kappa,
        "word": agreement_in_words(one.kappa) if one.kappa is not None else "",
    }  # fmt: skip


def sample_rows(ask: Ask, sample: Sample) -> list[dict[str, Any]]:
    """Each criterion that counts, with its answer and its documents."""
    framework = framework_of(ask.services.frameworks, sample.case)
    papers = blind_papers(ask.db, ask.services.frameworks, sample)
    base = f"/samples/{sample.id}/documents/"
    documents = linked_papers(ask, sample.case.supplier_id, papers.answers.values(), base)
    rows = []
    for each in blind_verdict(ask.db, ask.services.frameworks, sample).criteria:
        if each.counts:
            answer = papers.answers.get(each.criterion.question_id)
            rows.append({
                "code": each.criterion.code, "label": each.criterion.label, "passes": passing(each.criterion),
                "answer": shown_answer(framework, papers.given, each.criterion.question_id),
                "dated": answer.dated if answer else None,
                "documents": documents.get(each.criterion.question_id, []),
                "given": str(sample.judgements.get(each.criterion.code, "")),
            })  # fmt: skip
    return rows


def _row(sample: Sample, ask: Ask) -> dict[str, Any]:
    case = sample.case
    seats = (case.first_assessor_id, case.second_assessor_id, case.third_assessor_id)
    return {
        "id": str(sample.id), "name": case.version.name, "number": case.version.number, "ref": case.ref,
        "drawn_at": sample.drawn_at, "given_at": sample.given_at, "is_taken": sample.assessor_id is not None,
        "is_mine": sample.assessor_id == ask.by.person_id, "had_part": ask.by.person_id in seats,
        "supplier": case.supplier.name,
    }  # fmt: skip


ROUTES = [show_service, list_samples, show_sample, send_taking, send_judgements]
