"""Where cases, certificates and requests for documents stand in the world of the house tests."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from marketplace.assurance.actions.answers import answer
from marketplace.assurance.actions.assessing import ask_clarification
from marketplace.assurance.actions.deciding import decide, propose
from marketplace.assurance.actions.renewing import ask_renewal
from marketplace.assurance.models import Case
from marketplace.assurance.queries.cases import hold_case
from marketplace.catalogue.actions.requests import ask_document
from marketplace.catalogue.models import Product
from marketplace.catalogue.queries.products import attachments_of
from marketplace.faces.services import Services
from tests.assurance.cases_places import cases_places
from tests.assurance.scenes import Bench, a_bench, a_case, a_certificate, answer_all, begin, judge_all, whole
from tests.cast import an_actor
from tests.catalogue.shelf import a_live
from tests.house.places import People, Place


def places(db: Session, services: Services, people: People, at: datetime) -> dict[str, Place]:
    """A case that waits for its supplier, one for a second and one for a third assessor, a certificate, a request."""
    bench, lumen, rival = a_bench(db, services, at=at), people.lumen, people.rival
    stranger = an_actor(db, "Noor Haddad", "Another body", "assessor-body", "assessor", at=at)
    product, case = _case(db, bench, people, "Assessed Scribe", at)
    asked = ask_clarification(db, case, "C3.3", "Which?", frameworks=services.frameworks, by=bench.first, at=at)
    document = attachments_of(db, product.id)[0]
    request = ask_document(
        db, product, attachments_of(db, product.id)[1], words="To judge it.", undertaken=False, by=people.other_buyer,
        at=at,
    )  # fmt: skip
    _, proposed = _case(db, bench, people, "Proposed Scribe", at)
    _propose(db, bench, proposed, at)
    _, disputed = _case(db, bench, people, "Disputed Scribe", at)
    _propose(db, bench, disputed, at)
    words = {"frameworks": services.frameworks, "seal": bench.seal, "at": at}
    decide(db, disputed, "met", "I think otherwise.", by=bench.second, **words)
    begin(db, hold_case(db, disputed), bench.third, at=at)
    certificate, renewal, digest = _certificate(db, bench, people, at)
    looked_after = Place(lumen, rival, {
        "ref": product.ref, "clarification": str(asked.id), "asking": str(request.id),
    })  # fmt: skip
    kept = Place(bench.first, rival, {"ref": certificate, "renewal": renewal, "digest": digest})
    return {
        "/cases/": Place(bench.first, stranger, {"ref": case.ref, "digest": document.digest}),
        "/cases/{ref:str}/decision": Place(bench.second, stranger, {"ref": proposed.ref}),
        "/cases/{ref:str}/settlement": Place(bench.third, stranger, {"ref": disputed.ref}),
        "/listings/{ref:str}/assurance": looked_after,
        "/listings/{ref:str}/documents/re": looked_after,
        "/listings/{ref:str}/documents/views": looked_after,
        "/products/{ref:str}/documents/{attachment:uuid}/request": Place(
            people.buyer, lumen, {"ref": product.ref, "attachment": str(document.id)}
        ),
        "/products/{ref:str}/local-assurance": Place(people.buyer, rival, {"ref": product.ref}),
        "/products/{ref:str}/documents/{document:str}/request": Place(
            people.buyer, lumen, {"ref": product.ref, "document": str(document.id)}
        ),
        **cases_places(db, bench, people, stranger, at),
        "/certificates/": kept,
        "/markets/": Place(bench.first, rival, {"market": "germany"}),
        "/credentials/status/": Place(bench.first, rival, {"purpose": "revocation"}),
        "/certificates/{ref:str}/renewals": Place(bench.first, stranger, kept.values),
        "/certificates/{ref:str}/papers": Place(bench.first, stranger, kept.values),
        "/certificates/{ref:str}/reuse": Place(people.buyer, rival, {"ref": certificate}),
    }


def _case(db: Session, bench: Bench, people: People, name: str, at: datetime) -> tuple[Product, Case]:
    product = _answered(db, bench, people, name, at)
    case = a_case(db, bench, product, by=people.lumen, at=at)
    begin(db, case, bench.first, at=at)
    return product, case


def _answered(db: Session, bench: Bench, people: People, name: str, at: datetime) -> Product:
    frameworks = bench.services.frameworks
    product = a_live(db, frameworks, by=people.lumen, moderator=people.moderator, at=at, name=name)
    product = whole(db, product)
    answer_all(db, bench.services, product, by=people.lumen, at=at)
    return product


def _propose(db: Session, bench: Bench, case: Case, at: datetime) -> None:
    """Proposed as not met, with the second seat taken."""
    judge_all(db, bench, case, bench.first, at=at)
    frameworks = bench.services.frameworks
    propose(db, case, "not-met", "It is thin.", frameworks=frameworks, by=bench.first, at=at)
    begin(db, hold_case(db, case), bench.second, at=at)


def _certificate(db: Session, bench: Bench, people: People, at: datetime) -> tuple[str, str, str]:
    """A certificate with a renewal that waits: its reference, the renewal's id, the digest of a paper behind it."""
    product = _answered(db, bench, people, "Certified Scribe", at)
    certificate = a_certificate(db, bench, product, by=people.lumen, at=at)
    paper = attachments_of(db, product.id)[1]
    answer(
        db, product, {}, framework=bench.services.frameworks.assurance["dtac"],
        dated={"penetration-test": (at - timedelta(days=2)).date()}, documents={"penetration-test": [paper.id]},
        by=people.lumen, at=at + timedelta(minutes=1),
    )  # fmt: skip
    frameworks = bench.services.frameworks
    renewal = ask_renewal(db, certificate, "C3.3", frameworks=frameworks, by=people.lumen, at=at + timedelta(minutes=2))
    return certificate.ref, str(renewal.id), paper.digest
