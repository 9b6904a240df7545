"""Studies of products: written down by their suppliers, published, and one of them retracted."""

from collections.abc import Iterator
from datetime import date
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.catalogue.models import Product
from marketplace.catalogue.queries.products import attachments_of
from marketplace.demonstration.stage import Scene, Stage, product_known
from marketplace.demonstration.studied import RetractedOf, StudyOf
from marketplace.evidence.actions.publishing import publish_study, retract_study
from marketplace.evidence.actions.writing import add_study, set_results
from marketplace.evidence.models import Study
from marketplace.evidence.queries.declared import strength_rules
from marketplace.evidence.schemas import Described, read_described, read_results
from marketplace.faces.evidence import vocabulary
from marketplace.identity.policies import Actor
from marketplace.kit.values import replace

FIELDS = (
    "kind", "design", "title", "population", "setting", "comparator", "funder", "supplier_funded", "supplier_run",
    "conflicts", "plain_summary", "summary", "country", "registration", "url",
    "settings", "populations",
)  # fmt: skip
WRITTEN = 2
"""Days ahead of the day of publication."""


def scenes(stage: Stage) -> Iterator[Scene]:
    """Each study as it was published, and the retraction."""
    for declared in stage.content.studies:
        yield Scene(stage.moment(declared.published, 400), partial(_publish, stage, declared))
        if declared.retracted is not None:
            at = stage.moment(declared.retracted.days_ago, 400)
            yield Scene(at, partial(_retract, stage, declared, declared.retracted))


def _publish(stage: Stage, declared: StudyOf, db: Session) -> None:
    """Written, filled and published; nothing where it is there."""
    product = product_known(db, declared.product)
    if _find(db, product, declared) is not None:
        return
    by, at = _writer(stage, db, product), stage.moment(declared.published + WRITTEN, 60)
    study = add_study(db, product.id, _described(stage, declared, product, db), by=by, at=at)
    rows = [{name.replace("-", "_"): value for name, value in row.items()} for row in declared.results]
    results = read_results(rows, vocabulary(stage.frameworks))
    if results:
        set_results(db, study, results, by=by, at=stage.moment(declared.published + WRITTEN, 120))
    published = stage.moment(declared.published, 400)
    publish_study(db, study, strength_rules(stage.frameworks), is_on_show=True, by=by, at=published)


def _retract(stage: Stage, declared: StudyOf, retracted: RetractedOf, db: Session) -> None:
    product = product_known(db, declared.product)
    study = _find(db, product, declared)
    if study is not None and study.state == "published":
        at = stage.moment(retracted.days_ago, 400)
        retract_study(db, study, reason=retracted.reason, by=_writer(stage, db, product), at=at)


def _find(db: Session, product: Product, declared: StudyOf) -> Study | None:
    titled = select(Study).where(Study.product_id == product.id, Study.title == declared.title)
    return db.scalars(titled.options(selectinload(Study.results))).first()


def _writer(stage: Stage, db: Session, product: Product) -> Actor:
    return stage.somebody(db, product.supplier_name, "supplier-manager")


def _described(stage: Stage, declared: StudyOf, product: Product, db: Session) -> Described:
    raw = {
        **{name: getattr(declared, name) for name in FIELDS},
        "version_number": declared.version,
        "participants": str(declared.participants),
        "sites": str(declared.sites),
        "began_on": _day(stage, declared.began).isoformat(),
        "ended_on": _day(stage, declared.ended).isoformat(),
    }
    described = read_described(raw, vocabulary(stage.frameworks), on=stage.now.date())
    document = next((one for one in attachments_of(db, product.id) if one.name == declared.document), None)
    if document is None:
        return described
    return replace(described, document_digest=document.digest, document_name=document.name)


def _day(stage: Stage, days_ago: int) -> date:
    return stage.moment(days_ago).date()
