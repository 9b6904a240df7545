"""A supplier's own studies: written down whole, changed, published, retracted."""

from marketplace.api.calls import ANYBODY_SIGNED_IN, Answer, Asked, post, put
from marketplace.api.evidence.reading import study_out
from marketplace.api.evidence.sent import is_on_show, plain
from marketplace.api.evidence.shapes import StudyChange, StudyIn, StudyOut
from marketplace.api.shapes import Reason
from marketplace.catalogue.models import Product
from marketplace.catalogue.queries.products import own_product, product_of_id
from marketplace.evidence.actions.publishing import discard_study, publish_study, retract_study
from marketplace.evidence.actions.writing import add_study, change_study, set_results
from marketplace.evidence.models import Study
from marketplace.evidence.queries.declared import strength_rules
from marketplace.evidence.queries.studies import find_study
from marketplace.evidence.schemas import Described, Measured, read_described, read_results
from marketplace.faces.evidence import fits_of, vocabulary, with_document
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london

WRITE = Permission.CATALOGUE_WRITE


@post("/products/{ref:str}/studies", who=WRITE, status=201)
def add(ask: Asked, ref: str, body: StudyIn) -> Answer[StudyOut]:
    """Write a study of a product of one's own down, as a draft, with its results."""
    product = own_product(ask.db, ref, by=ask.by)
    described, results = _read(ask, product, body)
    study = add_study(ask.db, product.id, described, by=ask.by, at=ask.at)
    set_results(ask.db, study, results, by=ask.by, at=ask.at)
    return _answer(ask, study, location=f"/v1/studies/{study.ref}")


@put("/studies/{ref:str}", who=WRITE, conditional=True)
def change(ask: Asked, ref: str, body: StudyChange) -> Answer[StudyOut]:
    """Put a study in the place of what is there; where it is published, as a correction with a reason."""
    study = find_study(ask.db, ref, by=ask.by)
    ask.expected(study.row_version)
    described, results = _read(ask, product_of_id(ask.db, study.product_id, by=ask.by), body)
    change_study(ask.db, study, described, reason=body.reason, by=ask.by, at=ask.at)
    set_results(ask.db, study, results, reason=body.reason, by=ask.by, at=ask.at)
    return _answer(ask, study)


@post("/studies/{ref:str}/publication", who=WRITE)
def publish(ask: Asked, ref: str) -> Answer[StudyOut]:
    """Make a study part of the evidence that everybody reads."""
    study = find_study(ask.db, ref, by=ask.by)
    rules = strength_rules(ask.services.frameworks)
    publish_study(ask.db, study, rules, is_on_show=is_on_show(ask, study), by=ask.by, at=ask.at)
    return _answer(ask, study)


@post("/studies/{ref:str}/abandonment", who=WRITE, status=204)
def discard(ask: Asked, ref: str) -> None:
    """Throw a draft away."""
    discard_study(ask.db, find_study(ask.db, ref, by=ask.by), by=ask.by, at=ask.at)


@post("/studies/{ref:str}/retraction", who=ANYBODY_SIGNED_IN, scope=WRITE)
def retract(ask: Asked, ref: str, body: Reason) -> Answer[StudyOut]:
    """Say that a published study no longer counts, with a reason that everybody reads."""
    study = find_study(ask.db, ref, by=ask.by)
    retract_study(ask.db, study, reason=body.reason, by=ask.by, at=ask.at)
    return _answer(ask, study)


def _read(ask: Asked, product: Product, body: StudyIn) -> tuple[Described, list[Measured]]:
    """What was sent, read as a form is. Raises Invalid by field."""
    known = vocabulary(ask.services.frameworks)
    described = read_described(plain(body), known, on=day_in_london(ask.at))
    results = read_results([plain(result) for result in body.results], known)
    return with_document(ask.db, product, described, body.document), results


def _answer(ask: Asked, study: Study, location: str = "") -> Answer[StudyOut]:
    whole = find_study(ask.db, study.ref, by=ask.by)
    body = study_out(ask, whole, fits_of(ask.db, [whole])[whole.id])
    return Answer(body, version=whole.row_version, location=location)


CALLS = [add, change, publish, discard, retract]
