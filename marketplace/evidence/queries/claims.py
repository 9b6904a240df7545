"""Claims of products, and what every published result does for each."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.evidence.models import Claim, ClaimResult, Reopening, Result, Study
from marketplace.evidence.policies import may_add
from marketplace.evidence.queries.studies import published_studies
from marketplace.evidence.rules.claims import Stance, is_of, stance_of, verdict_of
from marketplace.evidence.rules.effects import INDEPENDENT, independence_of
from marketplace.identity.policies import Actor
from marketplace.kit.errors import NotFound
from marketplace.kit.ids import reference_or
from marketplace.kit.text import quote
from marketplace.kit.values import Value

_WHOLE = (
    joinedload(Claim.organisation),
    selectinload(Claim.links).joinedload(ClaimResult.by),
    selectinload(Claim.links).joinedload(ClaimResult.organisation),
    selectinload(Claim.reopenings).joinedload(Reopening.study),
)
STRANGERS = "Results of another measure"


class Spoken(Value):
    """A result that speaks to a claim. `said` is what somebody wrote of it, None where its numbers speak alone."""

    study: Study
    result: Result
    stance: Stance
    by_numbers: Stance | None
    said: ClaimResult | None

    @property
    def is_independent(self) -> bool:
        return independence_of(self.study) == INDEPENDENT


class Weighed(Value):
    """A claim with every result that speaks to it: those that count, and those of retracted studies."""

    claim: Claim
    spoken: tuple[Spoken, ...]
    retracted: tuple[Spoken, ...]

    @property
    def verdict(self) -> str:
        return verdict_of(each.stance.id for each in self.spoken)

    def of(self, stance: str) -> list[Spoken]:
        """The results of one stance."""
        return [each for each in self.spoken if each.stance.id == stance]


def visible_claims(by: Actor | None) -> Select[Claim]:
    """What was published, withdrawn or not, and the drafts of the actor's own organisation."""
    shown = Claim.state.in_(("published", "withdrawn"))
    if by is None or not may_add(by):
        return select(Claim).where(shown)
    return select(Claim).where(or_(shown, and_(Claim.organisation_id == by.organisation_id, Claim.state == "draft")))


def find_claim(db: Session, ref: str, *, by: Actor | None) -> Claim:
    """The claim with its owner, what was said of results, and what reopened it. Raises NotFound."""
    nothing = NotFound(f"there is no claim {quote(ref)}", "The page of a product lists its claims under Evidence.")
    spelled = reference_or(ref, "CLM", nothing)
    claim = db.scalars(visible_claims(by).options(*_WHOLE).where(Claim.ref == spelled)).one_or_none()
    if claim is None:
        raise nothing
    return claim


def claims_of(db: Session, product_ids: Sequence[UUID], *, by: Actor | None) -> list[Claim]:
    """The claims of products that the actor may read, those on show first, in a fixed order."""
    rows = visible_claims(by).options(*_WHOLE).where(Claim.product_id.in_(product_ids))
    order = {"published": 0, "draft": 1, "withdrawn": 2}
    return sorted(db.scalars(rows), key=lambda claim: (order[claim.state], claim.words, claim.ref))


def published_claims(db: Session) -> list[Claim]:
    """Every claim that is on show, over all products, in a fixed order."""
    rows = select(Claim).options(*_WHOLE).where(Claim.state == "published").order_by(Claim.id)
    return list(db.scalars(rows))


def claims_on(db: Session, product_id: UUID) -> list[Claim]:
    """The claims of a product that are on show."""
    rows = select(Claim).options(*_WHOLE).where(Claim.product_id == product_id, Claim.state == "published")
    return list(db.scalars(rows.order_by(Claim.id)))


def claims_opened_again(db: Session, organisation_id: UUID) -> list[tuple[Claim, Reopening]]:
    """The claims of an organisation beneath which a study changed, the longest waiting first."""
    rows = (
        select(Claim, Reopening)
        .join(Reopening, Reopening.claim_id == Claim.id)
        .where(Claim.organisation_id == organisation_id, Claim.state == "published", Reopening.settled_at.is_(None))
        .order_by(Reopening.id)
    )
    found: dict[UUID, tuple[Claim, Reopening]] = {}
    for claim, reopening in db.execute(rows):
        found.setdefault(claim.id, (claim, reopening))
    return list(found.values())


def weigh(claim: Claim, studies: Iterable[Study]) -> Weighed:
    """The claim beside these studies of its product, which are published or retracted and have their results."""
    said = {link.result_id: link for link in claim.links}
    counted: list[Spoken] = []
    retracted: list[Spoken] = []
    for study in studies:
        if study.product_id == claim.product_id and study.state in ("published", "retracted"):
            spoken = [_spoken(claim, study, result, said.get(result.id)) for result in study.results]
            (counted if study.state == "published" else retracted).extend(each for each in spoken if each)
    return Weighed(claim, tuple(counted), tuple(retracted))


def weighed_claims(db: Session, product_ids: Sequence[UUID]) -> list[Weighed]:
    """The claims on show of several products with what counts for and against each; a fixed number of queries."""
    studies = published_studies(db, product_ids)
    rows = select(Claim).options(*_WHOLE).where(Claim.state == "published", Claim.product_id.in_(product_ids))
    return [weigh(claim, studies) for claim in db.scalars(rows.order_by(Claim.id))]


def _spoken(claim: Claim, study: Study, result: Result, said: ClaimResult | None) -> Spoken | None:
    """Nothing where the result is of a subgroup or another measure, and nobody says that it speaks to the claim."""
    matches = is_of(claim, result) and not result.subgroup
    if not matches and said is None:
        return None
    numbers = stance_of(claim, result) if matches else None
    told = Stance(said.stance, said.reason) if said else numbers
    assert told is not None
    return Spoken(study, result, told, numbers, said)
