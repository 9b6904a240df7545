"""Finding one study, or those of a product."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.evidence.models import Correction, Study
from marketplace.evidence.policies import may_add
from marketplace.identity.policies import Actor
from marketplace.kit.errors import NotFound
from marketplace.kit.ids import reference_or
from marketplace.kit.text import quote

SHOWN = ("published", "retracted")
"""The states in which everybody reads a study."""
_WHOLE = (
    joinedload(Study.organisation),
    selectinload(Study.results),
    selectinload(Study.corrections).joinedload(Correction.by),
)


def visible_studies(by: Actor | None) -> Select[Study]:
    """What was published, retracted or not, and the drafts of the actor's own organisation."""
    shown = Study.state.in_(SHOWN)
    if by is None or not may_add(by):
        return select(Study).where(shown)
    own = and_(Study.organisation_id == by.organisation_id, Study.state == "draft")
    return select(Study).where(or_(shown, own))


def find_study(db: Session, ref: str, *, by: Actor | None) -> Study:
    """The study with its owner, results and corrections. Raises NotFound, for the drafts of others too."""
    nothing = NotFound(f"there is no study {quote(ref)}", "The page of a product lists its studies under Evidence.")
    spelled = reference_or(ref, "STU", nothing)
    study = db.scalars(visible_studies(by).options(*_WHOLE).where(Study.ref == spelled)).one_or_none()
    if study is None:
        raise nothing
    return study


def study_of_product(db: Session, product_id: UUID, ref: str, *, by: Actor) -> Study:
    """A study of this product that the actor's organisation wrote down or a contract made. Raises NotFound."""
    study = find_study(db, ref, by=by)
    if study.product_id != product_id:
        raise NotFound(f"there is no study {quote(ref)} of this product", "The list names the studies of a product.")
    return study


def studies_of(db: Session, product_id: UUID, *, by: Actor | None) -> list[Study]:
    """The studies of a product that the actor may read, with results: the newest to have ended first."""
    rows = visible_studies(by).options(*_WHOLE).where(Study.product_id == product_id)
    return sorted(db.scalars(rows), key=_newest_first)


def published_studies(db: Session, product_ids: Sequence[UUID]) -> list[Study]:
    """What counts: the published studies of several products with their results, in two queries, in a fixed order."""
    rows = select(Study).options(selectinload(Study.results)).where(Study.state == "published")
    return list(db.scalars(rows.where(Study.product_id.in_(product_ids)).order_by(Study.id)))


def study_of_contract(db: Session, contract_ref: str) -> Study | None:
    """The study that a contract made, if its pilot has come to an end."""
    made = select(Study).options(*_WHOLE).where(Study.contract_ref == contract_ref)
    return db.scalars(made).one_or_none()


def _newest_first(study: Study) -> tuple[bool, int, str]:
    ended = study.ended_on or study.began_on
    return (study.state == "retracted", -(ended.toordinal() if ended else 0), study.ref)
