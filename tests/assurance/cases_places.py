"""Where appeals, remedies, samples, bodies and interests stand in the world of the house tests."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from marketplace.assurance.actions.appealing import assign_appeal, file_appeal, open_hearing
from marketplace.assurance.actions.bodies import declare_interest, declare_recognition, keep_competence
from marketplace.assurance.actions.remedies import offer_remedy
from marketplace.assurance.actions.sampling import take_sample, take_up
from marketplace.assurance.actions.surveillance import appoint_visit, begin_visit, set_visit
from marketplace.assurance.queries.bodies import accreditation_on
from marketplace.assurance.queries.cases import hold_case
from marketplace.assurance.queries.given import papers_of_case
from marketplace.assurance.queries.remedies import remedies_of
from marketplace.catalogue.models import Product
from marketplace.identity.models import Organisation
from marketplace.identity.policies import Actor
from tests.assurance.scenes import Bench, a_certificate, answer_all, whole
from tests.cast import an_actor
from tests.catalogue.shelf import a_live
from tests.house.places import People, Place


def cases_places(db: Session, bench: Bench, people: People, stranger: Actor, at: datetime) -> dict[str, Place]:
    """A certificate with two conditions, one of them said to be done; an appeal being heard; a sample that was taken."""
    lumen, rival = people.lumen, people.rival
    product = _answered(db, bench, people, at)
    due_on = (at + timedelta(days=90)).date()
    conditions = {
        code: {"judgement": "met-with-conditions", "condition": "Mend it.", "due_on": due_on} for code in ("C3_5", "C3_6")
    }
    certificate = a_certificate(db, bench, product, by=lumen, at=at, outcome="met-with-conditions", **conditions)
    opened, offered = remedies_of(db, certificate.case_id)
    offer_remedy(db, offered, words="Done.", by=lumen, at=at)
    case = hold_case(db, certificate.case)
    appeal = file_appeal(
        db, case, against="decision", grounds="It is done.", codes=["C3.5"], body=bench.body(db),
        frameworks=bench.services.frameworks, by=lumen, at=at,
    )  # fmt: skip
    assert bench.third.person_id
    assert bench.first.person_id
    visit = set_visit(db, certificate, bench.services.frameworks, since=at.date(), at=at)
    appoint_visit(
        db, visit, planned_on=at.date(), way="remote", person_id=bench.first.person_id,
        frameworks=bench.services.frameworks, by=bench.first, at=at,
    )  # fmt: skip
    begin_visit(db, visit, has_no_conflict=True, by=bench.first, at=at)
    assign_appeal(db, appeal, bench.third.person_id, by=bench.third, at=at)
    open_hearing(db, appeal, has_conflict=False, by=bench.third, at=at)
    sample = take_up(db, case, at=at)
    take_sample(db, sample, has_no_conflict=True, by=bench.third, at=at)
    behind = papers_of_case(db, case, bench.services.frameworks.assurance["dtac"], answers_at=case.answers_at)
    digest = next(each.documents[0]["digest"] for each in behind.answers.values() if each.documents)
    heard, sampled = {"ref": appeal.ref, "digest": digest}, {"sample": str(sample.id), "digest": digest}
    mended = {"ref": product.ref, "remedy": str(opened.id)}
    return {
        **_bodies(db, bench, people, stranger, at),
        "/appeals/": Place(bench.third, stranger, heard),
        "/appeals/{ref:str}/withdrawal": Place(lumen, rival, heard),
        "/samples/": Place(bench.third, stranger, sampled),
        "/cases/{ref:str}/remediation": Place(bench.first, stranger, {"ref": case.ref, "remedy": str(offered.id)}),
        "/cases/{ref:str}/surveillance": Place(bench.first, stranger, {"ref": case.ref}),
        "/listings/{ref:str}/assurance/remediation": Place(lumen, rival, mended),
        "/listings/{ref:str}/assurance/appeal": Place(lumen, rival, mended),
        "/listings/{ref:str}/assurance/version": Place(lumen, rival, mended),
        "/listings/{ref:str}/assurance/classing": Place(lumen, rival, mended),
    }


def _bodies(db: Session, bench: Bench, people: People, stranger: Actor, at: datetime) -> dict[str, Place]:
    body, dtac = bench.body(db), bench.services.frameworks.assurance["dtac"]
    other = db.get_one(Organisation, stranger.organisation_id)
    head = an_actor(db, "Ada Holm", body.name, "assessor-body", "manager", "assessor", at=at)
    elsewhere = an_actor(db, "Ola Mohn", other.name, "assessor-body", "manager", "assessor", at=at)
    held = accreditation_on(db, body.id, "dtac", on=at.date())
    agreed = declare_recognition(
        db, body, other, dtac, since=at.date(), until=at.date() + timedelta(days=300), words="Read.", by=head, at=at
    )
    assert head.person_id
    assert held
    kept = keep_competence(db, body, head.person_id, bench.services.frameworks.assurance["genai"], grounds="Trained.",
                           by=head, at=at)  # fmt: skip
    supplier = db.get_one(Organisation, people.rival.organisation_id)
    interest = declare_interest(db, supplier, words="Shares.", by=bench.first, at=at)
    base = "/assurance/bodies/{ref:str}"
    return {
        "/assurance/bodies/": Place(people.moderator, elsewhere, {"ref": body.ref, "key": str(held.id)}),
        f"{base}/recognitions": Place(head, elsewhere, {"ref": body.ref, "key": str(agreed.id)}),
        f"{base}/competences": Place(head, elsewhere, {"ref": body.ref, "key": str(kept.id)}),
        "/assurance/interests/": Place(bench.first, bench.second, {"interest": str(interest.id)}),
    }


def _answered(db: Session, bench: Bench, people: People, at: datetime) -> Product:
    frameworks = bench.services.frameworks
    product = a_live(db, frameworks, by=people.lumen, moderator=people.moderator, at=at, name="Appealing Scribe")
    product = whole(db, product)
    answer_all(db, bench.services, product, by=people.lumen, at=at)
    return product
