"""Claims of products with what speaks for and against each, and a supplier's own."""

from marketplace.api.calls import ANYBODY_SIGNED_IN, PUBLIC, Answer, Asked, get, post, put
from marketplace.api.evidence.claim_shapes import (
    ClaimIn,
    ClaimOut,
    PlanOut,
    ReopeningOut,
    SettledIn,
    SpokenOut,
    WeighedIn,
)
from marketplace.api.evidence.sent import is_on_show, plain
from marketplace.api.shapes import Listed, Reason, all_of
from marketplace.catalogue.queries.products import own_product, product_for, product_of_id
from marketplace.evidence.actions.claims import (
    FIELDS,
    add_claim,
    change_claim,
    discard_claim,
    publish_claim,
    settle_reopenings,
    weigh_result,
    withdraw_claim,
)
from marketplace.evidence.models import Claim
from marketplace.evidence.queries.claims import Spoken, find_claim
from marketplace.evidence.rules.claims import made_elsewhere
from marketplace.evidence.rules.effects import independence_of
from marketplace.evidence.schemas.claims import read_claim, read_weighed
from marketplace.faces.claims import ClaimRead, claim_read, claim_words, claims_read, plan_for, result_called
from marketplace.identity.policies import Permission

WRITE = Permission.CATALOGUE_WRITE


@get("/products/{ref:str}/evidence/claims", who=PUBLIC)
def list_product_claims(ask: Asked, ref: str) -> Listed[ClaimOut]:
    """What is claimed of a product, each with every result for and against it."""
    product = product_for(ask.db, ref, by=ask.actor)
    found = claims_read(ask.db, product, by=ask.actor)
    return all_of(claim_out(ask, read) for read in found if read.claim.state != "draft")


@get("/claims/{ref:str}", who=PUBLIC)
def show_claim(ask: Asked, ref: str) -> Answer[ClaimOut]:
    """A claim with every result for and against it; one's own drafts too."""
    claim = find_claim(ask.db, ref, by=ask.actor)
    product_of_id(ask.db, claim.product_id, by=ask.actor)
    return Answer(claim_out(ask, claim_read(ask.db, claim, by=ask.actor)), version=claim.row_version)


@get("/listings/{ref:str}/claims", who=WRITE)
def list_claims(ask: Asked, ref: str) -> Listed[ClaimOut]:
    """The claims of a product of one's own, drafts too."""
    product = own_product(ask.db, ref, by=ask.by)
    return all_of(claim_out(ask, read) for read in claims_read(ask.db, product, by=ask.by))


@post("/listings/{ref:str}/claims", who=WRITE, status=201)
def add(ask: Asked, ref: str, body: ClaimIn) -> Answer[ClaimOut]:
    """Write a claim of a product of one's own down, as a draft."""
    product = own_product(ask.db, ref, by=ask.by)
    stated = read_claim(plain(body), claim_words(ask.services.frameworks))
    claim = add_claim(ask.db, product.id, stated, by=ask.by, at=ask.at)
    return _answer(ask, claim, location=f"/v1/claims/{claim.ref}")


@put("/claims/{ref:str}", who=WRITE, conditional=True)
def change(ask: Asked, ref: str, body: ClaimIn) -> Answer[ClaimOut]:
    """Put a draft in the place of what is there. What was published is withdrawn instead."""
    claim = find_claim(ask.db, ref, by=ask.by)
    ask.expected(claim.row_version)
    change_claim(ask.db, claim, read_claim(plain(body), claim_words(ask.services.frameworks)), by=ask.by, at=ask.at)
    return _answer(ask, claim)


@post("/claims/{ref:str}/publication", who=WRITE)
def publish(ask: Asked, ref: str) -> Answer[ClaimOut]:
    """Claim it in front of everybody."""
    claim = find_claim(ask.db, ref, by=ask.by)
    publish_claim(ask.db, claim, is_on_show=is_on_show(ask, claim), by=ask.by, at=ask.at)
    return _answer(ask, claim)


@post("/claims/{ref:str}/abandonment", who=WRITE, status=204)
def discard(ask: Asked, ref: str) -> None:
    """Throw a draft away."""
    discard_claim(ask.db, find_claim(ask.db, ref, by=ask.by), by=ask.by, at=ask.at)


@post("/claims/{ref:str}/withdrawal", who=ANYBODY_SIGNED_IN, scope=WRITE)
def withdraw(ask: Asked, ref: str, body: Reason) -> Answer[ClaimOut]:
    """Claim it no longer, with a reason that everybody reads."""
    claim = find_claim(ask.db, ref, by=ask.by)
    withdraw_claim(ask.db, claim, reason=body.reason, by=ask.by, at=ask.at)
    return _answer(ask, claim)


@post("/claims/{ref:str}/settlement", who=ANYBODY_SIGNED_IN, scope=WRITE)
def settle(ask: Asked, ref: str, body: SettledIn) -> Answer[ClaimOut]:
    """Say what the owner made of what changed beneath the claim."""
    claim = find_claim(ask.db, ref, by=ask.by)
    settle_reopenings(ask.db, claim, words=body.words, by=ask.by, at=ask.at)
    return _answer(ask, claim)


@post("/claims/{ref:str}/results", who=ANYBODY_SIGNED_IN, scope=WRITE)
def weigh(ask: Asked, ref: str, body: WeighedIn) -> Answer[ClaimOut]:
    """Say what a result does for the claim; `result` is "STU-...:2", a study and the place of its result."""
    claim = find_claim(ask.db, ref, by=ask.by)
    stance, reason = read_weighed(plain(body))
    study, result = result_called(ask.db, claim, body.result)
    weigh_result(ask.db, claim, study, result, stance=stance, reason=reason, by=ask.by, at=ask.at)
    return _answer(ask, claim)


def claim_out(ask: Asked, read: ClaimRead) -> ClaimOut:
    """A claim whose owner, links and reopenings are loaded."""
    claim, plan = read.claim, plan_for(read, ask.services.frameworks)
    return ClaimOut(
        **{name: getattr(claim, name) for name in FIELDS}, ref=claim.ref, product_id=claim.product_id,
        owner=claim.organisation.name, state=claim.state, state_reason=claim.state_reason,
        verdict=read.weighed.verdict, results=[_spoken(read, each) for each in read.spoken],
        retracted=[each.study.ref for each in read.weighed.retracted],
        reopenings=[ReopeningOut.model_validate(each) for each in claim.reopenings],
        plan=PlanOut(
            tier=plan.need.tier, standard=plan.need.standard, is_shown=plan.is_shown,
            next=[step.id for step in plan.steps],
        ),
        published_at=claim.published_at, is_demonstration=claim.is_demonstration,
    )  # fmt: skip


def _spoken(read: ClaimRead, spoken: Spoken) -> SpokenOut:
    study, result, said = spoken.study, spoken.result, spoken.said
    return SpokenOut(
        study=study.ref, result=result.position, measure=result.measure, estimate=result.estimate, low=result.low,
        high=result.high, stance=spoken.stance.id, reason=spoken.stance.reason,
        by_numbers=spoken.by_numbers.id if spoken.by_numbers else None,
        by=said.organisation.name if said and said.organisation else "", independence=independence_of(study),
        version_fit=read.fits[study.id].id,
        elsewhere=list(made_elsewhere(read.claim, study.settings, study.populations)),
    )  # fmt: skip


def _answer(ask: Asked, claim: Claim, location: str = "") -> Answer[ClaimOut]:
    whole = find_claim(ask.db, claim.ref, by=ask.by)
    return Answer(claim_out(ask, claim_read(ask.db, whole, by=ask.by)), version=whole.row_version, location=location)


CALLS = [list_product_claims, show_claim, list_claims, add, change, publish, discard, withdraw, settle, weigh]
